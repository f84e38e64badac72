"""The tables of a programme: every reading before and after, and its members'."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from core import formatting
from improvement.queries.programme import Member, ProgrammeFigures
from improvement.views.pledges import before_of
from kpis.definitions import READINGS, definition
from kpis.filters import View
from kpis.queries import wording
from kpis.queries.headlines import OF_QUALITY, OF_STOCK, Way, choice_in_words
from kpis.queries.readings import Reading
from kpis.views.figures import Change, change_of, figure, number_and_unit


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure in a table: what it was and what it is, each with the way to its rows."""

    value: str
    before: str = ""
    before_url: str = ""
    url: str = ""
    interval: str = ""
    reason: str = ""
    change: Change | None = None


@dataclass(frozen=True, slots=True)
class ReadingRow:
    """One reading of a headline: before, after, what was counted, and what the change consists of."""

    name: str
    pledged: bool
    preliminary: bool
    before: Cell
    after: Cell
    n: str
    change: Change | None
    volume: str
    stock: str
    passport_url: str
    definition: str
    definition_url: str

    @property
    def unknown(self) -> bool:
        """Whether neither period has a value, for one reason, which is said once."""
        return not (self.before.value or self.after.value) and self.before.reason == self.after.reason


@dataclass(frozen=True, slots=True)
class ReadingTable:
    title: str
    note: str
    of_stock: bool
    rows: Sequence[ReadingRow]


@dataclass(frozen=True, slots=True)
class MemberRow:
    name: str
    code: str
    url: str
    since: str
    left: str
    cells: Sequence[Cell]


def tables(found: ProgrammeFigures, view: View) -> list[ReadingTable]:
    """Every reading of both headlines, before and after, the pledged one marked."""
    ways = list(found.readings)
    quality = [way for way in ways if definition(way.kpi).unit == "share"]
    stock = [way for way in ways if way not in quality]
    order = {way: place for place, way in enumerate((*OF_QUALITY, *OF_STOCK))}
    return [
        ReadingTable(
            title=_("Quality in every reading"),
            note=_("reported and incoming are never pooled; pieces and lots are different claims"),
            of_stock=False,
            rows=[
                reading_row(way, found, view) for way in sorted(quality, key=lambda way: order.get(way, 99))
            ],
        ),
        ReadingTable(
            title=_("Stock in every reading"),
            note=_("the change splits exactly into volume (issues) and stock, by the logarithmic mean"),
            of_stock=True,
            rows=[reading_row(way, found, view) for way in sorted(stock, key=lambda way: order.get(way, 99))],
        ),
    ]


def reading_row(way: Way, found: ProgrammeFigures, view: View) -> ReadingRow:
    one = found.readings[way]
    kpi = definition(one.definition, one.version)
    was = one.change.reading if one.change else None
    return ReadingRow(
        name=str(way),
        pledged=way in found.pledges,
        preliminary=one.preliminary,
        before=plain_cell(was),
        after=plain_cell(one),
        n=wording.written_n(one) if one.n else "",
        change=change_of(one),
        volume=effect(one, "volume"),
        stock=effect(one, "stock"),
        passport_url=figure(one, view).passport_url,
        definition=f"{one.definition} v{one.version}",
        definition_url=reverse("definition", args=[kpi.name, kpi.version]),
    )


def effect(one: Reading, of: str) -> str:
    amount = one.details.get(of)
    return "" if amount is None else formatting.decimal(amount, 2, signed=True)


def plain_cell(one: Reading | None) -> Cell:
    if one is None or one.value is None:
        return Cell("", reason=one.reason_text if one else "")
    value, unit = number_and_unit(one)
    interval = wording.written_interval(one) if one.low is not None else ""
    return Cell(value + (unit if unit == "%" else ""), url=one.rows_path, interval=interval)


def column_name(way: Way) -> str:
    words = (
        [str(READINGS[way.stage])]
        if way.stage
        else [choice_in_words(value) for value in way.options.values()]
    )
    return _("%(kpi)s (%(reading)s)") % {
        "kpi": definition(way.kpi).title,
        "reading": _(", ").join(words),
    }


def member_row(one: Member, found: ProgrammeFigures, view: View) -> MemberRow:
    left = one.member.left_on
    return MemberRow(
        name=one.name,
        code=one.code,
        url=view.of_figure(reverse("supplier", args=[one.code]), supplier=None),
        since=formatting.day(one.member.joined_on),
        left=_("left %(day)s") % {"day": formatting.day(left)} if left else "",
        cells=[member_cell(one.readings.get(way)) for way in found.member_ways],
    )


def member_cell(one: Reading | None) -> Cell:
    """A member's figure, before and after."""
    if one is None:
        return Cell("")
    shown = plain_cell(one)
    return Cell(
        shown.value,
        **before_of(one),
        url=shown.url,
        interval=shown.interval,
        reason=shown.reason,
        change=change_of(one),
    )
