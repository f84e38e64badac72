"""Control charts of a part: its inspections lot by lot, or several of its characteristics together."""

from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import strip_tags
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET

from core import clock, formatting, workbook
from core.lead import Lead, joined, strong
from quality.formulas.chart_choice import Chart
from quality.models import Stage
from quality.queries.rate_charts import LAWS
from quality.views.asked import address, day_asked, rule_sets, rules_asked, stage_asked, whose_asked
from quality.views.chart_words import short
from quality.views.joint_card import joint_card
from quality.views.one_track import MOST_ROWS, OneTrack, drawn, newest_rows, sheet
from quality.views.rate_card import RATE_WORDS, rate_card
from suppliers.access import PersonRequest
from suppliers.queries.parts import limits_of_part, part_or_none

T2 = "t2"
T2_WORD = gettext_lazy("T² chart (several characteristics)")


@require_GET
@login_required
def part_charts(request: PersonRequest, part_id: int) -> HttpResponseBase:
    """A chart of the lots of one supplier of a part at one stage. What is not shared is not there."""
    part = part_or_none(part_id)
    if part is None:
        raise Http404
    whose = whose_asked(request, part.pk)
    stage = stage_asked(request)
    ends = {name: day_asked(request, name) for name in ("from", "to", "limits_until")}
    rules = rules_asked(request)
    asked = request.GET.get("chart", "")
    limits = {one.version: one for one in limits_of_part(part.pk, on=clock.today_here())}
    among = {"partnership": whose.partnership, "stage": stage, "first": ends["from"], "last": ends["to"]}
    if asked == T2 and len(limits) > 1:
        card = joint_card(request, limits, among, ends["limits_until"])
    else:
        kind = Chart(asked) if asked in [chart.value for chart in LAWS] else None
        card = rate_card(part.pk, kind, among, ends["limits_until"], rules)
    track: OneTrack = card["track"]
    kinds = [(chart.value, word) for chart, word in RATE_WORDS.items()]
    shown: dict[str, Any] = card | {
        "part_id": part.pk,
        "part": part.number,
        "part_name": formatting.in_language(part.name, part.name_en),
        "supplier": whose.supplier,
        "supplier_name": whose.supplier_name,
        "suppliers": whose.suppliers,
        "stage": stage,
        "stages": Stage.choices,
        "ends": {name: day.isoformat() if day else "" for name, day in ends.items()},
        "kinds": [*kinds, (T2, T2_WORD)] if len(limits) > 1 else kinds,
        "rule_sets": [] if card["kind"] == T2 else rule_sets(rules),
        "tabs": [
            {
                "name": formatting.in_language(one.name, one.name_en) or one.number,
                "url": f"{reverse('part-chart', args=[part.pk, one.version])}?"
                + urlencode({"stage": stage, "supplier": whose.supplier}),
            }
            for one in limits.values()
        ],
        "known": bool(track.lots),
        "lead": Lead(lead(track, card["finding"]), "bad" if any(track.marks) else ""),
    }
    if track.lots and request.GET.get("as") == "xlsx":
        about = [
            (_("First line"), strip_tags(shown["lead"].text)),
            (_("Supplier"), whose.supplier_name),
            (_("Stage"), str(Stage(stage).label)),
            (_("Control chart"), str(dict(shown["kinds"])[card["kind"]])),
            (_("Made of"), strip_tags(card["why"])),
        ]
        if card["kind"] != T2:
            about.append((_("Run rules"), " · ".join(short(rule) for rule in rules)))
        title = f"{part.number} {_('Control charts')}"
        book = workbook.Workbook(title, about, [sheet(track)])
        return workbook.download(book, day=clock.today_here())
    if track.lots:
        as_table = request.GET.get("as") == "table"
        shown |= {
            "data": drawn(track),
            "rows": newest_rows(track),
            "left_out": max(0, len(track.lots) - MOST_ROWS),
            "as_table": as_table,
            "twin_url": address(request, **{"as": None if as_table else "table"}) + "#chart",
        }
    context = {"page": shown, "export_url": address(request, **{"as": "xlsx"})}
    return render(request, "quality/part_charts.html", context)


def lead(track: OneTrack, finding: str) -> SafeString:
    """Say first whether anything signals, then what was found in all."""
    marked = sum(map(bool, track.marks))
    all_of_them = {"n": formatting.decimal(marked), "all": formatting.decimal(len(track.lots))}
    if not track.lots:
        return SafeString()
    if marked:
        signal = ngettext("%(n)s of %(all)s points signals.", "%(n)s of %(all)s points signal.", marked)
        return joined(strong(signal % all_of_them), finding)
    signal = ngettext("No signal at %(n)s point.", "No signal at %(n)s points.", len(track.lots))
    return joined(strong(signal % {"n": all_of_them["all"]}), finding)
