"""Classes of parts: by value consumed (ABC) and by steadiness of demand (XYZ)."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from inventory.formulas.turnover import Floats


def abc_classes(value: ArrayLike, *, cut_a: float = 0.80, cut_b: float = 0.95) -> NDArray[np.str_]:
    """Class of each part by the value consumed in a year.

    By falling value, a part is A while the cumulative share *before* it is below `cut_a`, B while it
    is below `cut_b`, else C: the part that crosses a cut-off belongs to the higher class.

    Parameters
    ----------
    value : array_like of float, shape (parts,)
        Value consumed; parts of one value keep their order.
    cut_a, cut_b : float
        Cumulative shares as fractions.

    Returns
    -------
    ndarray of str, shape (parts,)
        "A", "B" or "C"; all "C" where nothing was consumed.
    """
    value = np.asarray(value, dtype=float)
    falling = np.argsort(-value, kind="stable")
    total = value.sum()
    if not total > 0:
        return np.full(value.shape, "C")
    before = (np.cumsum(value[falling]) - value[falling]) / total
    classes = np.empty(value.shape, dtype="<U1")
    classes[falling] = np.select([before < cut_a, before < cut_b], ["A", "B"], "C")
    return classes


def variation(demand: ArrayLike) -> Floats:
    """Coefficient of variation over the last axis, standard deviation with n - 1; NaN without demand."""
    demand = np.asarray(demand, dtype=float)
    mean = demand.mean(axis=-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(mean > 0, demand.std(axis=-1, ddof=1) / mean, np.nan)


def xyz_classes(demand: ArrayLike, *, x: float = 0.25, y: float = 0.50) -> NDArray[np.str_]:
    """Class of each part by the coefficient of variation of its demand.

    Parameters
    ----------
    demand : array_like of float, shape (parts, periods)
        Demand of equal periods, usually months; two at least.
    x, y : float
        Largest coefficients of X and of Y.

    Returns
    -------
    ndarray of str, shape (parts,)
        "X", "Y" or "Z"; "Z" where there was no demand.
    """
    spread = variation(demand)
    return np.select([spread <= x, spread <= y], ["X", "Y"], "Z")
