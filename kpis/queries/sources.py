"""What several figures of one page are made of, read once."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from functools import reduce
from operator import add
from typing import Any, ParamSpec, TypeVar

from core import clock
from core.period import Period
from suppliers.queries.selection import Selection, select

MOST_MONTHS = 24  # that are read at once for a page; a baseline before them is read by itself

Asked = ParamSpec("Asked")
Found = TypeVar("Found")
Total = TypeVar("Total")


class Sources:
    """Answers of queries at one moment, each kept for whoever asks the same again: open one a page, and let it go.

    An answer belongs to the scope that was open when it was read, so it never outlives a request; what
    changes a frame that it got from here copies it first.

    Attributes
    ----------
    now : datetime
        The moment of which all of it speaks; unless given the one at which it was opened.
    """

    def __init__(self, now: datetime | None = None) -> None:
        self.now = now or clock.now()
        self._read: dict[tuple, Any] = {}
        self._span: Period | None = None

    def look_at(self, *periods: Period) -> None:
        """Say which days a page looks at: its period, the baseline, and the months between in a line."""
        span = Period(min(days.first for days in periods), max(days.last for days in periods))
        self._span = span if sum(1 for _month in span.months()) <= MOST_MONTHS else None

    def days_to_read(self, period: Period) -> Period:
        """Return the days to read for a period: all that the page looks at, if it is made of months of them."""
        span = self._span
        return span if span and period.months_of(span) else period

    def once(self, read: Callable[Asked, Found], *args: Asked.args, **named: Asked.kwargs) -> Found:
        """Return what `read` returns for these arguments, all of them hashable, and read it at most once."""
        asked = read, args, tuple(sorted(named.items()))
        if asked not in self._read:
            self._read[asked] = read(*args, **named)
        return self._read[asked]

    def totals(
        self,
        read: Callable[..., dict[tuple, Total]],
        selection: Selection,
        period: Period,
        *,
        by: Sequence[str] = (),
        together: Callable[[Total, Total], Total] = add,
        **named: Any,
    ) -> dict[tuple, Total]:
        """Return what `read` returns for a period and groups; `together` adds up two totals that it returns.

        A figure of the whole is added up from the months, so that a page reads them once for its period, for
        its baseline and for its line of months.
        """
        groups = tuple(by)
        if groups not in ((), ("month",)):
            return self.once(read, selection, period, by=groups, **named)
        found = self.once(read, selection, self.days_to_read(period), by=("month",), **named)
        months = [(month.first.replace(day=1),) for month in period.months()]
        mine = {month: found[month] for month in months if month in found}
        return mine if groups or not mine else {(): reduce(together, mine.values())}


def selected(
    sources: Sources,
    *,
    customer: str | None = None,
    suppliers: Collection[str] | None = None,
    parts: Collection[str] | None = None,
) -> Selection:
    """Return what `select` returns, read once."""
    return sources.once(
        select,
        customer=customer,
        suppliers=None if suppliers is None else tuple(suppliers),
        parts=None if parts is None else tuple(parts),
    )
