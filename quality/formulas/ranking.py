"""Ranking by a rate without letting small numbers win or lose by luck."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from quality.formulas.proportion import Floats, possible_counts


class BetweenGroups(NamedTuple):
    """Pooled rate of groups, mean squares between and within, typical size and intra-class correlation."""

    mean: float
    ms_between: float
    ms_within: float
    n0: float
    rho: float


class BetaLaw(NamedTuple):
    """How rates differ between groups: intra-class correlation and the beta law it implies."""

    mean: float
    rho: float
    alpha: float
    beta: float


def between_groups(found: ArrayLike, inspected: ArrayLike) -> BetweenGroups:
    """Analysis of variance of pieces in groups: how much rates differ beyond chance.

    MSB = sum n(p_i - p)^2/(m-1), MSW = sum n p_i(1-p_i)/(N-m), n0 = (N - sum n^2/N)/(m-1),
    rho = (MSB-MSW)/(MSB+(n0-1)MSW).

    Parameters
    ----------
    found, inspected : array_like of float, shape (groups,)
        Pieces found and pieces inspected; effective numbers where pieces come in clusters.

    Returns
    -------
    BetweenGroups
        All but the mean are NaN with fewer than two groups, or groups of single pieces alone, or where
        none or all was found; the mean is NaN where nothing was inspected.

    Raises
    ------
    ValueError
        If a count is impossible.

    References
    ----------
    .. [1] M. S. Ridout, C. G. B. Demetrio, D. Firth (1999), Biometrics 55, 137-148 (ANOVA estimator).
    """
    x, n = possible_counts(found, inspected)
    x, n = x[n > 0], n[n > 0]
    groups, pieces = len(n), n.sum()
    mean = float(x.sum() / pieces) if pieces else np.nan
    if groups < 2 or pieces <= groups or not 0 < mean < 1:
        return BetweenGroups(mean, np.nan, np.nan, np.nan, np.nan)
    rates = x / n
    between = float((n * (rates - mean) ** 2).sum() / (groups - 1))
    within = float((n * rates * (1 - rates)).sum() / (pieces - groups))
    typical = float((pieces - (n**2).sum() / pieces) / (groups - 1))
    return BetweenGroups(
        mean, between, within, typical, (between - within) / (between + (typical - 1) * within)
    )


def beta_law(found: ArrayLike, inspected: ArrayLike) -> BetaLaw:
    """Beta law of the rates of groups, by the analysis of variance.

    alpha = p(1-rho)/rho, beta = (1-p)(1-rho)/rho with p and rho of `between_groups`.

    Parameters
    ----------
    found, inspected : array_like of float, shape (groups,)
        Pieces found and pieces inspected; effective numbers where pieces come in clusters.

    Returns
    -------
    BetaLaw
        rho is 0, and alpha and beta are infinite, where the groups differ no more than by chance
        or there are fewer than two; the mean is NaN where nothing was inspected.

    Raises
    ------
    ValueError
        If a count is impossible.
    """
    seen = between_groups(found, inspected)
    if not seen.rho > 0:
        return BetaLaw(seen.mean, 0.0, np.inf, np.inf)
    prior = (1 - seen.rho) / seen.rho
    return BetaLaw(seen.mean, seen.rho, seen.mean * prior, (1 - seen.mean) * prior)


def shrunken_rates(found: ArrayLike, inspected: ArrayLike) -> Floats:
    """Rates drawn towards their common mean, the more so the fewer the pieces (empirical Bayes).

    Parameters
    ----------
    found, inspected : array_like of float, shape (groups,)
        Pieces found and pieces inspected; effective numbers where pieces come in clusters.

    Returns
    -------
    ndarray of float, shape (groups,)
        Posterior means under `beta_law` of these groups; the common mean where nothing was inspected.

    Raises
    ------
    ValueError
        If a count is impossible.

    References
    ----------
    .. [1] J. C. Kleinman (1973), J. Amer. Stat. Assoc. 68, 46-54.
    """
    x, n = possible_counts(found, inspected)
    law = beta_law(x, n)
    if not np.isfinite(law.alpha):
        return np.full(x.shape, law.mean)
    return (x + law.alpha) / (n + law.alpha + law.beta)


def joint_confidence(groups: int, *, confidence: float = 0.95) -> float:
    """Confidence of each of so many independent intervals that holds for all of them together."""
    return float(confidence ** (1 / max(groups, 1)))


def rank_ranges(low: ArrayLike, high: ArrayLike) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Best and worst rank that each group may have; rank 1 has the highest rate.

    A group stands behind those whose whole interval lies above its own, and before those whose
    whole interval lies below. With intervals at `joint_confidence` all ranges hold together.

    Parameters
    ----------
    low, high : array_like of float, shape (groups,)
        Intervals of the rates; NaN for a group that cannot be ranked.

    Returns
    -------
    best, worst : ndarray of int, shape (groups,)
        1 to the number of groups that can be ranked; 0 for those that cannot.

    References
    ----------
    .. [1] M. Klein, T. Wright, J. Wieczorek (2020), J. Royal Stat. Soc. A 183, 589-606.
    """
    low, high = np.asarray(low, dtype=float), np.asarray(high, dtype=float)
    ranked = ~(np.isnan(low) | np.isnan(high))
    lows, highs = np.sort(low[ranked]), np.sort(high[ranked])
    above = len(lows) - np.searchsorted(lows, high, side="right")
    below = np.searchsorted(highs, low, side="left")
    best, worst = 1 + above, ranked.sum() - below
    return np.where(ranked, best, 0), np.where(ranked, worst, 0)
