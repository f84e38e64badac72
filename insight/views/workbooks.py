"""What pages of figures show, as workbooks: the same readings, numbers as numbers, definitions beside them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.http import FileResponse, HttpRequest
from django.utils.html import strip_tags
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from core import clock, formatting, workbook
from core.chips import Chip
from core.lead import Lead
from core.lists import made_at
from core.workbook import (
    AMOUNT,
    CODE,
    COUNT,
    DAY,
    ONE_PLACE,
    POINTS,
    SHARE,
    VALUE,
    Cell,
    Heading,
    Kind,
    Sheet,
)
from insight.queries.overview import Defects, Rates
from insight.views.pareto import name_of as defect_name
from kpis.definitions import READINGS, definition
from kpis.filters import View
from kpis.queries.asking_words import kind_word, period_word, state_word
from kpis.queries.completeness import Completeness
from kpis.queries.ranking import Ranked
from kpis.queries.readings import Reading
from quality.queries.measured import Measured
from suppliers.queries.parts import Limits

XLSX = "xlsx"  # what an address says: ``as=xlsx``
KINDS = {"share": SHARE, "ppm": COUNT, "turns": ONE_PLACE, "days": ONE_PLACE}


def asked_for(request: HttpRequest) -> bool:
    return request.GET.get("as") == XLSX


def address(view: View, path: str) -> str:
    return view.address(path, **{**dict.fromkeys(view.held), "as": XLSX})


def download(
    title: str,
    view: View,
    path: str,
    *,
    chips: Sequence[Chip],
    lead: Lead,
    sheets: Sequence[Sheet],
    readings: Sequence[Reading],
) -> FileResponse:
    """Answer with a page's figures; `readings` are those whose definitions stand before the sheets."""
    until = max((one.data_until for one in readings if one.data_until), default=None)
    about = [
        *((chip.name, chip.value) for chip in chips),
        *((word, _(", ").join(named)) for word, named in _named(view)),
        (_("In words"), strip_tags(lead.text)),
        (_("Data until"), formatting.day(until)),
        *made_at(view.address(path, **dict.fromkeys(view.held))),
        *((_("Definition"), said) for said in _definitions(readings)),
    ]
    sheets = [sheet for sheet in sheets if sheet.headings]
    return workbook.download(workbook.Workbook(title, about, sheets), day=clock.today_here())


def _named(view: View) -> Iterator[tuple[str, Sequence[str]]]:
    if view.suppliers:
        yield _("Supplier"), view.suppliers
    if view.parts:
        yield _("Part"), view.parts


def _definitions(readings: Iterable[Reading]) -> list[str]:
    """Return each definition once: its title, version and formula."""
    found = {(one.definition, one.version): definition(one.definition, one.version) for one in readings}
    return [f"{one.title} (v{one.version}): {one.formula}" for one in found.values()]


def figure_sheet(title: str, readings: Sequence[Reading], *, of: str = "") -> Sheet:
    """Return readings one below the other; `of` heads a column of what each is of: a month, a supplier."""
    return Sheet(
        title,
        [
            *([Heading(of, CODE)] if of else []),
            Heading(_("Figure"), Kind(str, width=26)),
            Heading(_("Stage")),
            Heading(_("Value"), VALUE),
            *(Heading(name, VALUE) for name in _bounds()),
            Heading("n", COUNT),
            Heading(_("Lots"), COUNT),
            Heading(_("Numerator"), AMOUNT),
            Heading(_("Denominator"), AMOUNT),
            Heading(_("Baseline"), VALUE),
            Heading(pgettext("against the baseline", "Change"), VALUE),
            Heading(_("Finding")),
            Heading(_("Data until"), DAY),
            Heading(_("Remark"), Kind(str, width=32)),
        ],
        [[*([one.label] if of else []), *_figure_row(one)] for one in readings],
    )


def part_sheet(title: str, readings: Sequence[Reading]) -> Sheet:
    """Return readings by part, its number in a column of its own."""
    sheet = figure_sheet(title, readings, of=_("Part name"))
    rows = [[one.by["part"], *row] for one, row in zip(readings, sheet.rows, strict=True)]
    return Sheet(title, [Heading(_("Part"), CODE), *sheet.headings], rows)


def _bounds() -> tuple[str, str]:
    return _("95% interval from"), _("95% interval to")


def _figure_row(one: Reading) -> list[Any]:
    kind, change = kind_of(one), one.change
    known = definition(one.definition, one.version)
    words = {"better": _("better"), "worse": _("worse"), "undecided": _("not yet decidable")}
    difference = POINTS if known.unit == "share" else kind
    return [
        str(known.title),
        str(READINGS[one.stage]) if one.stage else "",
        *(Cell(value, kind) for value in (one.value, one.low, one.high)),
        one.n,
        one.n_lots,
        one.numerator,
        one.denominator,
        Cell(change.value if change else None, kind),
        Cell(change.difference if change else None, difference),
        words.get(change.word, "") if change else "",
        one.data_until,
        one.reason_text or (_("preliminary") if one.preliminary else ""),
    ]


def kind_of(one: Reading) -> Kind:
    return KINDS[definition(one.definition, one.version).unit]


def month_sheet(months: Iterable[Sequence[Reading]]) -> Sheet:
    """Return the histories of several figures: what the trend shows, and the lines in the cards."""
    return figure_sheet(_("By month"), [one for readings in months for one in readings], of=_("Month"))


def rate_readings(found: Rates) -> list[Reading]:
    return [*found.pass_rate, found.accepted, found.delivered, found.on_time]


def rate_sheets(found: Rates, *more: Reading, months: Sequence[Sequence[Reading]] = ()) -> list[Sheet]:
    """Return the sheets of every page with rates: figures, months, nonconformities."""
    return [
        figure_sheet(_("Figures"), [*rate_readings(found), *more]),
        month_sheet([*found.months.values(), *months]),
        defect_sheet(found.defects),
    ]


def defect_sheet(defects: Defects) -> Sheet:
    """Return every nonconformity, not the first few alone, with its count in the baseline."""
    ordered = sorted(defects.now, key=lambda code: (-defects.now[code], code))
    total, running, rows = sum(defects.now.values()), 0, []
    for code in ordered:
        running += defects.now[code]
        rows.append(
            [
                defect_name(code, defects.names),
                defects.now[code],
                running / total if total else None,
                defects.before.get(code, 0),
            ]
        )
    headings = [
        Heading(_("Nonconformity"), Kind(str, width=24)),
        Heading(_("Count"), COUNT),
        Heading(_("Cumul."), SHARE),
        Heading(_("Count in the baseline"), COUNT),
    ]
    return Sheet(_("Nonconformities"), headings, rows)


def ranking_sheet(ranked: Sequence[Ranked]) -> Sheet:
    """Return suppliers as the ranking orders them, with the ranks that each may have."""
    standings = {
        "below": _("below target, statistically confirmed"),
        "undecided": _("not yet decidable"),
        "above": _("above target, statistically confirmed"),
    }
    return Sheet(
        _("Ranking of suppliers"),
        [
            Heading(pgettext("organisation", "Code"), CODE),
            Heading(_("Supplier"), Kind(str, width=26)),
            Heading(_("Reported pass rate"), SHARE),
            *(Heading(name, SHARE) for name in _bounds()),
            Heading("n", COUNT),
            Heading(_("Lots"), COUNT),
            Heading(_("Target"), SHARE),
            Heading(_("Against the target"), Kind(str, width=28)),
            Heading(_("Shrunken estimate"), SHARE),
            Heading(_("Best rank"), COUNT),
            Heading(_("Worst rank"), COUNT),
            Heading(_("Baseline"), SHARE),
            Heading(_("Data until"), DAY),
            Heading(_("Remark"), Kind(str, width=32)),
        ],
        [
            [
                one.reading.by["supplier"],
                one.reading.label,
                one.reading.value,
                one.reading.low,
                one.reading.high,
                one.reading.n,
                one.reading.n_lots,
                one.target,
                standings.get(one.standing, ""),
                one.shrunken,
                one.best,
                one.worst,
                one.reading.change.value if one.reading.change else None,
                one.reading.data_until,
                one.reading.reason_text or (_("preliminary") if one.reading.preliminary else ""),
            ]
            for one in ranked
        ],
    )


def table_sheet(
    title: str,
    heads: Sequence[Heading],
    named: Iterable[tuple[str, Sequence[Any]]],
    columns: Sequence[tuple[str, Mapping[str, Reading]]],
) -> Sheet:
    """Return a table of suppliers or parts: of each figure its value, interval and n.

    Parameters
    ----------
    heads, named
        What names a row, and for each row its key in the columns and the values under `heads`.
    columns
        Each figure by its name, and its readings by the rows' keys.
    """
    low, high = _bounds()
    kinds = [KINDS[_unit_of(readings)] for _name, readings in columns]
    headings = [
        heading
        for (name, _readings), kind in zip(columns, kinds, strict=True)
        for heading in (
            Heading(name, kind),
            Heading(f"{name}, {low}", kind),
            Heading(f"{name}, {high}", kind),
            Heading(f"{name}, n", COUNT),
        )
    ]
    rows = ([*said, *_in_table(key, columns)] for key, said in named)
    return Sheet(title, [*heads, *headings], rows)


def _unit_of(readings: Mapping[str, Reading]) -> str:
    return next((definition(one.definition, one.version).unit for one in readings.values()), "share")


def _in_table(key: str, columns: Sequence[tuple[str, Mapping[str, Reading]]]) -> Iterator[Any]:
    for _name, readings in columns:
        one = readings.get(key)
        yield from (one.value, one.low, one.high, one.n) if one else (None, None, None, None)


def missing_sheet(complete: Sequence[Completeness]) -> Sheet:
    """Return what was asked for and has not come, or lacks lots, kind by kind."""
    rows = [
        [
            kind_word(one.asked.kind),
            one.asked.supplier_code,
            one.asked.sender_name,
            period_word(one),
            one.slot.due,
            state_word(one.state),
            one.missing or None,
            one.last_day,
        ]
        for kind in complete
        for one in [*kind.earlier, *kind.owing, *kind.in_part]
    ]
    headings = [
        Heading(_("Data"), Kind(str, width=22)),
        Heading(pgettext("organisation", "Code"), CODE),
        Heading(_("Who sends"), Kind(str, width=26)),
        Heading(_("Period")),
        Heading(_("Due"), DAY),
        Heading(_("State")),
        Heading(_("Lots missing"), COUNT),
        Heading(_("Last day known"), DAY),
    ]
    return Sheet(_("Is the data complete?"), headings, rows)


def characteristic_sheet(limits: Sequence[Limits], sums: Mapping[int, Measured]) -> Sheet:
    """Return the characteristics of a part: limits, and what was measured in the months of the period."""
    rows = [
        [
            one.number,
            formatting.in_language(one.name, one.name_en),
            one.class_word,
            one.unit,
            one.nominal,
            one.lsl,
            one.usl,
            *_measured(sums.get(one.version)),
        ]
        for one in limits
    ]
    headings = [
        Heading(_("Number"), CODE),
        Heading(_("Characteristic"), Kind(str, width=24)),
        Heading(pgettext("characteristic", "Class")),
        Heading(_("Unit")),
        Heading(_("Nominal"), VALUE),
        Heading(_("Lower limit"), VALUE),
        Heading(_("Upper limit"), VALUE),
        Heading(_("Measurements"), COUNT),
        Heading(_("Mean"), VALUE),
        Heading(_("Lowest"), VALUE),
        Heading(_("Highest"), VALUE),
        Heading(_("Out of limits"), COUNT),
    ]
    return Sheet(_("Characteristics"), headings, rows)


def _measured(found: Measured | None) -> list[Any]:
    if found is None:
        return [None] * 5
    return [found.n, found.mean, found.minimum, found.maximum, found.out_of_limits]
