"""Suppliers: all of them side by side, and one with its parts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_GET

from core import formatting, workbook
from core.chips import Chip
from core.lead import Lead, joined
from core.line_chart import Trend
from insight.queries.overview import rates, selection_of
from insight.views import workbooks
from insight.views.chips import chips
from insight.views.overview import pareto_of, rate_figures, trend_of
from insight.views.pareto import Pareto
from insight.views.sentences import below_sentence, rate_sentence
from insight.views.work import name_of
from kpis.definitions import INCOMING, READINGS, REPORTED, definition
from kpis.filters import View, read_view
from kpis.queries import wording
from kpis.queries.evaluate import evaluate
from kpis.queries.ranking import Ranked, ranking
from kpis.queries.readings import Reading
from kpis.views.figures import Figure, Headline, headline
from suppliers.access import PersonRequest
from suppliers.queries.parts import parts_to_list, suppliers_of_parts


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
def suppliers_page(request: PersonRequest) -> HttpResponseBase:
    """All suppliers in view, lowest estimate first."""
    assert request.person is not None
    view, path = read_view(request), reverse("suppliers")
    ranked = ranking(**view.what)
    table = columns_by(view, COLUMNS, "supplier")
    if workbooks.asked_for(request):
        return ranking_workbook(ranked, table, view, path, chips(view, path, of=request))
    page = SuppliersPage(
        chips=chips(view, path, of=request),
        lead=lead(ranked),
        columns=[column_name(*column) for column in COLUMNS],
        rows=[supplier_row(one, table, view) for one in ranked],
        note=_("Ordered by what a test says against the target, then by shrunken estimate."),
        empty_title=_("No suppliers yet"),
        empty_text=_("Send your list of suppliers as it is: names and codes are enough."),
        action_url=reverse("uploads") if request.person.may_upload else "",
        action=_("Upload a file"),
    )
    context = {"page": page, "export_url": workbooks.address(view, path)}
    return render(request, "insight/suppliers.html", context)


def ranking_workbook(
    ranked: Sequence[Ranked],
    table: Sequence[Mapping[str, Reading]],
    view: View,
    path: str,
    shown: Sequence[Chip],
) -> HttpResponseBase:
    heads = [
        workbook.Heading(pgettext("organisation", "Code"), workbook.CODE),
        workbook.Heading(_("Supplier")),
    ]
    named = [(one.reading.by["supplier"], [one.reading.by["supplier"], one.reading.label]) for one in ranked]
    return workbooks.download(
        _("Suppliers"),
        view,
        path,
        chips=shown,
        lead=lead(ranked),
        readings=[one for column in table for one in column.values()],
        sheets=[
            workbooks.ranking_sheet(ranked),
            workbooks.table_sheet(_("Figures"), heads, named, named_columns(COLUMNS, table)),
        ],
    )


def named_columns(
    columns: Sequence[tuple[str, str | None]], table: Sequence[Mapping[str, Reading]]
) -> list[tuple[str, Mapping[str, Reading]]]:
    return [(column_name(*column), readings) for column, readings in zip(columns, table, strict=True)]


@require_GET
@login_required
def supplier_page(request: PersonRequest, code: str) -> HttpResponseBase:
    """One supplier: its rates, its trend, its parts. What is not shared is not there."""
    view = read_view(request, supplier=code)
    relations = selection_of(view.what).relations
    if code not in {one.supplier_code for one in relations}:
        raise Http404
    path = reverse("supplier", args=[code])
    found = rates(view.what)
    if workbooks.asked_for(request):
        return workbooks.download(
            name_of(relations[0]),
            view,
            path,
            chips=chips(view, path),
            lead=Lead(rate_sentence(found)),
            readings=workbooks.rate_readings(found),
            sheets=[*workbooks.rate_sheets(found), parts_sheet(view, with_data_alone=True)],
        )
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
    context = {"page": page, "export_url": workbooks.address(view, path)}
    return render(request, "insight/supplier.html", context)


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
        return Cell("", "", "", one.reason_word if one else "")
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
            name=formatting.in_language(known[number].name, known[number].name_en),
            url=view.address(reverse("part", args=[known[number].pk]), part=None),
            suppliers="",
            cells=[cell_of(column.get(number)) for column in table],
        )
        for number in numbers
        if number in known
    ]


def parts_sheet(view: View, *, words: str = "", with_data_alone: bool = False) -> workbook.Sheet:
    """Return parts of a view as a sheet: all, those called so, or those with data in the period."""
    table = columns_by(view, PART_COLUMNS, "part")
    parts = parts_to_list(customer=view.customer, suppliers=view.suppliers, words=words)
    if with_data_alone:
        known = {number for column in table for number, one in column.items() if one.value is not None}
        parts = parts.filter(number__in=known)
    made_by = suppliers_of_parts(parts.order_by().values("pk"))
    heads = [
        workbook.Heading(_("Part"), workbook.CODE),
        workbook.Heading(_("Part name"), workbook.Kind(str, width=24)),
        workbook.Heading(_("Supplier"), workbook.Kind(str, width=26)),
    ]
    named = (
        (
            part.number,
            [
                part.number,
                formatting.in_language(part.name, part.name_en),
                names_of(made_by.get(part.pk, [])),
            ],
        )
        for part in parts.iterator(chunk_size=2_000)
    )
    return workbooks.table_sheet(pgettext("page", "Parts"), heads, named, named_columns(PART_COLUMNS, table))


def names_of(suppliers: Sequence[tuple[str, str, str]]) -> str:
    return _(", ").join(formatting.in_language(name, name_en) for __, name, name_en in suppliers)
