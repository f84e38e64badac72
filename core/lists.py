"""Lists: declared once, shown as a page, as the next rows for htmx, and as a workbook.

A list says its columns; how each is written on a page and kept in a workbook follows from what it holds.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from core import clock, formatting, origins, workbook
from core.chips import Chip, Choice, Field
from core.lead import Lead, joined
from core.period import EARLIEST, Period
from core.text import number_or_none
from core.workbook import DAY, TEXT, Heading, Kind, Sheet, Workbook

ON_A_PAGE = 50
AT_ONCE = 2_000  # rows read at a time for a workbook
NOT_FILTERS = {"page", "as"}
DAYS = ("from", "to")
NO_UPLOAD = 0  # has no rows, like what is no number


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, what it holds of a row, and how a page sets it."""

    name: str
    value: Callable[[Any], Any]
    kind: Kind = TEXT
    aside: bool = False  # a phone shows it under the first column
    strong: bool = False
    url: Callable[[Any], str] | None = None
    mark: Callable[[Any], str] | None = None  # a status mark before the word; empty: none
    tag: Callable[[Any], str] | None = None  # a remark behind it; empty: none

    @property
    def css(self) -> str:
        """Classes of the heading."""
        said = {"n": self.kind.is_number, "keep": self.kind is DAY, "drop-col": self.aside}
        return " ".join(name for name, holds in said.items() if holds)

    def cell(self, row: Any) -> dict[str, str]:
        """Return the column's cell of a row as a page shows it."""
        return {
            "text": self.kind.write(self.value(row)),
            "css": f"{self.css} strong" if self.strong else self.css,
            "url": self.url(row) if self.url else "",
            "mark": self.mark(row) if self.mark else "",
            "tag": self.tag(row) if self.tag else "",
        }


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence, and the address of what it speaks of."""

    text: str
    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Act:
    """What may be done about the rows of a list."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class ListAddress:
    """What the address of a list says."""

    route: str
    given: dict[str, list[str]]

    @classmethod
    def read(cls, request: HttpRequest, route: str, *, usual: dict[str, str] | None = None) -> "ListAddress":
        """Read an address; one that says nothing says what is `usual`."""
        given = {
            name: list(values)
            for name, values in request.GET.lists()
            if name not in NOT_FILTERS and any(values)
        }
        return cls(route, given or {name: [value] for name, value in (usual or {}).items()})

    def address(self, **changed: str | None) -> str:
        query = {name: values for name, values in self.given.items() if name not in changed}
        query |= {name: [value] for name, value in changed.items() if value is not None}
        return _address(self.route, query)

    @property
    def without_filters(self) -> str:
        """The address of the list as it usually is; from there on the one of all. Empty where it shows all."""
        if not self.given or self.chosen("mine") == "0":
            return _address(self.route, {}) if len(self.given) > 1 else ""
        return _address(self.route, {"mine": ["0"]} if "mine" in self.given else {})

    def of_figure(self, route: str, **more: str) -> str:
        """Return the address of another list with what all lists share: days, suppliers and parts."""
        names = ("from", "to", "supplier", "part", "mine")
        shared = {name: self.given[name] for name in names if name in self.given}
        return _address(route, shared | {name: [value] for name, value in more.items()})

    def chosen(self, name: str) -> str:
        return self.given.get(name, [""])[-1]

    def kept(self, *names: str) -> list[tuple[str, str]]:
        return [(name, value) for name, values in self.given.items() if name not in names for value in values]


def whole_days(request: HttpRequest, asked: ListAddress) -> ListAddress:
    """Return an address whose days are whole: from a day means until today, until a day means from the first.

    Days that cannot be read, or are in the wrong order, are left aside, and the reader is told.
    """
    first, last = asked.chosen("from"), asked.chosen("to")
    if not (first or last):
        return asked
    given = {name: values for name, values in asked.given.items() if name not in DAYS}
    try:
        days = _days(first, last)
    except ValueError:
        messages.warning(request, _("The days of this address are no period: they are left aside."))
        return replace(asked, given=given)
    return replace(asked, given=given | {"from": [days.first.isoformat()], "to": [days.last.isoformat()]})


def _days(first: str, last: str) -> Period:
    """Return the days from one to the other; a missing end is today, a missing beginning as early as can be.

    Raises ValueError if they are no period that somebody can want to look at.
    """
    today = clock.today_here()
    if not first:
        return Period(EARLIEST, min(date.fromisoformat(last), today))
    days = Period(date.fromisoformat(first), date.fromisoformat(last) if last else today)
    if not days.may_be_meant:
        raise ValueError(f"{days} is longer than anybody looks at.")
    return days


def _address(route: str, query: dict[str, list[str]]) -> str:
    written = urlencode(sorted(query.items()), doseq=True)
    return f"{reverse(route)}?{written}" if written else reverse(route)


@dataclass(frozen=True, slots=True)
class Find:
    """A box in which a part of a number is typed."""

    name: str
    label: str
    hint: str


@dataclass(frozen=True, slots=True)
class Table:
    """A list: what it is called, its rows in their order, its columns, what it adds up to."""

    title: str
    rows: QuerySet
    columns: Sequence[Column]
    under: Callable[[Any], Sequence[Sequence[str]]]  # what a phone shows below the first: facts by line
    lead: Callable[[], str]
    nothing: str
    day: Callable[[Any], date]  # of a row; the list begins with the latest
    related: Sequence[str] = ()  # what columns follow to other tables: a workbook reads each of them once
    # How many rows: given where counting is dear and the lead says it too.
    count: Callable[[], int] | None = None
    # What columns read, made of some rows at once.
    prepared: Callable[[list[Any]], Sequence[Any]] = lambda rows: rows
    chips: Sequence[Chip] = ()
    find: Find | None = None
    notes: Sequence[Note] = ()
    acts: Sequence[Act] = ()


class _Pages(Paginator):
    """The pages of a list, counted as it counts itself."""

    def __init__(self, table: Table) -> None:
        super().__init__(table.rows, ON_A_PAGE)
        self.table = table

    @cached_property
    def count(self) -> int:
        return self.table.count() if self.table.count else self.table.rows.count()


def list_page(request: HttpRequest, table: Table, asked: ListAddress) -> HttpResponseBase:
    """Answer with a list, fifty rows at a time; htmx gets the rows alone, ``as=xlsx`` all of them."""
    if request.GET.get("as") == "xlsx":
        return workbook.download(workbook_of(table, asked), day=clock.today_here())
    page = _Pages(table).get_page(request.GET.get("page"))
    part_only = "HX-Request" in request.headers
    context: dict[str, Any] = {
        "columns": table.columns,
        "rows": [_shown(table, row) for row in table.prepared(list(page))],
        "nothing": table.nothing,
        "clear_url": asked.without_filters,
        "next_url": asked.address(page=str(page.next_page_number())) if page.has_next() else "",
    }
    if not part_only:
        context |= {
            "title": table.title,
            "lead": Lead(
                joined(_lead_of(table, is_empty=not page.object_list, filtered=bool(asked.without_filters)))
            ),
            "chips": table.chips,
            "find": table.find,
            "found": asked.chosen(table.find.name) if table.find else "",
            "keep": asked.kept(table.find.name) if table.find else (),
            "notes": table.notes,
            "acts": table.acts,
            "export_url": asked.address(**{"as": "xlsx"}),
        }
    response = render(request, "core/_list_rows.html" if part_only else "core/list.html", context)
    patch_vary_headers(response, ["HX-Request"])  # or Back shows the bare rows
    return response


def _lead_of(table: Table, *, is_empty: bool, filtered: bool) -> str:
    if not is_empty:
        return table.lead()
    return table.nothing if filtered else _("Nothing has been handed in yet.")


def _shown(table: Table, row: Any) -> dict[str, Any]:
    first, *rest = table.columns
    return {"head": first.cell(row), "under": table.under(row), "cells": [one.cell(row) for one in rest]}


def workbook_of(table: Table, asked: ListAddress) -> Workbook:
    """Return all rows of a list as a workbook, with what the list is."""
    latest = table.rows.first()
    about = [
        *((chip.name, chip.value) for chip in table.chips),
        *((name, ", ".join(values)) for name, values in asked.given.items() if name in {"supplier", "part"}),
        *([(table.find.label, asked.chosen(table.find.name))] if table.find else []),
        (_("In words"), table.lead() if latest else table.nothing),
        (_("Data until"), formatting.day(table.day(table.prepared([latest])[0])) if latest else ""),
        *made_at(asked.address()),
    ]
    sheet = Sheet(
        table.title, [Heading(column.name, column.kind) for column in table.columns], _values(table)
    )
    return Workbook(table.title, [(name, said) for name, said in about if said], [sheet])


def made_at(address: str) -> list[tuple[str, str]]:
    """Say when a workbook was made, and where the same view is seen."""
    return [
        (_("Made"), formatting.moment(clock.now())),
        (_("Same view"), settings.SITE_URL + address),
    ]


def _values(table: Table) -> Iterator[Sequence[Any]]:
    # A join would make the same part and partner anew for every row.
    rows = table.rows.select_related(None).prefetch_related(*table.related)
    for chunk in workbook.in_chunks(rows.iterator(chunk_size=AT_ONCE), AT_ONCE):
        for row in table.prepared(chunk):
            yield [column.value(row) for column in table.columns]


# -- chips -------------------------------------------------------------------------------------------
def period_chip(asked: ListAddress) -> Chip:
    """Return a chip over the days of a list; without them it shows all."""
    first, last = (_day(asked.chosen(name)) for name in ("from", "to"))
    return Chip(
        _("Period"),
        formatting.day_range(first, last) if first and last and first <= last else _("all"),
        fields=[
            Field("from", _("From"), first.isoformat() if first else ""),
            Field("to", _("To"), last.isoformat() if last else ""),
        ],
        keep=asked.kept("from", "to"),
    )


def choice_chip(
    asked: ListAddress, name: str, called: str, words: Sequence[tuple[Any, Any]], *, otherwise: str = ""
) -> Chip:
    """Return a chip over one filter; without a choice, or with one of no meaning, it shows `otherwise`."""
    chosen = next((str(value) for value, _word in words if value == asked.chosen(name)), "")
    choices = [Choice(otherwise or _("all"), asked.address(**{name: None}), not chosen)]
    choices += [
        Choice(str(word), asked.address(**{name: str(value)}), chosen == value) for value, word in words
    ]
    return Chip(called, next((one.label for one in choices if one.current), ""), choices=choices)


def upload_chip(asked: ListAddress) -> list[Chip]:
    """Return a chip that names the file whose rows are shown, if the reader's organisation sent it."""
    said = asked.chosen("upload")
    upload = upload_asked(asked)
    source = origins.source_or_none(upload) if upload else None
    return [choice_chip(asked, "upload", _("File"), [(said, source.name)])] if source else []


def upload_asked(asked: ListAddress) -> int | None:
    """Return the id of the upload to whose rows a list is narrowed, None if it is not."""
    said = asked.chosen("upload")
    return (number_or_none(said) or NO_UPLOAD) if said else None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
