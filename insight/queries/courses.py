"""A figure over time, in equal steps that end with a given day, with the limits of its process."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

import numpy as np

from core.period import Period
from kpis.definitions import CORRECTED
from kpis.queries.evaluate import evaluate
from kpis.queries.readings import Reading
from kpis.queries.sources import Sources, selected
from quality.formulas.individuals import Segment, segments_of
from quality.queries.rates import LotTotals, lot_totals

Step = Literal["week", "month"]

WEEKS, WEEKS_BEFORE = 26, 26  # drawn, and known before them so that a segment's limits are sound
MONTHS = 24

# What sums of lots give for any days; everything else is read by calendar months.
RATES_OF_LOTS = {"pass_rate", "ppm", "lot_acceptance_rate"}


@dataclass(frozen=True, slots=True)
class Point:
    """A step of a course; without data its value is None."""

    period: Period
    value: float | None
    n: int | None


@dataclass(frozen=True, slots=True)
class Course:
    """The steps of one figure, in its unit, and the segments of its process by index of the steps."""

    name: str
    stage: str | None
    step: Step
    points: Sequence[Point]
    segments: Sequence[Segment]

    @property
    def known(self) -> list[Point]:
        return [point for point in self.points if point.value is not None]

    @property
    def last_segment(self) -> Segment | None:
        return self.segments[-1] if self.segments else None

    def since(self, index: int) -> "Course":
        """Return the steps from an index on; limits stay what they were made of."""
        kept = [
            one._replace(
                first=max(one.first, index) - index,
                last=one.last - index,
                outside=tuple(place - index for place in one.outside if place >= index),
            )
            for one in self.segments
            if one.last >= index
        ]
        return Course(self.name, self.stage, self.step, self.points[index:], kept)


def course(
    name: str, what: Mapping[str, Any], *, until: date, step: Step, stage: str | None = None, **options: str
) -> Course:
    """Read a figure step by step until a day.

    Parameters
    ----------
    name : str
        A KPI.
    what : mapping
        customer, suppliers, parts and sources, as `kpis.queries.evaluate.evaluate` takes them.
    until : date
        Last day of the last step. Weeks are seven days each, whatever day they end on; a month that is not
        over by then is left out.
    step : str
        ``week`` for rates of lots; for other figures it is ``month`` all the same.
    stage : str, optional
        Of a rate: outgoing, incoming or corrected.

    Returns
    -------
    Course
        26 weeks, or as many as 24 months, those before the first data left out. The number of queries
        does not depend on the number of rows.
    """
    if step == "week" and name in RATES_OF_LOTS and stage != CORRECTED:
        points = _weeks(name, what, until, stage or "outgoing")
    else:
        step, points = "month", _months(name, what, until, stage, options)
    begun = next((index for index, point in enumerate(points) if point.value is not None), len(points))
    points = points[begun:]
    values = np.array([np.nan if point.value is None else point.value for point in points], dtype=float)
    whole = Course(name, stage, step, points, segments_of(values))
    return whole.since(max(0, len(points) - WEEKS)) if step == "week" else whole


def _weeks(name: str, what: Mapping[str, Any], until: date, stage: str) -> list[Point]:
    count = WEEKS + WEEKS_BEFORE
    begin = until - timedelta(days=7 * count - 1)
    sources: Sources = what["sources"]
    selection = selected(sources, customer=what["customer"], suppliers=what["suppliers"], parts=what["parts"])
    by_day = sources.once(lot_totals, selection, Period(begin, until), stage=stage, by=("day",))
    weeks: list[list[LotTotals]] = [[] for _ in range(count)]
    for (day,), totals in by_day.items():
        weeks[(day - begin).days // 7].append(totals)
    return [
        _point(name, Period(first, first + timedelta(days=6)), found)
        for index, found in enumerate(weeks)
        for first in [begin + timedelta(days=7 * index)]
    ]


def _point(name: str, period: Period, found: Sequence[LotTotals]) -> Point:
    if name == "lot_acceptance_rate":
        good, n, scale = sum(one.accepted for one in found), sum(one.judged for one in found), 1
    else:
        n = sum(one.inspected for one in found)
        bad = sum(one.nonconforming for one in found)
        good, scale = (bad, 1_000_000) if name == "ppm" else (n - bad, 1)
    return Point(period, good / n * scale if n else None, n)


def _months(
    name: str, what: Mapping[str, Any], until: date, stage: str | None, options: Mapping[str, Any]
) -> list[Point]:
    this = Period.month(until)
    end = this.last if until == this.last else this.first - timedelta(days=1)
    asked = {key: value for key, value in what.items() if key not in {"period", "base"}}
    months = Period(Period.month_before(end, MONTHS - 1).first, end)
    found: list[Reading] = evaluate(name, **asked, period=months, by="month", stage=stage, **options)
    return [Point(month, one.value, one.n) for month, one in zip(months.months(), found, strict=True)]
