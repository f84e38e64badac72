"""Deciding about the sampling of a part: the form, what it does, and the history."""

from datetime import date
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
from quality.forms import SamplingDecisionForm
from quality.queries.next_lot import NextLot, Part, possible_decisions
from quality.services import deciding_sampling as deciding
from quality.views.decisions import told
from suppliers.access import MemberRequest, PersonRequest
from suppliers.queries.parts import part_or_none, partnerships_of_part
from suppliers.services import MayNot


@require_POST
@login_required
def decide(request: MemberRequest, part_id: int) -> HttpResponse:
    """Decide about the sampling of one supplier's lots at one stage. What is not shared is not there."""
    part, partnership_id, supplier = card_or_404(part_id, request.POST.get("supplier", ""))
    form = SamplingDecisionForm(request.POST)
    if not form.is_valid():
        for problems in form.errors.values():
            messages.error(request, " ".join(map(str, problems)))
        return back(part_id, supplier, request.POST.get("stage", ""))
    asked = form.cleaned_data
    if asked["day"] > today_of(request):
        messages.error(request, _("A decision counts from today or an earlier day."))
        return back(part_id, supplier, asked["stage"])
    try:
        deciding.decide_sampling(
            partnership_id=partnership_id, part=part, **asked, by=request.person, now=clock.now()
        )
    except MayNot as forbidden:
        raise PermissionDenied from forbidden
    except deciding.NotNow:
        messages.error(
            request,
            _("After the lots of that day this decision changes nothing. Choose a later day, or look again."),
        )
    else:
        messages.success(request, _("Decided. It can be undone in the history on this card."))
    return back(part_id, supplier, asked["stage"])


@require_POST
@login_required
def undo(request: MemberRequest, part_id: int, decision_id: int) -> HttpResponse:
    """Take a decision back; it stays in the history."""
    part, partnership_id, supplier = card_or_404(part_id, request.POST.get("supplier", ""))
    try:
        undone = deciding.undo_sampling_decision(
            decision_id=decision_id, partnership_id=partnership_id, part_id=part.pk, by=request.person,
            now=clock.now(),
        )  # fmt: skip
    except MayNot as forbidden:
        raise PermissionDenied from forbidden
    if undone is None:
        raise Http404
    messages.success(request, _("Undone."))
    return back(part_id, supplier, undone.stage)


def card_or_404(part_id: int, supplier: str) -> tuple[Part, int, str]:
    """Return part, partnership and supplier's code of a card; the first one where none is named."""
    part = part_or_none(part_id)
    every = partnerships_of_part(part_id, supplier=supplier)
    if part is None or not every:
        raise Http404
    return part, every[0].pk, every[0].supplier.code


def back(part_id: int, supplier: str, stage: str) -> HttpResponse:
    keep = urlencode({"supplier": supplier, "stage": stage})
    return redirect(f"{reverse('sampling-next-lot', args=[part_id])}?{keep}#decisions")


def today_of(request: PersonRequest) -> date:
    assert request.person is not None
    return clock.today(request.person.organisation.zone)


def decisions_card(request: PersonRequest, found: NextLot, partnership_id: int, stage: str) -> dict[str, Any]:
    """Return the history in words, the latest first, and the form for who may decide."""
    may = deciding.may_decide_sampling(request.person, partnership_id, stage)
    kinds = [(kind.value, kind.label) for kind in possible_decisions(found.state)] if may else []
    return {
        "may": may,
        "kinds": kinds,
        "day": today_of(request).isoformat() if kinds else "",
        "rows": [told(one) | {"day": formatting.day(one.day)} for one in found.decisions],
    }
