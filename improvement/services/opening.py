"""Opening a task: its number, its steps, and the baseline that is locked from then on."""

from collections.abc import Collection
from dataclasses import asdict
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from core.period import Period
from core.scope import must_hold
from improvement import access
from improvement.definitions import steps_of
from improvement.models import Baseline, EventKind, Task, TaskPart, TaskStep, Trigger
from improvement.queries import cells
from improvement.services import letters
from improvement.services.history import note
from improvement.services.locking import MayNotWrite, TaskNotYours
from improvement.services.warnings.states import link_task
from suppliers.access import Person
from suppliers.queries import people_of_organisation, zone_of_customer
from suppliers.queries.partners import partners
from suppliers.queries.parts import supplied_parts

NEXT_NUMBER = """
INSERT INTO improvement_taskcount (customer_id, last_number) VALUES (%s, 1)
ON CONFLICT (customer_id) DO UPDATE SET last_number = improvement_taskcount.last_number + 1
RETURNING last_number
"""


class NoSuchOwner(ValueError):
    """Somebody who is not an active person of that side, or may not write on tasks."""

    def __init__(self, side: str) -> None:
        super().__init__(side)
        self.side = side


class NoSuchPart(ValueError):
    """A part that is not supplied on this partnership."""


def open_task(
    *,
    partnership_id: int,
    kind: str,
    kpi: str,
    title: str,
    problem: str,
    target: str,
    due_date: date,
    by: Person,
    now: datetime,
    stage: str = "",
    options: dict[str, str] | None = None,
    part_ids: Collection[int] = (),
    target_value: float | None = None,
    customer_owner_id: int | None = None,
    supplier_owner_id: int | None = None,
    trigger: str = Trigger.PLANNED,
    trigger_days: Period | None = None,
    reference: str = "",
    warning_id: int | None = None,
    quietly: bool = False,
) -> Task:
    """Open a task on a cell, lock its baseline, and write to those concerned.

    The scope of `by` must be open. `trigger_days` is the period whose figure opened it, for a ranking; for a
    warning the days that signalled. `warning_id` is a warning of this partnership that it works on from now on.
    `reference` is what they call it elsewhere, for one task alone.
    `quietly` is for history that is loaded, of which nobody is to get a letter today.

    Raises
    ------
    TaskNotYours
        If there is no such partnership of two companies.
    MayNotWrite
        If `by` only reads there.
    WarningNotYours, NotInThisState
        If there is no such warning on this partnership, or another task works on it.
    NoSuchCell, NoSuchPart, NoSuchOwner
        If the KPI, a part or an owner is none of this partnership.
    """
    ends = _ends(partnership_id)
    if not access.may_edit(by, ends):
        raise MayNotWrite(partnership_id)
    parts = tuple(sorted(set(part_ids)))
    if len(supplied_parts(partnership_id, ids=parts)) < len(parts):
        raise NoSuchPart
    check_owner("customer", ends.customer, customer_owner_id)
    check_owner("supplier", ends.supplier, supplier_owner_id)
    cell = cells.checked(cells.Cell(partnership_id, kpi, stage, options or {}, parts))
    opened_on = now.astimezone(ZoneInfo(zone_of_customer(partnership_id))).date()
    windows = cells.windows_of(cell, trigger=trigger, opened_on=opened_on, asked=trigger_days)
    drafts = cells.baselines_of(cell, windows)
    task = Task(
        partnership_id=partnership_id,
        customer_id=ends.customer,
        kind=kind,
        kpi=cell.kpi,
        stage=cell.stage,
        options=cell.options,
        title=title,
        problem=problem,
        target=target,
        target_value=target_value,
        customer_owner_id=customer_owner_id,
        supplier_owner_id=supplier_owner_id,
        due_date=due_date,
        opened_by=by,
        opened_at=now,
        reference=reference,
    )
    with transaction.atomic():
        _store(task, parts, drafts)
        note(task, EventKind.OPENED, by=by, now=now)
        if warning_id is not None:
            link_task(warning_id=warning_id, task=task, by=by, now=now)
        if not quietly:
            letters.tell_opened(task, by=by, now=now)
    return task


def _ends(partnership_id: int) -> access.Ends:
    found = partners([partnership_id])
    if not found or found[0].customer_id == found[0].supplier_id:
        raise TaskNotYours(partnership_id)
    return access.Ends(found[0].customer_id, found[0].supplier_id)


def check_owner(side: str, organisation_id: int, person_id: int | None) -> None:
    """Raise NoSuchOwner unless the person is an active one of that organisation who may write on tasks."""
    if person_id is None:
        return
    person = people_of_organisation(organisation_id).filter(pk=person_id).first()
    if person is None or not person.may_define:
        raise NoSuchOwner(side)


def _store(task: Task, parts: Collection[int], drafts: Collection[cells.Draft]) -> None:
    task.number = _next_number(task)
    task.save(force_insert=True)
    hangs: dict[str, Any] = {"partnership_id": task.partnership_id, "task": task}
    TaskPart.objects.bulk_create(TaskPart(**hangs, part_id=part) for part in parts)
    Baseline.objects.bulk_create(
        Baseline(**hangs, **asdict(draft), sha256=draft.sha256, locked_at=task.opened_at) for draft in drafts
    )
    TaskStep.objects.bulk_create(
        TaskStep(**hangs, code=step.code, position=place, side=step.side)
        for place, step in enumerate(steps_of(task.kind))
    )


def _next_number(task: Task) -> int:
    """Count on, per customer: whoever opens next waits for this transaction to end."""
    must_hold(task.partnership_id)
    with connection.cursor() as cursor:
        cursor.execute(NEXT_NUMBER, [task.customer_id])
        return cursor.fetchone()[0]
