"""A customer edits its programmes: thin pages over the services."""

from collections.abc import Callable
from functools import wraps

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core import clock
from improvement.forms.programme import (
    KeyTaskForm,
    LeaveForm,
    MemberForm,
    MoveForm,
    PledgeForm,
    ProgrammeForm,
)
from improvement.models import Programme
from improvement.queries import programme as queries
from improvement.services import programme as services
from improvement.views.pledge_words import reading_of, title_of
from improvement.views.programme import asked_for
from suppliers.access import MemberRequest
from suppliers.queries.partners import partnership_by_codes
from suppliers.queries.seats import CUSTOMER, side_of_session
from suppliers.services import MayNot, NotHere


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
    return _page(request, own(request, slug))


@door
def pledge_set(request: MemberRequest, programme: Programme) -> HttpResponse:
    form = PledgeForm(request.POST)
    if form.is_valid():
        try:
            services.set_pledge(programme_id=programme.pk, by=request.person, **form.cleaned_data)
        except services.PledgeMakesNoSense:
            form.add_error("target", _("This KPI has no such reading, or cannot reach such a target."))
        else:
            return _saved(request, programme)
    return _page(request, programme, pledge_form=form)


@door
def member_add(request: MemberRequest, programme: Programme) -> HttpResponse:
    form = MemberForm(request.POST)
    if form.is_valid():
        partnership = partnership_by_codes(programme.customer.code, form.cleaned_data["supplier"].strip())
        if partnership is None:
            form.add_error("supplier", _("None of your suppliers has this code."))
        else:
            services.add_member(
                programme_id=programme.pk,
                partnership_id=partnership,
                joined_on=form.cleaned_data["joined_on"],
                by=request.person,
            )
            return _saved(request, programme)
    return _page(request, programme, member_form=form)


@door
def member_leave(request: MemberRequest, programme: Programme) -> HttpResponse:
    form = LeaveForm(request.POST)
    if not form.is_valid():
        raise Http404
    partnership = partnership_by_codes(programme.customer.code, form.cleaned_data["supplier"])
    if partnership is None:
        raise Http404
    services.let_member_go(
        programme_id=programme.pk,
        partnership_id=partnership,
        left_on=form.cleaned_data["left_on"],
        by=request.person,
    )
    return _saved(request, programme)


@door
def key_task_add(request: MemberRequest, programme: Programme) -> HttpResponse:
    form = KeyTaskForm(request.POST)
    if form.is_valid():
        task = queries.task_numbered(programme, form.cleaned_data["task"])
        try:
            if task is None:
                raise NotHere
            services.add_key_task(programme_id=programme.pk, task_id=task, by=request.person, now=clock.now())
        except NotHere:
            form.add_error("task", _("There is no task of this number."))
        except services.NotOfAMember:
            form.add_error("task", _("This task's supplier is no member. Let it in first."))
        else:
            return _saved(request, programme)
    return _page(request, programme, task_form=form)


@door
def key_task_remove(request: MemberRequest, programme: Programme) -> HttpResponse:
    services.remove_key_task(
        programme_id=programme.pk, task_id=_task_of(request, programme, KeyTaskForm), by=request.person
    )
    return _saved(request, programme)


@door
def key_task_move(request: MemberRequest, programme: Programme) -> HttpResponse:
    """Move a key task one place up or down."""
    services.move_key_task(
        programme_id=programme.pk,
        task_id=_task_of(request, programme, MoveForm),
        up="up" in request.POST,
        by=request.person,
    )
    return _saved(request, programme)


def _task_of(request: MemberRequest, programme: Programme, kind: type[KeyTaskForm]) -> int:
    form = kind(request.POST)
    task = queries.task_numbered(programme, form.cleaned_data["task"]) if form.is_valid() else None
    if task is None:
        raise Http404
    return task


def _saved(request: MemberRequest, programme: Programme) -> HttpResponse:
    messages.success(request, _("Saved."))
    return redirect("programme-edit", slug=programme.slug)


def _page(request: MemberRequest, programme: Programme, **forms: object) -> HttpResponse:
    today = clock.today(programme.customer.zone)
    pledges = [(title_of(one), reading_of(queries.way_of(one))) for one in programme.pledges.order_by("pk")]
    context = {
        "programme": programme,
        "today": today,
        "pledges": pledges,
        "members": queries.members_of(programme),
        "candidates": queries.suppliers_not_in(programme),
        "key_tasks": queries.key_tasks(programme, today=today),
        "open_tasks": queries.tasks_not_on_list(programme),
        "pledge_form": PledgeForm(),
        "member_form": MemberForm(initial={"joined_on": today}),
        "task_form": KeyTaskForm(),
    }
    return render(request, "improvement/programme_edit.html", context | forms)
