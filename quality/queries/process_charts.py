"""Control charts and capability of a measured characteristic, from its values by lot."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import reduce

import numpy as np

from quality.formulas import chart_choice
from quality.formulas.capability import Capability, Ppm, capability, observed_ppm
from quality.formulas.chart_choice import Chart, Choice
from quality.formulas.normality import Normality, anderson_darling
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
    subgroup_points,
)
from quality.formulas.run_rules import Rule, run_rules
from quality.queries.processes import LotValues

SPREADS = {Chart.XBAR_R: Spread.RANGE, Chart.XBAR_S: Spread.DEVIATION, Chart.I_MR: Spread.MOVING_RANGE}


@dataclass(frozen=True, slots=True)
class Track:
    """One of the two charts: a value a point, its limits, and the rules that each point completes."""

    name: str  # means, values, ranges, deviations, moving_ranges
    values: np.ndarray
    band: Band  # of shape (points,)
    rules: Sequence[Sequence[Rule]]


@dataclass(frozen=True, slots=True)
class ProcessChart:
    """A control chart: level above, spread below, over the same points."""

    chart: Chart
    baseline: Baseline
    places: np.ndarray  # of each point the place of its lot
    monitored: np.ndarray  # whether a point came after the limits were made
    tracks: tuple[Track, Track]


@dataclass(frozen=True, slots=True)
class CapabilityStudy:
    """Capability of a process, and what speaks for or against the normal law."""

    spread: Spread
    found: Capability
    observed: Ppm
    normality: Normality


def proposed_chart(found: LotValues) -> Choice | None:
    """Return the chart that these values ask for; None without a value."""
    return chart_choice.chart_of_values(found.sizes) if found.lots else None


def process_chart(
    found: LotValues, chart: Chart, *, rules: Sequence[Rule], limits_until: date | None = None
) -> ProcessChart:
    """Draw a chart of values.

    Limits come from the lots until a day, or from all; lots that came later are held against them. Run
    rules read the upper chart; of the lower one a point is marked beyond its limits alone, since spread
    lies unevenly about its centre.
    """
    spread = SPREADS[chart]
    later = np.array([limits_until is not None and day > limits_until for day in found.days], dtype=bool)
    places = np.arange(len(found.lots))
    if chart is Chart.I_MR:
        places = places.repeat(found.sizes)
        single = found.values
        start = baseline(process_sums(single[~later[places]], spread=spread))
        upper = ("values", single, start.mean_band(np.ones(len(single))))
        lower = ("moving_ranges", moving_ranges(single), start.range_band(np.full(len(single), 2)))
    else:
        start = baseline(_sums_of_lots(found, places[~later], spread))
        points = _points_of_lots(found)
        upper = ("means", points.means, start.mean_band(points.sizes))
        if chart is Chart.XBAR_R:
            lower = ("ranges", points.ranges, start.range_band(points.sizes))
        else:
            lower = ("deviations", points.deviations, start.deviation_band(points.sizes))
    return ProcessChart(
        chart, start, places, later[places], (_track(*upper, rules), _track(*lower, [Rule.NELSON_1]))
    )


def capability_study(
    found: LotValues, *, lsl: float | None, usl: float | None, target: float | None
) -> CapabilityStudy:
    """Study values against limits; sigma within is estimated as their proposed chart does."""
    sums = _sums(found)
    low, high, aim = (np.nan if given is None else given for given in (lsl, usl, target))
    return CapabilityStudy(
        spread=sums.spread,
        found=capability(sums, low, high, target=aim),
        observed=observed_ppm(found.values, low, high),
        normality=anderson_darling(found.values),
    )


def _sums(found: LotValues) -> ProcessSums:
    choice = proposed_chart(found)
    if choice is None or choice.chart is Chart.I_MR:
        return process_sums(found.values, spread=Spread.MOVING_RANGE)
    return _sums_of_lots(found, np.arange(len(found.lots)), SPREADS[choice.chart])


def _sums_of_lots(found: LotValues, places: np.ndarray, spread: Spread) -> ProcessSums:
    """Sum the lots at some places."""
    parts = (process_sums(block, spread=spread) for _places, block in _blocks(found, places))
    return reduce(merge_sums, parts, process_sums(np.empty((0, 1)), spread=spread))


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


def _track(name: str, values: np.ndarray, band: Band, rules: Sequence[Rule]) -> Track:
    marks = run_rules(values, band.centre, (band.high - band.centre) / 3, rules=rules)
    if Rule.NELSON_1 in marks:  # the lower limit of a spread is not below 0
        marks[Rule.NELSON_1] = band.beyond(values)
    named = [[rule for rule, at in marks.items() if at[point]] for point in range(len(values))]
    return Track(name, values, band, named)
