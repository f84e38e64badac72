"""What a sampling plan does: chances of acceptance, outgoing quality, pieces inspected, risks.

All exact, by the binomial law (a running process), the hypergeometric law (one lot) or Poisson's
(nonconformities, of which a piece may have several). Fractions are fractions, not percentages.
"""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy import optimize, special, stats

from quality.formulas.proportion import Floats

MODELS = ("binomial", "poisson")


class Inspected(NamedTuple):
    """What a double plan leads to, each of shape (...): acceptance, and pieces looked at on average."""

    pa: Floats
    asn: Floats  # pieces in the samples, none cut short
    first_pa: Floats  # chance of acceptance on the first sample


class OutgoingLimit(NamedTuple):
    """The worst average quality that leaves a screening inspection, and where it lies."""

    aoql: float
    at: float


class FoundPlan(NamedTuple):
    """A plan that was searched for, with the risks it has."""

    n: int
    ac: int
    producer_risk: float
    consumer_risk: float


def acceptance_probability(n: ArrayLike, ac: ArrayLike, p: ArrayLike, *, model: str = "binomial") -> Floats:
    """Chance that a lot is accepted: at most `ac` nonconforming among n. The OC curve.

    Parameters
    ----------
    n, ac : array_like of int, shape (...)
        Sample size and acceptance number.
    p : array_like of float, shape (...)
        Fraction nonconforming of the process; with the Poisson model nonconformities per item, which
        may exceed 1.
    model : str
        "binomial" or "poisson".

    Returns
    -------
    ndarray of float, shape (...)

    Raises
    ------
    ValueError
        If the model is unknown, a plan is impossible, or p is no fraction.

    References
    ----------
    .. [1] ISO 2859-1:1999, 12.1 and tables 5 to 10.
    """
    n, ac, p = _plan_and_quality(n, ac, p, model)
    if model == "poisson":
        return np.asarray(special.pdtr(ac, n * p))
    return np.where(ac >= n, 1.0, special.bdtr(np.minimum(ac, n - 1), n.astype(int), p))


def lot_acceptance_probability(
    lot: ArrayLike, n: ArrayLike, ac: ArrayLike, nonconforming: ArrayLike
) -> Floats:
    """Chance that one lot with so many nonconforming pieces is accepted (hypergeometric).

    Parameters
    ----------
    lot, n, ac, nonconforming : array_like of int, shape (...)
        Pieces in the lot, in the sample, accepted in the sample, nonconforming in the lot.

    Returns
    -------
    ndarray of float, shape (...)

    Raises
    ------
    ValueError
        If the sample or the nonconforming pieces exceed the lot.

    References
    ----------
    .. [1] ISO 2859-2:2020, annex; E. G. Schilling, D. V. Neubauer (2017), Acceptance Sampling in
       Quality Control, 3rd ed., ch. 5 (type A curves).
    """
    lot, n, ac, bad = np.broadcast_arrays(*(np.asarray(counts) for counts in (lot, n, ac, nonconforming)))
    if not np.all((n >= 1) & (n <= lot) & (bad >= 0) & (bad <= lot) & (ac >= 0)):
        raise ValueError("sample and nonconforming pieces must lie within the lot")
    return np.asarray(stats.hypergeom.cdf(ac, lot, bad, n))


def double_acceptance(
    n: tuple[int, int], ac: tuple[int, int], re: tuple[int, int], p: ArrayLike, *, model: str = "binomial"
) -> Inspected:
    """OC curve and average sample number of a double plan.

    Accept on the first sample at ac[0] or fewer, reject at re[0] or more; between, draw the second and
    accept at ac[1] or fewer in both.

    Parameters
    ----------
    n, ac, re : pair of int
        Sizes, acceptance and rejection numbers of the first sample, then of both together.
    p : array_like of float, shape (...)
        Fraction nonconforming (or nonconformities per item, with the Poisson model).
    model : str
        "binomial" or "poisson".

    Returns
    -------
    Inspected of ndarray, shape (...)
        Without curtailment: a sample that is begun is finished.

    Raises
    ------
    ValueError
        If the plan leaves no room between ac[0] and re[0], or the numbers of both samples are apart.

    References
    ----------
    .. [1] ISO 2859-1:1999, 10.4 and 12.4.
    """
    if not (0 <= ac[0] < re[0] and ac[1] + 1 == re[1] and ac[0] <= ac[1]):
        raise ValueError("a double plan has Ac1 < Re1 and Re2 = Ac2 + 1")
    quality = np.asarray(p, dtype=float)
    first = acceptance_probability(n[0], ac[0], quality, model=model)
    found = np.arange(ac[0] + 1, re[0])
    shape = (found.size,) + (1,) * quality.ndim
    chance = _chance_of(n[0], found.reshape(shape), quality, model)
    left = ac[1] - found.reshape(shape)
    then = np.where(left >= 0, acceptance_probability(n[1], np.maximum(left, 0), quality, model=model), 0.0)
    return Inspected(first + (chance * then).sum(0), n[0] + n[1] * chance.sum(0), first)


def average_total_inspection(lot: ArrayLike, n: ArrayLike, pa: ArrayLike) -> Floats:
    """Pieces inspected a lot on average when lots that are not accepted are sorted whole.

    n + (1 - Pa)(N - n), each of shape (...).

    References
    ----------
    .. [1] H. F. Dodge, H. G. Romig (1959), Sampling Inspection Tables, 2nd ed.
    """
    lot, n, pa = (np.asarray(values, dtype=float) for values in (lot, n, pa))
    return np.asarray(n + (1 - pa) * (lot - n))


def double_total_inspection(lot: ArrayLike, n: tuple[int, int], inspected: Inspected) -> Floats:
    """The same for a double plan: n1 P1 + (n1 + n2) P2 + N (1 - Pa), shape (...).

    P1 and P2 are the chances of acceptance on the first and on the second sample.
    """
    second = inspected.pa - inspected.first_pa
    lot = np.asarray(lot, dtype=float)
    return np.asarray(n[0] * inspected.first_pa + sum(n) * second + lot * (1 - inspected.pa))


def average_outgoing_quality(p: ArrayLike, pa: ArrayLike, n: ArrayLike, lot: ArrayLike = np.inf) -> Floats:
    """Fraction nonconforming after a screening inspection: p Pa (N - n)/N, each of shape (...).

    Nonconforming pieces that are found, in samples and in lots sorted whole, are replaced by good ones.
    Without `lot` the lot is large beside the sample: p Pa.

    References
    ----------
    .. [1] ISO 2859-1:1999, 12.5 and tables 8-A, 8-B.
    """
    p, pa, n, lot = (np.asarray(values, dtype=float) for values in (p, pa, n, lot))
    return np.asarray(p * pa * (1 - n / lot))


def outgoing_limit(n: int, ac: int, *, lot: float = np.inf, model: str = "binomial") -> OutgoingLimit:
    """Average outgoing quality limit of a single plan, and the p at which it is reached.

    The derivative of p Pa(p) is zero there: Pa(p) = n p b(ac; n-1, p), or n p g(ac; n p) by Poisson's law.

    Raises
    ------
    ValueError
        If the plan accepts whatever is found.

    References
    ----------
    .. [1] ISO 2859-1:1999, 12.5 and tables 8-A, 8-B.
    """
    if not 0 <= ac < n:
        raise ValueError("a plan that accepts everything has no outgoing limit")

    def slope(p: float) -> float:
        fall = n * _chance_of(n if model == "poisson" else n - 1, np.asarray(ac), np.asarray(p), model)
        return float(acceptance_probability(n, ac, p, model=model) - p * fall)

    hardly_accepted = float(quality_accepted(n, ac, 1e-4, model=model))
    at = float(optimize.brentq(slope, 1e-12, hardly_accepted, xtol=1e-15))
    pa = acceptance_probability(n, ac, at, model=model)
    return OutgoingLimit(float(average_outgoing_quality(at, pa, n, lot)), at)


def quality_accepted(n: ArrayLike, ac: ArrayLike, pa: ArrayLike, *, model: str = "binomial") -> Floats:
    """Fraction nonconforming that a single plan accepts with a given chance.

    At 0.95 the quality the producer is safe with, at 0.10 the limiting quality of the consumer.

    Parameters
    ----------
    n, ac : array_like of int, shape (...)
    pa : array_like of float, shape (...)
        Chances of acceptance.
    model : str
        "binomial" or "poisson" (then nonconformities per item).

    Returns
    -------
    ndarray of float, shape (...)

    Raises
    ------
    ValueError
        If the plan accepts whatever is found (nonconformities have no end), or a chance lies outside
        (0, 1).

    References
    ----------
    .. [1] ISO 2859-1:1999, 12.6 and tables 6-A to 7-C.
    """
    n, ac, pa = np.broadcast_arrays(*(np.asarray(values, dtype=float) for values in (n, ac, pa)))
    _known(model)
    if not np.all((ac >= 0) & ((ac < n) | (model == "poisson")) & (n > 0) & (pa > 0) & (pa < 1)):
        raise ValueError("needs 0 <= Ac < n and a chance between 0 and 1")
    if model == "poisson":
        return np.asarray(special.gammaincinv(ac + 1, 1 - pa) / n)
    return np.asarray(special.betaincinv(ac + 1, n - ac, 1 - pa))


def double_quality_accepted(
    n: tuple[int, int], ac: tuple[int, int], re: tuple[int, int], pa: float, *, model: str = "binomial"
) -> float:
    """The quality that a double plan accepts with a given chance; see `quality_accepted`.

    The first sample alone, with the room of the second, accepts more, and so bounds it above.
    """
    all_pass = model != "poisson" and re[0] > n[0]
    most = 1.0 if all_pass else float(quality_accepted(n[0], re[0] - 1, pa, model=model))

    def too_many(p: float) -> float:
        return float(double_acceptance(n, ac, re, p, model=model).pa) - pa

    return most if too_many(most) >= 0 else float(optimize.brentq(too_many, 0.0, most, xtol=1e-14))


def find_single_plan(
    aql: float,
    rql: float,
    *,
    producer_risk: float = 0.05,
    consumer_risk: float = 0.10,
    model: str = "binomial",
) -> FoundPlan:
    """The smallest single plan that keeps both risks.

    Accepts lots of `aql` with at least 1 - `producer_risk` and lots of `rql` with at most
    `consumer_risk`. For each Ac the consumer asks for a least n; the first that the producer can bear
    is the smallest, since that n grows with Ac.

    Parameters
    ----------
    aql, rql : float
        Fractions nonconforming, 0 < aql < rql < 1.
    producer_risk, consumer_risk : float
    model : str
        "binomial" or "poisson".

    Returns
    -------
    FoundPlan
        Risks by the model asked for.

    Raises
    ------
    ValueError
        If qualities or risks are out of order.

    References
    ----------
    .. [1] W. C. Guenther (1969), J. Quality Technology 1, 105-109.
    """
    if not (0 < aql < rql < 1 and 0 < producer_risk < 1 and 0 < consumer_risk < 1):
        raise ValueError("needs 0 < aql < rql < 1 and risks between 0 and 1")
    ac = 0
    while True:
        n = _least_sample(ac, rql, consumer_risk, model)
        safe, let_through = acceptance_probability(n, ac, [aql, rql], model=model)
        if safe >= 1 - producer_risk:
            return FoundPlan(n, ac, float(1 - safe), float(let_through))
        ac += 1


def zero_acceptance_size(rql: ArrayLike, confidence: ArrayLike) -> Floats:
    """Sample of a c = 0 plan: the smallest n with (1 - rql)^n <= 1 - confidence.

    Parameters
    ----------
    rql : array_like of float, shape (...)
        Fraction nonconforming that is to be turned away.
    confidence : array_like of float, shape (...)
        Chance to turn it away.

    Returns
    -------
    ndarray of int, shape (...)

    Raises
    ------
    ValueError
        If either lies outside (0, 1).

    References
    ----------
    .. [1] ISO 28593:2017 (accept-zero sampling).
    """
    rql, confidence = np.broadcast_arrays(np.asarray(rql, dtype=float), np.asarray(confidence, dtype=float))
    if not np.all((rql > 0) & (rql < 1) & (confidence > 0) & (confidence < 1)):
        raise ValueError("quality and confidence must lie between 0 and 1")
    n = np.ceil(np.log1p(-confidence) / np.log1p(-rql))
    one_less_does = (1 - rql) ** (n - 1) <= 1 - confidence  # a quotient of logarithms may round up
    return np.maximum(n - one_less_does, 1).astype(np.int64)


def zero_acceptance_size_in_lot(lot: int, nonconforming: int, confidence: float) -> int:
    """Sample of a c = 0 plan for one lot: the smallest n that finds one of so many nonconforming pieces.

    With the given chance at least, by the hypergeometric law.

    Raises
    ------
    ValueError
        If the nonconforming pieces are none or more than the lot, or confidence is outside (0, 1).
    """
    if not (1 <= nonconforming <= lot and 0 < confidence < 1):
        raise ValueError("needs 1 <= nonconforming <= lot and a confidence between 0 and 1")
    sizes = np.arange(1, lot + 1)
    missed = stats.hypergeom.pmf(0, lot, nonconforming, sizes)
    return int(sizes[np.argmax(missed <= 1 - confidence)])


def within_classes(found: Mapping[str, ArrayLike], ac: Mapping[str, int]) -> np.ndarray:
    """Whether lots are accepted that have an acceptance number for each class of defects.

    Every class must be within its own number.

    Parameters
    ----------
    found : dict of array_like of int, shape (...)
        Counts by class, among them those of `ac`.
    ac : dict of int
        Acceptance numbers by class; a class "total" counts all classes together.

    Returns
    -------
    ndarray of bool, shape (...)

    References
    ----------
    .. [1] 7 CFR 42.107 (c), 42.109.
    """
    return np.all(np.broadcast_arrays(*(np.asarray(found[name]) <= ac[name] for name in ac)), axis=0)


def _least_sample(ac: int, rql: float, risk: float, model: str) -> int:
    """The smallest n that accepts `rql` with a chance of at most `risk`."""
    high = ac + 1
    while acceptance_probability(high, ac, rql, model=model) > risk:
        high *= 2
    low = ac  # accepts everything
    while high - low > 1:
        middle = (low + high) // 2
        if acceptance_probability(middle, ac, rql, model=model) > risk:
            low = middle
        else:
            high = middle
    return high


def _chance_of(n: int, found: np.ndarray, p: Floats, model: str) -> Floats:
    law = stats.poisson(n * p) if model == "poisson" else stats.binom(n, p)
    return np.asarray(law.pmf(found))


def _plan_and_quality(
    n: ArrayLike, ac: ArrayLike, p: ArrayLike, model: str
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    _known(model)
    n, ac, p = np.broadcast_arrays(np.asarray(n), np.asarray(ac), np.asarray(p, dtype=float))
    if not np.all((n >= 1) & (ac >= 0) & (p >= 0)) or (model == "binomial" and np.any(p > 1)):
        raise ValueError("needs n >= 1, Ac >= 0 and a quality that is a fraction")
    return n, ac, p


def _known(model: str) -> None:
    if model not in MODELS:
        raise ValueError(f"unknown model: {model}")
