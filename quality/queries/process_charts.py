"""Control charts of a measured characteristic, from its values by lot."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import reduce

import numpy as np

from quality.formulas import chart_choice
from quality.formulas.chart_choice import Chart, Choice
from quality.formulas.process import (
    Band,
    Baseline,
    Points,
    ProcessSums,
    Spread,
    baseline,
    merge_sums,
    moving_ranges,
    process_sums,
    segment_slices,
    subgroup_points,
)
from quality.formulas.run_rules import Rule, run_rules
from quality.formulas.time_weighted import Memory
from quality.queries.chart_decisions import NOTHING_DECIDED, Decided, Frozen
from quality.queries.processes import LotValues

NAMES = {
    Chart.XBAR_R: ("means", "ranges"),
    Chart.XBAR_S: ("means", "deviations"),
    Chart.I_MR: ("values", "moving_ranges"),
}
SPREADS = {Chart.XBAR_R: Spread.RANGE, Chart.XBAR_S: Spread.DEVIATION, Chart.I_MR: Spread.MOVING_RANGE}


@dataclass(frozen=True, slots=True)
class Track:
    """One of the two charts: a value a point, its limits, and the rules that each point completes."""

    name: str  # means, values, ranges, deviations, moving_ranges; ewma, sums_up, sums_down
    values: np.ndarray
    band: Band  # of shape (points,)
    rules: Sequence[Sequence[Rule]]


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of the chart from its 0-based first point, with its limits; `frozen` where somebody locked them."""

    first: int
    baseline: Baseline
    frozen: Frozen | None


@dataclass(frozen=True, slots=True)
class ProcessChart:
    """A control chart: level above, spread below, over the same points."""

    chart: Chart
    baseline: Baseline  # of the last segment
    places: np.ndarray  # of each point the place of its lot
    monitored: np.ndarray  # whether a point came after the limits were made
    excluded: np.ndarray  # whether it was left out by somebody
    segments: Sequence[Segment]
    tracks: tuple[Track, Track]
    memory: Memory | None = None  # of EWMA and CUSUM, which plot the points of `chart` otherwise
    began: int | None = None  # of CUSUM: the point at which its first shift is thought to have begun


def proposed_chart(found: LotValues) -> Choice | None:
    """Return the chart that these values ask for; None without a value."""
    return chart_choice.chart_of_values(found.sizes) if found.lots else None


def process_chart(
    found: LotValues,
    chart: Chart,
    *,
    rules: Sequence[Rule],
    limits_until: date | None = None,
    decided: Decided = NOTHING_DECIDED,
) -> ProcessChart:
    """Draw a chart of values.

    Each segment has limits of its own: those that were frozen, else from its lots until a day, or from all;
    lots that came later are held against them. A lot that was left out makes no limits and is held against
    none. Run rules read the upper chart, a segment at a time; of the lower one a point is marked beyond its
    limits alone, since spread lies unevenly about its centre.
    """
    out = np.array([lot in decided.excluded for lot in found.lots], dtype=bool)
    points = _points(found, chart)
    drawn = [
        _segment(found, chart, points, lots, out, rules, limits_until, decided.frozen.get((chart, key)))
        for key, lots in segments_of(found, decided)
    ]
    tracks = [
        Track(
            name,
            values,
            Band(*(np.concatenate([one.bands[at][line] for one in drawn]) for line in range(3))),
            [rules for one in drawn for rules in one.rules[at]],
        )
        for at, (name, values) in enumerate(zip(NAMES[chart], (points.upper, points.lower), strict=True))
    ]
    return ProcessChart(
        chart=chart,
        baseline=drawn[-1].segment.baseline,
        places=points.places,
        monitored=np.concatenate([one.monitored for one in drawn]),
        excluded=out[points.places],
        segments=[one.segment for one in drawn],
        tracks=(tracks[0], tracks[1]),
    )


def segments_of(found: LotValues, decided: Decided) -> list[tuple[int | None, np.ndarray]]:
    """Cut the lots where the process changed; each piece is known by the lot that began it, or by none."""
    at = {lot: place for place, lot in enumerate(found.lots)}
    before = [lot for lot, day in decided.starts if lot not in at and found.lots and day <= found.days[0]]
    begun = {at[lot]: lot for lot, _day in decided.starts if lot in at}
    keys = {0: before[-1] if before else None} | begun
    return [
        (keys[piece.start], np.arange(piece.start, piece.stop))
        for piece in segment_slices(len(found.lots), list(begun)) or [slice(0, 0)]
    ]


@dataclass(frozen=True, slots=True)
class _Plotted:
    """Points of both charts: of each the place of its lot, its size, and what is plotted."""

    places: np.ndarray
    sizes: np.ndarray
    upper: np.ndarray
    lower: np.ndarray


@dataclass(frozen=True, slots=True)
class _Drawn:
    segment: Segment
    bands: tuple[Band, Band]
    rules: tuple[Sequence[Sequence[Rule]], Sequence[Sequence[Rule]]]
    monitored: np.ndarray


def _points(found: LotValues, chart: Chart) -> _Plotted:
    places = np.arange(len(found.lots))
    if chart is Chart.I_MR:
        ones = np.ones(len(found.values))
        return _Plotted(places.repeat(found.sizes), ones, found.values, moving_ranges(found.values))
    points = _points_of_lots(found)
    lower = points.ranges if chart is Chart.XBAR_R else points.deviations
    return _Plotted(places, points.sizes, points.means, lower)


def _segment(
    found: LotValues,
    chart: Chart,
    points: _Plotted,
    lots: np.ndarray,
    out: np.ndarray,
    rules: Sequence[Rule],
    limits_until: date | None,
    frozen: Frozen | None,
) -> _Drawn:
    """Find the limits of a segment and hold its points against them."""
    until = frozen.until if frozen else limits_until
    later = np.array([until is not None and found.days[lot] > until for lot in lots], dtype=bool)
    own = np.isin(points.places, lots)
    places, sizes = points.places[own], points.sizes[own]
    start = (
        Baseline(
            np.asarray(frozen.centre), np.asarray(frozen.sigma), SPREADS[chart], np.asarray(frozen.subgroups)
        )
        if frozen
        else baseline(sums_of_lots(found, lots[~later & ~out[lots]], SPREADS[chart]))
    )
    upper = np.where(out[places], np.nan, points.upper[own])
    if chart is Chart.I_MR:
        lower, band = moving_ranges(upper), start.range_band(np.full(len(sizes), 2))
    else:
        lower = np.where(out[places], np.nan, points.lower[own])
        band = (start.range_band if chart is Chart.XBAR_R else start.deviation_band)(sizes)
    bands = (start.mean_band(sizes), band)
    first = int(np.argmax(own)) if own.any() else 0
    return _Drawn(
        Segment(first, start, frozen),
        bands,
        (_marks(upper, bands[0], rules), _marks(lower, bands[1], [Rule.NELSON_1])),
        later[places - lots[0]] if len(places) else np.zeros(0, dtype=bool),
    )


def sums_of_lots(found: LotValues, lots: np.ndarray, spread: Spread) -> ProcessSums:
    """Sum the lots at some places; a moving range never spans a lot that is not among them."""
    if spread is not Spread.MOVING_RANGE:
        parts = (process_sums(block, spread=spread) for _places, block in _blocks(found, lots))
        return reduce(merge_sums, parts, process_sums(np.empty((0, 1)), spread=spread))
    inside = found.pieces_of(lots)
    span = np.flatnonzero(inside)
    single = np.where(inside, found.values, np.nan)[span[0] : span[-1] + 1] if span.size else np.empty(0)
    return process_sums(single, spread=spread)


def _points_of_lots(found: LotValues) -> Points:
    """Return what is plotted of each lot."""
    columns = np.full((len(Points._fields), len(found.lots)), np.nan)
    for places, block in _blocks(found, np.arange(len(found.lots))):
        columns[:, places] = subgroup_points(block)
    return Points(*columns)


def _blocks(found: LotValues, places: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Give lots of one size at a time, with their values of shape (lots, pieces).

    One table of all lots would be as wide as the longest: a thousand single pieces beside one lot of fifty
    thousand took fifty million places.
    """
    starts = found.sizes.cumsum() - found.sizes
    for size in np.unique(found.sizes[places]):
        own = places[found.sizes[places] == size]
        yield own, found.values[starts[own, None] + np.arange(size)]


def _marks(values: np.ndarray, band: Band, rules: Sequence[Rule]) -> list[list[Rule]]:
    """Name the rules that each point completes."""
    marks = run_rules(values, band.centre, (band.high - band.centre) / 3, rules=rules)
    if Rule.NELSON_1 in marks:  # the lower limit of a spread is not below 0
        marks[Rule.NELSON_1] = band.beyond(values)
    return [[rule for rule, at in marks.items() if at[point]] for point in range(len(values))]
