"""Are values normal? Anderson and Darling's test with both parameters estimated."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from quality.formulas.process import subgroup_points
from quality.formulas.proportion import Floats

LEAST_VALUES = 8  # the law of the statistic was fitted from here on
_FAR = 10.0  # above it the fitted curve turns; its p is the smallest it gives


class Normality(NamedTuple):
    """Statistic, the statistic corrected for n, and its p value, each of shape (...)."""

    a2: Floats
    a2_star: Floats
    p: Floats


def anderson_darling(values: ArrayLike) -> Normality:
    """Anderson-Darling test of normality; mean and standard deviation (divisor n - 1) are estimated.

    A2 = -n - (1/n) sum (2i-1)(ln F(z_(i)) + ln(1 - F(z_(n+1-i)))), A2* = A2 (1 + 0.75/n + 2.25/n^2).

    Parameters
    ----------
    values : array_like of float, shape (..., values)
        In any order; NaN where there is none.

    Returns
    -------
    Normality
        NaN where the values do not vary; p also below eight values.

    References
    ----------
    .. [1] R. B. D'Agostino, M. A. Stephens (1986), Goodness-of-Fit Techniques, table 4.9 (the p value).
    .. [2] M. A. Stephens (1974), J. Amer. Stat. Assoc. 69, 730-737.
    """
    found = np.sort(np.asarray(values, dtype=float), axis=-1)  # NaN comes last
    points = subgroup_points(found)
    n = points.sizes
    # A spread that is only what rounding leaves of equal values is none.
    varies = points.ranges > 1e-12 * np.abs(points.means)
    with np.errstate(divide="ignore", invalid="ignore"):
        z = (found - points.means[..., None]) / np.where(varies, points.deviations, np.nan)[..., None]
        return anderson_darling_statistic(special.log_ndtr(z), special.log_ndtr(-z), n)


def anderson_darling_statistic(log_below: Floats, log_above: Floats, n: Floats) -> Normality:
    """The test of what a fitted law says of sorted values: ln F and ln(1 - F), shape (..., values).

    The p value is right for a normal law with both parameters estimated, so of a transformed value too.
    """
    i = np.arange(1, log_below.shape[-1] + 1)
    weighted = (2 * i - 1) * log_below + (2 * n[..., None] + 1 - 2 * i) * log_above
    told = np.where(n > 1, np.isfinite(weighted).any(-1), False)
    with np.errstate(divide="ignore", invalid="ignore"):
        a2 = np.where(told, -n - np.where(np.isnan(weighted), 0.0, weighted).sum(-1) / n, np.nan)
        a2_star = a2 * (1 + 0.75 / n + 2.25 / n**2)
    return Normality(a2, a2_star, np.where(n >= LEAST_VALUES, _p_value(a2_star), np.nan))


def _p_value(a: Floats) -> Floats:
    a = np.minimum(a, _FAR)
    return np.select(
        [np.isnan(a), a < 0.2, a < 0.34, a < 0.6],
        [
            np.full(a.shape, np.nan),
            1 - np.exp(-13.436 + 101.14 * a - 223.73 * a**2),
            1 - np.exp(-8.318 + 42.796 * a - 59.938 * a**2),
            np.exp(0.9177 - 4.279 * a - 1.38 * a**2),
        ],
        np.exp(1.2937 - 5.709 * a + 0.0186 * a**2),
    )
