"""Rows behind figures of goods and stock: deliveries, returns, movements and balances."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from core import formatting
from core.chips import Chip, Choice, Field
from core.filters import StatementFilter
from inventory import filters
from inventory.models import (
    Balance,
    Delivery,
    FoundAt,
    Grain,
    Liability,
    Movement,
    MovementKind,
    Ownership,
    Return,
    StockItem,
)
from inventory.queries import pages
from suppliers.access import PersonRequest
from suppliers.queries.seats import CUSTOMER, side_of_session
from suppliers.queries.selection import Selection, select

ON_A_PAGE = 50
COUNT, ASIDE = "n", "drop-col"  # columns of numbers; columns that a phone shows under the first


@dataclass(frozen=True, slots=True)
class Column:
    """A column by name; its class says how it is set."""

    name: str
    css: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """What names a row, what a phone shows below that, and the texts of the other columns."""

    head: str
    under: Sequence[str]
    texts: Sequence[str]


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence, and the address of what it speaks of."""

    text: str
    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Table:
    """A list as one page shows it: what it is called, what narrows it, what it adds up to, its columns."""

    route: str
    title: str
    filterset: type[StatementFilter]
    rows: QuerySet
    choices: Sequence[tuple[str, str, Sequence[tuple[Any, Any]]]]  # a filter: its name, what it is called
    lead: Callable[[QuerySet], str]
    columns: Sequence[Column]
    row: Callable[[Any], Row]
    notes: Callable[["Asked"], Sequence[Note]] = lambda asked: ()


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address of a list says."""

    route: str
    given: dict[str, list[str]]

    def address(self, **changed: str | None) -> str:
        query = {name: values for name, values in self.given.items() if name not in changed}
        query |= {name: [value] for name, value in changed.items() if value is not None}
        return _address(self.route, query)

    def of_figure(self, route: str, **more: str) -> str:
        """Return the address of another list with what all lists share: days, suppliers and parts."""
        shared = {name: self.given[name] for name in ("from", "to", "supplier", "part") if name in self.given}
        return _address(route, shared | {name: [value] for name, value in more.items()})

    def chosen(self, name: str) -> str:
        return self.given.get(name, [""])[-1]

    def kept(self, *names: str) -> list[tuple[str, str]]:
        return [(name, value) for name, values in self.given.items() if name not in names for value in values]


def _address(route: str, query: dict[str, list[str]]) -> str:
    written = urlencode(sorted(query.items()), doseq=True)
    return f"{reverse(route)}?{written}" if written else reverse(route)


@require_GET
@login_required
def delivery_list(request: PersonRequest) -> HttpResponse:
    """Goods received: what promises kept and pieces delivered are counted from."""
    side = side_of_session(request)

    def row(one: Delivery) -> Row:
        other, part = other_end(one, side), part_words(one.part)
        received, promised = formatting.day(one.received_date), formatting.day(one.promised_date)
        texts = [part, other, one.order_no, one.lot_number, promised, received, lateness(one)]
        pieces = [formatting.decimal(one.ordered_quantity), formatting.decimal(one.received_quantity)]
        return Row(one.receipt_no, [part, f"{other} · {received}"], [*texts, *pieces])

    return table_page(
        request,
        Table(
            "deliveries",
            _("Deliveries"),
            filters.DeliveryFilter,
            pages.deliveries(selection_of(request)),
            [],
            delivery_lead,
            [
                Column(_("Receipt number")),
                Column(_("Part"), ASIDE),
                Column(other_side(side), ASIDE),
                Column(_("Order"), ASIDE),
                Column(_("Lot number"), ASIDE),
                Column(_("Promised"), ASIDE),
                Column(_("Received on"), ASIDE),
                Column(_("On time")),
                Column(_("Ordered"), f"{COUNT} {ASIDE}"),
                Column(_("Pieces received"), COUNT),
            ],
            row,
        ),
    )


@require_GET
@login_required
def return_list(request: PersonRequest) -> HttpResponse:
    """Pieces found bad after acceptance: what a PPM of delivered counts."""
    side = side_of_session(request)

    def row(one: Return) -> Row:
        other, part, day = other_end(one, side), part_words(one.part), formatting.day(one.return_date)
        where, liability = one.get_found_at_display(), one.get_liability_display()
        texts = [part, other, day, where, one.lot_number, one.defect, liability, one.state]
        under = [part, f"{other} · {where} · {day}"]
        return Row(one.return_no, under, [*texts, formatting.decimal(one.quantity)])

    return table_page(
        request,
        Table(
            "returns",
            _("Returns"),
            filters.ReturnFilter,
            pages.returns(selection_of(request)),
            [
                ("found_at", _("Found at"), FoundAt.choices),
                ("liability", _("Liability"), Liability.choices),
            ],
            return_lead,
            [
                Column(_("Return number")),
                Column(_("Part"), ASIDE),
                Column(other_side(side), ASIDE),
                Column(_("Returned on"), ASIDE),
                Column(_("Found at"), ASIDE),
                Column(_("Lot number"), ASIDE),
                Column(_("Nonconformity"), ASIDE),
                Column(_("Liability")),
                Column(_("State"), ASIDE),
                Column(_("Pieces"), COUNT),
            ],
            row,
            return_notes,
        ),
    )


@require_GET
@login_required
def movement_list(request: PersonRequest) -> HttpResponse:
    """Lines of stock ledgers: what issues and daily balances are counted from."""
    side = side_of_session(request)

    def row(one: Movement) -> Row:
        item, other, day = one.stock_item, other_end(one, side), formatting.day(one.movement_date)
        kind = one.get_kind_display()
        texts = [*item_words(item, other), day, one.lot_number, kind]
        under = [part_words(item.part), f"{other} · {day}"]
        return Row(one.movement_no, under, [*texts, formatting.decimal(one.quantity, signed=True)])

    return table_page(
        request,
        Table(
            "movements",
            _("Movements"),
            filters.MovementFilter,
            pages.movements(selection_of(request)),
            [
                ("kind", _("Movement type"), MovementKind.choices),
                ("ownership", _("Ownership"), Ownership.choices),
            ],
            movement_lead,
            [
                Column(_("Movement number")),
                *item_columns(side),
                Column(_("Moved on"), ASIDE),
                Column(_("Lot number"), ASIDE),
                Column(_("Movement type")),
                Column(_("Pieces"), COUNT),
            ],
            row,
            lambda asked: [
                Note(
                    _("Stock that is only known from statements stands there."),
                    _("See the balances"),
                    asked.of_figure("balances"),
                )
            ],
        ),
    )


@require_GET
@login_required
def balance_list(request: PersonRequest) -> HttpResponse:
    """Balances that statements give: what a figure of stock without movements is counted from."""
    side = side_of_session(request)

    def row(one: Balance) -> Row:
        item, other, day = one.stock_item, other_end(one, side), formatting.day(one.balance_date)
        flows = (one.opening_quantity, one.receipts_quantity, one.issues_quantity, one.adjustment_quantity)
        numbers = [formatting.decimal(quantity) for quantity in (*flows, one.closing_quantity)]
        texts = item_words(item, other)[1:]
        return Row(part_words(item.part), [f"{other} · {day}"], [*texts, day, *numbers])

    return table_page(
        request,
        Table(
            "balances",
            _("Balances"),
            filters.BalanceFilter,
            pages.balances(selection_of(request)),
            [
                ("grain", _("Statement"), Grain.choices),
                ("ownership", _("Ownership"), Ownership.choices),
            ],
            balance_lead,
            [
                Column(_("Part")),
                *item_columns(side)[1:],
                Column(_("Closes on"), ASIDE),
                Column(_("Opening balance"), f"{COUNT} {ASIDE}"),
                Column(_("Receipts"), f"{COUNT} {ASIDE}"),
                Column(_("Issues"), COUNT),
                Column(_("Adjustments"), f"{COUNT} {ASIDE}"),
                Column(_("Closing balance"), COUNT),
            ],
            row,
            lambda asked: [
                Note(
                    _("Where movements are known they are counted, and statements are a check."),
                    _("See the movements"),
                    asked.of_figure("movements"),
                )
            ],
        ),
    )


def table_page(request: PersonRequest, table: Table) -> HttpResponse:
    """Answer with a list, fifty rows at a time; htmx gets the rows alone.

    The filters are those of the API; what an address says that they do not understand is left aside.
    """
    given = request.GET.copy()
    for name in ("page", "withdrawn"):  # a page shows what counts
        given.pop(name, None)
    asked = Asked(table.route, {name: values for name, values in given.lists() if any(values)})
    rows = table.filterset(given, queryset=table.rows).qs
    page = Paginator(rows, ON_A_PAGE).get_page(request.GET.get("page"))
    part_only = "HX-Request" in request.headers
    context: dict[str, Any] = {
        "columns": table.columns,
        "rows": [cells(table.row(one), table.columns) for one in page],
        "nothing": _("No row fits this view."),
        "clear_url": reverse(table.route) if asked.given else "",
        "next_url": asked.address(page=str(page.next_page_number())) if page.has_next() else "",
    }
    if not part_only:
        context |= {
            "title": table.title,
            "lead": {"text": table.lead(rows) if page.object_list else context["nothing"], "tone": ""},
            "chips": [period_chip(asked), *(choice_chip(asked, *choice) for choice in table.choices)],
            "notes": table.notes(asked),
        }
    response = render(request, "inventory/_rows.html" if part_only else "inventory/rows.html", context)
    patch_vary_headers(response, ["HX-Request"])  # or Back shows the bare rows
    return response


def selection_of(request: PersonRequest) -> Selection:
    """Return what the side from which the person looks may list: its suppliers', or its own."""
    assert request.person is not None
    own = request.person.organisation.code
    return select(customer=own) if side_of_session(request) == CUSTOMER else select(suppliers=[own])


def cells(row: Row, columns: Sequence[Column]) -> dict[str, Any]:
    texts = [{"text": text, "css": column.css} for text, column in zip(row.texts, columns[1:], strict=True)]
    return {"head": row.head, "under": row.under, "cells": texts}


def period_chip(asked: Asked) -> Chip:
    days = {name: _day(asked.chosen(name)) for name in ("from", "to")}
    first, last = days["from"], days["to"]
    return Chip(
        _("Period"),
        formatting.day_range(first, last) if first and last and first <= last else _("all"),
        fields=[
            Field("from", _("From"), first.isoformat() if first else ""),
            Field("to", _("To"), last.isoformat() if last else ""),
        ],
        keep=asked.kept("from", "to"),
    )


def choice_chip(asked: Asked, name: str, called: str, words: Sequence[tuple[Any, Any]]) -> Chip:
    chosen = next((str(value) for value, _word in words if value == asked.chosen(name)), "")
    choices = [Choice(_("all"), asked.address(**{name: None}), not chosen)]
    choices += [
        Choice(str(word), asked.address(**{name: str(value)}), chosen == value) for value, word in words
    ]
    return Chip(called, next((one.label for one in choices if one.current), ""), choices=choices)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def delivery_lead(rows: QuerySet[Delivery]) -> str:
    found = pages.delivered(rows)
    lines = ngettext("%(n)s delivery", "%(n)s deliveries", found.lines) % {
        "n": formatting.decimal(found.lines)
    }
    return _("%(lines)s, %(pieces)s; %(kept)s of %(promised)s with a promised date came on time.") % {
        "lines": lines,
        "pieces": formatting.pieces(found.pieces),
        "kept": formatting.decimal(found.on_time),
        "promised": formatting.decimal(found.promised),
    }


def return_lead(rows: QuerySet[Return]) -> str:
    found = pages.returned(rows)
    returns = ngettext("%(n)s return", "%(n)s returns", found.returns) % {
        "n": formatting.decimal(found.returns)
    }
    return _("%(returns)s, %(pieces)s; %(counted)s of them from line or field and charged.") % {
        "returns": returns,
        "pieces": formatting.pieces(found.pieces),
        "counted": formatting.decimal(found.counted),
    }


def movement_lead(rows: QuerySet[Movement]) -> str:
    found = pages.moved(rows)
    movements = ngettext("%(n)s movement", "%(n)s movements", found.movements) % {
        "n": formatting.decimal(found.movements)
    }
    return _("%(movements)s: %(into)s in, %(out)s out.") % {
        "movements": movements,
        "into": formatting.pieces(found.pieces_in),
        "out": formatting.pieces(found.pieces_out),
    }


def balance_lead(rows: QuerySet[Balance]) -> str:
    found = pages.stated(rows)
    balances = ngettext("%(n)s balance", "%(n)s balances", found.balances) % {
        "n": formatting.decimal(found.balances)
    }
    return _("%(balances)s; the last one closes on %(day)s.") % {
        "balances": balances,
        "day": formatting.day(found.last),
    }


def return_notes(asked: Asked) -> list[Note]:
    """Name the other two that make up a PPM of delivered."""
    return [
        Note(
            _("A PPM of delivered also counts the pieces of lots that incoming inspection rejected."),
            _("See the rejected lots"),
            asked.of_figure("lots", stage="incoming", verdict="rejected"),
        ),
        Note(
            _("Its pieces delivered are those of the deliveries."),
            _("See the deliveries"),
            asked.of_figure("deliveries"),
        ),
    ]


def item_columns(side: str) -> list[Column]:
    return [
        Column(_("Part"), ASIDE),
        Column(other_side(side), ASIDE),
        Column(_("Location"), ASIDE),
        Column(_("Ownership"), ASIDE),
    ]


def item_words(item: StockItem, other: str) -> list[str]:
    return [part_words(item.part), other, item.location, item.get_ownership_display()]


def lateness(one: Delivery) -> str:
    """Say whether a delivery came by its promise, or by how many days not."""
    if one.promised_date is None:
        return formatting.NONE
    late = (one.received_date - one.promised_date).days
    return _("%(n)s late") % {"n": formatting.days(late, 0)} if late > 0 else pgettext("delivery", "on time")


def other_side(side: str) -> str:
    return _("Supplier") if side == CUSTOMER else _("Customer")


def other_end(one: Delivery | Return | Movement | Balance, side: str) -> str:
    """Name who stands at the other end; nobody on a customer's own books."""
    ends = one.partnership
    if ends.supplier_id == ends.customer_id:
        return formatting.NONE
    end = ends.supplier if side == CUSTOMER else ends.customer
    return _in_language(end.name, end.name_en)


def part_words(part) -> str:
    return f"{part.number} {_in_language(part.name, part.name_en)}".strip()


def _in_language(name: str, name_en: str) -> str:
    return (name_en if (get_language() or "").startswith("en") else "") or name
