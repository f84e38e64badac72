"""Hotelling's T² of several characteristics of a part: one chart, of lots or of single pieces."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import numpy as np

from quality.formulas.hotelling import VectorBaseline, subgroup_baseline, vector_baseline
from quality.queries.chart_decisions import NOTHING_DECIDED, Decided
from quality.queries.joint_values import JointValues


class Points(StrEnum):
    """What a point of a T² chart is."""

    LOTS = "lots"  # the means of a lot; lots have one size
    PIECES = "pieces"


class NoLimit(StrEnum):
    """Why a T² chart has no limit."""

    NONE = ""
    TOO_FEW = "too_few"  # too few points for so many characteristics
    DEPENDENT = "dependent"  # one characteristic does not vary, or follows from the others


class LotsDiffer(Exception):
    """A chart of lots was asked for, and they have different numbers of whole pieces, or one each."""


@dataclass(frozen=True, slots=True)
class JointChart:
    """A T² chart of the present segment; arrays of shape (points,).

    `furthest` is of each point the column of `JointValues.values` that lies furthest from its own centre, in its
    own standard deviations.
    """

    points: Points
    lots: np.ndarray  # of each point the place of its lot
    values: np.ndarray  # T²; NaN of a lot that was left out
    high: np.ndarray  # upper limit of each point
    beyond: np.ndarray
    monitored: np.ndarray  # whether it came after the limits were made
    excluded: np.ndarray
    furthest: np.ndarray
    earlier: int  # lots of earlier segments, which are not drawn
    no_limit: NoLimit


def proposed_points(found: JointValues) -> Points:
    """Lots where all have one number of whole pieces, two or more; else single pieces."""
    sizes = found.sizes
    return Points.LOTS if sizes.size and sizes.min() == sizes.max() > 1 else Points.PIECES


def joint_chart(
    found: JointValues,
    points: Points,
    *,
    limits_until: date | None = None,
    decided: Decided = NOTHING_DECIDED,
    alpha: float = 0.0027,
) -> JointChart:
    """Draw T² of the lots since the last segment of any of the characteristics began.

    Limits are made of the lots until a day, or of all, without those left out on the chart of any characteristic;
    lots that came later are held against them by the limit for new points.

    Raises LotsDiffer where points are lots and these have different sizes, or one piece each.
    """
    if points is Points.LOTS and found.lots and proposed_points(found) is not Points.LOTS:
        raise LotsDiffer
    begun = {lot for lot, _day in decided.starts}
    first = max((place for place, lot in enumerate(found.lots) if lot in begun), default=0)
    own = np.arange(len(found.lots)).repeat(found.sizes)
    if points is Points.LOTS:
        size = int(found.sizes[0]) if found.lots else 1
        pieces = found.values.reshape(-1, size, len(found.versions))[first:]
        places, plotted = np.arange(first, len(found.lots)), pieces.mean(axis=1)
    else:
        shown = own >= first
        pieces, places, plotted = found.values[shown], own[shown], found.values[shown]
    excluded = np.array([found.lots[place] in decided.excluded for place in places], dtype=bool)
    later = np.array(
        [limits_until is not None and found.days[place] > limits_until for place in places], dtype=bool
    )
    start, why = _baseline(pieces[~excluded & ~later], points)
    limits = [_limit(start, phase, alpha) for phase in (1, 2)]
    if start is not None and np.isnan(limits[0]):
        why = NoLimit.TOO_FEW
    values = np.full(len(places), np.nan)
    furthest = np.zeros(len(places), dtype=np.int64)
    if start is not None:
        values = np.where(excluded, np.nan, start.statistics(plotted))
        apart = np.abs(plotted - start.centre) / np.sqrt(np.diagonal(start.covariance))
        furthest = apart.argmax(axis=1)
    high = np.where(later, limits[1], limits[0])
    return JointChart(
        points, places, values, high, values > high, later, excluded, furthest, first, NoLimit(why)
    )


def _baseline(pieces: np.ndarray, points: Points) -> tuple[VectorBaseline | None, NoLimit]:
    p = pieces.shape[-1]
    degrees = len(pieces) * (pieces.shape[1] - 1) if points is Points.LOTS else len(pieces) - 1
    if degrees < p or len(pieces) < 2:
        return None, NoLimit.TOO_FEW
    try:
        return (subgroup_baseline if points is Points.LOTS else vector_baseline)(pieces), NoLimit.NONE
    except ValueError:
        return None, NoLimit.DEPENDENT


def _limit(start: VectorBaseline | None, phase: int, alpha: float) -> float:
    try:
        return start.limit(phase=phase, alpha=alpha) if start else np.nan
    except ValueError:
        return np.nan


def names_of(found: JointValues, names: Sequence[str], chart: JointChart) -> list[str]:
    """Return of each point that lies beyond the limit the name of the characteristic that is furthest off."""
    return [
        names[column] if beyond else ""
        for column, beyond in zip(chart.furthest.tolist(), chart.beyond.tolist(), strict=True)
    ]
