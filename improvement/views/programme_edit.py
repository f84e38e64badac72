"""A customer edits its programmes: thin pages over the services."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core import clock
from improvement.forms.programme import (
    HUNDRED,
    EditFactsForm,
    KeyTaskForm,
    MemberForm,
    PledgeForm,
    ProgrammeForm,
    ReadingForm,
)
from improvement.models import OF_STOCK, Pledge, Programme
from improvement.queries import programme as queries
from improvement.services import Stale
from improvement.services import programme as services
from improvement.views.pledge_words import reading_of, title_of
from improvement.views.programme import asked_for
from improvement.views.programme_history import event_row
from suppliers.access import MemberRequest
from suppliers.queries.seats import CUSTOMER, side_of_session
from suppliers.services import MayNot, NotHere

EVENTS_SHOWN = 8


def own(request: MemberRequest, slug: str) -> Programme:
    """Return one's own programme of this name, for somebody who may change it."""
    programme = asked_for(request, slug)
    if programme.customer_id != request.person.organisation_id:
        raise Http404
    if not request.person.may_define:
        raise PermissionDenied
    return programme


def door(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A POST about one's own programme; what the services refuse becomes what HTTP says."""

    @login_required
    @require_POST
    @wraps(view)
    def checked(request: MemberRequest, slug: str) -> HttpResponse:
        try:
            return view(request, own(request, slug))
        except NotHere as stranger:
            raise Http404 from stranger
        except MayNot as forbidden:
            raise PermissionDenied from forbidden

    return checked


@login_required
@require_http_methods(["GET", "POST"])
def programme_new(request: MemberRequest) -> HttpResponse:
    if side_of_session(request) != CUSTOMER or not request.person.may_define:
        raise PermissionDenied
    form = ProgrammeForm(request.POST or None)
    if form.is_valid():
        try:
            made = services.create_programme(by=request.person, now=clock.now(), **form.cleaned_data)
        except services.SlugTaken:
            form.add_error("slug", _("This short name is taken. Choose another."))
        else:
            return redirect("programme-edit", slug=made.slug)
    return render(request, "improvement/programme_new.html", {"form": form})


@login_required
@require_GET
def programme_edit(request: MemberRequest, slug: str) -> HttpResponse:
    return draw_page(request, own(request, slug))


@door
def facts_edit(request: MemberRequest, programme: Programme) -> HttpResponse:
    """Change name and days. Whoever saves second sees what stands there, their own text still in the field."""
    now = clock.now()  # one for form and service: between two of them a report period may begin
    form = facts_form(programme, request.POST, now=now)
    if not form.is_valid():
        return draw_page(request, programme, facts_form=form)
    told = form.cleaned_data
    try:
        services.edit_programme(programme_id=programme.pk, by=request.person, now=now, **told)
    except services.BaselineLocked:
        form.add_error("baseline_from", _("The baseline is locked: the report period has begun."))
        return draw_page(request, programme, facts_form=form)
    except Stale as stale:
        data = request.POST.copy()
        data["version"] = str(stale.stored.version)
        again = facts_form(stale.stored, data, now=now)
        return draw_page(
            request, programme, 409, facts_form=again, differences=differing(again, stale.stored)
        )
    return saved(request, programme)


def differing(form: EditFactsForm, stored: Programme) -> list[tuple[str, str, str]]:
    """Return label, what stands there now and what somebody wrote, field by field where they differ.

    `form` is bound over what is stored. What was typed is compared as it would be kept.
    """
    return [
        (str(field.label), str(getattr(stored, field.name)), str(field.value()))
        for field in form.visible_fields()
        if field.name in form.changed_data
    ]


@door
def pledge_withdraw(request: MemberRequest, programme: Programme) -> HttpResponse:
    form = ReadingForm(request.POST)
    if not form.is_valid():
        raise Http404
    told = form.cleaned_data
    services.withdraw_pledge(programme_id=programme.pk, by=request.person, now=clock.now(), **told)
    return saved(request, programme)


@door
def pledge_set(request: MemberRequest, programme: Programme) -> HttpResponse:
    form = PledgeForm(request.POST)
    if form.is_valid():
        try:
            services.set_pledge(
                programme_id=programme.pk, by=request.person, now=clock.now(), **form.cleaned_data
            )
        except services.PledgeMakesNoSense:
            form.add_error("target", _("This KPI has no such reading, or cannot reach such a target."))
        else:
            return saved(request, programme)
    return draw_page(request, programme, pledge_form=form)


def saved(request: MemberRequest, programme: Programme) -> HttpResponse:
    messages.success(request, _("Saved."))
    return redirect("programme-edit", slug=programme.slug)


def draw_page(
    request: MemberRequest, programme: Programme, status: int = 200, **more: object
) -> HttpResponse:
    """Draw the page; `more` replaces what a refused form brings back with it."""
    today = clock.today(programme.customer.zone)
    pledges = list(programme.pledges.order_by("pk"))
    chosen = next((one for one in pledges if str(one.pk) == request.GET.get("pledge")), None)
    events = queries.events_of(programme)
    all_events = "history" in request.GET
    context = {
        "programme": programme,
        "today": today,
        "facts_form": facts_form(programme, now=clock.now()),
        "pledges": [(one, title_of(one), reading_of(queries.way_of(one))) for one in pledges],
        "members": queries.members_of(programme),
        "candidates": queries.suppliers_not_in(programme),
        "key_tasks": queries.key_tasks(programme, today=today),
        "open_tasks": queries.tasks_not_on_list(programme),
        "pledge_form": PledgeForm(initial=pledge_typed(chosen) if chosen else None),
        "member_form": MemberForm(initial={"joined_on": today}),
        "task_form": KeyTaskForm(),
        "events": [event_row(one) for one in (events if all_events else events[:EVENTS_SHOWN])],
        "more_events": 0 if all_events else max(0, events.count() - EVENTS_SHOWN),
    }
    return render(request, "improvement/programme_edit.html", context | more, status=status)


def facts_form(programme: Programme, data: Any = None, *, now: datetime) -> EditFactsForm:
    stored = {name: getattr(programme, name) for name in (*services.FACTS, "version")}
    return EditFactsForm(data, initial=stored, locked=programme.locked_on(now))


def pledge_typed(pledge: Pledge) -> dict[str, Any]:
    """Return a pledge as somebody would type it: rates and changes in per cent."""
    told = {name: getattr(pledge, name) for name in ("kpi", "stage", "average", "prices", "by_change")}
    in_turns = pledge.kpi in OF_STOCK and not pledge.by_change
    return told | {"target": (pledge.target if in_turns else pledge.target * HUNDRED).normalize()}
