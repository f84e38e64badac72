"""Which control chart data ask for, and why."""

from enum import StrEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from quality.formulas.attribute_charts import Law, laney_baseline
from quality.formulas.dispersion import dispersion_test

WIDEST_RANGE = 8  # above it the range wastes what the pieces say (AIAG SPC, chapter II)
CLEAR = 0.001  # of the test that lots differ more than chance
LEAST_LOTS = 12


class Chart(StrEnum):
    """Kinds of control charts of one characteristic."""

    XBAR_R = "xbar_r"
    XBAR_S = "xbar_s"
    I_MR = "i_mr"
    P = "p"
    NP = "np"
    C = "c"
    U = "u"
    LANEY_P = "laney_p"
    LANEY_U = "laney_u"


class Reason(StrEnum):
    """Why a chart was proposed."""

    SINGLE_VALUES = "single_values"
    SMALL_SUBGROUPS = "small_subgroups"
    LARGE_SUBGROUPS = "large_subgroups"
    SIZES_DIFFER = "sizes_differ"
    SIZES_EQUAL = "sizes_equal"
    LOTS_DIFFER = "lots_differ"  # more than the law of counts allows


class Choice(NamedTuple):
    """A chart and the reason for it."""

    chart: Chart
    reason: Reason


def chart_of_values(sizes: ArrayLike) -> Choice:
    """Propose a chart of measured values.

    Parameters
    ----------
    sizes : array_like of int, shape (subgroups,)
        Pieces measured of each.

    Returns
    -------
    Choice

    Raises
    ------
    ValueError
        If there is no value.

    References
    ----------
    .. [1] AIAG (2005), Statistical Process Control, 2nd ed., chapter II.
    .. [2] ISO 7870-2:2013, clause 5.
    """
    n = _sizes(sizes)
    if (n == 1).mean() > 0.5:
        return Choice(Chart.I_MR, Reason.SINGLE_VALUES)
    if n.min() != n.max():
        return Choice(Chart.XBAR_S, Reason.SIZES_DIFFER)
    if n[0] > WIDEST_RANGE:
        return Choice(Chart.XBAR_S, Reason.LARGE_SUBGROUPS)
    return Choice(Chart.XBAR_R, Reason.SMALL_SUBGROUPS)


def chart_of_counts(counts: ArrayLike, sizes: ArrayLike, *, law: Law) -> Choice:
    """Propose a chart of nonconforming units or of nonconformities.

    Where twelve lots or more differ clearly more than the law of counts allows (p < 0.001), limits of
    that law would be broken all the time: Laney's chart is proposed. Not where its own limits, made of the
    steps from lot to lot, would be narrower still, as of rare counts with a few bad lots.

    Parameters
    ----------
    counts, sizes : array_like of int, shape (lots,)
        What was found on how many units.
    law : Law
        Binomial for nonconforming units, Poisson for nonconformities.

    Returns
    -------
    Choice

    Raises
    ------
    ValueError
        If there is no lot, or a count is impossible.

    References
    ----------
    .. [1] D. B. Laney (2002), Quality Engineering 14, 531-537.
    .. [2] ISO 7870-2:2013, clause 8.
    """
    n = _sizes(sizes)
    test = dispersion_test(counts, sizes, law=law)
    units = law is Law.BINOMIAL
    if len(n) >= LEAST_LOTS and test.p < CLEAR and laney_baseline(counts, sizes, law=law).spread > 1:
        return Choice(Chart.LANEY_P if units else Chart.LANEY_U, Reason.LOTS_DIFFER)
    if n.min() == n.max():
        return Choice(Chart.NP if units else Chart.C, Reason.SIZES_EQUAL)
    return Choice(Chart.P if units else Chart.U, Reason.SIZES_DIFFER)


def _sizes(sizes: ArrayLike) -> np.ndarray:
    n = np.asarray(sizes)
    n = n[n > 0]
    if not n.size:
        raise ValueError("nothing was inspected, so there is no chart")
    return n
