"""What a mail is asked: whose figures, of which days, against which, and where they open."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from core.period import Period
from insight.mails.letter import Contents
from kpis.filters import View
from kpis.queries.periods import year_before
from suppliers.access import Person
from suppliers.queries.seats import (
    CUSTOMER,
    SUPPLIER,
    sides_of,
    suppliers_looked_after_by,
    suppliers_meant,
)

WEEKS_OF_WINDOW = 13


@dataclass(frozen=True, slots=True)
class Asked:
    """A mail's question.

    Inspections are told of the mail's own period. What comes too seldom for a week, returns, stock, one
    supplier alone, is told of a longer window that ends with it.
    """

    person: Person
    contents: Contents
    side: str
    now: datetime
    view: View  # of the period
    window: View

    @property
    def period(self) -> Period:
        return self.view.period

    @property
    def of_customer(self) -> bool:
        return self.side == CUSTOMER

    def link(self, path: str) -> str:
        """Return an address inside the house as a whole one."""
        return f"{self.contents.site}{path}"


def asked(person: Person, contents: Contents, period: Period, now: datetime) -> Asked:
    """Find out what a mail is about; the side is the one that the contents name, if the person has it."""
    sides = sides_of(person.organisation_id)
    side = contents.side if contents.side in sides else next(iter(sides), SUPPLIER)
    what, given = _filters(person, contents, side)
    days = window_of(period, contents.rhythm == "monthly")
    view = View(
        **what,
        period=period,
        base=contents.base or base_of(period, contents.rhythm == "monthly"),
        stage=contents.stage,
        is_usual=False,
        given=given,
        held={},
    )
    window = View(
        **what,
        period=days,
        base=contents.base or year_before(days),
        stage=contents.stage,
        is_usual=False,
        given=given,
        held={},
        sources=view.sources,
    )
    return Asked(person, contents, side, now, view, window)


def _filters(person: Person, contents: Contents, side: str) -> tuple[dict[str, Any], dict[str, list[str]]]:
    """Return the question's filters, and the same as an address writes them."""
    own, parts = person.organisation.code, list(contents.parts)
    given: dict[str, list[str]] = {"part": parts} if parts else {}
    if side != CUSTOMER:
        if contents.customer:
            given["customer"] = [contents.customer]
        return {"customer": contents.customer, "suppliers": [own], "parts": parts or None}, given
    if contents.suppliers:
        given["supplier"] = list(contents.suppliers)
    elif contents.mine:
        given["mine"] = ["1"]
    looked_after = partial(suppliers_looked_after_by, person)
    suppliers = suppliers_meant(contents.suppliers, contents.mine, looked_after)
    return {"customer": own, "suppliers": suppliers, "parts": parts or None}, given


def window_of(period: Period, monthly: bool) -> Period:
    """Return the thirteen weeks, or three months, that end with a period; never less than the period."""
    if monthly:
        first = Period.month_before(period.last, 2).first
    else:
        first = period.last - timedelta(days=7 * WEEKS_OF_WINDOW - 1)
    return Period(min(first, period.first), period.last)


def base_of(period: Period, monthly: bool) -> Period:
    """Return what a period is held against: a month the same one a year before, a week those before it."""
    if monthly:
        return year_before(period)
    return Period(period.first - timedelta(days=7 * WEEKS_OF_WINDOW), period.first - timedelta(days=1))
