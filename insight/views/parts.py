"""Parts: found by typing, and one with its rates, its trend and its characteristics."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.core.paginator import Page as Rows
from django.core.paginator import Paginator
from django.http import Http404, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_GET

from core import formatting
from core.chips import Chip
from core.lead import Lead, joined
from core.line_chart import Trend
from insight.queries.overview import rates, selection_of
from insight.views import workbooks
from insight.views.chips import chips
from insight.views.overview import pareto_of, rate_figures, trend_of
from insight.views.pareto import Pareto
from insight.views.sentences import rate_sentence
from insight.views.suppliers import (
    PART_COLUMNS,
    PartRow,
    cell_of,
    column_name,
    columns_by,
    names_of,
    parts_sheet,
)
from kpis.filters import View, read_view
from kpis.queries.evaluate import evaluate
from kpis.queries.readings import Reading
from kpis.views.figures import Figure, Headline, headline
from quality.queries.measured import Measured, measured
from suppliers.access import PersonRequest
from suppliers.queries.parts import Limits, limits_of_part, part_or_none, parts_to_list, suppliers_of_parts

ON_A_PAGE = 30


@dataclass(frozen=True, slots=True)
class PartsPage:
    """What `insight/parts.html` draws."""

    chips: Sequence[Chip]
    lead: Lead
    q: str
    find: str
    keep: Sequence[tuple[str, str]]
    parts: Sequence[PartRow]
    parts_title: str
    part_columns: Sequence[str]
    pages: Rows
    query: str
    empty_title: str
    empty_text: str
    action_url: str
    action: str
    show_supplier: bool = True


@dataclass(frozen=True, slots=True)
class CharacteristicRow:
    version: int
    number: str
    name: str
    class_word: str
    specification: str
    n: int | None
    mean: str
    extremes: str
    outside: str


@dataclass(frozen=True, slots=True)
class PartPage:
    """What `insight/part.html` draws."""

    number: str
    name: str
    facts: Sequence[str]
    supplied_by: str
    chips: Sequence[Chip]
    lead: Lead
    rate: Headline
    figures: Sequence[Figure]
    trend: Trend
    pareto: Pareto
    characteristics: Sequence[CharacteristicRow]
    characteristics_note: str


@require_GET
@login_required
def parts_page(request: PersonRequest) -> HttpResponseBase:
    """All parts in view, by number, some at a time."""
    view, words = read_view(request), request.GET.get("q", "").strip()
    path = reverse("parts")
    found = parts_to_list(customer=view.customer, suppliers=view.suppliers, words=words)
    if workbooks.asked_for(request):
        return parts_workbook(view, path, words, found.count(), chips(view, path, of=request))
    rows = Paginator(found, ON_A_PAGE).get_page(request.GET.get("page"))
    numbers = [part.number for part in rows]
    table = columns_by(view, PART_COLUMNS, "part", parts=numbers) if numbers else []
    suppliers = suppliers_of_parts([part.pk for part in rows])
    count = rows.paginator.count
    page = PartsPage(
        chips=chips(view, path, of=request),
        lead=lead(count, words),
        q=words,
        find=_("find part number or name"),
        keep=view.kept("q"),
        parts=[row_of(part, suppliers, table, view) for part in rows],
        parts_title=ngettext("%(n)s part", "%(n)s parts", count) % {"n": formatting.decimal(count)},
        part_columns=[column_name(*column) for column in PART_COLUMNS],
        pages=rows,
        query="".join(f"{name}={value}&" for name, value in view.kept()),
        empty_title=_("No parts yet"),
        empty_text=_("The customer sends its list of parts; then files that name them can be read."),
        action_url=reverse("uploads") if request.person and request.person.may_upload else "",
        action=_("Upload a file"),
    )
    context = {"page": page, "export_url": workbooks.address(view, path)}
    return render(request, "insight/parts.html", context)


def parts_workbook(view: View, path: str, words: str, count: int, shown: Sequence[Chip]) -> HttpResponseBase:
    """All parts of a view, not one page of them."""
    return workbooks.download(
        pgettext("page", "Parts"),
        view,
        path,
        chips=shown,
        lead=lead(count, words),
        readings=[one for name, stage in PART_COLUMNS for one in evaluate(name, **view.what, stage=stage)],
        sheets=[parts_sheet(view, words=words)],
    )


@require_GET
@login_required
def part_page(request: PersonRequest, part_id: int) -> HttpResponseBase:
    """One part. What is not shared is not there."""
    part = part_or_none(part_id)
    if part is None:
        raise Http404
    view = read_view(request, part=(part.customer.code, part.number))
    path = reverse("part", args=[part.pk])
    found = rates(view.what)
    limits = limits_of_part(part.pk, on=view.period.last)
    sums = measured(
        selection_of(view.what), view.period, stage="outgoing", versions=[one.version for one in limits]
    )
    if workbooks.asked_for(request):
        return workbooks.download(
            f"{part.number} {formatting.in_language(part.name, part.name_en)}".strip(),
            view,
            path,
            chips=chips(view, path),
            lead=Lead(rate_sentence(found)),
            readings=workbooks.rate_readings(found),
            sheets=[*workbooks.rate_sheets(found), workbooks.characteristic_sheet(limits, sums)],
        )
    page = PartPage(
        number=part.number,
        name=formatting.in_language(part.name, part.name_en),
        facts=facts(part.drawing_number, part.revision),
        supplied_by=names_of(suppliers_of_parts([part.pk]).get(part.pk, [])),
        chips=chips(view, path),
        lead=Lead(rate_sentence(found)),
        rate=headline(found.pass_rate, view, found.months["pass_rate"]),
        figures=rate_figures(found, view),
        trend=trend_of(found, view, path, as_table=request.GET.get("as") == "table"),
        pareto=pareto_of(found),
        characteristics=[characteristic_row(one, sums.get(one.version)) for one in limits],
        characteristics_note=_("measured in the months of the period, outgoing inspection"),
    )
    context = {"page": page, "part_id": part.pk, "export_url": workbooks.address(view, path)}
    return render(request, "insight/part.html", context)


def lead(count: int, words: str) -> Lead:
    if words and not count:
        return Lead(joined(_("No part has “%(words)s” in its number or name.") % {"words": words}), "watch")
    told = ngettext("%(n)s part in view.", "%(n)s parts in view.", count) % {"n": formatting.decimal(count)}
    return Lead(joined(told))


def row_of(
    part, suppliers: Mapping[int, list], table: Sequence[Mapping[str, Reading]], view: View
) -> PartRow:
    return PartRow(
        number=part.number,
        name=formatting.in_language(part.name, part.name_en),
        url=view.address(reverse("part", args=[part.pk]), part=None, q=None),
        suppliers=names_of(suppliers.get(part.pk, [])),
        cells=[cell_of(column.get(part.number)) for column in table],
    )


def facts(drawing: str, revision: str) -> list[str]:
    found = [_("drawing %(n)s") % {"n": drawing}] if drawing else []
    return found + ([_("revision %(n)s") % {"n": revision}] if revision else [])


def characteristic_row(one: Limits, values: Measured | None) -> CharacteristicRow:
    places = one.places
    return CharacteristicRow(
        version=one.version,
        number=one.number,
        name=formatting.in_language(one.name, one.name_en),
        class_word=one.class_word,
        specification=one.specification,
        n=values.n if values else None,
        mean=formatting.decimal(values.mean, places + 1) if values else formatting.NONE,
        extremes=formatting.interval(values.minimum, values.maximum, places) if values else formatting.NONE,
        outside=formatting.decimal(values.out_of_limits) if values else formatting.NONE,
    )
