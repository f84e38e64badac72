"""The control chart of a characteristic, and its capability: has the process changed, is it capable, which lot?"""

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
from quality.formulas.run_rules import Rule
from quality.formulas.time_weighted import Memory
from quality.models import Stage
from quality.queries.capability_studies import CapabilityStudy, capability_study
from quality.queries.chart_decisions import decided, history
from quality.queries.memory_charts import BEYOND, with_memory
from quality.queries.process_charts import SPREADS, ProcessChart, process_chart, proposed_chart
from quality.queries.processes import LotValues, lot_values
from quality.queries.processes import shown as shown_values
from quality.views.asked import address, day_asked, rule_sets, rules_asked, stage_asked, whose_asked
from quality.views.chart_book import chart_workbook
from quality.views.chart_data import drawn, rows_of
from quality.views.chart_decisions import decision_form, decisions_shown
from quality.views.chart_words import (
    CHART_WORDS,
    REASON_WORDS,
    RULE_WORDS,
    TRACK_WORDS,
    choice_words,
    counted,
    lead,
    memory_words,
    places_marked,
    short,
)
from quality.views.histogram import bins_of, histogram, probability_plot
from quality.views.one_track import MOST_ROWS
from quality.views.studies import study_rows
from suppliers.access import PersonRequest
from suppliers.queries.parts import Limits, limits_of_part, limits_on_part, part_or_none


@require_GET
@login_required
def chart_page(request: PersonRequest, part_id: int, version: int) -> HttpResponseBase:
    """The chart of a characteristic of one supplier at one stage. What is not shared is not there."""
    part = part_or_none(part_id)
    limits = limits_on_part(part_id, version)
    if part is None or limits is None:
        raise Http404
    whose = whose_asked(request, part.pk)
    stage = stage_asked(request)
    ends = {name: day_asked(request, name) for name in ("from", "to", "limits_until")}
    found = lot_values(
        version, stage=stage, partnership=whose.partnership, first=ends["from"], last=ends["to"]
    )
    decisions = history(partnership=whose.partnership, version=version, stage=stage)
    choice = proposed_chart(found)
    kind, memory = kind_asked(request, choice)
    rules = list(BEYOND) if memory else rules_asked(request)
    shown: dict[str, Any] = {
        "part_id": part.pk,
        "part": part.number,
        "part_name": formatting.in_language(part.name, part.name_en),
        "supplier": whose.supplier,
        "supplier_name": whose.supplier_name,
        "suppliers": whose.suppliers,
        "limits": limits,
        "name": formatting.in_language(limits.name, limits.name_en),
        "stage": stage,
        "stages": Stage.choices,
        "ends": {name: day.isoformat() if day else "" for name, day in ends.items()},
        "kind": memory or kind,
        "limits_of": kind,
        "kinds": [(chart, CHART_WORDS[chart]) for chart in (*SPREADS, *Memory)],
        "rule_sets": [] if memory else rule_sets(rules),
        "tabs": tabs(part.pk, version, request.GET.get("supplier", ""), stage),
        "known": bool(found.lots),
        "as_table": request.GET.get("as") == "table",
    }
    if not found.lots:
        return render(request, "quality/chart.html", {"page": shown})
    found = shown_values(found, kind)
    # Limits that no lot could be made of are not frozen ones: then all lots make them.
    until = ends["limits_until"] if ends["limits_until"] and found.days[0] <= ends["limits_until"] else None
    stands = decided(decisions)
    chart = process_chart(found, kind, rules=rules, limits_until=until, decided=stands)
    if memory:
        chart = with_memory(chart, memory)
    study = capability_study(found, lsl=limits.lsl, usl=limits.usl, target=limits.nominal, decided=stands)
    told = lead(limits, found, chart, rules, study)
    if request.GET.get("as") == "xlsx":
        title = f"{part.number} {limits.number} {shown['name']}".strip()
        about = [
            (_("First line"), strip_tags(told.text)),
            (_("Supplier"), shown["supplier_name"]),
            (_("Stage"), str(Stage(stage).label)),
            (_("Specification"), limits.specification),
            (_("Control chart"), str(CHART_WORDS[memory or kind])),
            (_("Run rules"), why(choice, chart) if memory else " · ".join(short(rule) for rule in rules)),
            (_("Capability"), counted(study)),
        ]
        return workbook.download(
            chart_workbook(title, about, found, chart, limits, study), day=clock.today_here()
        )
    shown["decisions"] = decisions_shown(decisions)
    shown["form"] = decision_form(request, found, chart, whose.partnership)
    shown |= chart_shown(request, limits, found, chart, choice) | study_shown(limits, study)
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
        "why": why(choice, chart),
        "sub": extent(found, chart),
        "marks": [
            (short(rule), RULE_WORDS[rule], str(TRACK_WORDS[track.name]), places_marked(track, rule))
            for track in chart.tracks
            for rule in Rule
            if any(rule in at for at in track.rules)
        ],
        "twin_url": address(request, **{"as": None if as_table else "table"}) + "#chart",
    }


def study_shown(limits: Limits, study: CapabilityStudy) -> dict[str, Any]:
    """Return what the cards of the distribution and of capability show; no drawing where every lot is left out."""
    values = study.counted.values
    n = len(values)
    shown = {"pieces": n, "study": study_rows(limits, study), "counted": counted(study)}
    if not n:
        return shown
    density = (float(study.found.mean), float(study.found.overall.sigma))
    bins = bins_of(values, limits.places)
    return shown | {
        "histogram": histogram(values, bins, limits, density),
        "bins": [
            (formatting.interval(one.low, one.high, limits.places + 1), formatting.decimal(one.n))
            for one in bins
        ],
        "probability": probability_plot(values, limits, density),
        "preliminary": preliminary(len(study.counted.lots), n),
    }


def preliminary(lots: int, values: int) -> str:
    """Say what is missing for a conclusion, or nothing."""
    if not is_preliminary(subgroups=lots, values=values):
        return ""
    return _(
        "%(lots)s lots with %(values)s values: preliminary, with intervals but no conclusion; "
        "25 lots and 100 values are needed."
    ) % {"lots": formatting.decimal(lots), "values": formatting.decimal(values)}


def why(choice: Choice | None, chart: ProcessChart) -> str:
    """Say which chart the data ask for and why, and whether it is the one shown; of one with memory what it finds."""
    if chart.memory:
        return memory_words(chart.memory)
    if choice is None:
        return ""
    return choice_words(choice, chart.chart, CHART_WORDS, REASON_WORDS)


def extent(found: LotValues, chart: ProcessChart) -> str:
    """Say how many points of which days."""
    told = ngettext("%(n)s point", "%(n)s points", len(chart.places)) % {
        "n": formatting.decimal(len(chart.places))
    }
    days = formatting.day_range(min(found.days), max(found.days))
    text = f"{told}, {days}"
    return text + (_("; older ones are left out") if found.cut else "")


def kind_asked(request: PersonRequest, choice: Choice | None) -> tuple[Chart, Memory | None]:
    """Return the chart of the address, or the proposed one, which is also the one that a memory is laid over."""
    text = request.GET.get("chart", "")
    if text in [chart.value for chart in SPREADS]:
        return Chart(text), None
    memory = Memory(text) if text in [memory.value for memory in Memory] else None
    return choice.chart if choice else Chart.XBAR_R, memory


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
