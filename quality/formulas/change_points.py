"""When did a level change? Least squares for measured series, likelihood for counts of lots."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from quality.formulas.attribute_charts import Law
from quality.formulas.proportion import Floats, possible_counts

TRIMMED = 0.15  # share of the points that a segment has at least
MOST_BREAKS = 5


class MeanBreak(NamedTuple):
    """The one best break of the mean of a series, each of shape (...).

    Breaks are named by the 1-based place of the last point before them; 0 where the series is too short.
    """

    after: NDArray[np.int64]
    mean_before: Floats
    mean_after: Floats
    sup_f: Floats  # infinite where both pieces are constant, NaN where the whole is


class CountBreak(NamedTuple):
    """The one best break of the rate of lots."""

    after: int
    likelihood_ratio: float
    rate_before: float
    rate_after: float
    likely: tuple[int, ...]  # every place that the data do not speak against

    @property
    def interval(self) -> tuple[int, int]:
        """First and last place of the likelihood set."""
        return self.likely[0], self.likely[-1]


def mean_break(values: ArrayLike) -> MeanBreak:
    """Find the break of the mean that leaves the least sum of squares.

    sup F = max (RSS0 - RSS1) / (RSS1/(n-2)) over breaks with at least 15 % of the points on either side.

    Parameters
    ----------
    values : array_like of float, shape (..., points)
        In order of time, none missing.

    Returns
    -------
    MeanBreak

    References
    ----------
    .. [1] J. Bai, P. Perron (1998), Econometrica 66, 47-78.
    .. [2] D. W. K. Andrews (1993), Econometrica 61, 821-856 (sup F).
    """
    found = np.asarray(values, dtype=float)
    n = found.shape[-1]
    shape, least = found.shape[:-1], _least_length(n)
    if n < 2 * least:
        nothing = np.full(shape, np.nan)
        return MeanBreak(np.zeros(shape, dtype=np.int64), nothing, nothing, nothing)
    level = found.mean(-1, keepdims=True)
    sums = np.cumsum(found - level, axis=-1)  # centred, so that a level far from 0 costs no digits
    whole = np.square(found - level).sum(-1)
    places = np.arange(least, n - least + 1)
    before = sums[..., places - 1]
    # A break after k takes (sum of the first k)^2 n / (k (n-k)) from the sum of squares.
    gain = before**2 * n / (places * (n - places))
    best = np.argmax(gain, axis=-1)
    after = places[best]
    taken, first = (np.take_along_axis(table, best[..., None], axis=-1)[..., 0] for table in (gain, before))
    rest = np.maximum(whole - taken, 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        sup_f = taken / (rest / (n - 2))
    centre = level[..., 0]
    return MeanBreak(after, centre + first / after, centre - first / (n - after), sup_f)


def breaks_by_bic(values: ArrayLike, *, most: int = MOST_BREAKS) -> list[int]:
    """All breaks of the mean of one series, as many as Bayes's information criterion wants.

    The number m minimises BIC = n (ln(2 pi RSS/n) + 1) + (2m + 2) ln n, with segments of least squares at
    least floor(0.15 n) long.

    Parameters
    ----------
    values : array_like of float, shape (points,)
        In order of time, none missing.
    most : int
        Breaks at most.

    Returns
    -------
    list of int
        1-based places of the last points before breaks; none for a series that does not vary.

    References
    ----------
    .. [1] Y.-C. Yao (1988), Statistics and Probability Letters 6, 181-189.
    .. [2] J. Bai, P. Perron (2003), J. Applied Econometrics 18, 1-22 (the algorithm).
    """
    found = np.asarray(values, dtype=float)
    n, least = len(found), _least_length(len(found))
    if n < 2 * least or np.ptp(found) == 0:
        return []
    cost = _segment_costs(found, least)
    totals, came_from = [cost[0]], []
    for _ in range(min(most, n // least - 1)):
        # One segment more: its first point is j, and what came before is the best so far that ends at j.
        through = totals[-1][:n, None] + cost[:, 1:]
        came_from.append(np.concatenate([[0], np.argmin(through, axis=0)]))
        totals.append(np.concatenate([[np.inf], through.min(axis=0)]))
    residual = np.array([total[n] for total in totals])
    breaks = np.arange(len(residual))
    floor = np.finfo(float).eps * np.square(found - found.mean()).sum()  # rounding is no better fit
    bic = n * (np.log(2 * np.pi * np.maximum(residual, floor) / n) + 1) + (2 * breaks + 2) * np.log(n)
    places, end = [], n
    for table in reversed(came_from[: int(np.argmin(bic))]):
        end = int(table[end])
        places.append(end)
    return places[::-1]


def count_break(
    counts: ArrayLike, sizes: ArrayLike, *, law: Law = Law.BINOMIAL, confidence: float = 0.95
) -> CountBreak:
    """Find the break of the rate of lots by the likelihood ratio, and the places it may as well be at.

    l = x ln(x/n) + (n-x) ln(1 - x/n) of the summed counts on either side (of nonconformities x ln(x/n));
    the likelihood set holds every k with 2 (max - profile(k)) <= chi2_confidence(1).

    Parameters
    ----------
    counts, sizes : array_like of int, shape (lots,)
        Nonconforming units or nonconformities, on how many units, in order of time.
    law : Law
        Which of both is counted.
    confidence : float
        Of the likelihood set, as a fraction.

    Returns
    -------
    CountBreak
        The first of equally likely places. The ratio is not chi-square, since the place was sought.

    Raises
    ------
    ValueError
        If there are fewer than two lots, or a count is impossible.

    References
    ----------
    .. [1] D. V. Hinkley, E. A. Hinkley (1970), Biometrika 57, 477-488.
    """
    if law is Law.BINOMIAL:
        x, n = possible_counts(counts, sizes)
    else:
        x, n = np.broadcast_arrays(np.asarray(counts, dtype=float), np.asarray(sizes, dtype=float))
        if not np.all((x >= 0) & (n > 0)):
            raise ValueError("nonconformities must not be negative, and units lie above 0")
    if len(x) < 2 or not n.sum():
        raise ValueError("a change needs two lots")
    found, units = np.cumsum(x), np.cumsum(n)
    before, after = (found[:-1], units[:-1]), (found[-1] - found[:-1], units[-1] - units[:-1])
    profile = _log_likelihood(*before, law) + _log_likelihood(*after, law)
    best = int(np.argmax(profile))
    with np.errstate(divide="ignore", invalid="ignore"):
        rates = before[0][best] / before[1][best], after[0][best] / after[1][best]
    near = 2 * (profile[best] - profile) <= special.chdtri(1, 1 - confidence)
    whole = float(_log_likelihood(found[-1], units[-1], law))
    return CountBreak(
        after=best + 1,
        likelihood_ratio=max(0.0, 2 * (float(profile[best]) - whole)),
        rate_before=float(rates[0]),
        rate_after=float(rates[1]),
        likely=tuple((np.flatnonzero(near) + 1).tolist()),
    )


def mean_break_interval(values: ArrayLike, *, confidence: float = 0.95) -> tuple[int, ...]:
    """Places where the one break of the mean may be: the likelihood set of a normal series.

    Every k with n ln(RSS_k / RSS_min) <= chi2_confidence(1), breaks between any two points.

    Parameters
    ----------
    values : array_like of float, shape (points,)
        In order of time, none missing; three at least.

    Returns
    -------
    tuple of int
        1-based places of the last point before; the best one alone where it leaves no residual.
    """
    found = np.asarray(values, dtype=float)
    n = len(found)
    off = found - found.mean()
    places = np.arange(1, n)
    rest = np.square(off).sum() - np.cumsum(off)[:-1] ** 2 * n / (places * (n - places))
    floor = np.finfo(float).eps * np.square(off).sum()
    with np.errstate(divide="ignore", invalid="ignore"):
        worse = n * np.log(np.maximum(rest, floor) / max(rest.min(), floor))
    return tuple(places[~(worse > special.chdtri(1, 1 - confidence))].tolist())


def _least_length(points: int) -> int:
    return max(2, int(TRIMMED * points))


def _segment_costs(values: Floats, least: int) -> Floats:
    """Sum of squares of the segment from j up to before i, shape (n, n + 1); infinite where too short."""
    off = values - values.mean()
    sums, squares = (np.concatenate([[0.0], np.cumsum(part)]) for part in (off, off**2))
    first, last = np.arange(len(off))[:, None], np.arange(len(off) + 1)[None, :]
    length = last - first
    inside = np.maximum(length, 1)
    cost = squares[last] - squares[first] - (sums[last] - sums[first]) ** 2 / inside
    return np.where(length >= least, np.maximum(cost, 0.0), np.inf)


def _log_likelihood(found: Floats, units: Floats, law: Law) -> Floats:
    """Of the rate that fits best; constants that every break shares are left out."""
    if law is Law.POISSON:
        return np.asarray(special.xlogy(found, found) - special.xlogy(found, units))
    left = units - found
    return np.asarray(special.xlogy(found, found) + special.xlogy(left, left) - special.xlogy(units, units))
