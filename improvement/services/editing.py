"""Changing what a task says and what its steps say, so that nobody's text is lost."""

from datetime import date, datetime
from typing import Any

from django.db import transaction

from improvement.models import EventKind, Side, Task, TaskState, TaskStep
from improvement.services import letters
from improvement.services.history import note
from improvement.services.locking import NotInThisState, TaskNotYours, ends_of, lock_task
from improvement.services.opening import check_owner
from improvement.services.states import start_task
from suppliers.access import Person
from suppliers.queries import people_of_organisation

OWNERS = {"customer_owner_id": Side.CUSTOMER, "supplier_owner_id": Side.SUPPLIER}
EDITABLE = ("title", "problem", "target", "target_value", "due_date", *OWNERS)


class Stale(Exception):
    """Somebody else saved since this text was read: `stored` is what stands there now."""

    def __init__(self, stored: Any) -> None:
        super().__init__(stored.version)
        self.stored = stored


@transaction.atomic
def edit_task(*, task_id: int, version: int, by: Person, now: datetime, **changes: Any) -> Task:
    """Change what a task says, if it still says what `by` has read; return the task.

    `changes` are some of title, problem, target, target_value, due_date, customer_owner_id and
    supplier_owner_id. A new owner gets a letter. Saving what stands there already changes nothing.

    Raises
    ------
    TaskNotYours, MayNotWrite, NoSuchOwner
    NotInThisState
        If the task is closed.
    Stale
        If somebody saved something else since version `version`; nothing is changed.
    """
    strange = set(changes) - set(EDITABLE)
    if strange:
        raise TypeError(f"Not to be edited: {sorted(strange)}")
    task = lock_task(task_id, by=by)
    different = {name: value for name, value in changes.items() if getattr(task, name) != value}
    if not different:
        return task
    if task.state == TaskState.CLOSED:
        raise NotInThisState(task.state)
    if task.version != version:
        raise Stale(task)
    ends = ends_of(task)
    for name, side in OWNERS.items():
        if name in different:
            check_owner(side, getattr(ends, side), different[name])
    task.version += 1
    for name, value in different.items():
        before = _written(task, name)
        setattr(task, name, value)
        note(task, EventKind.EDITED, by=by, now=now, field=name, before=before, after=_written(task, name))
    task.save(update_fields=[*different, "version"])
    for name, side in OWNERS.items():
        if different.get(name):
            person = people_of_organisation(getattr(ends, side)).get(pk=different[name])
            letters.tell_assigned(task, person, by=by, now=now)
    return task


@transaction.atomic
def write_step(
    *,
    task_id: int,
    code: str,
    version: int,
    text: str,
    by: Person,
    now: datetime,
    side: str | None = None,
    done: bool | None = None,
) -> TaskStep:
    """Write what was done in a step, say whose turn it is, or that it is finished; return the step.

    Whoever writes in a step of an open task has begun it: it is in progress from then on.

    Raises
    ------
    TaskNotYours
        If there is no such task or step.
    MayNotWrite
    NotInThisState
        If the task is closed.
    Stale
        If somebody saved another text since version `version`; nothing is changed.
    """
    task = lock_task(task_id, by=by)
    step = TaskStep.objects.filter(task=task, code=code).first()
    if step is None:
        raise TaskNotYours(code)
    if task.state == TaskState.CLOSED:
        raise NotInThisState(task.state)
    if step.text != text:
        if step.version != version:
            raise Stale(step)
        note(task, EventKind.STEP, by=by, now=now, field=code, before=step.text, after=text)
        step.text = text
        step.version += 1
    if side and side != step.side:
        note(task, EventKind.EDITED, by=by, now=now, field=code, before=step.side, after=side)
        step.side = side
    if done is not None and done != (step.done_at is not None):
        step.done_at, step.done_by = (now, by) if done else (None, None)
        kind = EventKind.STEP_DONE if done else EventKind.STEP_REOPENED
        note(task, kind, by=by, now=now, field=code)
    step.save()
    if task.state == TaskState.OPEN and (step.text or step.done_at):
        start_task(task_id=task.pk, by=by, now=now)
    return step


def _written(task: Task, name: str) -> str:
    """Return a field as the history keeps it: words, never ids."""
    if name in OWNERS:
        pk = getattr(task, name)
        organisation = getattr(ends_of(task), OWNERS[name])
        person = people_of_organisation(organisation).filter(pk=pk).first() if pk else None
        return str(person.user) if person else ""
    value = getattr(task, name)
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else str(value)
