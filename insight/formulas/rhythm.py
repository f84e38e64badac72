"""When a mail is due, and which days it speaks of.

The hour is the reader's, by the clock on the wall. Days, weeks and months are the customer's, and whole.
"""

import calendar
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

DAILY, WEEKLY, MONTHLY = "daily", "weekly", "monthly"
LONGEST_MONTH = 31
ONE_DAY, ONE_WEEK = timedelta(days=1), timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Schedule:
    """One hour a day, a week or a month.

    Parameters
    ----------
    rhythm : {'daily', 'weekly', 'monthly'}
    hour : int
        0 to 23.
    zone : str
        IANA name of the reader's zone.
    day : int, optional
        Of the week, 1 (Monday) to 7; of the month, 1 to 31, where a shorter month means its last day.
    """

    rhythm: str
    hour: int
    zone: str
    day: int | None = None

    def at(self, slot: date) -> datetime:
        """Return the moment of a day's mail, in UTC.

        An hour that daylight saving skips is the moment at which the clock goes on; of an hour that comes
        twice it is the first. So each day has exactly one.
        """
        local = datetime(slot.year, slot.month, slot.day, self.hour, tzinfo=ZoneInfo(self.zone))
        return local.astimezone(UTC)

    def latest(self, now: datetime) -> date:
        """Return the day of the last mail that is due by `now`."""
        slot = self._up_to(now.astimezone(ZoneInfo(self.zone)).date() + ONE_DAY)
        while self.at(slot) > now:
            slot = self.before(slot)
        return slot

    def next(self, now: datetime) -> datetime:
        """Return the moment of the first mail after `now`."""
        slot = self.after(self.latest(now))
        while self.at(slot) <= now:
            slot = self.after(slot)
        return self.at(slot)

    def missed(self, since: datetime, now: datetime) -> Iterator[date]:
        """Yield the days of the mails due from `since` to `now`, the latest first."""
        slot = self.latest(now)
        while self.at(slot) >= since:
            yield slot
            slot = self.before(slot)

    def before(self, slot: date) -> date:
        return self._up_to(slot - ONE_DAY)

    def after(self, slot: date) -> date:
        if self.rhythm == MONTHLY:
            return self._in_month(slot.replace(day=1) + timedelta(days=LONGEST_MONTH))
        return slot + (ONE_WEEK if self.rhythm == WEEKLY else ONE_DAY)

    def _up_to(self, day: date) -> date:
        """Return the last day with a mail that is not after `day`."""
        if self.rhythm == WEEKLY:
            return day - timedelta(days=(day.isoweekday() - (self.day or 1)) % 7)
        if self.rhythm == MONTHLY:
            slot = self._in_month(day)
            return slot if slot <= day else self._in_month(day.replace(day=1) - ONE_DAY)
        return day

    def _in_month(self, day: date) -> date:
        return day.replace(day=min(self.day or 1, calendar.monthrange(day.year, day.month)[1]))


def days_ahead(schedule: Schedule, zones: Iterable[str], slot: date) -> int:
    """Return by how many days the customers' calendars are ahead of the reader's at the hour of the mail.

    The least over `zones` (IANA names, at least one) and over a year: daylight saving moves it for hours near
    a midnight, and a figure that moved would tell one day twice and another never.

    Returns
    -------
    int
        -1, 0 or 1.
    """
    return min(_days_ahead(schedule, zone, slot.year) for zone in zones)


@lru_cache(maxsize=4096)
def _days_ahead(schedule: Schedule, zone: str, year: int) -> int:
    # Each day of the year: two zones that change their clocks a week apart are elsewhere for that week.
    place, first = ZoneInfo(zone), date(year, 1, 1)
    days = (first + timedelta(days=number) for number in range(366))
    return min((schedule.at(day).astimezone(place).date() - day).days for day in days)


def period_of(schedule: Schedule, slot: date, ahead: int) -> tuple[date, date]:
    """Return the first and last of the days that a mail speaks of: the last that are over for the customer.

    Parameters
    ----------
    schedule : Schedule
    slot : date
        The reader's day on which the mail is due.
    ahead : int
        What `days_ahead` says.

    Notes
    -----
    Mails that follow each other speak of days that do: none is left out, none told twice.
    """
    if schedule.rhythm == MONTHLY:
        return _month_over(schedule.day or 1, slot, ahead)
    over = slot + timedelta(days=ahead - 1)
    if schedule.rhythm == WEEKLY:
        last = over - timedelta(days=over.isoweekday() % 7)
        return last - ONE_WEEK + ONE_DAY, last
    return over, over


def period_key(schedule: Schedule, last: date) -> str:
    """Return the name of the period that ends with `last`: ``2026-06-29``, ``2026-W26``, ``2026-06``."""
    if schedule.rhythm == WEEKLY:
        year, week, _ = last.isocalendar()
        return f"{year}-W{week:02}"
    return f"{last:%Y-%m}" if schedule.rhythm == MONTHLY else last.isoformat()


def _month_over(day: int, slot: date, ahead: int) -> tuple[date, date]:
    # By the day that was asked for, not by that of a month too short for it: else February would tell
    # of itself, and March again.
    first = slot.replace(day=1)
    if day + ahead <= LONGEST_MONTH:
        first = (first - ONE_DAY).replace(day=1)
    if day + ahead < 1:
        first = (first - ONE_DAY).replace(day=1)
    return first, first.replace(day=calendar.monthrange(first.year, first.month)[1])
