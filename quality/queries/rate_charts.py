"""Control charts of what inspections count: nonconforming pieces, or nonconformities, lot by lot."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from django.db.models import F, Sum
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, Greatest

from quality.formulas import chart_choice
from quality.formulas.attribute_charts import Law, RateBaseline, laney_baseline, rate_baseline
from quality.formulas.chart_choice import Chart, Choice
from quality.formulas.process import Band
from quality.formulas.run_rules import Rule, run_rules
from quality.models import Inspection

MOST_LOTS = 5000  # the newest
LAWS = {
    Chart.P: Law.BINOMIAL,
    Chart.NP: Law.BINOMIAL,
    Chart.LANEY_P: Law.BINOMIAL,
    Chart.C: Law.POISSON,
    Chart.U: Law.POISSON,
    Chart.LANEY_U: Law.POISSON,
}
LANEY = {Chart.LANEY_P, Chart.LANEY_U}
OF_COUNTS = {Chart.NP, Chart.C}  # plot counts, the others rates


class SizesDiffer(Exception):
    """A c chart counts on units of one size, and these lots differ."""


@dataclass(frozen=True, slots=True)
class LotCounts:
    """First submissions of lots in order of time: what was found on how many pieces.

    `found` are nonconforming pieces, or nonconformities where the law is Poisson's: those that the sheet names
    with a count, and at least one for every nonconforming piece.
    """

    lots: list[int]
    numbers: list[str]
    days: list[date]
    found: np.ndarray  # of int, shape (lots,)
    inspected: np.ndarray  # of int, shape (lots,)
    cut: bool


@dataclass(frozen=True, slots=True)
class RateChart:
    """A chart of counts or rates; arrays of shape (lots,)."""

    chart: Chart
    baseline: RateBaseline
    monitored: np.ndarray
    values: np.ndarray
    band: Band
    rules: Sequence[Sequence[Rule]]


def lot_counts(
    *,
    partnership: int,
    part: int,
    stage: str,
    law: Law,
    first: date | None = None,
    last: date | None = None,
    most: int = MOST_LOTS,
) -> LotCounts:
    """Return the newest first submissions with pieces, under the open scope; one query."""
    rows = Inspection.objects.counting().filter(
        partnership=partnership, part=part, stage=stage, submission=1, inspected__gt=0
    )
    if first is not None:
        rows = rows.filter(inspection_date__gte=first)
    if last is not None:
        rows = rows.filter(inspection_date__lte=last)
    counted: Combinable = F("nonconforming")
    if law is Law.POISSON:
        named = Coalesce(Sum("nonconformities__count"), 0)
        counted = Greatest(F("nonconforming"), named)
    newest = rows.annotate(found_of_it=counted).order_by("-inspection_date", "-lot_id")
    names = ("lot_id", "lot__number", "inspection_date", "found_of_it", "inspected")
    told = list(newest.values_list(*names)[: most + 1])
    lots, numbers, days, found, inspected = zip(*reversed(told[:most]), strict=True) if told else ([],) * 5
    return LotCounts(
        list(lots),
        list(numbers),
        list(days),
        np.array(found, dtype=np.int64),
        np.array(inspected, dtype=np.int64),
        len(told) > most,
    )


def proposed_rate_chart(counts: LotCounts, law: Law) -> Choice | None:
    """Return the chart that these counts ask for; None without a lot."""
    return chart_choice.chart_of_counts(counts.found, counts.inspected, law=law) if counts.lots else None


def rate_chart(
    counts: LotCounts, chart: Chart, *, rules: Sequence[Rule], limits_until: date | None = None
) -> RateChart:
    """Draw a chart of counts: limits from the lots until a day, or from all; later ones are held against them.

    Raises SizesDiffer for a c chart of lots of different sizes.
    """
    sizes = counts.inspected
    if chart is Chart.C and sizes.size and sizes.min() != sizes.max():
        raise SizesDiffer
    later = np.array([limits_until is not None and day > limits_until for day in counts.days], dtype=bool)
    make = laney_baseline if chart in LANEY else rate_baseline
    start = make(counts.found[~later], sizes[~later], law=LAWS[chart])
    if chart in OF_COUNTS:
        values, band = counts.found.astype(float), start.count_band(sizes)
    else:
        values, band = counts.found / sizes, start.rate_band(sizes)
    return RateChart(chart, start, later, values, band, _marks(counts, start, values, band, rules))


def _marks(
    counts: LotCounts, start: RateBaseline, values: np.ndarray, band: Band, rules: Sequence[Rule]
) -> list[list[Rule]]:
    """Name the rules that each lot completes; runs are read in standard errors, since sizes differ."""
    z = start.scores(counts.found, counts.inspected) / np.where(start.spread > 0, start.spread, np.nan)
    marks = run_rules(z, 0.0, 1.0, rules=rules)
    for rule in (Rule.NELSON_1, Rule.WECO_1):
        if rule in marks:  # limits stop at 0 and at 1
            marks[rule] = band.beyond(values)
    return [[rule for rule, at in marks.items() if at[lot]] for lot in range(len(values))]
