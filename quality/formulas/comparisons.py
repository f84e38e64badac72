"""Two proportions or two rates of single, independent pieces: tests and intervals of the textbooks.

Pieces that come in lots are not independent; what is shown of lots comes from `dispersion`.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy import special, stats
from scipy.optimize import elementwise

from quality.formulas.proportion import (
    Floats,
    clopper_pearson_interval,
    normal_quantile,
    possible_counts,
)

_ROUNDING = 1 + 1e-7  # outcomes as probable as the observed one count, whatever their last digits


class TwoProportions(NamedTuple):
    """Tests of p1 = p2, each of shape (...); NaN where a table has an empty margin."""

    difference: Floats
    chi2: Floats
    p: Floats
    chi2_yates: Floats
    p_yates: Floats


class FisherTest(NamedTuple):
    """Exact test and conditional maximum likelihood estimate of the odds ratio, each of shape (...)."""

    p: Floats
    odds_ratio: Floats


class TwoRates(NamedTuple):
    """Ratio of two rates, exact p of equality and exact interval, each of shape (...)."""

    ratio: Floats
    p: Floats
    low: Floats
    high: Floats


def two_proportions(x1: ArrayLike, n1: ArrayLike, x2: ArrayLike, n2: ArrayLike) -> TwoProportions:
    """Pooled chi-square test of two proportions, without and with Yates's correction.

    Parameters
    ----------
    x1, n1, x2, n2 : array_like of int, shape (...)
        Found and inspected, of either sample.

    Returns
    -------
    TwoProportions

    Raises
    ------
    ValueError
        If a count is impossible.

    References
    ----------
    .. [1] F. Yates (1934), Supplement to J. Royal Stat. Soc. 1, 217-235.
    """
    a, m, b, n = _tables(x1, n1, x2, n2)
    with np.errstate(divide="ignore", invalid="ignore"):
        p1, p2, pooled = a / m, b / n, (a + b) / (m + n)
        apart = np.abs(p1 - p2)
        per_piece = 1 / m + 1 / n
        variance = pooled * (1 - pooled) * per_piece
        chi2 = np.where(variance > 0, apart**2 / variance, np.nan)
        # The correction never carries the difference past 0.
        nearer = apart - np.minimum(per_piece / 2, apart)
        yates = np.where(variance > 0, nearer**2 / variance, np.nan)
    return TwoProportions(p1 - p2, chi2, _chi_square_tail(chi2), yates, _chi_square_tail(yates))


def fisher_test(x1: ArrayLike, n1: ArrayLike, x2: ArrayLike, n2: ArrayLike) -> FisherTest:
    """Fisher's exact test, two-sided: tables not more probable than the observed one are added up.

    Parameters and errors are those of `two_proportions`; each table is worked out by itself.

    Returns
    -------
    FisherTest
        p is 1 and the odds ratio NaN where a margin is empty.

    References
    ----------
    .. [1] R. A. Fisher (1935), J. Royal Stat. Soc. 98, 39-82.
    """
    tables = np.stack(_tables(x1, n1, x2, n2), axis=-1)
    found = np.array([_fisher(*table) for table in tables.reshape(-1, 4).astype(int).tolist()])
    p, odds = np.moveaxis(found.reshape(*tables.shape[:-1], 2), -1, 0)
    return FisherTest(p, odds)


def wald_interval(
    x1: ArrayLike, n1: ArrayLike, x2: ArrayLike, n2: ArrayLike, *, confidence: float = 0.95
) -> tuple[Floats, Floats]:
    """Plain interval of p1 - p2, difference -+ z times the unpooled standard error.

    For comparison with other programs; near 0 and 1 it covers too seldom.

    Parameters and errors are those of `two_proportions`; NaN where nothing was inspected.
    """
    a, m, b, n = _tables(x1, n1, x2, n2)
    return _plain(a, m, b, n, normal_quantile(confidence))


def agresti_caffo_interval(
    x1: ArrayLike, n1: ArrayLike, x2: ArrayLike, n2: ArrayLike, *, confidence: float = 0.95
) -> tuple[Floats, Floats]:
    """The plain interval of p1 - p2 after one success and one failure are added to either sample.

    Parameters and errors are those of `two_proportions`.

    References
    ----------
    .. [1] A. Agresti, B. Caffo (2000), The American Statistician 54, 280-288.
    """
    a, m, b, n = _tables(x1, n1, x2, n2)
    return _plain(a + 1, m + 2, b + 1, n + 2, normal_quantile(confidence))


def miettinen_nurminen_interval(
    x1: ArrayLike, n1: ArrayLike, x2: ArrayLike, n2: ArrayLike, *, confidence: float = 0.95
) -> tuple[Floats, Floats]:
    """Score interval of p1 - p2: the differences d whose score test keeps below the quantile.

    The variance is taken at the maximum likelihood under p1 - p2 = d, times N/(N-1), N = n1 + n2.

    Parameters and errors are those of `two_proportions`; NaN where nothing was inspected.

    References
    ----------
    .. [1] O. Miettinen, M. Nurminen (1985), Statistics in Medicine 4, 213-226.
    """
    quantile = normal_quantile(confidence)
    a, m, b, n = _tables(x1, n1, x2, n2)
    told = (m > 0) & (n > 0)
    a, b = np.where(told, a, 0.0), np.where(told, b, 0.0)
    m, n = np.where(told, m, 1.0), np.where(told, n, 1.0)
    difference = a / m - b / n

    def excess(side: float) -> Callable[..., Floats]:
        def of(d: Floats, *table: Floats) -> Floats:
            return side * _score(d, *table) - quantile

        return of

    edge = 1 - 1e-12
    low = _edge_or_root(excess(1.0), np.full(difference.shape, -edge), difference, (a, m, b, n))
    high = _edge_or_root(excess(-1.0), np.full(difference.shape, edge), difference, (a, m, b, n))
    return np.where(told, low, np.nan), np.where(told, high, np.nan)


def two_rates(
    count1: ArrayLike,
    exposure1: ArrayLike,
    count2: ArrayLike,
    exposure2: ArrayLike,
    *,
    confidence: float = 0.95,
) -> TwoRates:
    """Two Poisson rates, by the exact test given the total.

    Given the total, count1 is binomial with the share exposure1/(exposure1+exposure2) if the rates are
    equal; the two-sided p adds all outcomes not more probable than the observed one, and the interval
    of the ratio is Clopper and Pearson's of the share.

    Parameters
    ----------
    count1, count2 : array_like of int, shape (...)
    exposure1, exposure2 : array_like of float, shape (...)
        Units (pieces, hours, deliveries), above 0.
    confidence : float
        Coverage as a fraction.

    Returns
    -------
    TwoRates
        Ratio of the first to the second: infinite where the second count is 0, NaN where both are; then
        p is 1.

    Raises
    ------
    ValueError
        If a count is negative, or an exposure not above 0.

    References
    ----------
    .. [1] J. Przyborowski, H. Wilenski (1940), Biometrika 31, 313-323.
    """
    x, t, y, s = np.broadcast_arrays(
        *(np.asarray(given, dtype=float) for given in (count1, exposure1, count2, exposure2))
    )
    if not np.all((x >= 0) & (y >= 0) & (t > 0) & (s > 0)):
        raise ValueError("counts must not be negative, and exposures lie above 0")
    share = t / (t + s)
    flat = zip(x.ravel().tolist(), (x + y).ravel().tolist(), share.ravel().tolist(), strict=True)
    p = np.array([_binomial_p(int(k), int(total), at) for k, total, at in flat]).reshape(x.shape)
    low, high = clopper_pearson_interval(x, x + y, confidence=confidence)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = (x / t) / (y / s)
        low, high = (bound / (1 - bound) * s / t for bound in (low, high))
    return TwoRates(ratio, p, np.where(x + y > 0, low, 0.0), np.where(x + y > 0, high, np.inf))


def _tables(
    x1: ArrayLike, n1: ArrayLike, x2: ArrayLike, n2: ArrayLike
) -> tuple[Floats, Floats, Floats, Floats]:
    a, m = possible_counts(x1, n1)
    b, n = possible_counts(x2, n2)
    a, m, b, n = np.broadcast_arrays(a, m, b, n)
    return a, m, b, n


def _chi_square_tail(chi2: Floats) -> Floats:
    """Right tail with one degree of freedom."""
    return special.chdtrc(1, chi2)


def _plain(a: Floats, m: Floats, b: Floats, n: Floats, quantile: float) -> tuple[Floats, Floats]:
    with np.errstate(divide="ignore", invalid="ignore"):
        p1, p2 = a / m, b / n
        half = quantile * np.sqrt(p1 * (1 - p1) / m + p2 * (1 - p2) / n)
    return p1 - p2 - half, p1 - p2 + half


def _fisher(a: int, m: int, b: int, n: int) -> tuple[float, float]:
    total = a + b
    if not 0 < total < m + n or not m or not n:
        return 1.0, np.nan
    outcomes = np.arange(max(0, total - n), min(total, m) + 1)
    chances = stats.hypergeom.pmf(outcomes, m + n, m, total)
    observed = chances[a - outcomes[0]]
    p = min(1.0, float(chances[chances <= observed * _ROUNDING].sum()))
    odds = stats.contingency.odds_ratio([[a, m - a], [b, n - b]], kind="conditional").statistic
    return p, float(odds)


def _binomial_p(found: int, total: int, share: float) -> float:
    chances = stats.binom.pmf(np.arange(total + 1), total, share)
    return min(1.0, float(chances[chances <= chances[found] * _ROUNDING].sum()))


def _score(d: Floats, a: Floats, m: Floats, b: Floats, n: Floats) -> Floats:
    """Miettinen and Nurminen's score statistic of p1 - p2 = d."""
    p1, p2 = _constrained(d, a, m, b, n)
    total = m + n
    variance = (p1 * (1 - p1) / m + p2 * (1 - p2) / n) * total / (total - 1)
    off = a / m - b / n - d
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(off == 0, 0.0, off / np.sqrt(np.maximum(variance, 1e-300)))


def _constrained(d: Floats, a: Floats, m: Floats, b: Floats, n: Floats) -> tuple[Floats, Floats]:
    """Maximum likelihood of both proportions under p1 - p2 = d: a root of a cubic in p2, in closed form."""
    total = m + n
    c2 = (m + 2 * n) * d - total - (a + b)
    c1 = (n * d - total - 2 * b) * d + (a + b)
    c0 = b * d * (1 - d)
    q = c2**3 / (3 * total) ** 3 - c1 * c2 / (6 * total**2) + c0 / (2 * total)
    p = np.where(q >= 0, 1.0, -1.0) * np.sqrt(np.maximum(c2**2 / (3 * total) ** 2 - c1 / (3 * total), 0.0))
    with np.errstate(divide="ignore", invalid="ignore"):
        angle = np.where(p != 0, np.clip(q / p**3, -1.0, 1.0), 0.0)
    p2 = 2 * p * np.cos((np.pi + np.arccos(angle)) / 3) - c2 / (3 * total)
    p2 = np.clip(p2, np.maximum(0.0, -d), np.minimum(1.0, 1 - d))
    return np.clip(p2 + d, 0.0, 1.0), p2


def _edge_or_root(
    excess: Callable[..., Floats], edge: Floats, inside: Floats, table: tuple[Floats, ...]
) -> Floats:
    """Where the excess is 0 between an edge of the range and the estimate; the edge where it never is."""
    edge = np.asarray(edge)
    reached = excess(edge, *table) > 0
    if not np.any(reached):
        return np.sign(edge)
    found = elementwise.find_root(excess, (edge, inside), args=table).x
    return np.where(reached, found, np.sign(edge))
