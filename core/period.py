"""Periods of calendar days, both ends included."""

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Self

# Days that a person may mean; beyond them it is a slip, and arithmetic runs off the calendar.
EARLIEST, LATEST = date(1990, 1, 1), date(2199, 12, 31)
LONGEST = 3660  # days of a period to look at: a month is a line, and nobody reads more than ten years of them


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """Days from `first` to `last`, both included, in the calendar of a customer.

    Raises ValueError if `last` lies before `first`.
    """

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError(f"A period cannot end ({self.last}) before it begins ({self.first}).")

    @classmethod
    def month(cls, day: date) -> Self:
        """Return the calendar month that holds `day`."""
        return cls(day.replace(day=1), day.replace(day=calendar.monthrange(day.year, day.month)[1]))

    @classmethod
    def month_before(cls, day: date, months: int) -> Self:
        """Return the calendar month that lies so many months before that of `day`."""
        year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
        return cls.month(date(year, month + 1, 1))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``2025-09..2025-11``, ``2026-01-01..2026-06-30`` or one month or day.

        Raises ValueError if it is none of these.
        """
        first, _, last = text.partition("..")
        return cls(_edge(first).first, _edge(last or first).last)

    @property
    def may_be_meant(self) -> bool:
        """Whether somebody can want to look at it: at most ten years, between 1990 and 2199."""
        return self.first >= EARLIEST and self.last <= LATEST and self.days <= LONGEST

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    def months(self) -> Iterator[Self]:
        """Yield the calendar months that touch the period, cut to its ends."""
        day = self.first
        while day <= self.last:
            month = type(self).month(day)
            yield type(self)(day, min(month.last, self.last))
            day = month.last + timedelta(days=1)

    def months_of(self, span: Self) -> slice | None:
        """Return which of the months of a span, cut to its ends, this period is made of; None if of none."""
        begins = self.first == span.first or (self.first.day == 1 and self.first in span)
        ends = self.last == span.last or (
            self.last in span and calendar.monthrange(self.last.year, self.last.month)[1] == self.last.day
        )
        if not (begins and ends):
            return None
        before = (self.first.year - span.first.year) * 12 + self.first.month - span.first.month
        count = (self.last.year - self.first.year) * 12 + self.last.month - self.first.month + 1
        return slice(before, before + count)

    def cut_to(self, other: Self) -> Self:
        """Return the days of this period that are also in another; ValueError if there are none."""
        return type(self)(max(self.first, other.first), min(self.last, other.last))

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    def __str__(self) -> str:
        return f"{self.first.isoformat()}..{self.last.isoformat()}"


def _edge(text: str) -> Period:
    text = text.strip()
    if re.fullmatch(r"\d{4}-\d{2}", text):
        return Period.month(date.fromisoformat(f"{text}-01"))
    day = date.fromisoformat(text)
    return Period(day, day)
