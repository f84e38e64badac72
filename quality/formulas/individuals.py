"""Process-behaviour charts of single values: natural limits from moving ranges, segment by segment."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

WIDTH = 3 / 1.128  # three sigma; 1.128 is d2 of ranges of two values
RUN = 8  # points in a row on one side of the centre: the process has moved
LEAST_POINTS = 6  # fewer have no limits
SOUND_POINTS = 15  # limits of fewer are preliminary
LOCKED_POINTS = 24  # limits are those of at most so many first points of a segment


class Limits(NamedTuple):
    """Centre line and natural process limits, in the unit of the values."""

    centre: float
    low: float
    high: float


class Segment(NamedTuple):
    """Points between two shifts of a process: indices from `first` to `last`, both included.

    The limits are None with fewer than six points; `points` says of how many they were made.
    """

    first: int
    last: int
    limits: Limits | None
    points: int
    outside: tuple[int, ...]  # indices of the points beyond the limits

    @property
    def preliminary(self) -> bool:
        return self.points < SOUND_POINTS


def natural_limits(values: ArrayLike) -> Limits:
    """Natural process limits of an individuals chart.

    Centre is the mean; the limits lie 2.66 mean moving ranges below and above it.

    Parameters
    ----------
    values : array_like of float, shape (points,)
        In order of time; at least two, none of them NaN.

    Returns
    -------
    Limits
        In the unit of the values.

    Raises
    ------
    ValueError
        If there are fewer than two values, or one is no number.

    References
    ----------
    .. [1] D. J. Wheeler, D. S. Chambers (1992), Understanding Statistical Process Control, 2nd ed., ch. 3.
    """
    found = np.asarray(values, dtype=float)
    if found.size < 2 or not np.isfinite(found).all():
        raise ValueError("Limits need at least two values, each of them a number.")
    centre = float(found.mean())
    reach = WIDTH * float(np.abs(np.diff(found)).mean())
    return Limits(centre, centre - reach, centre + reach)


def segments_of(values: ArrayLike) -> list[Segment]:
    """Cut a series where eight points in a row lie on one side of the centre, and give each piece its limits.

    Limits come from the first points of a segment, at most 24, and hold for that segment alone: a point
    that is added later moves none that were locked. A new segment begins inside the run, where a step
    between two levels fits best.

    Parameters
    ----------
    values : array_like of float, shape (points,)
        In order of time; NaN where nothing was measured. Ranges reach across such gaps.

    Returns
    -------
    list of Segment
        In order, together holding every point that has a value; empty if none has.

    References
    ----------
    .. [1] D. J. Wheeler (2000), Understanding Variation, 2nd ed. (eight successive values on one side of
       the central line; recomputing limits after a shift).
    .. [2] J. Bai (1994), J. Time Series Analysis 15, 453-472 (a shift of the mean, by least squares).
    """
    series = np.asarray(values, dtype=float)
    known = np.flatnonzero(np.isfinite(series))
    found, start = [], 0
    while start < known.size:
        over = _next_shift(series[known[start:]])
        stop = known.size if over is None else start + over
        found.append(_segment(series, known[start:stop]))
        start = stop
    return found


def _segment(series: np.ndarray, places: np.ndarray) -> Segment:
    own = series[places]
    used = min(len(own), LOCKED_POINTS)
    limits = natural_limits(own[:used]) if used >= LEAST_POINTS else None
    outside: tuple[int, ...] = ()
    if limits is not None:
        beyond = (own < limits.low) | (own > limits.high)
        outside = tuple(int(place) for place, out in zip(places, beyond, strict=True) if out)
    return Segment(int(places[0]), int(places[-1]), limits, used, outside)


def _next_shift(own: np.ndarray) -> int | None:
    """Where the process moved that shows itself by the first run of eight; None without one.

    While limits are not locked they are recomputed as points come, as one would have drawn them then. The
    first points of a run may have got into it by chance: the move is where one step fits best.
    """
    for end in range(LEAST_POINTS + RUN, own.size + 1):
        base = min(end - RUN, LOCKED_POINTS)
        run = own[end - RUN : end] - own[:base].mean()
        if (run > 0).all() or (run < 0).all():
            return _best_step(own[:end], first=end - RUN, last=end - 2)
    return None


def _best_step(own: np.ndarray, *, first: int, last: int) -> int:
    """Where, between two places, one step between two levels leaves the least sum of squares."""
    left = [
        own[:place].var() * place + own[place:].var() * (own.size - place) for place in range(first, last + 1)
    ]
    return first + int(np.argmin(left))
