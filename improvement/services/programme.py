"""Making and changing a programme, letting suppliers in and out, and keeping its list of key tasks."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max

from core.period import Period
from improvement.models import (
    LOCKED,
    KeyTask,
    Pledge,
    Programme,
    ProgrammeChange,
    ProgrammeEvent,
    ProgrammeMember,
    Task,
)
from improvement.services.editing import Stale
from suppliers.access import Person
from suppliers.queries.partners import partners
from suppliers.services import MayNot, NotHere

FACTS = ("name", "name_en", "baseline_from", "baseline_to", "report_from", "report_to", "source_note")


class BaselineLocked(Exception):
    """The report period has begun: what it is compared with stays."""


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
    words = {"name": name, "name_en": name_en, "source_note": source_note}
    told = words | _days(baseline, report_period)
    programme, made = Programme.objects.get_or_create(
        customer_id=by.organisation_id, slug=slug, defaults=told | {"created_at": now}
    )
    if not made and any(getattr(programme, field) != value for field, value in told.items()):
        raise SlugTaken(slug)
    if made:
        _note(programme, ProgrammeChange.CREATED, by=by, now=now)
    return programme


@transaction.atomic
def edit_programme(
    *,
    programme_id: int,
    version: int,
    by: Person,
    now: datetime,
    name: str,
    name_en: str,
    baseline: Period,
    report_period: Period,
    source_note: str,
) -> Programme:
    """Change what a programme is called and which days it compares, if it still says what `by` has read.

    The baseline is locked once the report period has begun (see `Programme.locked_on`). Saving what stands
    there already changes nothing.

    Raises NotHere, MayNot, ValueError as `create_programme` does, BaselineLocked, and Stale if somebody
    saved something else since version `version`; then nothing is changed.
    """
    programme = _to_change(programme_id, by)
    words = {"name": name, "name_en": name_en, "source_note": source_note}
    told = words | _days(baseline, report_period)
    different = {field: told[field] for field in FACTS if getattr(programme, field) != told[field]}
    if not different:
        return programme
    if programme.version != version:
        raise Stale(programme)
    if programme.locked_on(now) and not LOCKED.isdisjoint(different):
        raise BaselineLocked
    for field, value in different.items():
        before = str(getattr(programme, field))
        _note(
            programme, ProgrammeChange.EDITED, by=by, now=now, subject=field, before=before, after=str(value)
        )
        setattr(programme, field, value)
    programme.version += 1
    programme.save(update_fields=[*different, "version"])
    return programme


def _days(baseline: Period, report_period: Period) -> dict[str, Any]:
    """Return the days of both periods by field. Raises ValueError if they are not in order, or too long."""
    if not (baseline.may_be_meant and report_period.may_be_meant):
        raise ValueError("A period has at most ten years, between 1990 and 2199.")
    if report_period.first <= baseline.last:
        raise ValueError("The report period begins after the baseline.")
    return {
        "baseline_from": baseline.first,
        "baseline_to": baseline.last,
        "report_from": report_period.first,
        "report_to": report_period.last,
    }


@transaction.atomic
def set_pledge(
    *,
    programme_id: int,
    by: Person,
    now: datetime,
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
    old = Pledge.objects.filter(programme=programme, **reading).first()
    if old and (old.target, old.by_change) == (target, by_change):
        return old
    try:
        with transaction.atomic():
            pledge, _ = Pledge.objects.update_or_create(
                programme=programme, **reading, defaults={"target": target, "by_change": by_change}
            )
    except IntegrityError as impossible:  # the table says what a pledge can be
        raise PledgeMakesNoSense(kpi) from impossible
    pledge.refresh_from_db(fields=["target"])  # as many decimals as are kept
    _note_pledge(ProgrammeChange.PLEDGED, pledge, by=by, now=now, before=old, after=pledge)
    return pledge


@transaction.atomic
def withdraw_pledge(
    *,
    programme_id: int,
    by: Person,
    now: datetime,
    kpi: str,
    stage: str = "",
    average: str = "",
    prices: str = "",
) -> None:
    """Take a pledge back; the history keeps it. Raises NotHere, also if nothing is pledged so, and MayNot."""
    programme = _to_change(programme_id, by)
    reading = {"kpi": kpi, "stage": stage, "average": average, "prices": prices}
    pledge = Pledge.objects.filter(programme=programme, **reading).first()
    if pledge is None:
        raise NotHere
    _note_pledge(ProgrammeChange.UNPLEDGED, pledge, by=by, now=now, before=pledge, after=None)
    pledge.delete()


def _note_pledge(
    kind: ProgrammeChange,
    pledge: Pledge,
    *,
    by: Person,
    now: datetime,
    before: Pledge | None,
    after: Pledge | None,
) -> None:
    """Keep the targets before and after with the reading they are of: a history needs no row of the pledge."""
    reading = {name: getattr(pledge, name) for name in ("kpi", "stage", "average", "prices")}
    told = {
        name: {"target": str(one.target), "by_change": one.by_change} if one else None
        for name, one in (("before", before), ("after", after))
    }
    _note(pledge.programme, kind, by=by, now=now, reading=reading | told)


@transaction.atomic
def add_member(
    *, programme_id: int, partnership_id: int, joined_on: date, by: Person, now: datetime
) -> ProgrammeMember:
    """Let a supplier in from a day on; one that has left comes back, one that is in is so from that day on.

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
    before = "" if made or member.left_on else member.joined_on.isoformat()
    if not made and (member.joined_on, member.left_on) != (joined_on, None):
        member.joined_on, member.left_on = joined_on, None
        member.save(update_fields=["joined_on", "left_on"])
    if before != joined_on.isoformat():
        told = {"subject": found[0].supplier_code, "before": before, "after": joined_on.isoformat()}
        _note(programme, ProgrammeChange.JOINED, by=by, now=now, **told)
    return member


@transaction.atomic
def let_member_go(
    *, programme_id: int, partnership_id: int, left_on: date, by: Person, now: datetime
) -> None:
    """Note from which day on a supplier is no member: at the earliest the day on which it joined.

    Raises NotHere, MayNot.
    """
    programme = _to_change(programme_id, by)
    rows = ProgrammeMember.objects.select_related("partnership__supplier")
    member = rows.filter(programme=programme, partnership=partnership_id, left_on=None).first()
    if member is None:
        raise NotHere
    member.left_on = max(left_on, member.joined_on)
    member.save(update_fields=["left_on"])
    told = {"subject": member.partnership.supplier.code, "after": member.left_on.isoformat()}
    _note(programme, ProgrammeChange.LEFT, by=by, now=now, **told)


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
    key, made = rows.get_or_create(
        programme=programme,
        task=task,
        defaults={
            "partnership_id": task.partnership_id,
            "position": last + 1,
            "added_by": by,
            "added_at": now,
        },
    )
    if made:
        _note(programme, ProgrammeChange.LISTED, by=by, now=now, subject=task.shown_number)
    return key


@transaction.atomic
def remove_key_task(*, programme_id: int, task_id: int, by: Person, now: datetime) -> None:
    """Take a task off the list; the task itself stays. Raises NotHere, MayNot."""
    programme = _to_change(programme_id, by)
    key = KeyTask.objects.select_related("task").filter(programme=programme, task=task_id).first()
    if key is None:
        raise NotHere
    _note(programme, ProgrammeChange.UNLISTED, by=by, now=now, subject=key.task.shown_number)
    key.delete()


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


def _note(
    programme: Programme, kind: ProgrammeChange, *, by: Person, now: datetime, **told: Any
) -> ProgrammeEvent:
    """Add a line to the history, in the transaction that does what it tells."""
    return ProgrammeEvent.objects.create(programme=programme, kind=kind, by=by, at=now, **told)
