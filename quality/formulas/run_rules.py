"""Rules that read patterns in a control chart: Nelson's eight and Western Electric's four."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike, NDArray

from quality.formulas.proportion import Floats

Marks = NDArray[np.bool_]

_ROUNDING = 1e-9  # in sigma: a point on a line but for the last digits is not beyond it


class Rule(StrEnum):
    """A pattern that a process in control shows rarely."""

    NELSON_1 = "nelson1"  # one point beyond 3 sigma
    NELSON_2 = "nelson2"  # nine in a row on one side
    NELSON_3 = "nelson3"  # six in a row rising, or falling
    NELSON_4 = "nelson4"  # fourteen in a row up and down in turn
    NELSON_5 = "nelson5"  # two of three beyond 2 sigma on one side
    NELSON_6 = "nelson6"  # four of five beyond 1 sigma on one side
    NELSON_7 = "nelson7"  # fifteen in a row within 1 sigma
    NELSON_8 = "nelson8"  # eight in a row beyond 1 sigma, on either side
    WECO_1 = "weco1"  # one point beyond 3 sigma
    WECO_2 = "weco2"  # two of three beyond 2 sigma on one side
    WECO_3 = "weco3"  # four of five beyond 1 sigma on one side
    WECO_4 = "weco4"  # eight in a row on one side


NELSON = tuple(rule for rule in Rule if rule.startswith("nelson"))
WESTERN_ELECTRIC = tuple(rule for rule in Rule if rule.startswith("weco"))
USUAL_RULES = (Rule.NELSON_1, Rule.NELSON_2)  # every further rule alarms more often by chance

# How many points a pattern spans at most; the last of them completes it.
SPANS: Mapping[Rule, int] = MappingProxyType(
    dict(zip(Rule, (1, 9, 6, 14, 3, 5, 15, 8, 1, 3, 5, 8), strict=True))
)


def run_rules(
    points: ArrayLike, centre: ArrayLike, sigma: ArrayLike, *, rules: Iterable[Rule] = NELSON
) -> dict[Rule, Marks]:
    """Mark the points that complete a pattern.

    Lines are crossed strictly: a point on the centre line breaks a run, one on a limit is not beyond it.
    Of two of three and four of five the marked point is one of those beyond; at the start of a series
    fewer points before it will do. A missing point breaks every run.

    Parameters
    ----------
    points : array_like of float, shape (..., points)
        In order of time; NaN where there is none.
    centre, sigma : array_like of float, shape (...) or (..., points)
        Centre line, and a third of the distance from it to a control limit.
    rules : iterable of Rule
        Those that are switched on.

    Returns
    -------
    dict of Rule to ndarray of bool, shape (..., points)
        In the order of `rules`.

    References
    ----------
    .. [1] L. S. Nelson (1984), J. Quality Technology 16, 237-239.
    .. [2] Western Electric (1956), Statistical Quality Control Handbook, 25-27.
    """
    found = np.asarray(points, dtype=float)
    middle, width = (_along(line, found) for line in (centre, sigma))
    return {rule: _marks(rule, found, found - middle, width) for rule in rules}


def places(marks: Mapping[Rule, Marks]) -> dict[Rule, list[int]]:
    """Name the marked points of one chart by their 1-based places."""
    return {rule: (np.flatnonzero(marked) + 1).tolist() for rule, marked in marks.items()}


def _marks(rule: Rule, points: Floats, off: Floats, sigma: Floats) -> Marks:
    span = SPANS[rule]
    match rule:
        case Rule.NELSON_1 | Rule.WECO_1:
            return _beyond(np.abs(off), 3, sigma)
        case Rule.NELSON_2 | Rule.WECO_4:
            slack = _ROUNDING * sigma
            return _in_a_row(off > slack, span) | _in_a_row(off < -slack, span)
        case Rule.NELSON_3:
            steps = _steps(points)
            return _in_a_row(steps > 0, span - 1) | _in_a_row(steps < 0, span - 1)
        case Rule.NELSON_4:
            steps = _steps(points)
            turns = np.zeros(points.shape, dtype=bool)
            turns[..., 1:] = steps[..., 1:] * steps[..., :-1] < 0
            return _in_a_row(turns, span - 2)
        case Rule.NELSON_5 | Rule.WECO_2:
            return _most_of(_beyond(off, 2, sigma), 2, span) | _most_of(_beyond(-off, 2, sigma), 2, span)
        case Rule.NELSON_6 | Rule.WECO_3:
            return _most_of(_beyond(off, 1, sigma), 4, span) | _most_of(_beyond(-off, 1, sigma), 4, span)
        case Rule.NELSON_7:
            return _in_a_row(np.abs(off) < (1 - _ROUNDING) * sigma, span)
        case Rule.NELSON_8:
            return _in_a_row(_beyond(np.abs(off), 1, sigma), span)


def _beyond(off: Floats, times: int, sigma: Floats) -> Marks:
    return off > (times + _ROUNDING) * sigma


def _steps(points: Floats) -> Floats:
    """Signs of the steps to each point from the one before; 0 to the first, and across a gap."""
    steps = np.zeros(points.shape)
    steps[..., 1:] = np.sign(np.diff(points))
    return np.nan_to_num(steps)


def _in_window(marks: Marks, span: int) -> NDArray[np.int64]:
    """How many of the last `span` points are marked, each point counted among its own."""
    counted = np.cumsum(marks, axis=-1, dtype=np.int64)
    counted[..., span:] -= counted[..., :-span].copy()
    return counted


def _in_a_row(marks: Marks, span: int) -> Marks:
    return _in_window(marks, span) == span


def _most_of(marks: Marks, least: int, span: int) -> Marks:
    return marks & (_in_window(marks, span) >= least)


def _along(line: ArrayLike, points: Floats) -> Floats:
    found = np.asarray(line, dtype=float)
    return found[..., None] if found.ndim < points.ndim else found
