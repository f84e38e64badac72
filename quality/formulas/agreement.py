"""Agreement between two inspections of the same lots: of measured values, and of verdicts."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from quality.formulas.gauges.kappa import CohenKappa, cohen_kappa
from quality.formulas.proportion import (
    Floats,
    clopper_pearson_interval,
    normal_quantile,
    student_quantile,
    wilson_interval,
)


class LimitsOfAgreement(NamedTuple):
    """Paired differences, first minus second, in the unit; each of shape (...), intervals as (low, high)."""

    n: int
    bias: Floats
    sd: Floats
    loa: tuple[Floats, Floats]
    bias_interval: tuple[Floats, Floats]
    loa_lower_interval: tuple[Floats, Floats]
    loa_upper_interval: tuple[Floats, Floats]


class DemingLine(NamedTuple):
    """y over x where both carry error, each of shape (...)."""

    slope: Floats
    intercept: Floats


class Rate(NamedTuple):
    """A fraction with Wilson's and Clopper and Pearson's intervals, each of shape (...)."""

    rate: Floats
    wilson: tuple[Floats, Floats]
    clopper_pearson: tuple[Floats, Floats]


class VerdictAgreement(NamedTuple):
    """Lots judged by both sides; each of shape (...).

    `escapes` are lots the customer rejected among those the supplier accepted, `over_rejections` lots the
    customer accepted among those the supplier rejected.
    """

    kappa: CohenKappa
    agreement: Floats
    escapes: Rate
    over_rejections: Rate
    mcnemar_exact_p: Floats


def limits_of_agreement(
    first: ArrayLike, second: ArrayLike, *, confidence: float = 0.95, coverage: float = 0.95
) -> LimitsOfAgreement:
    """Bias of paired values and the limits within which most differences lie.

    Limits are bias -+ z sd with sd by n - 1; intervals by Student's t with n - 1: se(bias) = sd/sqrt n,
    se(limit) = sd sqrt(1/n + z^2/(2(n-1))).

    Parameters
    ----------
    first, second : array_like of float, shape (..., n)
        Values of the same pieces or lots, in one unit.
    confidence : float
        Of the intervals, as a fraction.
    coverage : float
        Share of differences between the limits; z is 1.96 at 0.95.

    Returns
    -------
    LimitsOfAgreement of ndarray, shape (...)

    Raises
    ------
    ValueError
        If there are fewer than two pairs or the pairs do not match.

    References
    ----------
    .. [1] J. M. Bland, D. G. Altman (1986), The Lancet 327, 307-310; (1999), Statistical Methods in
       Medical Research 8, 135-160.
    """
    x, y = np.asarray(first, dtype=float), np.asarray(second, dtype=float)
    if x.shape != y.shape or x.shape[-1] < 2:
        raise ValueError("needs two pairs at least, and as many first as second values")
    difference = x - y
    n = difference.shape[-1]
    bias, sd = difference.mean(-1), difference.std(-1, ddof=1)
    z, t = normal_quantile(coverage), student_quantile(confidence, n - 1)
    low, high = bias - z * sd, bias + z * sd
    of_bias = t * sd / np.sqrt(n)
    of_limit = t * sd * np.sqrt(1 / n + z**2 / (2 * (n - 1)))
    return LimitsOfAgreement(
        n=n,
        bias=bias,
        sd=sd,
        loa=(low, high),
        bias_interval=(bias - of_bias, bias + of_bias),
        loa_lower_interval=(low - of_limit, low + of_limit),
        loa_upper_interval=(high - of_limit, high + of_limit),
    )


def deming_line(x: ArrayLike, y: ArrayLike, *, error_ratio: float = 1.0) -> DemingLine:
    """Deming regression of y on x.

    Parameters
    ----------
    x, y : array_like of float, shape (..., n)
    error_ratio : float
        Variance of the errors of y over that of x; 1 is the orthogonal line.

    Returns
    -------
    DemingLine of ndarray, shape (...)
        NaN where x and y have no covariance.

    Raises
    ------
    ValueError
        If there are fewer than two pairs, the pairs do not match or the ratio is not positive.

    References
    ----------
    .. [1] W. E. Deming (1943), Statistical Adjustment of Data; K. Linnet (1993), Clinical Chemistry 39,
       424-432.
    """
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    if x.shape != y.shape or x.shape[-1] < 2 or error_ratio <= 0:
        raise ValueError("needs two pairs at least, as many x as y, and a positive ratio")
    dx, dy = x - x.mean(-1, keepdims=True), y - y.mean(-1, keepdims=True)
    sxx, syy, sxy = (dx * dx).sum(-1), (dy * dy).sum(-1), (dx * dy).sum(-1)
    apart = syy - error_ratio * sxx
    with np.errstate(divide="ignore", invalid="ignore"):
        slope = (apart + np.sqrt(apart**2 + 4 * error_ratio * sxy**2)) / (2 * sxy)
        slope = np.where(sxy == 0, np.nan, slope)
    return DemingLine(slope, y.mean(-1) - slope * x.mean(-1))


def verdict_agreement(table: ArrayLike, *, confidence: float = 0.95) -> VerdictAgreement:
    """Agreement of two sides that accepted or rejected the same lots.

    Parameters
    ----------
    table : array_like of int, shape (..., 2, 2)
        Lots; rows supplier accepted, supplier rejected; columns customer accepted, customer rejected.
    confidence : float
        Coverage as a fraction.

    Returns
    -------
    VerdictAgreement of ndarray, shape (...)
        NaN where there is no lot to tell a rate from. McNemar's test is the exact two-sided binomial one
        on the lots judged differently, 1 where there are none.

    Raises
    ------
    ValueError
        If the table is not two by two, or has a negative count.

    References
    ----------
    .. [1] J. L. Fleiss, B. Levin, M. C. Paik (2003), Statistical Methods for Rates and Proportions, 3rd
       ed., ch. 13 and 18.
    """
    counts = np.asarray(table)
    if counts.shape[-2:] != (2, 2):
        raise ValueError("needs a table of two by two")
    escaped, held_back = counts[..., 0, 1], counts[..., 1, 0]
    kappa = cohen_kappa(counts, confidence=confidence)
    apart = escaped + held_back
    tail = special.bdtr(np.minimum(escaped, held_back), apart, 0.5)
    return VerdictAgreement(
        kappa=kappa,
        agreement=kappa.observed,
        escapes=_rate(escaped, counts[..., 0, :].sum(-1), confidence),
        over_rejections=_rate(held_back, counts[..., 1, :].sum(-1), confidence),
        mcnemar_exact_p=np.where(apart > 0, np.minimum(1.0, 2 * tail), 1.0),
    )


def _rate(found: ArrayLike, of: ArrayLike, confidence: float) -> Rate:
    found, of = np.asarray(found), np.asarray(of)
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = np.where(of > 0, found / of, np.nan)
    return Rate(
        rate,
        wilson_interval(found, of, confidence=confidence),
        clopper_pearson_interval(found, of, confidence=confidence),
    )
