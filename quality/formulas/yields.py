"""Yields of steps, and rates in parts per million."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from quality.formulas.proportion import Floats

MILLION = 1_000_000


class StepYields(NamedTuple):
    """Yields of a chain of steps, each of shape (...), as fractions; NaN where no unit entered."""

    total: Floats  # units without a defect in any step
    first_time: Floats  # nor reworked in any
    rolled: Floats  # probability to pass every step the first time
    dpmo: Floats  # defects per million units, one opportunity a unit


class UnitRates(NamedTuple):
    """Rates of units and of their defects, each of shape (...); NaN where nothing was inspected."""

    ppm: Floats
    pass_rate: Floats
    dpu: Floats
    dpmo: Floats


def unit_rates(
    inspected: ArrayLike, nonconforming: ArrayLike, defects: ArrayLike, opportunities_per_unit: ArrayLike = 1
) -> UnitRates:
    """Nonconforming units per million, pass rate, defects per unit and per million opportunities.

    Parameters
    ----------
    inspected, nonconforming, defects : array_like of int, shape (...)
        Units inspected, of them nonconforming; defects found on them.
    opportunities_per_unit : array_like of int, shape (...)
        Ways in which a unit can be wrong.

    Returns
    -------
    UnitRates

    Raises
    ------
    ValueError
        If a count is impossible, or a unit has no opportunity.

    References
    ----------
    .. [1] ISO 13053-1:2011, 5 (Six Sigma measures).
    """
    n, x, d, ways = np.broadcast_arrays(
        *(
            np.asarray(given, dtype=float)
            for given in (inspected, nonconforming, defects, opportunities_per_unit)
        )
    )
    if not np.all((x >= 0) & (x <= n) & (d >= 0) & (ways > 0)):
        raise ValueError(
            "counts must satisfy 0 <= nonconforming <= inspected, defects >= 0, opportunities > 0"
        )
    with np.errstate(divide="ignore", invalid="ignore"):
        share, per_unit = (np.where(n > 0, part / n, np.nan) for part in (x, d))
    return UnitRates(MILLION * share, 1 - share, per_unit, MILLION * per_unit / ways)


def step_yields(defects: ArrayLike, rework: ArrayLike, units: ArrayLike) -> StepYields:
    """Yield, first-time yield, rolled throughput yield and DPMO of steps that all units go through.

    Parameters
    ----------
    defects, rework : array_like of int, shape (..., steps)
        Units found defective, and units reworked, at each step.
    units : array_like of int, shape (...)
        Units that entered.

    Returns
    -------
    StepYields
        rolled is the product over steps of (units - defects - rework)/units.

    Raises
    ------
    ValueError
        If a step has more defective and reworked units than entered, or a count is negative.

    References
    ----------
    .. [1] ISO 13053-1:2011, 5 (rolled throughput yield).
    """
    d, r = np.broadcast_arrays(np.asarray(defects, dtype=float), np.asarray(rework, dtype=float))
    n = np.asarray(units, dtype=float)
    if not np.all((d >= 0) & (r >= 0) & (d + r <= n[..., None])):
        raise ValueError("a step cannot have more defective and reworked units than entered")
    with np.errstate(divide="ignore", invalid="ignore"):
        n = np.where(n > 0, n, np.nan)
        passed = (n[..., None] - d - r) / n[..., None]
        return StepYields(
            total=(n - d.sum(-1)) / n,
            first_time=(n - d.sum(-1) - r.sum(-1)) / n,
            rolled=passed.prod(-1),
            dpmo=MILLION * d.sum(-1) / n,
        )
