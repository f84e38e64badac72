"""Changing a task from its page: its card, its steps, its state."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from core import clock
from improvement import access, services
from improvement.forms.task import CloseForm, DoneForm, EditForm, StepForm
from improvement.models import Task, TaskState
from improvement.queries.tasks import step_of
from improvement.views.doors import door, task_to_write
from improvement.views.opening import people_choices
from improvement.views.pages import draw_page
from improvement.views.words import label, owner_name
from suppliers.access import MemberRequest

CONFLICT = 409


def to_task(task_id: int, fragment: str = "") -> HttpResponse:
    return HttpResponseRedirect(reverse("task", args=[task_id]) + fragment)


@require_http_methods(["GET", "POST"])
@door
def task_edit(request: MemberRequest, task_id: int) -> HttpResponse:
    """Edit what a task says. Whoever saves second sees both texts, their own still in the field."""
    task = task_to_write(task_id, request)
    form = edit_form(task, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            services.edit_task(task_id=task_id, by=request.person, now=clock.now(), **form.cleaned_data)
        except services.Stale as stale:
            return _both_texts(request, task, form, stale)
        except services.NotInThisState as held:
            messages.error(request, not_possible(held))
        else:
            messages.success(request, _("Saved."))
        return to_task(task_id)
    return render(request, "improvement/edit.html", {"task": task, "form": form})


def edit_form(task: Task, data: Any) -> EditForm:
    names = [name for name in EditForm.base_fields if name != "version"]
    return EditForm(
        data,
        customer_people=people_choices(task.partnership.customer_id),
        supplier_people=people_choices(task.partnership.supplier_id),
        initial={name: getattr(task, name) for name in names} | {"version": task.version},
    )


def _both_texts(request: MemberRequest, task: Task, form: EditForm, stale: services.Stale) -> HttpResponse:
    """Show what each field says now beside what the person wrote; the next save knows it has been seen."""
    data = request.POST.copy()
    data["version"] = str(stale.stored.version)
    mine, theirs = edit_form(task, data), stale.stored
    differences = [
        (field.label, written(theirs, field.name), shown_choice(field))
        for field in mine.visible_fields()
        if getattr(theirs, field.name) != form.cleaned_data[field.name]
    ]
    context = {"task": task, "form": mine, "differences": differences}
    return render(request, "improvement/edit.html", context, status=CONFLICT)


def written(task: Task, name: str) -> str:
    if name.endswith("_owner_id"):
        return owner_name(task, name.removesuffix("_owner_id"))
    return str(getattr(task, name))


def shown_choice(field: Any) -> str:
    """Return what a person chose or typed, in words."""
    choices = dict(getattr(field.field, "choices", None) or {})
    value = field.value()
    return next((str(word) for key, word in choices.items() if str(key) == str(value)), str(value or ""))


@require_POST
@door
def task_step(request: MemberRequest, task_id: int, code: str) -> HttpResponse:
    """Save a step, or save and finish it."""
    task = task_to_write(task_id, request)
    step = step_of(task, code)
    if step is None:
        raise services.TaskNotYours(code)
    form = StepForm(request.POST, prefix="step")
    if not form.is_valid():
        return draw_page(request, task, step_code=code, step_form=form)
    done = {"done": True, "reopen": False}.get(request.POST.get("then", ""))
    told = form.cleaned_data | {"side": form.cleaned_data["side"] or None}
    try:
        services.write_step(task_id=task_id, code=code, by=request.person, now=clock.now(), done=done, **told)
    except services.Stale as stale:
        data = request.POST.copy()
        data["step-version"] = str(stale.stored.version)
        more = {
            "step_code": code,
            "step_form": StepForm(data, prefix="step"),
            "their_text": stale.stored.text,
            "my_text": told["text"],
        }
        return draw_page(request, task, status=CONFLICT, **more)
    except services.NotInThisState as held:
        messages.error(request, not_possible(held))
    else:
        messages.success(request, _("Saved."))
    return to_task(task_id, "" if done else f"?step={code}#step")


@require_POST
@door
def task_start(request: MemberRequest, task_id: int) -> HttpResponse:
    return _move(request, task_id, services.start_task)


@require_POST
@door
def task_done(request: MemberRequest, task_id: int) -> HttpResponse:
    task = task_to_write(task_id, request)
    form = DoneForm(request.POST)
    if not form.is_valid():
        return draw_page(request, task, done_form=form)
    return _move(request, task_id, services.finish_task, **form.cleaned_data)


@require_POST
@door
def task_close(request: MemberRequest, task_id: int) -> HttpResponse:
    task = task_to_write(task_id, request, may=access.may_close)
    form = CloseForm(request.POST, outcomes=services.outcomes_from(task.state))
    if task.state == TaskState.CLOSED:
        messages.error(request, not_possible(services.NotInThisState(task.state)))
        return to_task(task_id)
    if not form.is_valid():
        return draw_page(request, task, close_form=form)
    try:
        return _move(request, task_id, services.close_task, **form.cleaned_data)
    except services.ReasonMissing:
        form.add_error("outcome_text", _("Say why it is closed without being carried out."))
        return draw_page(request, task, close_form=form)


@require_POST
@door
def task_reopen(request: MemberRequest, task_id: int) -> HttpResponse:
    return _move(request, task_id, services.reopen_task)


def _move(request: MemberRequest, task_id: int, service: Callable[..., Task], **told: Any) -> HttpResponse:
    try:
        service(task_id=task_id, by=request.person, now=clock.now(), **told)
    except services.NotInThisState as held:
        messages.error(request, not_possible(held))
    else:
        messages.success(request, _("Saved."))
    return to_task(task_id)


def not_possible(held: services.NotInThisState) -> str:
    return _("Not possible as long as the task is “%(state)s”.") % {
        "state": label(Task(state=held.state), "state")
    }
