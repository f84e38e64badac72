"""Rows behind figures of goods and stock: deliveries, returns, movements and balances."""

from collections.abc import Callable

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from core import formatting
from core.filters import StatementFilter
from core.lists import Column, ListAddress, Note, Table, choice_chip, list_page, period_chip, upload_chip
from core.workbook import CODE, COUNT, DAY, SIGNED
from inventory import filters
from inventory.models import FoundAt, Grain, Liability, MovementKind, Ownership
from inventory.queries import pages
from inventory.views.words import (
    balance_lead,
    delivery_lead,
    lateness,
    movement_lead,
    other_end,
    other_side,
    part_words,
    return_lead,
    under,
)
from suppliers.access import PersonRequest
from suppliers.filters import scope_chips, selection_asked, usual_scope
from suppliers.queries.seats import side_of_session
from suppliers.queries.selection import Selection


@require_GET
@login_required
def delivery_list(request: PersonRequest) -> HttpResponseBase:
    """Goods received: what promises kept and pieces delivered are counted from."""
    side = side_of_session(request)
    asked = ListAddress.read(request, "deliveries", usual=usual_scope(request))
    rows = narrowed(request, asked, filters.DeliveryFilter, pages.deliveries)
    table = Table(
        title=_("Deliveries"),
        rows=rows,
        related=["part", *pages.ENDS],
        columns=[
            Column(_("Receipt number"), lambda one: one.receipt_no, CODE),
            Column(_("Part"), lambda one: part_words(one.part), aside=True),
            Column(other_side(side), lambda one: other_end(one, side), aside=True),
            Column(_("Order"), lambda one: one.order_no, CODE, aside=True),
            Column(_("Lot number"), lambda one: one.lot_number, CODE, aside=True),
            Column(_("Promised"), lambda one: one.promised_date, DAY, aside=True),
            Column(_("Received on"), lambda one: one.received_date, DAY, aside=True),
            Column(_("On time"), lateness),
            Column(_("Ordered"), lambda one: one.ordered_quantity, COUNT, aside=True),
            Column(_("Pieces received"), lambda one: one.received_quantity, COUNT),
        ],
        under=lambda one: under(one, side, formatting.day(one.received_date)),
        lead=lambda: delivery_lead(rows),
        nothing=_("No row fits this view."),
        day=lambda one: one.received_date,
        chips=[
            *scope_chips(request, asked.given, asked.address),
            period_chip(asked),
            *upload_chip(asked),
        ],
    )
    return list_page(request, table, asked)


@require_GET
@login_required
def return_list(request: PersonRequest) -> HttpResponseBase:
    """Pieces found bad after acceptance: what a PPM of delivered counts."""
    side = side_of_session(request)
    asked = ListAddress.read(request, "returns", usual=usual_scope(request))
    rows = narrowed(request, asked, filters.ReturnFilter, pages.returns)
    table = Table(
        title=_("Returns"),
        rows=rows,
        related=["part", *pages.ENDS],
        columns=[
            Column(_("Return number"), lambda one: one.return_no, CODE),
            Column(_("Part"), lambda one: part_words(one.part), aside=True),
            Column(other_side(side), lambda one: other_end(one, side), aside=True),
            Column(_("Returned on"), lambda one: one.return_date, DAY, aside=True),
            Column(_("Found at"), lambda one: one.get_found_at_display(), aside=True),
            Column(_("Lot number"), lambda one: one.lot_number, CODE, aside=True),
            Column(_("Nonconformity"), lambda one: one.defect, aside=True),
            Column(_("Liability"), lambda one: one.get_liability_display()),
            Column(_("State"), lambda one: one.state, aside=True),
            Column(_("Pieces"), lambda one: one.quantity, COUNT),
        ],
        under=lambda one: under(one, side, one.get_found_at_display(), formatting.day(one.return_date)),
        lead=lambda: return_lead(rows),
        nothing=_("No row fits this view."),
        day=lambda one: one.return_date,
        chips=[
            *scope_chips(request, asked.given, asked.address),
            period_chip(asked),
            *upload_chip(asked),
            choice_chip(asked, "found_at", _("Found at"), FoundAt.choices),
            choice_chip(asked, "liability", _("Liability"), Liability.choices),
        ],
        notes=return_notes(asked),
    )
    return list_page(request, table, asked)


@require_GET
@login_required
def movement_list(request: PersonRequest) -> HttpResponseBase:
    """Lines of stock ledgers: what issues and daily balances are counted from."""
    side, asked = side_of_session(request), ListAddress.read(request, "movements")
    rows = narrowed(request, asked, filters.MovementFilter, pages.movements)
    table = Table(
        title=_("Movements"),
        rows=rows,
        related=["stock_item__part", *pages.ENDS],
        columns=[
            Column(_("Movement number"), lambda one: one.movement_no, CODE),
            Column(_("Part"), lambda one: part_words(one.stock_item.part), aside=True),
            *item_columns(side),
            Column(_("Moved on"), lambda one: one.movement_date, DAY, aside=True),
            Column(_("Lot number"), lambda one: one.lot_number, CODE, aside=True),
            Column(_("Movement type"), lambda one: one.get_kind_display()),
            Column(_("Pieces"), lambda one: one.quantity, SIGNED),
        ],
        under=lambda one: under(one, side, formatting.day(one.movement_date)),
        lead=lambda: movement_lead(rows),
        nothing=_("No row fits this view."),
        day=lambda one: one.movement_date,
        chips=[
            *scope_chips(request, asked.given, asked.address),
            period_chip(asked),
            *upload_chip(asked),
            choice_chip(asked, "kind", _("Movement type"), MovementKind.choices),
            choice_chip(asked, "ownership", _("Ownership"), Ownership.choices),
        ],
        notes=[
            Note(
                _("Stock that is only known from statements stands there."),
                _("See the balances"),
                asked.of_figure("balances"),
            )
        ],
    )
    return list_page(request, table, asked)


@require_GET
@login_required
def balance_list(request: PersonRequest) -> HttpResponseBase:
    """Balances that statements give: what a figure of stock without movements is counted from."""
    side, asked = side_of_session(request), ListAddress.read(request, "balances")
    rows = narrowed(request, asked, filters.BalanceFilter, pages.balances)
    table = Table(
        title=_("Balances"),
        rows=rows,
        related=["stock_item__part", *pages.ENDS],
        columns=[
            Column(_("Part"), lambda one: part_words(one.stock_item.part), CODE),
            *item_columns(side),
            Column(_("Closes on"), lambda one: one.balance_date, DAY, aside=True),
            Column(_("Opening balance"), lambda one: one.opening_quantity, COUNT, aside=True),
            Column(_("Receipts"), lambda one: one.receipts_quantity, COUNT, aside=True),
            Column(_("Issues"), lambda one: one.issues_quantity, COUNT),
            Column(_("Adjustments"), lambda one: one.adjustment_quantity, COUNT, aside=True),
            Column(_("Closing balance"), lambda one: one.closing_quantity, COUNT),
        ],
        under=lambda one: [[other_end(one, side), formatting.day(one.balance_date)]],
        lead=lambda: balance_lead(rows),
        nothing=_("No row fits this view."),
        day=lambda one: one.balance_date,
        chips=[
            *scope_chips(request, asked.given, asked.address),
            period_chip(asked),
            *upload_chip(asked),
            choice_chip(asked, "grain", _("Statement"), Grain.choices),
            choice_chip(asked, "ownership", _("Ownership"), Ownership.choices),
        ],
        notes=[
            Note(
                _("Where movements are known they are counted, and statements are a check."),
                _("See the movements"),
                asked.of_figure("movements"),
            )
        ],
    )
    return list_page(request, table, asked)


def narrowed(
    request: PersonRequest,
    asked: ListAddress,
    filterset: type[StatementFilter],
    rows: Callable[[Selection], QuerySet],
) -> QuerySet:
    """Return rows by the filters of the API, of which a page shows what counts now.

    What an address says that they do not understand is left aside.
    """
    given = request.GET.copy()
    given.pop("withdrawn", None)
    return filterset(given, queryset=rows(selection_asked(request, asked.given))).qs


def return_notes(asked: ListAddress) -> list[Note]:
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
        Column(other_side(side), lambda one: other_end(one, side), aside=True),
        Column(_("Location"), lambda one: one.stock_item.location, aside=True),
        Column(_("Ownership"), lambda one: one.stock_item.get_ownership_display(), aside=True),
    ]
