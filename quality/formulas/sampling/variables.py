"""Sampling by variables: accept when the mean lies k standard deviations inside a limit.

Plans are computed from two points of the OC curve; the s-method (sigma unknown) by the noncentral t law,
the sigma-method by the normal law. ISO 3951-1 chooses its plans so that their curves are those of
ISO 2859-1: `plan_like_attributes` does the same from the attributes plan. `z19_plan` looks up Z1.9.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy import optimize, special, stats

from quality.formulas.proportion import Floats
from quality.formulas.sampling.acceptance import quality_accepted

MOST_PIECES = 100_000  # a plan that needs more is no plan by variables


class VariablesPlan(NamedTuple):
    """Measure n pieces; accept when (limit - mean)/s is at least k."""

    n: int
    k: float


class VariablesVerdict(NamedTuple):
    """Mean, standard deviation and quality indices of samples, each of shape (...).

    `ql` or `qu` is NaN where there is no such limit.
    """

    mean: Floats
    s: Floats
    ql: Floats
    qu: Floats
    accept: np.ndarray


def find_variables_plan(
    aql: float,
    rql: float,
    *,
    producer_risk: float = 0.05,
    consumer_risk: float = 0.10,
    sigma_known: bool = False,
) -> VariablesPlan:
    """The smallest k-plan that meets the producer's point exactly and keeps the consumer's risk.

    Parameters
    ----------
    aql, rql : float
        Fractions nonconforming beyond one limit, 0 < aql < rql < 1.
    producer_risk, consumer_risk : float
        1 - Pa(aql) is the first exactly; Pa(rql) is at most the second.
    sigma_known : bool

    Returns
    -------
    VariablesPlan

    Raises
    ------
    ValueError
        If qualities or risks are out of order, or more than `MOST_PIECES` would be needed.

    References
    ----------
    .. [1] E. G. Schilling, D. V. Neubauer (2017), Acceptance Sampling in Quality Control, ch. 10.
    """
    if not (0 < aql < rql < 1 and 0 < producer_risk < 1 and 0 < consumer_risk < 1):
        raise ValueError("needs 0 < aql < rql < 1 and risks between 0 and 1")

    def let_through(n: int) -> float:
        k = acceptability_constant(n, aql, 1 - producer_risk, sigma_known=sigma_known)
        return float(variables_acceptance_probability(n, k, rql, sigma_known=sigma_known))

    low, high = 1, 2  # one piece has no standard deviation
    while let_through(high) > consumer_risk:
        low, high = high, high * 2
        if high > MOST_PIECES:
            raise ValueError("the two qualities are too close for a plan by variables")
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if let_through(middle) > consumer_risk else (low, middle)
    if sigma_known and high == 2 and let_through(1) <= consumer_risk:
        high = 1
    return VariablesPlan(high, acceptability_constant(high, aql, 1 - producer_risk, sigma_known=sigma_known))


def acceptability_constant(n: int, p: float, pa: float, *, sigma_known: bool = False) -> float:
    """The k with which n pieces accept fraction p with chance `pa`."""
    z = -float(special.ndtri(p))
    if sigma_known:
        return z - float(special.ndtri(pa)) / np.sqrt(n)
    return float(stats.nct.ppf(1 - pa, n - 1, np.sqrt(n) * z) / np.sqrt(n))


def variables_acceptance_probability(
    n: ArrayLike, k: ArrayLike, p: ArrayLike, *, sigma_known: bool = False
) -> Floats:
    """OC curve of a k-plan with one limit, normal values.

    Parameters
    ----------
    n : array_like of int, shape (...)
    k, p : array_like of float, shape (...)
        Acceptability constant; fraction nonconforming of the process.
    sigma_known : bool

    Returns
    -------
    ndarray of float, shape (...)
        1 at p = 0 and 0 at p = 1.

    References
    ----------
    .. [1] ISO 3951-1:2013, annex on operating characteristics.
    .. [2] N. L. Johnson, B. L. Welch (1940), Biometrika 31, 362-389 (noncentral t).
    """
    n, k, p = np.broadcast_arrays(*(np.asarray(values, dtype=float) for values in (n, k, p)))
    z = -special.ndtri(np.clip(p, 1e-300, 1 - 1e-16))
    if sigma_known:
        pa = special.ndtr(np.sqrt(n) * (z - k))
    else:
        pa = stats.nct.sf(np.sqrt(n) * k, n - 1, np.sqrt(n) * z)
    return np.where(p <= 0, 1.0, np.where(p >= 1, 0.0, pa))


def variables_quality_accepted(n: int, k: float, pa: float, *, sigma_known: bool = False) -> float:
    """Fraction nonconforming that a k-plan accepts with chance `pa`: the inverse of its OC curve.

    Raises
    ------
    ValueError
        If `pa` lies outside (0, 1).
    """
    if not 0 < pa < 1:
        raise ValueError("needs a chance between 0 and 1")

    def too_many(z: float) -> float:
        return float(variables_acceptance_probability(n, k, special.ndtr(-z), sigma_known=sigma_known) - pa)

    # Searched on the normal scale, where small fractions are as far apart as large ones.
    return float(special.ndtr(-optimize.brentq(too_many, -8.0, 8.0, xtol=1e-12)))


def plan_like_attributes(n: int, ac: int, *, sigma_known: bool = False) -> VariablesPlan:
    """The k-plan whose OC curve meets that of a single attributes plan at Pa = 0.95 and at Pa = 0.10.

    It takes far fewer pieces, at the price of the assumption that values are normal.

    References
    ----------
    .. [1] ISO 3951-1:2013, clause on the choice of plans (matched to ISO 2859-1).
    """
    safe, limiting = quality_accepted(n, ac, [0.95, 0.10])
    return find_variables_plan(float(safe), float(limiting), sigma_known=sigma_known)


def judge_by_variables(
    values: ArrayLike,
    k: ArrayLike,
    *,
    lsl: ArrayLike | None = None,
    usl: ArrayLike | None = None,
    sigma: ArrayLike | None = None,
) -> VariablesVerdict:
    """Whether samples are accepted in form k, two limits judged each for itself.

    Parameters
    ----------
    values : array_like of float, shape (..., n)
        Measured values of each sample, in the unit of the limits.
    k : array_like of float, shape (...)
    lsl, usl : array_like of float, shape (...), optional
        At least one limit.
    sigma : array_like of float, shape (...), optional
        The known standard deviation; else s of the sample with n - 1.

    Returns
    -------
    VariablesVerdict of ndarray, shape (...)
        Where all values are equal s is 0 and an index is infinite, or NaN on the limit itself (then
        not accepted).

    Raises
    ------
    ValueError
        If there is no limit, or fewer than two values and no sigma.

    References
    ----------
    .. [1] ISO 3951-1:2013, clauses on the s-method and the sigma-method; ANSI/ASQ Z1.9, part B.
    """
    sample = np.asarray(values, dtype=float)
    if lsl is None and usl is None:
        raise ValueError("needs a limit")
    if sigma is None and sample.shape[-1] < 2:
        raise ValueError("needs two values at least, or a known sigma")
    mean = sample.mean(-1)
    s = sample.std(-1, ddof=1) if sigma is None else np.broadcast_to(np.asarray(sigma, float), mean.shape)
    with np.errstate(divide="ignore", invalid="ignore"):
        ql = (mean - np.asarray(np.nan if lsl is None else lsl, dtype=float)) / s
        qu = (np.asarray(np.nan if usl is None else usl, dtype=float) - mean) / s
    accept = np.ones(mean.shape, dtype=bool)
    if lsl is not None:
        accept = accept & (ql >= k)
    if usl is not None:
        accept = accept & (qu >= k)
    return VariablesVerdict(mean, np.asarray(s), ql, qu, accept)


def estimated_nonconforming(q: ArrayLike, n: ArrayLike, *, sigma_known: bool = False) -> Floats:
    """Estimated fraction beyond one limit from its quality index (form M).

    I_x(n/2 - 1, n/2 - 1) at x = max(0, 1/2 - Q sqrt(n) / (2(n-1))), or Phi(-Q sqrt(n/(n-1))) of a known
    sigma: the uniformly minimum variance unbiased estimates. The M beside a k is this at Q = k; with two
    limits the estimates add up.

    Parameters
    ----------
    q : array_like of float, shape (...)
        (U - mean)/s or (mean - L)/s, s with n - 1 or the known sigma.
    n : array_like of int, shape (...)
        Pieces, at least three; two of a known sigma.
    sigma_known : bool

    Returns
    -------
    ndarray of float, shape (...)

    Raises
    ------
    ValueError
        If a sample has fewer pieces.

    References
    ----------
    .. [1] G. J. Lieberman, G. J. Resnikoff (1955), J. Amer. Stat. Assoc. 50, 457-516.
    """
    q, n = np.broadcast_arrays(np.asarray(q, dtype=float), np.asarray(n, dtype=float))
    if not np.all(n >= (2 if sigma_known else 3)):
        raise ValueError("needs samples of at least three pieces, two of a known sigma")
    if sigma_known:
        return np.asarray(special.ndtr(-q * np.sqrt(n / (n - 1))))
    x = np.clip(0.5 - q * np.sqrt(n) / (2 * (n - 1)), 0.0, 1.0)
    return np.asarray(special.betainc(n / 2 - 1, n / 2 - 1, x))
