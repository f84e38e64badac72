"""A story as a workbook: the figures, the suppliers, the course, the lots behind them, the definitions."""

import io
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from insight.mails.letter import Attachment
from insight.mails.story import Story
from kpis.definitions import READINGS, definition
from kpis.queries.readings import Reading

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LIKE_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def written(story: Story) -> Attachment:
    """Return the workbook of a mail; numbers are numbers, and a text is never taken for a formula."""
    import xlsxwriter

    target = io.BytesIO()
    options = {
        "in_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
        "strings_to_numbers": False,
    }  # fmt: skip
    book = xlsxwriter.Workbook(target, options)
    behind = story.behind
    sheets = _Sheets(book)
    head = [story.headline, story.calm, story.kicker, story.organisation, *story.notices, story.simulated]
    if behind.figures:
        sheets.add(_("Figures"), _figure_columns(), map(_figure_row, behind.figures), above=head)
    if behind.tasks or not behind.figures:
        sheets.add(_("Tasks"), _task_columns(), behind.tasks, above=() if behind.figures else head)
    if behind.suppliers:
        columns = [_("Code"), _("Supplier"), *_figure_columns()]
        rows = ([one.by["supplier"], one.label, *_figure_row(one)] for one in behind.suppliers)
        sheets.add(_("Suppliers"), columns, rows)
    if behind.course:
        sheets.add(_("Course"), _course_columns(), _course_rows(story))
    if behind.lots:
        above = (
            [_("%(n)s further lots are left out.") % {"n": behind.lots_left_out}]
            if behind.lots_left_out
            else []
        )
        sheets.add(_("Lots"), _lot_columns(), map(_lot_row, behind.lots), above=above)
    if behind.figures:
        sheets.add(_("Definitions"), _definition_columns(), _definition_rows(behind.figures))
    book.close()
    return Attachment(story.file_name, XLSX, target.getvalue())


class _Sheets:
    """Writes tables: heading in bold, columns as wide as their words, dates as dates."""

    def __init__(self, book: Any) -> None:
        self.book = book
        self.head = book.add_format(
            {"bold": True, "bg_color": "#E8F1FA", "bottom": 1, "text_wrap": True, "valign": "top"}
        )
        self.date = book.add_format({"num_format": "yyyy-mm-dd", "align": "left"})
        self.quoted = book.add_format({"quote_prefix": True})
        self.bold = book.add_format({"bold": True})

    def add(
        self, name: str, columns: Sequence[str], rows: Iterable[Sequence[Any]], *, above: Sequence[str] = ()
    ) -> None:
        page = self.book.add_worksheet(name[:31])
        for place, line in enumerate(above):
            page.write_string(
                place,
                0,
                line,
                self.quoted if line.startswith(LIKE_A_FORMULA) else self.bold if not place else None,
            )
        top = len(above) + bool(above)
        page.set_column(0, len(columns) - 1, 14)
        page.freeze_panes(top + 1, 0)
        for column, word in enumerate(columns):
            page.write_string(top, column, word, self.head)
        for row, values in enumerate(rows, top + 1):
            for column, value in enumerate(values):
                self._write(page, row, column, value)

    def _write(self, page: Any, row: int, column: int, value: Any) -> None:
        if value is None or value == "":
            return
        if isinstance(value, date):
            page.write_datetime(row, column, value, self.date)
        elif isinstance(value, int | float | Decimal):
            page.write_number(row, column, value)
        else:
            text = str(value)
            page.write_string(row, column, text, self.quoted if text.startswith(LIKE_A_FORMULA) else None)


def _figure_columns() -> list[str]:
    return [
        _("Figure"), _("Stage"), _("From"), _("To"), _("Value"), _("Unit"), _("95% low"), _("95% high"), "n",
        _("Counted"), _("Lots"), _("Numerator"), _("Denominator"), _("Preliminary"), _("Why none"),
        _("Base from"), _("Base to"), _("Base value"), _("Difference"), _("Result of the test"),
        _("Definition"), _("Version"), _("Data until"),
    ]  # fmt: skip


def _figure_row(one: Reading) -> list[Any]:
    kpi, change = definition(one.definition, one.version), one.change
    against: list[Any] = [None] * 5
    if change is not None:
        words = {"better": _("better"), "worse": _("worse"), "undecided": _("not yet decidable")}
        against = [
            change.period.first, change.period.last, change.value, change.difference, words.get(change.word)
        ]  # fmt: skip
    return [
        str(kpi.title), str(READINGS[one.stage]) if one.stage else "", one.period.first, one.period.last,
        one.value, unit_word(kpi.unit), one.low, one.high, one.n, counted_word(one), one.n_lots,
        one.numerator, one.denominator, _("preliminary") if one.preliminary else "", one.reason_text,
        *against, one.definition, one.version, one.data_until,
    ]  # fmt: skip


def unit_word(unit: str) -> str:
    words = {
        "share": _("fraction"),
        "ppm": "ppm",
        "turns": pgettext("unit of a column", "turns a year"),
        "days": pgettext("unit of a column", "days"),
    }
    return words[unit]


def counted_word(one: Reading) -> str:
    words = {"pieces": _("pieces"), "lots": _("lots"), "lines": _("lines"), "": ""}
    return words[definition(one.definition, one.version).counted]


def _course_columns() -> list[str]:
    return [
        _("Figure"), _("Stage"), _("From"), _("To"), _("Value"), _("Unit"), "n", _("Lower limit"), _("Centre"),
        _("Upper limit"), _("Points of the limits"), _("Outside"),
    ]  # fmt: skip


def _course_rows(story: Story) -> Iterable[list[Any]]:
    course = story.behind.course
    assert course is not None
    kpi = definition(course.name)
    stage = str(READINGS[course.stage]) if course.stage else ""
    for place, point in enumerate(course.points):
        segment = next((one for one in course.segments if one.first <= place <= one.last), None)
        limits: list[Any] = [None] * 5
        if segment is not None and segment.limits is not None:
            low, centre, high = segment.limits.low, segment.limits.centre, segment.limits.high
            limits = [low, centre, high, segment.points, _("outside") if place in segment.outside else ""]
        yield [
            str(kpi.title), stage, point.period.first, point.period.last, point.value, unit_word(kpi.unit),
            point.n, *limits,
        ]  # fmt: skip


def _lot_columns() -> list[str]:
    return [
        _("Day"), _("Stage"), _("Customer"), _("Code"), _("Supplier"), _("Part number"), _("Part"), _("Lot"),
        _("Inspected"), _("Nonconforming"), _("Verdict"),
    ]  # fmt: skip


def _lot_row(row: Sequence[Any]) -> list[Any]:
    day, stage, *rest, verdict = row
    verdicts = {"accepted": _("accepted"), "rejected": _("rejected")}
    return [day, str(READINGS[stage]), *rest, verdicts.get(verdict, "")]


def _task_columns() -> list[str]:
    return [
        _("Task"), _("Title"), _("Kind"), _("State"), _("Due"), _("Next step"), _("Customer"), _("Supplier"),
        _("Owner at the customer"), _("Owner at the supplier"), _("Opened"), _("Closed"),
    ]  # fmt: skip


def _definition_columns() -> list[str]:
    return [
        _("Definition"),
        _("Version"),
        _("Name"),
        _("Formula"),
        _("95% interval"),
        _("Stage"),
        _("Source"),
    ]


def _definition_rows(readings: Sequence[Reading]) -> Iterable[list[Any]]:
    for name, version in dict.fromkeys((one.definition, one.version) for one in readings):
        kpi = definition(name, version)
        yield [
            name, version, str(kpi.title), str(kpi.formula), str(kpi.interval), str(kpi.stage_rule),
            str(kpi.source),
        ]  # fmt: skip
