"""Data requests as they are read: of which periods, due on which day, and what was answered."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Prefetch, Q, QuerySet

from core import formatting
from core.period import Period
from suppliers.models import (
    LAST_DAY,
    Characteristic,
    DataAnswer,
    DataRequest,
    Partnership,
    RequestKind,
    Rhythm,
    Sender,
)

SATURDAY = 6  # as an ISO weekday

# What forms and words are made of, for other apps; labels in the reader's language when read.
KINDS = dict(RequestKind.choices)
RHYTHMS = dict(Rhythm.choices)
SENDERS = dict(Sender.choices)


@dataclass(frozen=True, slots=True)
class Slot:
    """One period of a request: its natural first day, the days that are asked for, and when they are due."""

    key: date
    period: Period  # cut where the request began or ended inside it
    due: date


@dataclass(frozen=True, slots=True)
class AskedRequest:
    """A data request with the two sides in words. Days are those of the customer's calendar."""

    id: int
    partnership: int
    customer: int
    customer_code: str
    customer_name: str
    customer_name_en: str
    supplier: int
    supplier_code: str
    supplier_name: str
    supplier_name_en: str
    zone: str
    kind: str
    sender: str
    rhythm: str
    due_day: int
    due_next: bool
    grace_days: int
    valid_from: date
    valid_until: date | None

    @property
    def on_last_day(self) -> bool:
        """Whether the due day is the last of a month."""
        return self.rhythm == Rhythm.MONTHLY and self.due_day == LAST_DAY

    @property
    def of_own_books(self) -> bool:
        """Whether a customer asks this of itself, over all of its partnerships."""
        return self.customer == self.supplier

    @property
    def sender_id(self) -> int:
        return self.supplier if self.sender == Sender.SUPPLIER else self.customer

    @property
    def customer_shown(self) -> str:
        """The customer's name in the reader's language."""
        return formatting.in_language(self.customer_name, self.customer_name_en)

    @property
    def supplier_shown(self) -> str:
        """The supplier's name in the reader's language."""
        return formatting.in_language(self.supplier_name, self.supplier_name_en)

    @property
    def sender_name(self) -> str:
        """The name, in the reader's language, of the side that must send."""
        return self.supplier_shown if self.sender == Sender.SUPPLIER else self.customer_shown

    def today(self, now: datetime) -> date:
        return now.astimezone(ZoneInfo(self.zone)).date()

    def slots(self, days: Period) -> Iterator[Slot]:
        """Yield the periods of the request that touch some days, in order.

        One that was due before the request began is not asked for. Nobody knows the holidays of a company,
        so none are assumed: a daily request asks for Monday to Friday, every other one for every period.
        """
        last = min(days.last, self.valid_until or days.last)
        first = max(days.first, self.valid_from)
        if first > last:
            return
        natural = period_of(self.rhythm, first)
        while natural.first <= last:
            if self.rhythm != Rhythm.DAILY or natural.first.isoweekday() < SATURDAY:
                asked = Period(
                    max(natural.first, self.valid_from), min(natural.last, self.valid_until or natural.last)
                )
                due = due_on(natural, self.rhythm, self.due_day, due_next=self.due_next)
                if due >= asked.first:
                    yield Slot(natural.first, asked, due)
            natural = period_of(self.rhythm, natural.last + timedelta(days=1))

    def recent(self, today: date, *, periods: int) -> Period:
        """Return the days of the present period and of those before it, so many in all."""
        now = period_of(self.rhythm, today)
        if self.rhythm == Rhythm.DAILY:
            first = today - timedelta(days=periods + periods // 5 * 2 + 2)
        elif self.rhythm == Rhythm.WEEKLY:
            first = now.first - timedelta(weeks=periods - 1)
        else:
            first = Period.month_before(now.first, periods - 1).first
        return Period(first, now.last)


@dataclass(frozen=True, slots=True)
class Answer:
    """That there was nothing to send: who said so, when and why."""

    id: int
    by: str
    at: datetime
    reason: str


def period_of(rhythm: str, day: date) -> Period:
    """Return the month, the week (from Monday) or the day in which a day lies; lots are seen by month."""
    if rhythm == Rhythm.DAILY:
        return Period(day, day)
    if rhythm == Rhythm.WEEKLY:
        monday = day - timedelta(days=day.weekday())
        return Period(monday, monday + timedelta(days=6))
    return Period.month(day)


def due_on(natural: Period, rhythm: str, due_day: int, *, due_next: bool) -> date:
    """Return the day on which the data of a period are due; with every lot, those of a lot of its last day.

    A month that has no such day is due on its last one. Working days are Monday to Friday.
    """
    if rhythm == Rhythm.MONTHLY:
        month = Period.month(natural.last + timedelta(days=1)) if due_next else natural
        return month.last if due_day >= month.days else month.first.replace(day=due_day)
    if rhythm == Rhythm.WEEKLY:
        return natural.first + timedelta(days=due_day - 1 + (7 if due_next else 0))
    if rhythm == Rhythm.DAILY:
        return _working_days_after(natural.last, due_day)
    return natural.last + timedelta(days=due_day)


def _working_days_after(day: date, count: int) -> date:
    while count > 0:
        day += timedelta(days=1)
        count -= day.isoweekday() < SATURDAY
    return day


def requests_asked(**narrowed: object) -> list[AskedRequest]:
    """Return the data requests of the open scope, narrowed by fields, in the order in which they are shown.

    One query. `narrowed` are filters such as ``partnership__in`` or ``kind``.
    """
    ends = ("code", "name", "name_en")
    found = DataRequest.objects.filter(**narrowed).order_by(
        "partnership__supplier__code", "partnership__customer__code", "valid_from", "pk"
    )
    asked = [
        AskedRequest(*values)
        for values in found.values_list(
            "pk", "partnership", "partnership__customer",
            *(f"partnership__customer__{name}" for name in ends),
            "partnership__supplier", *(f"partnership__supplier__{name}" for name in ends),
            "partnership__customer__zone", "kind", "sender", "rhythm", "due_day", "due_next", "grace_days",
            "valid_from", "valid_until",
        )
    ]  # fmt: skip
    order = list(KINDS)
    return sorted(asked, key=lambda one: (one.supplier_code, one.customer_code, order.index(one.kind)))


def requests_to_send(organisation_id: int) -> list[AskedRequest]:
    """Return the requests of the open scope whose data this organisation must send."""
    mine = Q(sender=Sender.SUPPLIER, partnership__supplier=organisation_id)
    mine |= Q(sender=Sender.CUSTOMER, partnership__customer=organisation_id)
    ids = DataRequest.objects.filter(mine)
    return requests_asked(pk__in=ids.values("pk"))


def requests_to_list() -> QuerySet:
    """Return the data requests of the open scope, the latest made first."""
    answers = DataAnswer.objects.filter(revoked_at=None).order_by("period_first")
    return DataRequest.objects.prefetch_related(Prefetch("answers", answers)).order_by("-pk")


def answers_of(request_ids: Collection[int]) -> dict[tuple[int, date], Answer]:
    """Return the answers in force, by request and first day of the period."""
    found = DataAnswer.objects.filter(request__in=request_ids, revoked_at=None)
    rows = found.values_list(
        "request", "period_first", "pk", "answered_by__user__name", "answered_at", "reason"
    )
    return {(request, first): Answer(pk, by, at, why) for request, first, pk, by, at, why in rows}


def partnerships_of_customers(customer_ids: Collection[int]) -> dict[int, int]:
    """Return the customer of each partnership of these customers in the open scope, own books included."""
    if not customer_ids:
        return {}
    return dict(Partnership.objects.filter(customer__in=customer_ids).values_list("pk", "customer"))


def parts_with_measured_characteristics() -> QuerySet:
    """Return the ids of the parts of the open scope that have something to measure."""
    return Characteristic.objects.filter(versions__variable=True).values("part")
