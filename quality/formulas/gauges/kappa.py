"""Agreement of verdicts beyond chance: kappa of two raters (Cohen) and of many (Fleiss)."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from quality.formulas.proportion import Floats, normal_quantile


class CohenKappa(NamedTuple):
    """Each of shape (...). `se` is for the interval, `se0` (no agreement beyond chance) for z."""

    observed: Floats
    expected: Floats
    kappa: Floats
    se: Floats
    se0: Floats
    z: Floats
    low: Floats
    high: Floats


class FleissKappa(NamedTuple):
    """Each of shape (...), by category (..., categories); `low` and `high` by the jackknife over subjects."""

    observed: Floats
    expected: Floats
    kappa: Floats
    se0: Floats
    z: Floats
    low: Floats
    high: Floats
    kappa_by_category: Floats
    se0_by_category: Floats


def cohen_kappa(table: ArrayLike, *, weights: str | None = None, confidence: float = 0.95) -> CohenKappa:
    """Cohen's kappa of two raters, plain or weighted, with large-sample standard errors.

    Parameters
    ----------
    table : array_like of int, shape (..., categories, categories)
        Counts of subjects, rows by the first rater, columns by the second.
    weights : str, optional
        "linear" or "quadratic" agreement weights of ordered categories.
    confidence : float
        Coverage as a fraction.

    Returns
    -------
    CohenKappa of ndarray, shape (...)
        NaN where nothing was rated, or both raters used one category alone (chance explains all).

    Raises
    ------
    ValueError
        If the table is not square, has a negative count, or the weights are unknown.

    References
    ----------
    .. [1] J. L. Fleiss, J. Cohen, B. S. Everitt (1969), Psychological Bulletin 72, 323-327.
    """
    counts = np.asarray(table, dtype=float)
    if counts.ndim < 2 or counts.shape[-1] != counts.shape[-2] or np.any(counts < 0):
        raise ValueError("needs a square table of counts")
    w = _agreement_weights(counts.shape[-1], weights)
    n = counts.sum((-1, -2))
    with np.errstate(divide="ignore", invalid="ignore"):
        p = counts / n[..., None, None]
        rows, columns = p.sum(-1), p.sum(-2)
        chance = rows[..., :, None] * columns[..., None, :]
        observed, expected = (w * p).sum((-1, -2)), (w * chance).sum((-1, -2))
        kappa = (observed - expected) / (1 - expected)
        marginal = (columns @ w.T)[..., :, None] + (rows @ w)[..., None, :]
        po, pe = observed[..., None, None], expected[..., None, None]
        spread = (p * (w * (1 - pe) - marginal * (1 - po)) ** 2).sum((-1, -2))
        left = (observed * expected - 2 * expected + observed) ** 2
        se = np.sqrt(np.maximum(spread - left, 0) / n) / (1 - expected) ** 2
        spread0 = (chance * (w - marginal) ** 2).sum((-1, -2)) - expected**2
        se0 = np.sqrt(np.maximum(spread0, 0) / n) / (1 - expected)
        z = kappa / se0
    half = normal_quantile(confidence) * se
    return CohenKappa(observed, expected, kappa, se, se0, z, kappa - half, kappa + half)


def fleiss_kappa(table: ArrayLike, *, confidence: float = 0.95) -> FleissKappa:
    """Fleiss' kappa of several ratings of each subject.

    Parameters
    ----------
    table : array_like of int, shape (..., subjects, categories)
        How many ratings put a subject into a category; every subject has the same number of ratings.
    confidence : float
        Coverage as a fraction.

    Returns
    -------
    FleissKappa of ndarray, shape (...)
        NaN where only one category was used, and by category where it was never or always used.

    Raises
    ------
    ValueError
        If subjects have unequal numbers of ratings, or fewer than two.

    References
    ----------
    .. [1] J. L. Fleiss (1971), Psychological Bulletin 76, 378-382.
    .. [2] J. L. Fleiss, J. C. M. Nee, J. R. Landis (1979), Psychological Bulletin 86, 974-977 (`se0`).
    """
    counts = np.asarray(table, dtype=float)
    ratings = counts.sum(-1)
    n = float(ratings.flat[0]) if ratings.size else 0.0
    if counts.ndim < 2 or n < 2 or np.any(ratings != n) or np.any(counts < 0):
        raise ValueError("every subject needs the same number of ratings, two at least")
    subjects = counts.shape[-2]
    alike = ((counts**2).sum(-1) - n) / (n * (n - 1))  # pairs of ratings that agree, by subject
    shares = counts.sum(-2) / (subjects * n)
    observed, expected = alike.mean(-1), (shares**2).sum(-1)
    q = shares * (1 - shares)
    pairs = subjects * n * (n - 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        kappa = (observed - expected) / (1 - expected)
        whole = q.sum(-1)
        inside = np.maximum(whole**2 - (q * (1 - 2 * shares)).sum(-1), 0)
        se0 = np.sqrt(2 / pairs) * np.sqrt(inside) / whole
        by_category = 1 - (counts * (n - counts)).sum(-2) / (pairs * q)
        z = kappa / se0
    half = normal_quantile(confidence) * _jackknife_error(counts, alike, n)
    return FleissKappa(
        observed,
        expected,
        kappa,
        se0,
        z,
        kappa - half,
        kappa + half,
        by_category,
        np.full(by_category.shape, np.sqrt(2 / pairs)),
    )


def _jackknife_error(counts: Floats, alike: Floats, n: float) -> Floats:
    """Standard error of Fleiss' kappa from leaving out one subject at a time."""
    subjects = counts.shape[-2]
    if subjects < 3:
        return np.full(alike.shape[:-1], np.nan)
    without = (alike.sum(-1, keepdims=True) - alike) / (subjects - 1)
    shares = (counts.sum(-2, keepdims=True) - counts) / ((subjects - 1) * n)
    expected = (shares**2).sum(-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        kappas = (without - expected) / (1 - expected)
    return np.sqrt((subjects - 1) ** 2 / subjects * kappas.var(-1, ddof=1))


def _agreement_weights(categories: int, weights: str | None) -> Floats:
    apart = np.abs(np.subtract.outer(np.arange(categories), np.arange(categories))).astype(float)
    if weights is None:
        return (apart == 0).astype(float)
    powers = {"linear": 1, "quadratic": 2}
    if weights not in powers:
        raise ValueError(f"unknown weights: {weights}")
    return 1 - (apart / max(categories - 1, 1)) ** powers[weights]
