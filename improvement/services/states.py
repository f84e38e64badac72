"""The way of a task: open, in progress, done, closed with what came of it, and back."""

from datetime import date, datetime

from django.db import transaction

from improvement.models import EventKind, Outcome, Task, TaskState
from improvement.services import letters
from improvement.services.history import note
from improvement.services.locking import NotInThisState, lock_task
from suppliers.access import Person

OPEN, IN_PROGRESS, DONE, CLOSED = TaskState.OPEN, TaskState.IN_PROGRESS, TaskState.DONE, TaskState.CLOSED


class EndMissing(ValueError):
    """A change that was carried out has a last day; without it nothing after it can be told apart."""


@transaction.atomic
def start_task(*, task_id: int, by: Person, now: datetime) -> Task:
    """Set an open task in progress. Raises TaskNotYours, MayNotWrite, NotInThisState."""
    task = _locked(task_id, by, {OPEN})
    task.started_at = now
    return _moved(task, IN_PROGRESS, by=by, now=now, quietly=True)


@transaction.atomic
def finish_task(*, task_id: int, end_date: date, by: Person, now: datetime) -> Task:
    """Say that the change is in place since the day after `end_date`.

    Raises TaskNotYours, MayNotWrite, NotInThisState.
    """
    task = _locked(task_id, by, {OPEN, IN_PROGRESS})
    task.started_at = task.started_at or now
    task.done_at, task.end_date = now, end_date
    return _moved(task, DONE, by=by, now=now)


@transaction.atomic
def close_task(
    *,
    task_id: int,
    by: Person,
    now: datetime,
    outcome: str = Outcome.AWAITS_PROOF,
    outcome_text: str = "",
    end_date: date | None = None,
    quietly: bool = False,
) -> Task:
    """Close a task with what came of it. `end_date` may be given here where nobody set it done before.

    Raises TaskNotYours, MayNotWrite, NotInThisState; EndMissing if it awaits proof without an end.
    """
    task = _locked(task_id, by, {OPEN, IN_PROGRESS, DONE})
    task.end_date = end_date or task.end_date
    if outcome == Outcome.AWAITS_PROOF and task.end_date is None:
        raise EndMissing
    task.outcome, task.outcome_text, task.closed_at = outcome, outcome_text, now
    if outcome == Outcome.AWAITS_PROOF:
        task.done_at = task.done_at or now
    return _moved(task, CLOSED, by=by, now=now, quietly=quietly)


@transaction.atomic
def reopen_task(*, task_id: int, by: Person, now: datetime) -> Task:
    """Take a task that is done or closed up again. Raises TaskNotYours, MayNotWrite, NotInThisState."""
    task = _locked(task_id, by, {DONE, CLOSED})
    task.done_at = task.closed_at = task.end_date = None
    task.outcome = task.outcome_text = ""
    return _moved(task, IN_PROGRESS, by=by, now=now)


def _locked(task_id: int, by: Person, states: set[TaskState]) -> Task:
    task = lock_task(task_id, by=by)
    if task.state not in states:
        raise NotInThisState(task.state)
    return task


def _moved(task: Task, state: TaskState, *, by: Person, now: datetime, quietly: bool = False) -> Task:
    event = note(task, EventKind.STATE, by=by, now=now, field="state", before=task.state, after=state)
    task.state = state
    task.save()
    if not quietly:
        letters.tell_state(task, event, by=by, now=now)
    return task
