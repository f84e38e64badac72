"""The control chart of a characteristic, and its capability: has the process changed, is it capable, which lot?"""

from collections.abc import Sequence
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import strip_tags
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from core import clock, formatting, workbook
from quality.formulas.capability import is_preliminary
from quality.formulas.chart_choice import Chart, Choice
from quality.formulas.run_rules import NELSON, WESTERN_ELECTRIC, Rule
from quality.models import Stage
from quality.queries.chart_decisions import decided, history
from quality.queries.process_charts import (
    SPREADS,
    CapabilityStudy,
    ProcessChart,
    capability_study,
    process_chart,
    proposed_chart,
)
from quality.queries.processes import LotValues, lot_values
from quality.queries.processes import shown as shown_values
from quality.views.chart_book import chart_workbook
from quality.views.chart_data import drawn, rows_of
from quality.views.chart_decisions import decision_form, decisions_shown
from quality.views.chart_words import (
    CHART_WORDS,
    REASON_WORDS,
    RULE_WORDS,
    TRACK_WORDS,
    lead,
    places_marked,
    short,
)
from quality.views.histogram import bins_of, histogram, probability_plot
from quality.views.studies import study_rows
from suppliers.access import PersonRequest
from suppliers.queries.parts import Limits, limits_of_part, limits_on_part, part_or_none, partnerships_of_part

USUAL = (Rule.NELSON_1, Rule.NELSON_2)  # every further rule alarms more often by chance
MOST_ROWS = 200  # of the table on the page; the workbook holds all


@require_GET
@login_required
def chart_page(request: PersonRequest, part_id: int, version: int) -> HttpResponseBase:
    """The chart of a characteristic of one supplier at one stage. What is not shared is not there."""
    part = part_or_none(part_id)
    limits = limits_on_part(part_id, version)
    if part is None or limits is None:
        raise Http404
    every = partnerships_of_part(part.pk)
    asked = request.GET.get("supplier", "")
    partnership = next((one for one in every if one.supplier.code == asked), every[0] if every else None)
    if partnership is None or (asked and partnership.supplier.code != asked):
        raise Http404
    stage = request.GET.get("stage", "")
    stage = stage if stage in Stage.values else str(Stage.OUTGOING)
    ends = {name: day_asked(request, name) for name in ("from", "to", "limits_until")}
    found = lot_values(version, stage=stage, partnership=partnership.pk, first=ends["from"], last=ends["to"])
    decisions = history(partnership=partnership.pk, version=version, stage=stage)
    choice = proposed_chart(found)
    kind = kind_asked(request, choice)
    rules = rules_asked(request)
    shown: dict[str, Any] = {
        "part_id": part.pk,
        "part": part.number,
        "part_name": formatting.in_language(part.name, part.name_en),
        "supplier": partnership.supplier.code,
        "supplier_name": formatting.in_language(partnership.supplier.name, partnership.supplier.name_en),
        "suppliers": [
            (one.supplier.code, formatting.in_language(one.supplier.name, one.supplier.name_en))
            for one in every
        ],
        "limits": limits,
        "name": formatting.in_language(limits.name, limits.name_en),
        "stage": stage,
        "stages": Stage.choices,
        "ends": {name: day.isoformat() if day else "" for name, day in ends.items()},
        "kind": kind,
        "kinds": [(chart, CHART_WORDS[chart]) for chart in SPREADS],
        "rule_sets": [
            (_("Nelson"), choices_of(NELSON, rules)),
            (_("Western Electric"), choices_of(WESTERN_ELECTRIC, rules)),
        ],
        "tabs": tabs(part.pk, version, asked, stage),
        "known": bool(found.lots),
        "as_table": request.GET.get("as") == "table",
    }
    if not found.lots:
        return render(request, "quality/chart.html", {"page": shown})
    found = shown_values(found, kind)
    # Limits that no lot could be made of are not frozen ones: then all lots make them.
    until = ends["limits_until"] if ends["limits_until"] and found.days[0] <= ends["limits_until"] else None
    chart = process_chart(found, kind, rules=rules, limits_until=until, decided=decided(decisions))
    study = capability_study(found, lsl=limits.lsl, usl=limits.usl, target=limits.nominal)
    told = lead(limits, found, chart, rules, study)
    if request.GET.get("as") == "xlsx":
        title = f"{part.number} {limits.number} {shown['name']}".strip()
        about = [
            (_("First line"), strip_tags(told.text)),
            (_("Supplier"), shown["supplier_name"]),
            (_("Stage"), str(Stage(stage).label)),
            (_("Specification"), limits.specification),
            (_("Control chart"), str(CHART_WORDS[kind])),
            (_("Run rules"), " · ".join(short(rule) for rule in rules)),
        ]
        return workbook.download(
            chart_workbook(title, about, found, chart, limits, study), day=clock.today_here()
        )
    shown["decisions"] = decisions_shown(decisions)
    shown["form"] = decision_form(request, found, chart, partnership.pk)
    shown |= chart_shown(request, limits, found, chart, choice) | study_shown(limits, found, study)
    context = {"page": shown | {"lead": told}, "export_url": address(request, **{"as": "xlsx"})}
    return render(request, "quality/chart.html", context)


def chart_shown(
    request: PersonRequest, limits: Limits, found: LotValues, chart: ProcessChart, choice: Choice | None
) -> dict[str, Any]:
    """Return what the card of the chart shows."""
    places = limits.places + 1
    points = range(len(chart.places))
    as_table = request.GET.get("as") == "table"
    return {
        "data": drawn(found, chart, places),
        "rows": rows_of(found, chart, places, list(reversed(points))[:MOST_ROWS]),
        "left_out": max(0, len(points) - MOST_ROWS),
        "level_name": TRACK_WORDS[chart.tracks[0].name],
        "spread_name": TRACK_WORDS[chart.tracks[1].name],
        "why": why(choice, chart.chart),
        "sub": extent(found, chart),
        "marks": [
            (short(rule), RULE_WORDS[rule], str(TRACK_WORDS[track.name]), places_marked(track, rule))
            for track in chart.tracks
            for rule in Rule
            if any(rule in at for at in track.rules)
        ],
        "twin_url": address(request, **{"as": None if as_table else "table"}) + "#chart",
    }


def study_shown(limits: Limits, found: LotValues, study: CapabilityStudy) -> dict[str, Any]:
    """Return what the cards of the distribution and of capability show."""
    density = (float(study.found.mean), float(study.found.overall.sigma))
    bins = bins_of(found.values, limits.places)
    n = len(found.values)
    return {
        "histogram": histogram(found.values, bins, limits, density),
        "bins": [
            (formatting.interval(one.low, one.high, limits.places + 1), formatting.decimal(one.n))
            for one in bins
        ],
        "probability": probability_plot(found.values, limits, density),
        "pieces": n,
        "study": study_rows(limits, found, study),
        "preliminary": preliminary(len(found.lots), n),
    }


def preliminary(lots: int, values: int) -> str:
    """Say what is missing for a conclusion, or nothing."""
    if not is_preliminary(subgroups=lots, values=values):
        return ""
    return _(
        "%(lots)s lots with %(values)s values: preliminary, with intervals but no conclusion; "
        "25 lots and 100 values are needed."
    ) % {"lots": formatting.decimal(lots), "values": formatting.decimal(values)}


def why(choice: Choice | None, kind: Chart) -> str:
    """Say which chart the data ask for and why, and whether it is the one shown."""
    if choice is None:
        return ""
    told = {"chart": CHART_WORDS[choice.chart], "why": REASON_WORDS[choice.reason]}
    if choice.chart is kind:
        return _("Chosen by the data: %(why)s.") % told
    return _("The data ask for the %(chart)s: %(why)s.") % told


def extent(found: LotValues, chart: ProcessChart) -> str:
    """Say how many points of which days."""
    told = ngettext("%(n)s point", "%(n)s points", len(chart.places)) % {
        "n": formatting.decimal(len(chart.places))
    }
    days = formatting.day_range(min(found.days), max(found.days))
    text = f"{told}, {days}"
    return text + (_("; older ones are left out") if found.cut else "")


def kind_asked(request: PersonRequest, choice: Choice | None) -> Chart:
    """Return the chart of the address, or the proposed one."""
    text = request.GET.get("chart", "")
    if text in [chart.value for chart in SPREADS]:
        return Chart(text)
    return choice.chart if choice else Chart.XBAR_R


def rules_asked(request: PersonRequest) -> list[Rule]:
    """Return the rules that are switched on; an address that says nothing means the usual ones."""
    if "rules" not in request.GET:
        return list(USUAL)
    given = request.GET.getlist("rules")
    return [rule for rule in Rule if rule.value in given]


def choices_of(rules: Sequence[Rule], on: Sequence[Rule]) -> list[tuple[str, str, str, bool]]:
    return [(rule.value, short(rule), str(RULE_WORDS[rule]), rule in on) for rule in rules]


def day_asked(request: PersonRequest, name: str) -> date | None:
    """Return a day of the address, or None where it is none."""
    try:
        return date.fromisoformat(request.GET.get(name, ""))
    except ValueError:
        return None


def tabs(part_id: int, version: int, supplier: str, stage: str) -> list[dict[str, Any]]:
    """Return the characteristics of the part, each as a door to its own chart."""
    keep = urlencode({"stage": stage} | ({"supplier": supplier} if supplier else {}))
    return [
        {
            "name": formatting.in_language(one.name, one.name_en) or one.number,
            "url": f"{reverse('part-chart', args=[part_id, one.version])}?{keep}",
            "current": one.version == version,
        }
        for one in limits_of_part(part_id, on=clock.today_here())
    ]


def address(request: PersonRequest, **changed: str | None) -> str:
    """Return this page with parameters changed; None takes one away."""
    query = request.GET.copy()
    for name, value in changed.items():
        query.pop(name, None)
        if value is not None:
            query[name] = value
    text = query.urlencode()
    return f"{request.path}?{text}" if text else request.path
