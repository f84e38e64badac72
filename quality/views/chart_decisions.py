"""Deciding about a control chart: the form, what it does, and the history."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core import clock, formatting
from quality.forms import DecisionForm
from quality.models import ChartDecision, DecisionKind
from quality.queries.process_charts import ProcessChart
from quality.queries.processes import LotValues
from quality.services import charting
from quality.views.decisions import told
from suppliers.access import MemberRequest, PersonRequest
from suppliers.queries.parts import limits_on_part, partnerships_of_part
from suppliers.services import MayNot


@require_POST
@login_required
def decide(request: MemberRequest, part_id: int, version: int) -> HttpResponse:
    """Decide about the chart of one supplier at one stage. What is not shared is not there."""
    partnership_id, supplier = chart_or_404(part_id, version, request.POST.get("supplier", ""))
    form = DecisionForm(request.POST)
    if not form.is_valid():
        for problems in form.errors.values():
            messages.error(request, " ".join(map(str, problems)))
        return back(part_id, version, supplier, request.POST)
    asked = form.cleaned_data
    whose = {
        "partnership_id": partnership_id,
        "part_id": part_id,
        "version": version,
        "stage": asked["stage"],
    }
    by = {"reason": asked["reason"], "by": request.person, "now": clock.now()}
    try:
        if asked["kind"] == DecisionKind.FREEZE:
            charting.freeze_limits(**whose, chart=asked["chart"], until=asked["until"], **by)
        else:
            charting.decide_on_lot(**whose, kind=asked["kind"], lot=asked["lot"], **by)
    except MayNot as forbidden:
        raise PermissionDenied from forbidden
    except charting.LotNotHere:
        messages.error(
            request,
            _("No measured lot %(lot)s here. Write its number as in the table.") % {"lot": asked["lot"]},
        )
    except charting.DecidedAlready:
        messages.error(request, _("That stands already; undo it first to change it."))
    except charting.NothingToFreeze:
        messages.error(request, _("Nothing to freeze: these lots give no limits. Choose a later day."))
    else:
        messages.success(request, _("Decided. It can be undone in the history below the chart."))
    return back(part_id, version, supplier, request.POST)


@require_POST
@login_required
def undo(request: MemberRequest, part_id: int, version: int, decision_id: int) -> HttpResponse:
    """Take a decision back; it stays in the history."""
    partnership_id, supplier = chart_or_404(part_id, version, request.POST.get("supplier", ""))
    try:
        undone = charting.undo_decision(
            decision_id=decision_id, partnership_id=partnership_id, version=version, by=request.person,
            now=clock.now(),
        )  # fmt: skip
    except MayNot as forbidden:
        raise PermissionDenied from forbidden
    if not undone:
        raise Http404
    messages.success(request, _("Undone."))
    return back(part_id, version, supplier, request.POST)


def chart_or_404(part_id: int, version: int, supplier: str) -> tuple[int, str]:
    """Return partnership and supplier's code of a chart; the first one where the address names none."""
    every = partnerships_of_part(part_id, supplier=supplier)
    if limits_on_part(part_id, version) is None or not every:
        raise Http404
    return every[0].pk, every[0].supplier.code


def back(part_id: int, version: int, supplier: str, given: Any) -> HttpResponse:
    keep = {"supplier": supplier} | {name: given[name] for name in ("stage", "chart") if given.get(name)}
    return redirect(f"{reverse('part-chart', args=[part_id, version])}?{urlencode(keep)}#decisions")


def decision_form(
    request: PersonRequest, found: LotValues, chart: ProcessChart, partnership_id: int
) -> dict[str, Any] | None:
    """Return the form for who may decide; a point of the address fills in its lot."""
    if not charting.may_decide(request.person, partnership_id):
        return None
    point = request.GET.get("point", "")
    place = int(point) if point.isdecimal() and len(point) < 7 else 0
    lot = found.numbers[chart.places[place - 1]] if 0 < place <= len(chart.places) else ""
    return {"kinds": DecisionKind.choices, "lot": lot}


def decisions_shown(rows: Sequence[ChartDecision]) -> list[dict[str, Any]]:
    """Return the history in words, the latest first."""
    return [
        told(row)
        | {
            "lot": row.lot.number if row.lot else "",
            "lot_id": row.lot_id,
            "until": _("lots until %(day)s") % {"day": formatting.day(row.until)} if row.until else "",
        }
        for row in rows
    ]
