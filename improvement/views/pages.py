"""The page of one task: where it stands, its steps, its baseline, who said and changed what."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from core import clock
from core.period import Period
from improvement import access, services
from improvement.definitions import BY_CODE
from improvement.forms.task import CloseForm, CommentForm, DoneForm, StepForm
from improvement.models import EventKind, Side, Task, TaskEvent, TaskState, TaskStep
from improvement.queries import tasks as reads
from improvement.queries.cells import Cell, hash_now, read_cell
from improvement.queries.tasks import WORKING
from improvement.views.course import course_of
from improvement.views.doors import door, ends_of, task_or_404
from improvement.views.words import (
    STATES,
    BaselineRow,
    as_reading,
    cell_words,
    label,
    lateness,
    left_out_row,
    locked_row,
    owner_name,
    reading_row,
    task_lead,
    turn_words,
)
from kpis.queries.readings import Reading
from suppliers.access import MemberRequest

EVENTS_SHOWN = 5
SHORT = 60  # characters of a text in the history


@dataclass(frozen=True, slots=True)
class StepMark:
    """A step in the strip."""

    code: str
    title: str
    state: str  # good: done; watch: now; none: to come
    text: str
    here: bool


@dataclass(frozen=True, slots=True)
class Event:
    """A line of the history."""

    at: Any
    who: str
    side: str
    text: str
    own_only: bool


@require_GET
@door
def task_page(request: MemberRequest, task_id: int) -> HttpResponse:
    """One task, the step that is its turn opened."""
    return draw_page(request, task_or_404(task_id))


def draw_page(request: MemberRequest, task: Task, *, status: int = 200, **more: Any) -> HttpResponse:
    """Draw the page of a task; `more` replaces what a refused form brings back with it."""
    person, today = request.person, reads.today_of(task, clock.now())
    may_edit = access.may_edit(person, ends_of(task))
    may_comment = access.may_comment(person, ends_of(task))
    closes = access.may_close(person, ends_of(task))
    steps = reads.steps_of_task(task)
    chosen = step_chosen(steps, more.get("step_code") or request.GET.get("step", ""))
    baseline = reads.baseline_of(task)
    locked = as_reading(baseline, task.stage)
    since = since_then(task, today)
    events = reads.events_of(task)
    all_events = "history" in request.GET
    late, late_state = lateness(task, today)
    context: dict[str, Any] = {
        "task": task,
        "today": today,
        "kind": label(task, "kind"),
        "state": label(task, "state"),
        "state_class": STATES[task.state],
        "supplier": task.partnership.supplier.shown_name,
        "customer": task.partnership.customer.shown_name,
        "cell": cell_words(task),
        "lead": task_lead(task, locked, since, today),
        "late": late,
        "late_state": late_state,
        "turn": turn_words(task),
        "owner_customer": owner_name(task, "customer"),
        "owner_supplier": owner_name(task, "supplier"),
        "steps": [step_mark(step, chosen) for step in steps],
        "step": chosen,
        "step_meant": BY_CODE[chosen.code],
        "rows": baseline_rows(task, baseline, since),
        "trend": course_of(task, cell_of(task), baseline, today, as_table=request.GET.get("as") == "table"),
        "baseline": baseline,
        "untouched": hash_now(baseline) == baseline.sha256,
        "comments": list(reads.comments_of(task)),
        "attachments": list(reads.attachments_of(task)),
        "events": [event_words(event, task) for event in (events if all_events else events[:EVENTS_SHOWN])],
        "more_events": 0 if all_events else max(0, events.count() - EVENTS_SHOWN),
        "may_edit": may_edit,
        "may_comment": may_comment,
        "may_finish": may_edit and task.state in WORKING,
        "may_close": closes and task.state != TaskState.CLOSED,
        "may_reopen": closes if task.state == TaskState.CLOSED else may_edit and task.state == TaskState.DONE,
        "may_start": may_edit and task.state == TaskState.OPEN,
        "editable": may_edit and task.state != TaskState.CLOSED,
        "step_form": StepForm(
            initial={"text": chosen.text, "side": chosen.side, "version": chosen.version}, prefix="step"
        ),
        "comment_form": CommentForm(),
        "done_form": DoneForm(initial={"end_date": today}),
        "close_form": CloseForm(outcomes=services.outcomes_from(task.state)),
    }
    return render(request, "improvement/task.html", context | more, status=status)


def step_chosen(steps: Sequence[TaskStep], code: str) -> TaskStep:
    """Return the step that is asked for, else the first that is not finished, else the last."""
    asked = [step for step in steps if step.code == code]
    unfinished = [step for step in steps if step.done_at is None]
    return (asked or unfinished or [steps[-1]])[0]


def step_mark(step: TaskStep, chosen: TaskStep) -> StepMark:
    here = step.pk == chosen.pk
    if step.done_at is not None:
        state, text = "good", step.text
    else:
        state = "watch" if here else "none"
        text = step.text or str(Side(step.side).label)
    return StepMark(step.code, BY_CODE[step.code].title, state, text, here)


def cell_of(task: Task) -> Cell:
    """Return the cell that a task aims at."""
    return Cell(
        task.partnership_id,
        task.kpi,
        task.stage,
        task.options,
        tuple(row.part_id for row in task.task_parts.all()),
    )


def since_then(task: Task, today: date) -> Reading | None:
    """Read the cell over the days since the change, else since the task was opened; None before they begin."""
    first = task.end_date + timedelta(days=1) if task.end_date else reads.today_of(task, task.opened_at)
    if first > today:
        return None
    return read_cell(cell_of(task), Period(first, today))[0]


def baseline_rows(task: Task, baseline: Any, since: Reading | None) -> list[BaselineRow]:
    """The locked baseline, what is left out, what the cell reads since."""
    rows = [locked_row(baseline, task.stage, pgettext("of a task", "Baseline")), left_out_row(baseline)]
    if since is not None:
        name = _("After the change") if task.end_date else _("Since it was opened")
        rows.append(reading_row(name, since, x=None, note=_("a reading, no proof")))
    for one in reads.baselines_by_part(task):
        number = one.part.number if one.part else ""
        rows.append(locked_row(one, task.stage, _("Baseline of %(part)s") % {"part": number}))
    return rows


def event_words(event: TaskEvent, task: Task) -> Event:
    """Put a line of the history into words: who did what, from what to what."""
    side = access.side_of(event.by, ends_of(task))
    return Event(
        at=event.at,
        who=str(event.by.user),
        side=str(Side(side).label) if side else "",
        text=what_changed(event),
        own_only=event.own_only,
    )


def what_changed(event: TaskEvent) -> str:
    said = str(EventKind(event.kind).label)
    if event.kind in {EventKind.STEP, EventKind.STEP_DONE, EventKind.STEP_REOPENED}:
        return _("%(did)s %(what)s") % {"did": said, "what": BY_CODE[event.field].title}
    if event.kind == EventKind.ATTACHED:
        return _("%(did)s %(what)s") % {"did": said, "what": event.after}
    if event.kind == EventKind.STATE:
        states = {"before": TaskState(event.before).label, "after": TaskState(event.after).label}
        return _("changed the state from “%(before)s” to “%(after)s”") % states
    if event.kind == EventKind.EDITED:
        told = {"field": field_word(event.field)} | {
            name: short(side_or_text(text))
            for name, text in (("before", event.before), ("after", event.after))
        }
        return _("changed %(field)s from “%(before)s” to “%(after)s”") % told
    return said


def side_or_text(text: str) -> str:
    return str(Side(text).label) if text in Side.values else text


def short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= SHORT else f"{text[:SHORT]}…"


def field_word(field: str) -> str:
    words = {
        "title": _("the title"),
        "problem": _("the problem"),
        "target": _("the target"),
        "target_value": _("the target"),
        "due_date": _("the due date"),
        "customer_owner_id": _("the owner at the customer"),
        "supplier_owner_id": _("the owner at the supplier"),
    }
    return words.get(field) or BY_CODE[field].title
