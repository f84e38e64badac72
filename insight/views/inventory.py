"""Stock: how often it turns, for whom more slowly, and where a change comes from."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.contrib.auth.decorators import login_required
from django.http import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from core import formatting, workbook
from core.charts import Scale, round_step
from core.chips import Chip, Choice
from core.lead import Lead, joined
from insight.views import workbooks
from insight.views.chips import chips
from insight.views.sentences import stock_sentence
from kpis.filters import View, read_view
from kpis.queries.evaluate import evaluate
from kpis.queries.readings import Reading
from kpis.views.figures import Change, Figure, figure
from suppliers.access import PersonRequest
from suppliers.queries.parts import parts_to_list

SLOWEST = 8


@dataclass(frozen=True, slots=True)
class TurnRow:
    name: str
    url: str
    before: float | None
    after: float | None
    slower: bool
    written: str
    change: str
    apportioned: bool = False


@dataclass(frozen=True, slots=True)
class TurnPlot:
    title: str
    of: str
    scale: Scale
    ticks: Sequence[tuple[float, str]]
    rows: Sequence[TurnRow]
    note: str


@dataclass(frozen=True, slots=True)
class SplitRow:
    name: str
    written: str
    css: str
    text: str


@dataclass(frozen=True, slots=True)
class Split:
    note: str
    rows: Sequence[SplitRow]


@dataclass(frozen=True, slots=True)
class SlowRow:
    number: str
    name: str
    url: str
    written: str
    value: str


@dataclass(frozen=True, slots=True)
class Page:
    """What `insight/inventory.html` draws."""

    title: str
    chips: Sequence[Chip]
    lead: Lead
    stale: str
    figures: Sequence[Figure]
    plot: TurnPlot | None
    split: Split | None
    slow: Sequence[SlowRow]
    empty_title: str
    empty_text: str
    action_url: str
    action: str


@require_GET
@login_required
def inventory_page(request: PersonRequest) -> HttpResponseBase:
    """What turns too slowly?"""
    view, path = read_view(request), reverse("inventory")
    prices = "period" if request.GET.get("prices") == "period" else "constant"
    (turnover,) = evaluate("turnover", **view.what, prices=prices)
    (chain,) = evaluate("chain_turnover", **view.what, prices=prices)
    (days,) = evaluate("days_of_inventory", **view.what, prices=prices)
    known = turnover.reason != "no_stock_known" or chain.reason != "no_stock_known"
    shown = [*chips(view, path, of=request), price_chip(view, path, prices)]
    lead = Lead(joined(stock_sentence(turnover) if turnover.value is not None else turnover.reason_text))
    if workbooks.asked_for(request):
        return workbooks.download(
            _("Turnover"),
            view,
            path,
            chips=shown,
            lead=lead,
            readings=[turnover, days, chain],
            sheets=sheets([turnover, days, chain], view, prices),
        )
    page = Page(
        title=_("Turnover"),
        chips=shown,
        lead=lead,
        stale=stale(turnover, view),
        figures=figures(turnover, days, chain, view) if known else [],
        plot=plot(view, prices) if known else None,
        split=split(turnover) if turnover.details.get("volume") is not None else None,
        slow=slowest(view, prices) if known else [],
        empty_title=_("No stock known yet"),
        empty_text=_("Send your stock list or the movements of a month as they are."),
        action_url=reverse("uploads") if request.person and request.person.may_upload else "",
        action=_("Upload a file"),
    )
    context = {"page": page, "export_url": workbooks.address(view, path)}
    return render(request, "insight/inventory.html", context)


def sheets(figures: Sequence[Reading], view: View, prices: str) -> list[workbook.Sheet]:
    """The figures, what volume and stock did to them, and turnover by supplier and by part, all of them."""
    by_supplier = evaluate("turnover", **view.what, by="supplier", prices=prices)
    by_part = evaluate("turnover", **view.what, by="part", prices=prices)
    effects = [
        (pgettext("effect on turnover", "Volume"), figures[0].details.get("volume")),
        (pgettext("effect on turnover", "Stock"), figures[0].details.get("stock")),
    ]
    split_heads = [workbook.Heading(_("Effect")), workbook.Heading(_("× / year"), workbook.AMOUNT)]
    return [
        workbooks.figure_sheet(_("Figures"), figures),
        workbook.Sheet(_("Where the change comes from"), split_heads, effects),
        workbooks.figure_sheet(_("Turnover by supplier"), by_supplier, of=_("Supplier")),
        workbooks.part_sheet(_("Turnover by part"), by_part),
    ]


def price_chip(view: View, path: str, prices: str) -> Chip:
    words = {"constant": _("constant (of the baseline)"), "period": _("of the period")}
    choices = [Choice(word, view.address(path, prices=name), name == prices) for name, word in words.items()]
    return Chip(name=_("Prices"), value=words[prices], choices=choices)


def stale(one: Reading, view: View) -> str:
    """Say that the books end before the period does."""
    if one.data_until is None or one.data_until >= view.period.last.replace(day=1):
        return ""
    return _("Stock is known until %(day)s only; the days after that hold the last balance.") % {
        "day": formatting.day(one.data_until)
    }


def figures(turnover: Reading, days: Reading, chain: Reading, view: View) -> list[Figure]:
    """Turnover, its days, the average stock behind it, and the chain's turnover."""
    shown = figure(turnover, view)
    stock = turnover.denominator
    value, unit = money_and_unit(stock)
    average = replace(
        shown,
        name=_("Average stock"),
        value=value,
        unit=unit,
        notes=[average_word(turnover)],
        change=None,
        reason="" if stock is not None else turnover.reason_text,
    )
    return [shown, days_figure(days, view), average, figure(chain, view)]


def days_figure(days: Reading, view: View) -> Figure:
    """Days, with their change in days rather than in per cent."""
    shown = replace(figure(days, view), notes=[])
    if days.change is None or days.change.difference is None or shown.change is None:
        return shown
    size = formatting.days(abs(days.change.difference))
    amount = f"{formatting.arrow(days.change.difference)} {size}"
    return replace(shown, change=Change(amount, shown.change.word, shown.change.state))


def money_and_unit(amount) -> tuple[str, str]:
    written = formatting.money(amount)
    if amount is None:
        return "", ""
    if formatting.is_chinese():
        number, __, unit = written.partition(" ")
        return number, f" {unit}"
    return written, ""


def average_word(one: Reading) -> str:
    words = {
        "daily": _("daily closing balances, weighted by time"),
        "snapshots": _("month ends, weighted by time"),
        "ends": _("mean of opening and closing balance"),
    }
    return words[one.details["average"]]


def plot(view: View, prices: str) -> TurnPlot | None:
    """Turnover by supplier where the books tell suppliers apart."""
    found = [
        one
        for one in evaluate("turnover", **view.what, by="supplier", prices=prices)
        if one.value is not None
    ]
    if not found:
        return None
    found.sort(key=lambda one: one.value or 0.0, reverse=True)
    both = [(one.value, one.change.value if one.change else None) for one in found]
    values = [value for pair in both for value in pair if value is not None]
    step = round_step(max(*values, 1.0) / 4)
    scale = Scale(0.0, step * -(-max(values) // step))
    return TurnPlot(
        title=_("Turnover by supplier"),
        of=_("Supplier"),
        scale=scale,
        ticks=[(tick, formatting.decimal(tick, 0 if step >= 1 else 1)) for tick in scale.ticks()],
        rows=[turn_row(one) for one in found],
        note=_("Ring: baseline. Dot: now. Only stock that the books tell apart by supplier."),
    )


def turn_row(one: Reading) -> TurnRow:
    before = one.change.value if one.change else None
    relative = one.change.relative if one.change else None
    return TurnRow(
        name=one.label,
        url=reverse("supplier", args=[one.by["supplier"]]),
        before=before,
        after=one.value,
        slower=bool(one.change and one.change.word == "worse"),
        written=formatting.decimal(one.value, 1),
        change=_("no baseline") if relative is None else formatting.percent(relative, 0, signed=True) + "%",
    )


def split(one: Reading) -> Split:
    """What volume and what stock did to the change of turnover; they add up to it exactly."""
    change = one.change.difference if one.change else None
    rows = [
        SplitRow(
            pgettext("effect on turnover", "Volume"), signed(one.details["volume"]), "", _("cost of issues")
        ),
        SplitRow(
            pgettext("effect on turnover", "Stock"), signed(one.details["stock"]), "", _("average stock")
        ),
        SplitRow(_("Change of turnover"), signed(change), "strong", _("a year")),
    ]
    return Split(_("volume first, then stock; exact, by the logarithmic mean"), rows)


def signed(value: float | None) -> str:
    return formatting.decimal(value, 2, signed=True)


def slowest(view: View, prices: str) -> list[SlowRow]:
    """The parts that turn most slowly, with the stock that they hold."""
    found = [
        one for one in evaluate("turnover", **view.what, by="part", prices=prices) if one.value is not None
    ]
    found = sorted(found, key=lambda one: (one.value or 0.0, one.label))[:SLOWEST]
    numbers = [one.by["part"] for one in found]
    parts = parts_to_list(customer=view.customer, suppliers=view.suppliers).filter(number__in=numbers)
    known = {part.number: part for part in parts}
    return [
        SlowRow(
            number=part.number,
            name=formatting.in_language(part.name, part.name_en),
            url=view.address(reverse("part", args=[part.pk]), part=None, prices=None),
            written=formatting.decimal(one.value, 1),
            value=formatting.money(one.denominator),
        )
        for one in found
        if (part := known.get(one.by["part"]))
    ]
