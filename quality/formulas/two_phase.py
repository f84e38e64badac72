"""The corrected rate: what the supplier reported, set right by the lots that the customer inspected too."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from quality.formulas.proportion import (
    Floats,
    LotSums,
    as_floats,
    ratio_estimate,
    score_bounds,
    student_quantile,
)


class PairSums(NamedTuple):
    """Sums over lots that both inspected, each of shape (...).

    n and x are pieces inspected and nonconforming at the supplier's outgoing inspection, n_in and
    x_in at the customer's incoming one; y = n * x_in / n_in is what the supplier would have found at
    the customer's rate.
    """

    pairs: ArrayLike
    n: ArrayLike
    x: ArrayLike
    nn: ArrayLike
    nx: ArrayLike
    xx: ArrayLike
    y: ArrayLike
    yy: ArrayLike
    ny: ArrayLike
    xy: ArrayLike
    n_in: ArrayLike
    x_in: ArrayLike

    @classmethod
    def of(cls, n: ArrayLike, x: ArrayLike, n_in: ArrayLike, x_in: ArrayLike) -> "PairSums":
        """Sums over the last axis of the counts of single lots, shape (..., lots)."""
        n, x, n_in, x_in = (np.asarray(counts, dtype=float) for counts in (n, x, n_in, x_in))
        y = n * x_in / n_in
        pairs = np.full(n.shape[:-1], n.shape[-1])
        products = (n, x, n * n, n * x, x * x, y, y * y, n * y, x * y, n_in, x_in)
        return cls(pairs, *(product.sum(-1) for product in products))


class CorrectedRate(NamedTuple):
    """A corrected nonconforming rate; every field of shape (...), NaN where it cannot be had."""

    rate: Floats
    low: Floats
    high: Floats
    difference: Floats  # incoming minus reported, on the pairs
    unreported_share: Floats  # weight given to the lots that came without a report


def two_phase_difference(
    reported: LotSums,
    pairs: PairSums,
    *,
    unreported: LotSums | None = None,
    unreported_lots: ArrayLike | None = None,
    confidence: float = 0.95,
) -> CorrectedRate:
    """Nonconforming rate by the two-phase difference estimator.

    Reported rate plus the mean paired difference (incoming minus outgoing), each lot weighted by
    the pieces of its outgoing inspection. The variance has both phases, between lots: that of the
    reported rate, that of the difference, and their covariance. Lots that came without a report are
    a second stratum at the incoming rate found on such lots. The bounds are Wilson's on the effective
    number of pieces that this variance stands for.

    It assumes that the lots for incoming inspection are not chosen by their outgoing result, and
    that the customer's gauge is the reference.

    Parameters
    ----------
    reported : LotSums of array_like, shape (...)
        Outgoing inspections of all lots reported in the period; x is nonconforming pieces.
    pairs : PairSums of array_like, shape (...)
        Those of them that the customer inspected too.
    unreported : LotSums of array_like, shape (...), optional
        Incoming inspections of lots that came without a report.
    unreported_lots : array_like of int, shape (...), optional
        How many lots came without a report, inspected or not. By default they are taken to be
        inspected as often as the reported ones.
    confidence : float
        Coverage as a fraction.

    Returns
    -------
    CorrectedRate of ndarray, shape (...)
        Fractions nonconforming. NaN with fewer than two pairs; fewer than `proportion.LEAST_LOTS` are
        to be called preliminary. Unreported lots of which none was inspected cannot be weighed in.

    References
    ----------
    .. [1] W. G. Cochran (1977), Sampling Techniques, 3rd ed., chapter 12 (double sampling), section
       12.9 with slope 1.
    """
    first = ratio_estimate(reported)
    seen = _paired_difference(pairs)
    rate = first.rate + seen.difference
    variance = first.variance + seen.variance + 2 * _covariance(reported, pairs, first.rate, seen.difference)
    # Never less than the chance in the customer's own pieces: outgoing and incoming samples are
    # drawn independently, so the reported ones cannot take that away.
    variance = np.maximum(variance, _binomial(*as_floats((pairs.x_in, pairs.n_in))))
    share = np.zeros_like(rate)
    if unreported is not None:
        share = _unreported_share(reported, pairs, unreported, unreported_lots)
        theirs = ratio_estimate(unreported)
        spread = _unreported_variance(unreported, first.design_effect)
        rate = np.where(share > 0, (1 - share) * rate + share * np.nan_to_num(theirs.rate), rate)
        variance = np.where(
            share > 0, (1 - share) ** 2 * variance + share**2 * np.nan_to_num(spread), variance
        )
    rate = np.clip(rate, 0.0, 1.0)
    low, high = _bounds(rate, variance, pairs, confidence)
    return CorrectedRate(rate, low, high, seen.difference, share)


class _Difference(NamedTuple):
    difference: Floats
    variance: Floats


def _paired_difference(pairs: PairSums) -> _Difference:
    m, n, x, nn, nx, xx, y, yy, ny, xy, n_in, x_in = as_floats(pairs)
    with np.errstate(divide="ignore", invalid="ignore"):
        difference = (y - x) / n
        # sum of (y - x - n D)^2, multiplied out
        spread = yy - 2 * xy + xx - 2 * difference * (ny - nx) + difference**2 * nn
        between = m / (m - 1) * np.maximum(spread, 0.0) / n**2
        within = _binomial(x, n) + _binomial(x_in, n_in)
    enough = m > 1
    return _Difference(
        np.where(enough, difference, np.nan), np.where(enough, np.maximum(between, within), np.nan)
    )


def _covariance(reported: LotSums, pairs: PairSums, rate: Floats, difference: Floats) -> Floats:
    """Covariance of reported rate and paired difference: the pairs are part of the reported lots."""
    m, n, _, nn, nx, xx, _, _, ny, xy, _, _ = as_floats(pairs)
    # sum of (x - n R)(y - x - n D), multiplied out
    product = xy - xx - difference * nx - rate * (ny - nx) + rate * difference * nn
    with np.errstate(divide="ignore", invalid="ignore"):
        return m / (m - 1) * product / (np.asarray(reported.n, dtype=float) * n)


def _unreported_share(
    reported: LotSums, pairs: PairSums, unreported: LotSums, unreported_lots: ArrayLike | None
) -> Floats:
    """Pieces of the unreported lots, had they been inspected like the others, over all pieces."""
    looked_at = np.asarray(unreported.lots, dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        if unreported_lots is None:
            expansion = np.asarray(reported.lots, dtype=float) / np.asarray(pairs.pairs, dtype=float)
        else:
            expansion = np.maximum(np.asarray(unreported_lots, dtype=float), looked_at) / looked_at
        pieces = np.where(looked_at > 0, np.asarray(unreported.n, dtype=float) * expansion, 0.0)
        return pieces / (pieces + np.asarray(reported.n, dtype=float))


def _unreported_variance(unreported: LotSums, design_effect: Floats) -> Floats:
    """Variance between the unreported lots, at least that of as many pieces clustered like the others."""
    _, n, x, *_ = as_floats(unreported)
    floor = np.fmax(design_effect, 1.0) * _binomial(x, n)
    return np.fmax(ratio_estimate(unreported).variance, floor)


def _bounds(rate: Floats, variance: Floats, pairs: PairSums, confidence: float) -> tuple[Floats, Floats]:
    m, n_in = (np.asarray(field, dtype=float) for field in (pairs.pairs, pairs.n_in))
    with np.errstate(divide="ignore", invalid="ignore"):
        smoothed = (rate * n_in + 0.5) / (n_in + 1)
        pieces = smoothed * (1 - smoothed) / variance
    return score_bounds(rate, np.nan_to_num(pieces), student_quantile(confidence, m - 1))


def _binomial(x: Floats, n: Floats) -> Floats:
    """Variance of a share of independent pieces, kept off 0 by half a piece."""
    with np.errstate(divide="ignore", invalid="ignore"):
        smoothed = (x + 0.5) / (n + 1)
        return smoothed * (1 - smoothed) / n
