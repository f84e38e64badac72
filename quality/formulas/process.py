"""What a process does by itself: sums of subgroups, and the baseline of a control chart made of them.

Phase I makes a `Baseline`; it is frozen, and phase II holds new points against its bands. Every array
may hold many characteristics: the leading axes (...) are theirs.
"""

import math
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from quality.formulas.chart_constants import c4, d2, d3
from quality.formulas.proportion import Floats

_BLOCK = 1 << 16  # values worked on at once: 512 kB, which stay in the cache between passes
_ROUNDING = 1e-12  # a point that lies on a limit but for the last digits is not beyond it


class Spread(StrEnum):
    """How the standard deviation within subgroups is estimated."""

    RANGE = "range"  # mean of R / d2(n)
    DEVIATION = "deviation"  # mean of s / c4(n)
    POOLED = "pooled"  # root of the pooled variance, over c4(degrees + 1)
    MOVING_RANGE = "moving_range"  # mean of |x_i - x_(i-1)| / d2(2): subgroups of one


class Band(NamedTuple):
    """Centre line and control limits, each of shape (...) or (..., points)."""

    centre: Floats
    low: Floats
    high: Floats

    def beyond(self, points: ArrayLike) -> NDArray[np.bool_]:
        """Which points, shape (..., points), lie strictly outside; a missing point or limit (NaN) is not crossed."""
        found = np.asarray(points, dtype=float)
        low, high = (
            limit[..., None] if np.ndim(limit) < found.ndim else limit for limit in (self.low, self.high)
        )
        slack = _ROUNDING * np.fmax(np.abs(low), np.abs(high))
        return (found < low - slack) | (found > high + slack)


class Points(NamedTuple):
    """What is plotted of each subgroup, shape (..., subgroups); NaN where it has none."""

    sizes: Floats
    means: Floats
    ranges: Floats
    deviations: Floats


@dataclass(frozen=True)
class ProcessSums:
    """Sums over the values of a process, each of shape (...); sums of two periods merge.

    `total` adds up one estimate of sigma for each of `estimates` subgroups, or where `spread` is
    pooled the squared deviations within subgroups over so many degrees of freedom.
    """

    spread: Spread
    n: Floats
    mean: Floats
    m2: Floats  # Σ(value − mean)²
    subgroups: Floats  # that hold a value; of moving ranges the values
    estimates: Floats
    total: Floats

    @property
    def sigma_within(self) -> Floats:
        """Standard deviation within subgroups; NaN without a subgroup that tells it."""
        with np.errstate(divide="ignore", invalid="ignore"):
            mean = np.where(self.estimates > 0, self.total / self.estimates, np.nan)
        if self.spread is Spread.POOLED:
            return np.sqrt(mean) / c4(self.estimates + 1)
        return mean

    @property
    def sigma_overall(self) -> Floats:
        """Standard deviation of all values, divisor n - 1; NaN below two values."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(self.n > 1, np.sqrt(self.m2 / (self.n - 1)), np.nan)


@dataclass(frozen=True)
class Baseline:
    """Level and spread of a process in phase I, each of shape (...), frozen for phase II.

    `subgroups` says of how many it was made; of single values they are the values.
    """

    centre: Floats
    sigma: Floats
    spread: Spread
    subgroups: Floats

    def mean_band(self, sizes: ArrayLike = 1) -> Band:
        """Limits of means of so many values: centre -+ 3 sigma / sqrt(n); of single values at n = 1.

        Parameters
        ----------
        sizes : int, or array_like of int, shape (..., points)
            Sizes of subgroups; one number for all gives limits of shape (...).
        """
        centre, sigma, n = self._beside(sizes)
        with np.errstate(divide="ignore"):
            reach = 3 * sigma / np.sqrt(n)
        return Band(centre + 0 * reach, centre - reach, centre + reach)

    def range_band(self, sizes: ArrayLike = 2) -> Band:
        """Limits of ranges of so many values: sigma (d2 -+ 3 d3), not below 0; of moving ranges at n = 2."""
        _, sigma, n = self._beside(sizes)
        middle, reach = d2(n) * sigma, 3 * d3(n) * sigma
        return Band(middle, np.maximum(middle - reach, 0.0), middle + reach)

    def deviation_band(self, sizes: ArrayLike) -> Band:
        """Limits of standard deviations: sigma (c4 -+ 3 sqrt(1 - c4^2)), not below 0."""
        _, sigma, n = self._beside(sizes)
        middle, reach = c4(n) * sigma, 3 * np.sqrt(1 - c4(n) ** 2) * sigma
        return Band(middle, np.maximum(middle - reach, 0.0), middle + reach)

    def _beside(self, sizes: ArrayLike) -> tuple[Floats, Floats, Floats]:
        n = np.asarray(sizes, dtype=float)
        if not n.ndim:
            return self.centre, self.sigma, n
        return self.centre[..., None], self.sigma[..., None], n


def subgroup_points(values: ArrayLike) -> Points:
    """Size, mean, range and standard deviation of each subgroup.

    Parameters
    ----------
    values : array_like of float, shape (..., subgroups, pieces)
        NaN where a subgroup has fewer pieces than others.

    Returns
    -------
    Points
        Ranges and deviations are NaN below two pieces.
    """
    found = np.asarray(values, dtype=float)
    there = ~np.isnan(found)
    sizes = there.sum(-1, dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        # The first pass says where the values are, the second takes back what rounding left.
        rough = np.where(there, found, 0.0).sum(-1) / sizes
        apart = np.where(there, found - rough[..., None], 0.0)
        rest = apart.sum(-1) / sizes
        means = np.where(sizes > 0, rough + rest, np.nan)
        square = (apart**2).sum(-1) - sizes * rest**2
        deviations = np.where(sizes > 1, np.sqrt(np.maximum(square, 0.0) / (sizes - 1)), np.nan)
    highest = np.where(there, found, -np.inf).max(-1, initial=-np.inf)
    lowest = np.where(there, found, np.inf).min(-1, initial=np.inf)
    ranges = np.full(sizes.shape, np.nan)
    np.subtract(highest, lowest, out=ranges, where=sizes > 1)
    return Points(sizes, means, ranges, deviations)


def moving_ranges(values: ArrayLike) -> Floats:
    """Distance of each value from the one before it, shape (..., points); the first has none (NaN)."""
    found = np.asarray(values, dtype=float)
    ranges = np.full(found.shape, np.nan)
    ranges[..., 1:] = np.abs(np.diff(found))
    return ranges


def process_sums(values: ArrayLike, *, spread: Spread = Spread.RANGE) -> ProcessSums:
    """Sums over the values of processes, in one walk through the memory.

    Parameters
    ----------
    values : array_like of float, shape (..., subgroups, pieces), or (..., points) for moving ranges
        In order of time; NaN where there is no value. A moving range needs both its values.
    spread : Spread
        How the standard deviation within subgroups will be estimated. Where sizes differ each
        subgroup of two or more gives one estimate of the same weight; `POOLED` weighs by degrees of
        freedom.

    Returns
    -------
    ProcessSums
        Of shape (...).

    References
    ----------
    .. [1] ISO 7870-2:2013, 5.2 and annex A (estimates of sigma).
    .. [2] T. F. Chan, G. H. Golub, R. J. LeVeque (1983), The American Statistician 37, 242-247 (corrected
       two-pass algorithm).
    """
    found = np.asarray(values, dtype=float)
    inner = 1 if spread is Spread.MOVING_RANGE else 2
    outer, shape = found.shape[:-inner], found.shape[-inner:]
    rows = found.reshape(math.prod(outer), *shape)
    columns = np.empty((6, len(rows)))
    lines = max(1, _BLOCK // max(1, math.prod(shape)))
    for first in range(0, len(rows), lines):
        columns[:, first : first + lines] = _sums_of_block(rows[first : first + lines], spread)
    return ProcessSums(spread, *(column.reshape(outer) for column in columns))


def merge_sums(one: ProcessSums, other: ProcessSums) -> ProcessSums:
    """Sums of two disjoint sets of subgroups together.

    Of moving ranges the one across the border is not in either; keep it out, or give both periods in
    one call.

    Raises
    ------
    ValueError
        If the spreads are of different kinds.
    """
    if one.spread is not other.spread:
        raise ValueError("sums of different estimates of spread do not merge")
    n = one.n + other.n
    share = np.divide(other.n, n, out=np.zeros(np.shape(n)), where=n > 0)
    # An empty side has no mean, and adds nothing.
    first = np.where(one.n > 0, one.mean, other.mean)
    apart = np.where(other.n > 0, other.mean, first) - first
    return ProcessSums(
        spread=one.spread,
        n=n,
        mean=first + apart * share,
        m2=one.m2 + other.m2 + apart * apart * one.n * share,
        subgroups=one.subgroups + other.subgroups,
        estimates=one.estimates + other.estimates,
        total=one.total + other.total,
    )


def baseline(sums: ProcessSums) -> Baseline:
    """Phase I limits of what was summed: the mean of all values and sigma within subgroups."""
    return Baseline(sums.mean, sums.sigma_within, sums.spread, sums.subgroups)


def segment_slices(points: int, starts: ArrayLike) -> list[slice]:
    """Cut so many points where a process was changed; each piece gets limits of its own.

    Parameters
    ----------
    points : int
        Number of points on the chart.
    starts : array_like of int
        0-based first points of later segments, in any order; those outside the chart are left out.

    Returns
    -------
    list of slice
        In order, together covering every point.
    """
    inside = {int(start) for start in np.asarray(starts).ravel() if 0 < start < points}
    edges = [0, *sorted(inside), points]
    return [slice(first, last) for first, last in pairwise(edges) if first < last]


def _sums_of_block(block: Floats, spread: Spread) -> Floats:
    """Columns n, mean, m2, subgroups, estimates, total of the rows of a block, shape (rows, ...)."""
    flat = block.reshape(len(block), -1)
    if not flat.shape[1] or not np.isfinite(flat.sum()):
        return _sums_with_gaps(block, spread)
    n = flat.shape[1]
    mean = flat.mean(1)
    apart = flat - mean[:, None]
    rest = apart.sum(1) / n
    m2 = np.einsum("ij,ij->i", apart, apart) - n * rest * rest
    estimates, total = _estimates(apart.reshape(block.shape), spread)
    count, subgroups, told = (np.full(len(block), float(k)) for k in (n, block.shape[1], estimates))
    return np.stack([count, mean + rest, np.maximum(m2, 0.0), subgroups, told, total])


def _estimates(apart: Floats, spread: Spread) -> tuple[float, Floats]:
    """Number of estimates of sigma in each row, and their sum; `apart` has no gaps."""
    if spread is Spread.MOVING_RANGE:
        steps = apart[:, 1:] - apart[:, :-1]
        np.abs(steps, out=steps)
        return float(steps.shape[1]), steps.sum(1) / d2(2)
    subgroups, pieces = apart.shape[1:]
    if pieces < 2:
        return 0.0, np.zeros(len(apart))
    if spread is Spread.RANGE:
        return float(subgroups), _ranges(apart).sum(1) / d2(pieces)
    within = _squares_within(apart)
    if spread is Spread.POOLED:
        return float(subgroups * (pieces - 1)), within.sum(1)
    return float(subgroups), np.sqrt(within / (pieces - 1)).sum(1) / c4(pieces)


def _ranges(apart: Floats) -> Floats:
    """Ranges over the last axis; NumPy reduces a short last axis slowly, so piece by piece."""
    highest, lowest = apart[..., 0].copy(), apart[..., 0].copy()
    for piece in range(1, apart.shape[-1]):
        np.maximum(highest, apart[..., piece], out=highest)
        np.minimum(lowest, apart[..., piece], out=lowest)
    return highest - lowest


def _squares_within(apart: Floats) -> Floats:
    """Squared deviations from the mean of each subgroup."""
    pieces = apart.shape[-1]
    mean = apart[..., 0].copy()
    for piece in range(1, pieces):
        mean += apart[..., piece]
    mean /= pieces
    squares = np.zeros(mean.shape)
    for piece in range(pieces):
        off = apart[..., piece] - mean
        off *= off
        squares += off
    return squares


def _sums_with_gaps(block: Floats, spread: Spread) -> Floats:
    """The same of rows that may miss values."""
    whole = subgroup_points(block.reshape(len(block), -1))
    with np.errstate(invalid="ignore"):
        m2 = np.where(whole.sizes > 1, whole.deviations**2 * (whole.sizes - 1), 0.0)
    if spread is Spread.MOVING_RANGE:
        subgroups, estimates = whole.sizes, moving_ranges(block) / d2(2)
    else:
        points = subgroup_points(block)
        subgroups = (points.sizes > 0).sum(-1)
        if spread is Spread.POOLED:
            degrees = np.maximum(points.sizes - 1, 0.0)
            squares = np.where(degrees > 0, points.deviations**2 * degrees, 0.0)
            return np.stack([whole.sizes, whole.means, m2, subgroups, degrees.sum(-1), squares.sum(-1)])
        if spread is Spread.RANGE:
            estimates = points.ranges / d2(points.sizes)
        else:
            estimates = points.deviations / c4(points.sizes)
    told = ~np.isnan(estimates)
    total = np.where(told, estimates, 0.0).sum(-1)
    return np.stack([whole.sizes, whole.means, m2, subgroups, told.sum(-1), total])
