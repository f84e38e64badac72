"""Asking for data: requests are made, changed from a day on, and ended; the other side may answer "nothing"."""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q

from suppliers.access import Person
from suppliers.models import (
    LAST_DAY,
    LATEST_AFTER_DAY,
    LATEST_AFTER_LOT,
    LONGEST_GRACE,
    DataAnswer,
    DataRequest,
    Partnership,
    Rhythm,
    Sender,
)
from suppliers.queries.asking import requests_asked
from suppliers.services.partnerships import NotHere, lock_partnerships
from suppliers.services.people import MayNot


class AlreadyAsked(Exception):
    """Some of these partnerships are asked for this already, in days that overlap; names them by supplier."""

    def __init__(self, suppliers: list[str]) -> None:
        super().__init__(", ".join(suppliers))
        self.suppliers = suppliers


class NoSuchPeriod(ValueError):
    """A request does not ask for the period that was named."""


class DoesNotFit(ValueError):
    """Days or a rhythm that contradict each other, or a side that the own books do not have."""


class DayHasPassed(DoesNotFit):
    """What was asked for on days before the customer's today stays as it was: who was late stays late."""


@dataclass(frozen=True, slots=True)
class Rule:
    """How often, by when and with how much grace; see `suppliers.models.DataRequest`."""

    rhythm: str
    due_day: int
    due_next: bool = False
    grace_days: int = 0


def fits(rule: Rule) -> bool:
    """Whether the due day is one that the rhythm has; the database would refuse another."""
    first, last = {
        Rhythm.MONTHLY: (1, LAST_DAY),
        Rhythm.WEEKLY: (1, 7),
        Rhythm.DAILY: (0, LATEST_AFTER_DAY),
        Rhythm.PER_LOT: (0, LATEST_AFTER_LOT),
    }[Rhythm(rule.rhythm)]
    within = first <= rule.due_day <= last and 0 <= rule.grace_days <= LONGEST_GRACE
    return within and (not rule.due_next or rule.rhythm in {Rhythm.MONTHLY, Rhythm.WEEKLY})


@transaction.atomic
def ask_for_data(
    *,
    partnership_ids: Collection[int],
    kind: str,
    sender: str,
    rule: Rule,
    valid_from: date,
    by: Person | None,
    now: datetime,
    valid_until: date | None = None,
) -> list[int]:
    """Ask for one kind of data on several partnerships, and return the ids of the requests.

    All or none. `by` is the customer's owner or engineer; the house itself, in its own scope, is nobody.

    Raises
    ------
    NotHere
        If a partnership is not in the open scope.
    MayNot
        If `by` may not define, or is not the customer of each.
    AlreadyAsked
        If one is asked for this in days that overlap.
    DoesNotFit
        If the days are in the wrong order, or the rule fits no rhythm.
    """
    wanted = sorted(set(partnership_ids))
    lock_partnerships(wanted)
    if by is not None:
        _must_be_customers(wanted, by)
    if valid_until is not None and valid_until < valid_from:
        raise DoesNotFit("valid_until")
    if not fits(rule):
        raise DoesNotFit("due_day")
    if sender == Sender.SUPPLIER and Partnership.objects.filter(pk__in=wanted).own_books().exists():
        raise DoesNotFit("sender")
    _must_be_free(wanted, kind, sender, valid_from, valid_until)
    made = DataRequest.objects.bulk_create(
        [
            DataRequest(
                partnership_id=pk, kind=kind, sender=sender, valid_from=valid_from, valid_until=valid_until,
                made_by=by, made_at=now, **asdict(rule),
            )
            for pk in wanted
        ]
    )  # fmt: skip
    return [one.pk for one in made]


@transaction.atomic
def change_requests(
    *, request_ids: Collection[int], rule: Rule, from_day: date, by: Person, now: datetime
) -> list[int]:
    """Ask otherwise from a day on, and return the ids of the requests that hold then.

    What was asked before that day stays as it was asked: who was late stays late. So the day is the customer's
    today or later, unless a request has not begun; one that begins on that day or later is changed itself, and
    then names who changed it.

    Raises NotHere, MayNot, DayHasPassed, and DoesNotFit if a request has ended by then.
    """
    found = _locked(request_ids, by)
    _must_not_have_passed("from_day", from_day, found, by, now)
    if not fits(rule):
        raise DoesNotFit("due_day")
    if any(one.valid_until is not None and one.valid_until < from_day for one in found):
        raise DoesNotFit("from_day")
    held = []
    for one in found:
        if one.valid_from >= from_day:
            DataRequest.objects.filter(pk=one.pk).update(**asdict(rule), made_by=by, made_at=now)
            held.append(one.pk)
            continue
        DataRequest.objects.filter(pk=one.pk).update(valid_until=from_day - timedelta(days=1), ended_by=by)
        later = DataRequest.objects.create(
            partnership_id=one.partnership_id, kind=one.kind, sender=one.sender, valid_from=from_day,
            valid_until=one.valid_until, made_by=by, made_at=now, **asdict(rule),
        )  # fmt: skip
        held.append(later.pk)
    return held


@transaction.atomic
def end_requests(*, request_ids: Collection[int], last_day: date, by: Person, now: datetime) -> None:
    """Ask no longer than up to a day, the customer's today or later; what was asked until then stays.

    Raises NotHere, MayNot, DayHasPassed, and DoesNotFit if a request begins later, or has ended before.
    """
    found = _locked(request_ids, by)
    _must_not_have_passed("last_day", last_day, found, by, now)
    if any(
        one.valid_from > last_day or (one.valid_until is not None and one.valid_until < last_day)
        for one in found
    ):
        raise DoesNotFit("last_day")
    DataRequest.objects.filter(pk__in=[one.pk for one in found]).update(valid_until=last_day, ended_by=by)


@transaction.atomic
def answer_nothing(
    *, request_id: int, period_first: date, by: Person, now: datetime, reason: str = ""
) -> int:
    """Say for the side that must send that a period has nothing to send; again is the same answer.

    Returns the id of the answer.

    Raises NotHere, MayNot if another side must send or the role does not allow it, NoSuchPeriod if the
    request does not ask for a period that begins on this day, or not yet.
    """
    asked = next(iter(requests_asked(pk=request_id)), None)
    if asked is None:
        raise NotHere("request")
    if asked.sender_id != by.organisation_id or not by.may_upload:
        raise MayNot("answer")
    days = asked.recent(period_first, periods=1)
    if period_first > asked.today(now) or all(slot.key != period_first for slot in asked.slots(days)):
        raise NoSuchPeriod(period_first.isoformat())
    lock_partnerships([asked.partnership])
    answer, _made = DataAnswer.objects.get_or_create(
        partnership_id=asked.partnership,
        request_id=request_id,
        period_first=period_first,
        revoked_at=None,
        defaults={"reason": reason, "answered_by": by, "answered_at": now},
    )
    return answer.pk


def take_back_answer(*, answer_id: int, by: Person, now: datetime, request_id: int | None = None) -> None:
    """Take an answer, of this request if one is named, back; one that was taken back stays so.

    Raises NotHere, and MayNot if another side answered or the role does not allow it.
    """
    found = DataAnswer.objects.filter(pk=answer_id)
    if request_id is not None:
        found = found.filter(request=request_id)
    answer = found.select_related("answered_by").first()
    if answer is None:
        raise NotHere("answer")
    if answer.answered_by.organisation_id != by.organisation_id or not by.may_upload:
        raise MayNot("answer")
    DataAnswer.objects.filter(pk=answer_id, revoked_at=None).update(revoked_at=now, revoked_by=by)


def _locked(request_ids: Collection[int], by: Person) -> list[DataRequest]:
    """Return requests of the open scope in order of id, their partnerships locked."""
    wanted = set(request_ids)
    partnerships = set(DataRequest.objects.filter(pk__in=wanted).values_list("partnership", flat=True))
    lock_partnerships(partnerships)
    found = list(DataRequest.objects.filter(pk__in=wanted).order_by("pk"))
    if len(found) != len(wanted) or not wanted:
        raise NotHere("request")
    _must_be_customers(partnerships, by)
    return found


def _must_be_customers(partnership_ids: Collection[int], by: Person) -> None:
    theirs = Partnership.objects.filter(pk__in=partnership_ids).exclude(customer=by.organisation_id)
    if not by.may_define or theirs.exists():
        raise MayNot("ask")


def _must_not_have_passed(
    field: str, day: date, found: Collection[DataRequest], by: Person, now: datetime
) -> None:
    """Refuse a day before the customer's today for requests that have begun."""
    today = now.astimezone(ZoneInfo(by.organisation.zone)).date()
    if day < today and any(one.valid_from <= today for one in found):
        raise DayHasPassed(field)


def _must_be_free(
    partnership_ids: Collection[int], kind: str, sender: str, first: date, last: date | None
) -> None:
    overlapping = DataRequest.objects.filter(
        Q(valid_until=None) | Q(valid_until__gte=first),
        partnership__in=partnership_ids,
        kind=kind,
        sender=sender,
    )
    if last is not None:
        overlapping = overlapping.filter(valid_from__lte=last)
    taken = sorted(set(overlapping.values_list("partnership__supplier__code", flat=True)))
    if taken:
        raise AlreadyAsked(taken)
