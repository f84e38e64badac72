"""Making a programme, letting suppliers in and out, and keeping its list of key tasks."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max

from core.period import Period
from improvement.models import KeyTask, Pledge, Programme, ProgrammeMember, Task
from suppliers.access import Person
from suppliers.queries.partners import partners
from suppliers.services import MayNot, NotHere


class SlugTaken(Exception):
    """The customer has another programme of this name."""


class PledgeMakesNoSense(ValueError):
    """The KPI has no such reading, or cannot reach such a target."""


class NotOfAMember(Exception):
    """The task is on a partnership that is no member of the programme."""


@transaction.atomic
def create_programme(
    *,
    by: Person,
    slug: str,
    name: str,
    baseline: Period,
    report_period: Period,
    now: datetime,
    name_en: str = "",
    source_note: str = "",
) -> Programme:
    """Make a programme of the organisation of `by`; the same again is the one that is there.

    Raises MayNot, SlugTaken if another one has this slug, and ValueError if the report period does not
    begin after the baseline, or one of both is longer than anybody looks at.
    """
    if not by.may_define:
        raise MayNot
    if not (baseline.may_be_meant and report_period.may_be_meant):
        raise ValueError("A period has at most ten years, between 1990 and 2199.")
    if report_period.first <= baseline.last:
        raise ValueError("The report period begins after the baseline.")
    told = {
        "name": name,
        "name_en": name_en,
        "baseline_from": baseline.first,
        "baseline_to": baseline.last,
        "report_from": report_period.first,
        "report_to": report_period.last,
        "source_note": source_note,
    }
    programme, made = Programme.objects.get_or_create(
        customer_id=by.organisation_id, slug=slug, defaults=told | {"created_at": now}
    )
    if not made and any(getattr(programme, field) != value for field, value in told.items()):
        raise SlugTaken(slug)
    return programme


@transaction.atomic
def set_pledge(
    *,
    programme_id: int,
    by: Person,
    kpi: str,
    target: Decimal,
    stage: str = "",
    average: str = "",
    prices: str = "",
    by_change: bool = False,
) -> Pledge:
    """Pledge a KPI in one reading, or change the target of the pledge that names it already.

    Raises NotHere, MayNot, and PledgeMakesNoSense if the reading or the target is impossible.
    """
    programme = _to_change(programme_id, by)
    reading: dict[str, Any] = {"kpi": kpi, "stage": stage, "average": average, "prices": prices}
    try:
        with transaction.atomic():
            pledge, _ = Pledge.objects.update_or_create(
                programme=programme, **reading, defaults={"target": target, "by_change": by_change}
            )
    except IntegrityError as impossible:  # the table says what a pledge can be
        raise PledgeMakesNoSense(kpi) from impossible
    return pledge


@transaction.atomic
def add_member(*, programme_id: int, partnership_id: int, joined_on: date, by: Person) -> ProgrammeMember:
    """Let a supplier in; one that has left comes back, and one that is in stays as it is.

    Raises NotHere if the programme or the partnership is not the customer's own, and MayNot.
    """
    programme = _to_change(programme_id, by)
    found = partners([partnership_id])
    if not found or found[0].customer_id != programme.customer_id:
        raise NotHere
    if found[0].supplier_id == programme.customer_id:  # its own books
        raise NotHere
    member, made = ProgrammeMember.objects.get_or_create(
        programme=programme,
        partnership_id=partnership_id,
        defaults={"customer_id": programme.customer_id, "joined_on": joined_on},
    )
    if not made and member.left_on is not None:
        member.joined_on, member.left_on = joined_on, None
        member.save(update_fields=["joined_on", "left_on"])
    return member


@transaction.atomic
def let_member_go(*, programme_id: int, partnership_id: int, left_on: date, by: Person) -> None:
    """Note from which day on a supplier is no member: at the earliest the day on which it joined.

    Raises NotHere, MayNot.
    """
    _to_change(programme_id, by)
    member = ProgrammeMember.objects.filter(
        programme=programme_id, partnership=partnership_id, left_on=None
    ).first()
    if member is None:
        raise NotHere
    member.left_on = max(left_on, member.joined_on)
    member.save(update_fields=["left_on"])


@transaction.atomic
def add_key_task(*, programme_id: int, task_id: int, by: Person, now: datetime) -> KeyTask:
    """Put a task of a member at the end of the list; one that is on it stays in its place.

    Raises NotHere, MayNot, and NotOfAMember.
    """
    programme = _to_change(programme_id, by)
    task = Task.objects.filter(pk=task_id, customer=programme.customer_id).first()
    if task is None:
        raise NotHere
    if not ProgrammeMember.objects.filter(programme=programme, partnership=task.partnership_id).exists():
        raise NotOfAMember
    rows = KeyTask.objects.filter(programme=programme)
    last = rows.aggregate(last=Max("position"))["last"] or 0
    key, _ = rows.get_or_create(
        programme=programme,
        task=task,
        defaults={
            "partnership_id": task.partnership_id,
            "position": last + 1,
            "added_by": by,
            "added_at": now,
        },
    )
    return key


@transaction.atomic
def remove_key_task(*, programme_id: int, task_id: int, by: Person) -> None:
    """Take a task off the list; the task itself stays. Raises NotHere, MayNot."""
    programme = _to_change(programme_id, by)
    gone, _ = KeyTask.objects.filter(programme=programme, task=task_id).delete()
    if not gone:
        raise NotHere


@transaction.atomic
def order_key_tasks(*, programme_id: int, task_ids: Sequence[int], by: Person) -> None:
    """Put the list into an order: these tasks first, the others behind them as they stood.

    Raises NotHere if one of the tasks is not on the list, and MayNot.
    """
    programme = _to_change(programme_id, by)
    rows = {row.task_id: row for row in KeyTask.objects.filter(programme=programme).order_by("position")}
    if not rows.keys() >= set(task_ids):
        raise NotHere
    _number(rows[task_id] for task_id in dict.fromkeys((*task_ids, *rows)))


@transaction.atomic
def move_key_task(*, programme_id: int, task_id: int, up: bool, by: Person) -> None:
    """Move a task one place up or down the list as it stands now; at its end it stays.

    Raises NotHere if the task is not on the list, and MayNot.
    """
    programme = _to_change(programme_id, by)
    rows = list(KeyTask.objects.filter(programme=programme).order_by("position"))
    place = next((place for place, row in enumerate(rows) if row.task_id == task_id), None)
    if place is None:
        raise NotHere
    other = place - 1 if up else place + 1
    if 0 <= other < len(rows):
        rows[place], rows[other] = rows[other], rows[place]
        _number(rows)


def _number(rows: Iterable[KeyTask]) -> None:
    """Give the rows of a list, whose programme is locked, their places in this order."""
    placed = list(rows)
    for position, row in enumerate(placed, start=1):
        row.position = position
    KeyTask.objects.bulk_update(placed, ["position"])


def _to_change(programme_id: int, by: Person) -> Programme:
    """Lock a programme of one's own organisation, so that two people change it one after the other."""
    programme = (
        Programme.objects.select_for_update().filter(pk=programme_id, customer=by.organisation_id).first()
    )
    if programme is None:
        raise NotHere
    if not by.may_define:
        raise MayNot
    return programme
