"""Do lots differ more than chance allows? Pearson's test, and the comparisons that allow for it."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from quality.formulas.attribute_charts import Law, rate_baseline
from quality.formulas.proportion import Floats, LotSums, ratio_estimate, student_quantile


class Dispersion(NamedTuple):
    """Test of over-dispersion between lots, each of shape (...); NaN where it cannot be had."""

    chi2: Floats
    degrees: Floats
    p: Floats
    dispersion: Floats  # chi2 / degrees: about 1 where lots differ by chance alone


class Comparison(NamedTuple):
    """A difference of two rates with lots as clusters, each of shape (...)."""

    difference: Floats
    low: Floats
    high: Floats
    t: Floats
    degrees: Floats
    p: Floats


def dispersion_test(counts: ArrayLike, sizes: ArrayLike, *, law: Law = Law.BINOMIAL) -> Dispersion:
    """Pearson's chi-square of lots against the binomial or Poisson law of their pooled rate.

    sum (x_i - n_i p)^2 / (n_i p (1-p)), for nonconformities without the factor (1-p); p of the right tail.

    Parameters
    ----------
    counts : array_like of int, shape (..., lots)
        Nonconforming units, or nonconformities.
    sizes : array_like of int, shape (..., lots)
        Units inspected; a lot of none is left out.
    law : Law
        Which of both is counted.

    Returns
    -------
    Dispersion
        NaN with fewer than two lots, and where none or all is nonconforming.

    Raises
    ------
    ValueError
        If a count is impossible.

    References
    ----------
    .. [1] P. McCullagh, J. A. Nelder (1989), Generalized Linear Models, 2nd ed., section 4.5.
    """
    level = rate_baseline(counts, sizes, law=law)
    x, n = np.broadcast_arrays(np.asarray(counts, dtype=float), np.asarray(sizes, dtype=float))
    rate = level.rate[..., None]
    variance = n * (rate * (1 - rate) if law is Law.BINOMIAL else rate)
    there = n > 0
    degrees = there.sum(-1) - 1.0
    with np.errstate(divide="ignore", invalid="ignore"):
        chi2 = np.where(there, (x - n * rate) ** 2 / variance, 0.0).sum(-1)
        told = (degrees >= 1) & np.isfinite(chi2)
        chi2 = np.where(told, chi2, np.nan)
        return Dispersion(
            chi2,
            np.maximum(degrees, 0.0),
            np.where(told, special.chdtrc(np.maximum(degrees, 1), np.where(told, chi2, 0.0)), np.nan),
            chi2 / degrees,
        )


def compare_between_lots(one: LotSums, other: LotSums, *, confidence: float = 0.95) -> Comparison:
    """Test and interval of a difference of two rates, of units or of nonconformities, with lots as clusters.

    The difference of two ratio estimates over the root of the sum of their variances between lots is
    held against Student's t with Satterthwaite's degrees of freedom. Pieces of one lot resemble each
    other, so the tests of single pieces (`comparisons`) call chance a difference far too often.

    Parameters
    ----------
    one, other : LotSums of array_like, shape (...)
    confidence : float
        Coverage as a fraction.

    Returns
    -------
    Comparison
        Difference of `one` minus `other`; test and interval are NaN where either has fewer than two
        lots, or neither varies between lots.

    References
    ----------
    .. [1] J. N. K. Rao, A. J. Scott (1992), Biometrics 48, 577-585 (clustered binary data by the ratio estimator).
    .. [2] F. E. Satterthwaite (1946), Biometrics Bulletin 2, 110-114.
    """
    a, b = ratio_estimate(one), ratio_estimate(other)
    lots_a, lots_b = (np.asarray(sums.lots, dtype=float) for sums in (one, other))
    variance = a.variance + b.variance
    difference = a.rate - b.rate
    with np.errstate(divide="ignore", invalid="ignore"):
        error = np.where(variance > 0, np.sqrt(variance), np.nan)
        degrees = variance**2 / (a.variance**2 / (lots_a - 1) + b.variance**2 / (lots_b - 1))
        t = difference / error
        p = 2 * special.stdtr(degrees, -np.abs(t))
    half = student_quantile(confidence, np.where(np.isnan(error), 0.0, degrees)) * error
    return Comparison(difference, difference - half, difference + half, t, degrees, p)
