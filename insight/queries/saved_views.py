"""Saved views of a person, and the addresses that they mean today."""

from dataclasses import dataclass
from datetime import date
from urllib.parse import parse_qsl, urlencode

from django.db.models import QuerySet
from django.urls import Resolver404, resolve

from core.period import Period
from insight.models import SavedView, Span
from suppliers.access import Person

DAYS = ("from", "to")
NOT_KEPT = ("/api/", "/account/", "/views/", "/uploads/new/")
MONTHS = {Span.LAST_MONTH: 1, Span.THREE_MONTHS: 3, Span.SIX_MONTHS: 6, Span.TWELVE_MONTHS: 12}


@dataclass(frozen=True, slots=True)
class Address:
    """A page of ours and its filters."""

    path: str
    filters: tuple[tuple[str, str], ...]

    @property
    def days(self) -> Period | None:
        """The days that the address names, if it names both ends."""
        named = dict(self.filters)
        try:
            return Period.parse("..".join(named[name] for name in DAYS))
        except (KeyError, ValueError):
            return None

    @property
    def given(self) -> dict[str, list[str]]:
        """The filters as an address gives them: values by name."""
        found: dict[str, list[str]] = {}
        for name, value in self.filters:
            found.setdefault(name, []).append(value)
        return found

    @property
    def without_days(self) -> tuple[tuple[str, str], ...]:
        return tuple((name, value) for name, value in self.filters if name not in DAYS)

    def __str__(self) -> str:
        return f"{self.path}?{urlencode(self.filters)}" if self.filters else self.path


def read_address(text: str) -> Address | None:
    """Return the page of ours that an address means, or None: nothing else may be kept or opened."""
    path, _mark, query = text.partition("?")
    if not path.startswith("/") or path.startswith(NOT_KEPT):
        return None
    try:
        resolve(path)
    except Resolver404:
        return None
    filters = parse_qsl(query.partition("#")[0])
    return Address(path, tuple((name, value) for name, value in filters if name != "page"))


def views_of(person: Person) -> QuerySet[SavedView]:
    """Return a person's views by name."""
    return SavedView.objects.filter(person=person).order_by("name", "pk")


def view_or_none(person: Person, view_id: int) -> SavedView | None:
    return views_of(person).filter(pk=view_id).first()


def address_of(view: SavedView) -> Address:
    """Return a view's address as it is kept: without days where they move along."""
    return Address(view.path, tuple(parse_qsl(view.query)))


def spans_that_fit(address: Address, last: date) -> list[Span]:
    """Return the moving spans that are the days of an address, while data ends on `last`."""
    return [span for span in Span if address.days and period_of(span, last) == address.days]


def with_days(view: SavedView, last: date) -> Address:
    """Return the address that a view means while data ends on `last`."""
    address = address_of(view)
    if not view.span:
        return address
    period = period_of(Span(view.span), last)
    days = (("from", period.first.isoformat()), ("to", period.last.isoformat()))
    return Address(address.path, (*address.filters, *days))


def period_of(span: Span, last: date) -> Period:
    """Return the days of a span that ends on the last day of data."""
    if span == Span.THIS_YEAR:
        return Period(date(last.year, 1, 1), last)
    return Period(Period.month_before(last, MONTHS[span] - 1).first, last)
