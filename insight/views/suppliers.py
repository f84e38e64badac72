"""Suppliers: all of them side by side, and one with its parts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from core import formatting
from core.chips import Chip
from core.lead import Lead, joined
from insight.queries.overview import rates, selection_of
from insight.views.chips import chips
from insight.views.overview import pareto_of, rate_figures, trend_of
from insight.views.pareto import Pareto
from insight.views.sentences import below_sentence, rate_sentence
from insight.views.trend import Trend
from insight.views.work import name_of
from kpis.definitions import INCOMING, READINGS, REPORTED, definition
from kpis.filters import View, read_view
from kpis.queries import wording
from kpis.queries.evaluate import evaluate
from kpis.queries.ranking import Ranked, ranking
from kpis.queries.readings import Reading
from kpis.views.figures import Figure, Headline, headline
from suppliers.access import PersonRequest
from suppliers.queries.parts import parts_to_list
from suppliers.queries.seats import suppliers_looked_after_by


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure in a table: written, with its interval, or the reason why there is none."""

    value: str
    interval: str
    url: str
    reason: str


@dataclass(frozen=True, slots=True)
class SupplierRow:
    name: str
    code: str
    url: str
    cells: Sequence[Cell]
    until: date | None


@dataclass(frozen=True, slots=True)
class PartRow:
    number: str
    name: str
    url: str
    suppliers: str
    cells: Sequence[Cell]


@dataclass(frozen=True, slots=True)
class SuppliersPage:
    """What `insight/suppliers.html` draws."""

    chips: Sequence[Chip]
    lead: Lead
    columns: Sequence[str]
    rows: Sequence[SupplierRow]
    note: str
    empty_title: str
    empty_text: str
    action_url: str
    action: str


@dataclass(frozen=True, slots=True)
class SupplierPage:
    """What `insight/supplier.html` draws."""

    name: str
    code: str
    chips: Sequence[Chip]
    lead: Lead
    rate: Headline
    figures: Sequence[Figure]
    trend: Trend
    pareto: Pareto
    parts: Sequence[PartRow]
    parts_title: str
    part_columns: Sequence[str]
    show_supplier: bool = False


# The columns of a table of suppliers or parts: KPI and stage.
COLUMNS = (
    ("pass_rate", REPORTED),
    ("pass_rate", INCOMING),
    ("lot_acceptance_rate", REPORTED),
    ("ppm_delivered", None),
    ("on_time_delivery", None),
)
PART_COLUMNS = COLUMNS[:4]


@require_GET
@login_required
def suppliers_page(request: PersonRequest) -> HttpResponse:
    """All suppliers in view, lowest estimate first."""
    assert request.person is not None
    view, path = read_view(request), reverse("suppliers")
    selection = selection_of(view.what)
    ranked = ranking(**view.what)
    table = columns_by(view, COLUMNS, "supplier")
    looked_after = len(suppliers_looked_after_by(request.person))
    page = SuppliersPage(
        chips=chips(view, path, suppliers=len(selection.relations), looked_after=looked_after),
        lead=lead(ranked),
        columns=[column_name(*column) for column in COLUMNS],
        rows=[supplier_row(one, table, view) for one in ranked],
        note=_("Ordered by what a test says against the target, then by shrunken estimate."),
        empty_title=_("No suppliers yet"),
        empty_text=_("Send your list of suppliers as it is: names and codes are enough."),
        action_url=reverse("uploads") if request.person.may_upload else "",
        action=_("Upload a file"),
    )
    return render(request, "insight/suppliers.html", {"page": page})


@require_GET
@login_required
def supplier_page(request: PersonRequest, code: str) -> HttpResponse:
    """One supplier: its rates, its trend, its parts. What is not shared is not there."""
    view = read_view(request, supplier=code)
    relations = selection_of(view.what).relations
    if code not in {one.supplier_code for one in relations}:
        raise Http404
    path = reverse("supplier", args=[code])
    found = rates(view.what)
    page = SupplierPage(
        name=name_of(relations[0]),
        code=code,
        chips=chips(view, path),
        lead=Lead(rate_sentence(found)),
        rate=headline(found.pass_rate, view, found.months["pass_rate"]),
        figures=rate_figures(found, view),
        trend=trend_of(
            found, view, path, as_table=request.GET.get("as") == "table", target=target_of(relations[0])
        ),
        pareto=pareto_of(found),
        parts=part_rows(view),
        parts_title=_("Its parts"),
        part_columns=[column_name(*column) for column in PART_COLUMNS],
    )
    return render(request, "insight/supplier.html", {"page": page})


def target_of(relation: Any) -> float | None:
    return None if relation.target_pass_rate is None else float(relation.target_pass_rate)


def lead(ranked: Sequence[Ranked]) -> Lead:
    """Say how many suppliers there are, how many sent something, how many are surely below target."""
    count, silent = len(ranked), sum(one.reading.value is None for one in ranked)
    told = ngettext("%(n)s supplier in view.", "%(n)s suppliers in view.", count) % {"n": count}
    quiet = ""
    if silent:
        words = ngettext(
            "%(n)s sent no outgoing inspections in the period.",
            "%(n)s sent no outgoing inspections in the period.",
            silent,
        )
        quiet = words % {"n": silent}
    return Lead(joined(told, below_sentence(sum(one.standing == "below" for one in ranked)), quiet))


def columns_by(
    view: View, columns: Sequence[tuple[str, str | None]], by: str, **more: Any
) -> list[Mapping[str, Reading]]:
    """Read each column of a table: readings by code or number."""
    asked = {key: value for key, value in view.what.items() if key != "base"} | more
    table: list[Mapping[str, Reading]] = []
    for name, stage in columns:
        found = evaluate(name, **asked, by=by, stage=stage)
        table.append({one.by[by]: one for one in found})
    return table


def column_name(name: str, stage: str | None) -> str:
    return str(READINGS[stage]) if name == "pass_rate" and stage else str(definition(name).title)


def supplier_row(one: Ranked, table: Sequence[Mapping[str, Reading]], view: View) -> SupplierRow:
    code = one.reading.by["supplier"]
    return SupplierRow(
        name=one.reading.label,
        code=code,
        url=view.address(reverse("supplier", args=[code]), supplier=None, mine=None),
        cells=[cell_of(column.get(code)) for column in table],
        until=one.reading.data_until,
    )


def cell_of(one: Reading | None) -> Cell:
    if one is None or one.value is None:
        return Cell("", "", "", one.reason_text if one else "")
    interval = wording.written_interval(one) if one.low is not None else ""
    return Cell(wording.written(one), interval, one.rows_path, "")


def part_rows(view: View) -> list[PartRow]:
    """Return the parts of a view that have data in the period, by number."""
    table = columns_by(view, PART_COLUMNS, "part")
    numbers = sorted({number for column in table for number, one in column.items() if one.value is not None})
    parts = parts_to_list(customer=view.customer, suppliers=view.suppliers)
    known = {part.number: part for part in parts.filter(number__in=numbers)}
    return [
        PartRow(
            number=number,
            name=part_name(known[number].name, known[number].name_en),
            url=view.address(reverse("part", args=[known[number].pk]), part=None),
            suppliers="",
            cells=[cell_of(column.get(number)) for column in table],
        )
        for number in numbers
        if number in known
    ]


def part_name(name: str, name_en: str) -> str:
    """Return a part's name in the reader's language."""
    return name if formatting.is_chinese() else name_en or name
