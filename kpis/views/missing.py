"""Lists of lots that lack a record: where every number of missing lots leads."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_GET

from core import clock, formatting
from core.chips import Chip
from core.lists import DAYS, Column, ListAddress, Note, Table, choice_chip, list_page, period_chip, whole_days
from core.period import Period
from core.text import number_or_none
from core.workbook import CODE, COUNT, DAY
from inventory.queries.arrivals import lots_received
from kpis.queries.asking_words import kind_word
from kpis.queries.missing import uninspected
from kpis.queries.missing_of_requests import DAY_OF, lots_missing
from kpis.queries.requests import PARTIAL, Standing, standings
from suppliers.access import PersonRequest
from suppliers.filters import scope_chips, selection_asked, usual_scope
from suppliers.queries.asking import requests_asked
from suppliers.queries.seats import CUSTOMER, side_of_session

ENDS = ("partnership__supplier", "partnership__customer")
OF_DELIVERY, OF_INSPECTION = ("part", *ENDS), ("lot", "part", *ENDS)


@dataclass(frozen=True, slots=True)
class Received:
    """A lot by its first delivery, and how many deliveries and pieces came of it in the same days."""

    one: Any
    deliveries: int
    pieces: int


@require_GET
@login_required
def uninspected_list(request: PersonRequest) -> HttpResponseBase:
    """Lots delivered in a period of which no outgoing inspection came."""
    asked = whole_days(request, ListAddress.read(request, "lots-uninspected", usual=usual_scope(request)))
    period = _period(asked)
    rows = uninspected(selection_asked(request, asked.given), period)
    table = _delivered(
        rows, side_of_session(request), period=period, title=_("Delivered lots without an outgoing inspection"),
        chips=[*scope_chips(request, asked.given, asked.address), period_chip(asked)],
        notes=[_deliveries(asked)],
    )  # fmt: skip
    return list_page(request, table, asked)


@require_GET
@login_required
def missing_of_requests_list(request: PersonRequest) -> HttpResponseBase:
    """Lots that are missing of what data requests ask for."""
    asked = whole_days(request, ListAddress.read(request, "lots-lacking", usual=usual_scope(request)))
    kind = asked.chosen("kind") if asked.chosen("kind") in DAY_OF else next(iter(DAY_OF))
    rows, side = lots_missing(_standings(request, asked), kind), side_of_session(request)
    kinds = [(name, kind_word(name)) for name in DAY_OF]
    chips = [
        *scope_chips(request, asked.given, asked.address),
        period_chip(asked),
        choice_chip(asked, "kind", _("Data"), kinds, otherwise=kind_word(kind)),
    ]
    notes = [Note(_("Missing is what was due by now."), _("See requests"), reverse("requests"))]
    if kind == "outgoing":
        title = _("Lots missing among the inspections that are asked for")
        table = _delivered(rows, side, title=title, chips=chips, notes=notes)
    else:
        title = _("Lots without the measured values that are asked for")
        table = _made(rows, side, title=title, chips=chips, notes=notes)
    return list_page(request, table, asked)


def _standings(request: PersonRequest, asked: ListAddress) -> list[Standing]:
    """Return where the requests stand that an address names: by number, by side, in days, in a state."""
    selection = selection_asked(request, asked.given)
    own_books = selection.own_books if side_of_session(request) == CUSTOMER else ()
    narrowed: dict[str, Any] = {"partnership__in": [*selection.partnerships, *own_books]}
    if number := asked.chosen("request"):
        narrowed["pk"] = number_or_none(number) or 0
    found = standings(requests_asked(**narrowed), now=clock.now(), period=_period(asked))
    if periods := asked.given.get("period"):
        found = [one for one in found if one.slot.key.isoformat() in periods]
    if asked.chosen("state") == PARTIAL:
        found = [one for one in found if one.state == PARTIAL]
    return found


def _period(asked: ListAddress) -> Period | None:
    first, last = (asked.chosen(name) for name in DAYS)
    return Period.parse(f"{first}..{last}") if first else None


def _delivered(
    rows: QuerySet,
    side: str,
    *,
    title: str,
    chips: Sequence[Chip],
    notes: Sequence[Note],
    period: Period | None = None,
) -> Table:
    """Return a list of lots that are known by their deliveries, of a period or of all time."""
    rows = rows.select_related(*OF_DELIVERY).order_by("-received_date", "-pk")
    count = cache(rows.count)
    return Table(
        title=title,
        rows=rows,
        count=count,
        related=OF_DELIVERY,
        prepared=partial(_received, period=period),
        columns=[
            Column(_("Lot number"), lambda row: row.one.lot_number, CODE),
            *_named(side, lambda row: row.one),
            Column(_("First receipt"), lambda row: row.one.receipt_no, CODE, aside=True),
            Column(_("First received on"), lambda row: row.one.received_date, DAY, aside=True),
            Column(pgettext("number of", "Deliveries"), lambda row: row.deliveries, COUNT),
            Column(_("Pieces received"), lambda row: row.pieces, COUNT),
        ],
        under=lambda row: _under(row.one, side, row.one.received_date),
        lead=lambda: _lead(count(), _("No reported rate speaks for them.")),
        nothing=_("No lot is missing in this view."),
        day=lambda row: row.one.received_date,
        chips=chips,
        notes=notes,
    )


def _made(rows: QuerySet, side: str, *, title: str, chips: Sequence[Chip], notes: Sequence[Note]) -> Table:
    """Return a list of lots that are known by their outgoing inspections."""
    rows = rows.select_related(*OF_INSPECTION).order_by("-inspection_date", "-pk")
    count = cache(rows.count)
    return Table(
        title=title,
        rows=rows,
        count=count,
        related=OF_INSPECTION,
        columns=[
            Column(
                _("Lot number"),
                lambda one: one.lot.number,
                CODE,
                url=lambda one: reverse("lot", args=[one.lot_id]),
            ),
            *_named(side, lambda one: one),
            Column(_("Inspected on"), lambda one: one.inspection_date, DAY, aside=True),
            Column(_("Inspected"), lambda one: one.inspected, COUNT),
            Column(_("Nonconforming"), lambda one: one.nonconforming, COUNT),
        ],
        under=lambda one: _under(one, side, one.inspection_date),
        lead=lambda: _lead(count(), _("They were inspected, and no measured value of them came.")),
        nothing=_("No lot is missing in this view."),
        day=lambda one: one.inspection_date,
        chips=chips,
        notes=notes,
    )


def _received(page: Sequence[Any], *, period: Period | None) -> list[Received]:
    sums = lots_received(page, period)
    return [Received(one, *sums[one.pk]) for one in page]


def _named(side: str, of: Callable[[Any], Any]) -> list[Column]:
    return [
        Column(_("Part"), lambda row: _part_words(of(row)), aside=True),
        Column(
            _("Supplier") if side == CUSTOMER else _("Customer"),
            lambda row: _other_end(of(row), side),
            aside=True,
        ),
    ]


def _under(one: Any, side: str, day: Any) -> list[list[str]]:
    return [[_part_words(one)], [_other_end(one, side), formatting.day(day)]]


def _lead(count: int, what: str) -> str:
    told = ngettext("%(n)s lot is missing. %(what)s", "%(n)s lots are missing. %(what)s", count)
    return told % {"n": formatting.decimal(count), "what": what}


def _deliveries(asked: ListAddress) -> Note:
    return Note(
        _("A lot stands here once, by its first delivery of the period."),
        _("See the deliveries"),
        asked.of_figure("deliveries"),
    )


def _part_words(one: Any) -> str:
    return f"{one.part.number} {formatting.in_language(one.part.name, one.part.name_en)}".strip()


def _other_end(one: Any, side: str) -> str:
    end = one.partnership.supplier if side == CUSTOMER else one.partnership.customer
    return formatting.in_language(end.name, end.name_en)
