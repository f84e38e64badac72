"""A control chart as a workbook: its points, its values, its capability."""

from collections.abc import Sequence
from itertools import count

import numpy as np
from django.utils.translation import gettext as _

from core.finite import finite_line
from core.workbook import CODE, COUNT, DAY, LONG, NUMBER, TEXT, Heading, Sheet, Workbook
from quality.queries.capability_studies import CapabilityStudy
from quality.queries.process_charts import ProcessChart
from quality.queries.processes import LotValues
from quality.views.chart_words import TRACK_WORDS, rule_word
from quality.views.studies import study_rows
from suppliers.queries.parts import Limits


def chart_workbook(
    title: str,
    about: Sequence[tuple[str, str]],
    found: LotValues,
    chart: ProcessChart,
    limits: Limits,
    study: CapabilityStudy,
) -> Workbook:
    return Workbook(title, about, [_points(found, chart), _values(found), _study(limits, study)])


def _points(found: LotValues, chart: ProcessChart) -> Sheet:
    headings = [Heading(_("Point"), COUNT), Heading(_("Lot"), CODE), Heading(_("Day"), DAY)]
    columns = []
    for track in chart.tracks:
        name = str(TRACK_WORDS[track.name])
        headings += [Heading(f"{name} {end}".strip(), NUMBER) for end in ("", _("Centre"), "LCL", "UCL")]
        columns += [finite_line(line) for line in (track.values, *track.band)]
    headings += [Heading(_("Monitored"), TEXT), Heading(_("Run rules"), LONG)]
    upper, lower = (track.rules for track in chart.tracks)
    rules = [dict.fromkeys([*one, *other]) for one, other in zip(upper, lower, strict=True)]
    rows = (
        [
            place,
            found.numbers[lot],
            found.days[lot],
            *numbers,
            _("yes") if monitored else "",
            "; ".join(rule_word(rule) for rule in named),
        ]
        for place, lot, monitored, named, *numbers in zip(
            count(1), chart.places.tolist(), chart.monitored.tolist(), rules, *columns, strict=False
        )
    )
    return Sheet(_("Control chart"), headings, rows)


def _values(found: LotValues) -> Sheet:
    headings = [Heading(_("Lot"), CODE), Heading(_("Day"), DAY), Heading(_("Value"), NUMBER)]
    lots = np.arange(len(found.lots)).repeat(found.sizes).tolist()
    rows = (
        [found.numbers[lot], found.days[lot], value]
        for lot, value in zip(lots, found.values.tolist(), strict=True)
    )
    return Sheet(_("Values"), headings, rows)


def _study(limits: Limits, study: CapabilityStudy) -> Sheet:
    headings = [
        Heading(_("Capability"), LONG),
        Heading(_("Estimate")),
        Heading(_("95% interval")),
        Heading(_("What it says"), LONG),
    ]
    rows = ([row.name, row.estimate, row.interval, row.said] for row in study_rows(limits, study))
    return Sheet(_("Capability"), headings, rows)
