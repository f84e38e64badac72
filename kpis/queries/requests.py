"""Where each data request stands: not due, due, late, in, partial, or answered with "nothing".

Nothing of it is stored: it follows from the data that exist, so that data which come, or are taken back,
turn it by themselves.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
from django.db.models import Count

from core.period import Period
from inventory.queries import arrivals as goods
from kpis.queries.missing import uninspected_arrivals
from quality.queries import arrivals as lots
from suppliers.access import Person
from suppliers.queries.asking import (
    Answer,
    AskedRequest,
    Slot,
    answers_of,
    partnerships_of_customers,
    parts_with_measured_characteristics,
    requests_asked,
    requests_to_send,
)
from suppliers.queries.selection import Selection

NOT_DUE, DUE, LATE, PARTIAL, NOTHING, IN = "not_due", "due", "late", "partial", "nothing", "in"
STATES = (NOT_DUE, DUE, LATE, PARTIAL, NOTHING, IN)
OUTSTANDING = (LATE, PARTIAL, DUE)  # what somebody still has to send, the most pressing first
NOTICE = {"monthly": 7, "weekly": 1}  # days before the due day on which a request begins to ask
LOOK_BACK = 12  # periods of a request that lists and to-dos look at
COVERED = 31  # days for which data that came later speak, in a daily report
LARGEST_DAY = 4_000_000  # above any day's ordinal: a partnership and a day make one number


@dataclass(frozen=True, slots=True)
class Standing:
    """One period of one data request: its state, and what it follows from.

    Attributes
    ----------
    count : int
        Lots, balances, moved items, lines or returns of the period.
    missing : int
        Lots that are known otherwise and lack what is asked for; of a request with every lot those that are
        due.
    last_day : date, optional
        Latest day of the period with data.
    """

    asked: AskedRequest
    slot: Slot
    state: str
    count: int
    missing: int
    last_day: date | None
    answer: Answer | None
    today: date  # of the customer

    @property
    def is_outstanding(self) -> bool:
        return self.state in OUTSTANDING

    @property
    def days_lacking(self) -> Period | None:
        """The days whose lots are `missing`; None where none is."""
        if not self.missing:
            return None
        last = self.slot.period.last
        if self.asked.rhythm == "per_lot":
            last = min(last, self.today - timedelta(days=self.asked.due_day))
        return Period(self.slot.period.first, last)


@dataclass(frozen=True, slots=True)
class Found:
    """What came in a period of a request."""

    count: int
    last_day: date | None
    later: bool  # whether anything came for later days
    missing: int  # lots
    missing_due: int  # of them those whose own day is due
    missing_late: int


def standings(
    asked: Sequence[AskedRequest], *, now: datetime, period: Period | None = None
) -> list[Standing]:
    """Say where requests of the open scope stand in the periods that touch some days.

    Without days these are the last twelve periods of each request, the present one included. The number of
    queries depends on the kinds of data alone, not on requests, periods or rows.

    Returns
    -------
    list of Standing
        Request by request in the order given, each in the order of its periods.
    """
    slots = {
        one.id: list(one.slots(period or one.recent(one.today(now), periods=LOOK_BACK))) for one in asked
    }
    by_kind: dict[str, list[AskedRequest]] = defaultdict(list)
    for one in asked:
        if slots[one.id]:
            by_kind[one.kind].append(one)
    answers = answers_of([one.id for one in asked]) if by_kind else {}
    customers = partnerships_of_customers({one.customer for one in asked if one.of_own_books})
    found: dict[tuple[int, date], Found] = {}
    for kind, requests in by_kind.items():
        found |= _found(kind, requests, slots, customers, now)
    return [
        _standing(one, slot, found[one.id, slot.key], answers.get((one.id, slot.key)), one.today(now))
        for one in asked
        for slot in slots[one.id]
    ]


def to_send(person: Person, *, now: datetime) -> list[Standing]:
    """Say where everything stands that a person's organisation must send."""
    return standings(requests_to_send(person.organisation_id), now=now)


def waiting(found: Sequence[Standing]) -> list[Standing]:
    """Return what still has to be sent, late before due, the earliest day first."""
    still = [one for one in found if one.is_outstanding]
    return sorted(still, key=lambda one: (OUTSTANDING.index(one.state), one.slot.due, one.asked.id))


def standings_of(selection: Selection, period: Period | None = None, *, now: datetime) -> list[Standing]:
    """Say where the requests of selected partnerships, and of their customers' own books, stand.

    Without days these are the last periods of each (see `standings`).
    """
    wanted = [*selection.partnerships, *selection.own_books]
    return standings(requests_asked(partnership__in=wanted), now=now, period=period)


def _standing(asked: AskedRequest, slot: Slot, found: Found, answer: Answer | None, today: date) -> Standing:
    if asked.rhythm == "per_lot":
        state = _state_of_lots(found, answer)
        missing = found.missing_due
    else:
        state = _state(asked, slot, found, answer, today)
        missing = found.missing if state == PARTIAL else 0
    return Standing(asked, slot, state, found.count, missing, found.last_day, answer, today)


def _holds(answer: Answer | None, found: Found) -> bool:
    """Whether "nothing to send" stands: not against data, nor against lots that are known otherwise."""
    return bool(answer) and not found.count and not found.missing


def _state_of_lots(found: Found, answer: Answer | None) -> str:
    """With every lot: each has a due day of its own, and where no lot is known nothing is asked for."""
    if _holds(answer, found):
        return NOTHING
    if found.missing_late:
        return PARTIAL if found.count else LATE
    if found.missing_due:
        return DUE
    return IN if found.count else NOT_DUE


def _state(asked: AskedRequest, slot: Slot, found: Found, answer: Answer | None, today: date) -> str:
    over = today >= slot.due or today > slot.period.last
    if found.count and over:
        return PARTIAL if found.missing else IN
    # A daily report is a running one: days before it that brought nothing had nothing.
    if asked.rhythm == "daily" and found.later:
        return IN
    if _holds(answer, found):
        return NOTHING
    if today > slot.due + timedelta(days=asked.grace_days):
        return LATE
    return DUE if today >= slot.due - timedelta(days=NOTICE.get(asked.rhythm, 0)) else NOT_DUE


class _Days:
    """Counts by group and day, which answer for many stretches of days at once."""

    def __init__(self, rows: Sequence[tuple[int, date, int]]) -> None:
        keys = np.array([group * LARGEST_DAY + day.toordinal() for group, day, _n in rows], dtype=np.int64)
        order = np.argsort(keys, kind="stable")
        self.keys = keys[order]
        self.sums = np.concatenate([[0], np.cumsum(np.array([n for *_, n in rows], dtype=np.int64)[order])])

    def between(self, group: int, first: date, last: date) -> tuple[int, date | None]:
        """Return the count of some days, and the latest of them that has one."""
        low, high = np.searchsorted(
            self.keys, [group * LARGEST_DAY + first.toordinal(), group * LARGEST_DAY + last.toordinal() + 1]
        )
        if low >= high:
            return 0, None
        latest = date.fromordinal(int(self.keys[high - 1] - group * LARGEST_DAY))
        return int(self.sums[high] - self.sums[low]), latest


def _found(
    kind: str,
    requests: Sequence[AskedRequest],
    slots: dict[int, list[Slot]],
    customers: dict[int, int],
    now: datetime,
) -> dict[tuple[int, date], Found]:
    """Read what came of one kind, and hold it against every period of its requests."""
    every = [slot.period for one in requests for slot in slots[one.id]]
    running = any(one.rhythm == "daily" for one in requests)
    last = max(period.last for period in every) + timedelta(days=COVERED if running else 0)
    days = Period(min(period.first for period in every), last)
    asking = _asking(requests, customers)
    partnerships = sorted({partnership for partnership, _holder in asking})
    whole = not running and all(period == Period.month(period.first) for period in every)
    came = _given(READ[kind](partnerships, days, whole), asking)
    lacking = _given(LACKING[kind](partnerships, days) if kind in LACKING else [], asking)
    return {
        (one.id, slot.key): _held_against(one, slot, came, lacking, one.today(now))
        for one in requests
        for slot in slots[one.id]
    }


def _asking(requests: Sequence[AskedRequest], customers: dict[int, int]) -> dict[tuple[int, int], list[int]]:
    """Return the ids of the requests that ask for rows of a partnership and a holder (0: whoever)."""
    asking: dict[tuple[int, int], list[int]] = defaultdict(list)
    for one in requests:
        where = [one.partnership]
        if one.of_own_books:
            where = [pk for pk, customer in customers.items() if customer == one.customer]
        for pk in where:
            asking[pk, 0].append(one.id)
            asking[pk, one.sender_id].append(one.id)
    return asking


def _given(rows: Sequence[tuple[int, int, date, int]], asking: dict[tuple[int, int], list[int]]) -> _Days:
    """Give rows of partnership, holder, day and count to the requests that ask for them."""
    return _Days([(pk, day, n) for at, holder, day, n in rows for pk in asking.get((at, holder), ())])


def _held_against(asked: AskedRequest, slot: Slot, came: _Days, lacking: _Days, today: date) -> Found:
    period = slot.period
    count, last_day = came.between(asked.id, period.first, period.last)
    day_after = period.last + timedelta(days=1)
    later = (
        asked.rhythm == "daily"
        and came.between(asked.id, day_after, period.last + timedelta(days=COVERED))[0]
    )

    def missing(until: date) -> int:
        return lacking.between(asked.id, period.first, min(period.last, until))[0]

    due = today - timedelta(days=asked.due_day)
    late = due - timedelta(days=asked.grace_days + 1)
    return Found(count, last_day, bool(later), missing(period.last), missing(due), missing(late))


def _uninspected_days(partnerships: Collection[int], period: Period) -> goods.HeldDays:
    """Return the days on which lots came first of which no outgoing inspection came, and how many."""
    rows = uninspected_arrivals(partnerships, period)
    found = rows.values("partnership", "received_date").annotate(n=Count("pk")).order_by()
    return [(pk, 0, day, n) for pk, day, n in found.values_list("partnership", "received_date", "n")]


def _unmeasured_days(partnerships: Collection[int], period: Period) -> goods.HeldDays:
    """Return the days of outgoing lots of which there was something to measure and nothing came."""
    parts = parts_with_measured_characteristics()
    return [(pk, 0, day, n) for pk, day, n in lots.unmeasured_days(partnerships, period, parts=parts)]


Reader = Callable[[Collection[int], Period, bool], goods.HeldDays]


def _whoever_holds(read: Callable[..., lots.Days], **more: str) -> Reader:
    """Read rows that are not told apart by who holds them."""

    def rows(partnerships: Collection[int], period: Period, by_month: bool) -> goods.HeldDays:
        found = read(partnerships, period, by_month=by_month, **more)
        return [(pk, 0, day, n) for pk, day, n in found]

    return rows


READ: dict[str, Reader] = {
    "outgoing": _whoever_holds(lots.inspected_days, stage="outgoing"),
    "incoming": _whoever_holds(lots.inspected_days, stage="incoming"),
    "measurements": _whoever_holds(lots.measured_days),
    "deliveries": _whoever_holds(goods.delivered_days),
    "returns": _whoever_holds(goods.returned_days),
    "stock": goods.stated_days,
    "movements": goods.moved_days,
}
LACKING = {"outgoing": _uninspected_days, "measurements": _unmeasured_days}
