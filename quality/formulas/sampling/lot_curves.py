"""Chance that one given lot is accepted (type A): the hypergeometric law, exact for lots of any size."""

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from quality.formulas.proportion import Floats
from quality.formulas.sampling.acceptance import lot_acceptance_probability


def double_lot_acceptance(
    lot: int, n: tuple[int, int], ac: tuple[int, int], re: tuple[int, int], nonconforming: ArrayLike
) -> Floats:
    """Chance that a lot with so many nonconforming pieces is accepted by a double plan.

    The second sample is drawn from what the first one left; where the lot is smaller than both together it is
    all of that.

    Parameters
    ----------
    lot : int
        Pieces in the lot.
    n, ac, re : tuple of int
        Sizes and acceptance and rejection numbers of both samples; those of the second count both.
    nonconforming : array_like of int, shape (...)
        Nonconforming pieces in the lot.

    Returns
    -------
    ndarray of float, shape (...)

    Raises
    ------
    ValueError
        If the first sample or the nonconforming pieces exceed the lot.

    References
    ----------
    .. [1] E. G. Schilling, D. V. Neubauer (2017), Acceptance Sampling in Quality Control, 3rd ed., ch. 6.
    """
    bad = np.asarray(nonconforming)
    chance = lot_acceptance_probability(lot, n[0], ac[0], bad)
    rest = min(n[1], lot - n[0])
    for found in range(ac[0] + 1, re[0]):
        left = bad - found
        first = stats.hypergeom.pmf(found, lot, bad, n[0])
        second = stats.hypergeom.cdf(ac[1] - found, lot - n[0], np.clip(left, 0, lot - n[0]), rest)
        chance = chance + np.where(first > 0, first * second, 0.0)
    return np.asarray(chance)
