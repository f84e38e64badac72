"""The way of a task: open, in progress, done, closed with what came of it, and back."""

from datetime import date, datetime

from django.db import transaction

from improvement import access
from improvement.models import EventKind, Outcome, Task, TaskState
from improvement.services import letters
from improvement.services.history import note
from improvement.services.locking import MayNotWrite, NotInThisState, ends_of, lock_task
from suppliers.access import Person

OPEN, IN_PROGRESS, DONE, CLOSED = TaskState.OPEN, TaskState.IN_PROGRESS, TaskState.DONE, TaskState.CLOSED


class ReasonMissing(ValueError):
    """What is given up is closed with a reason, which the other side reads."""


def outcomes_from(state: str) -> list[Outcome]:
    """Return what may come of a task in this state: a proof is awaited of a change that is in place alone."""
    if state == CLOSED:
        return []
    return [one for one in Outcome if one != Outcome.AWAITS_PROOF or state == DONE]


@transaction.atomic
def start_task(*, task_id: int, by: Person, now: datetime) -> Task:
    """Set an open task in progress. Raises TaskNotYours, MayNotWrite, NotInThisState."""
    task = _locked(task_id, by, {OPEN})
    task.started_at = now
    return _moved(task, IN_PROGRESS, by=by, now=now, quietly=True)


@transaction.atomic
def finish_task(*, task_id: int, end_date: date, by: Person, now: datetime, quietly: bool = False) -> Task:
    """Say that the change is in place since the day after `end_date`.

    Raises TaskNotYours, MayNotWrite, NotInThisState.
    """
    task = _locked(task_id, by, {OPEN, IN_PROGRESS})
    task.started_at = task.started_at or now
    task.done_at, task.end_date = now, end_date
    return _moved(task, DONE, by=by, now=now, quietly=quietly)


@transaction.atomic
def close_task(
    *,
    task_id: int,
    by: Person,
    now: datetime,
    outcome: str = Outcome.AWAITS_PROOF,
    outcome_text: str = "",
    quietly: bool = False,
) -> Task:
    """Close a task with what came of it, as the customer (see `outcomes_from`).

    Raises TaskNotYours, MayNotWrite, NotInThisState; ReasonMissing if it is given up without a word.
    """
    task = lock_task(task_id, by=by, may=access.may_close)
    if outcome not in outcomes_from(task.state):
        raise NotInThisState(task.state)
    if outcome != Outcome.AWAITS_PROOF and not outcome_text.strip():
        raise ReasonMissing
    task.outcome, task.outcome_text, task.closed_at = outcome, outcome_text, now
    return _moved(task, CLOSED, by=by, now=now, quietly=quietly)


@transaction.atomic
def reopen_task(*, task_id: int, by: Person, now: datetime) -> Task:
    """Take a task that is done or closed up again; what is closed, only who may close.

    Raises TaskNotYours, MayNotWrite, NotInThisState.
    """
    task = _locked(task_id, by, {DONE, CLOSED})
    if task.state == CLOSED and not access.may_close(by, ends_of(task)):
        raise MayNotWrite(task_id)
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
