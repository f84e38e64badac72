"""A customer lets suppliers in and out of its programme, and keeps its list of key tasks."""

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _

from core import clock
from improvement.forms.programme import KeyTaskForm, LeaveForm, MemberForm, MoveForm
from improvement.models import Programme
from improvement.queries import programme as queries
from improvement.services import programme as services
from improvement.views.programme_edit import door, draw_page, saved
from suppliers.access import MemberRequest
from suppliers.queries.partners import partnership_by_codes
from suppliers.services import NotHere


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
                now=clock.now(),
            )
            return saved(request, programme)
    return draw_page(request, programme, member_form=form)


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
        now=clock.now(),
    )
    return saved(request, programme)


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
            return saved(request, programme)
    return draw_page(request, programme, task_form=form)


@door
def key_task_remove(request: MemberRequest, programme: Programme) -> HttpResponse:
    services.remove_key_task(
        programme_id=programme.pk,
        task_id=_task_of(request, programme, KeyTaskForm),
        by=request.person,
        now=clock.now(),
    )
    return saved(request, programme)


@door
def key_task_move(request: MemberRequest, programme: Programme) -> HttpResponse:
    """Move a key task one place up or down."""
    services.move_key_task(
        programme_id=programme.pk,
        task_id=_task_of(request, programme, MoveForm),
        up="up" in request.POST,
        by=request.person,
    )
    return saved(request, programme)


def _task_of(request: MemberRequest, programme: Programme, kind: type[KeyTaskForm]) -> int:
    form = kind(request.POST)
    task = queries.task_numbered(programme, form.cleaned_data["task"]) if form.is_valid() else None
    if task is None:
        raise Http404
    return task
