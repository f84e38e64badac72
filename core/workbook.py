"""Workbooks of lists and figures: one way for every page that can be saved as xlsx.

The file is written before the answer begins, with memory that does not grow with its rows: while the scope
of the request is open, and so that a fault is a page that says so and never half a file.
"""

import math
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from typing import IO, Any

import xlsxwriter
from django.http import FileResponse
from django.utils.timezone import is_aware, localtime
from django.utils.translation import gettext as _
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from core import formatting

MOST_ROWS = 1_048_575  # what a sheet of Excel holds below its heading
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# Characters that begin a formula where a text is later saved as a comma file.
BEGINS_FORMULA = ("=", "+", "-", "@", "\t", "\r")
LONGEST_TEXT = 32_767
FIRST_DAY = date(1900, 1, 1)
NOT_IN_SHEET_NAME = re.compile(r"[\[\]:*?/\\]")


@dataclass(frozen=True, slots=True)
class Kind:
    """What a column holds: how a page writes it, how a workbook formats it, how wide and which side."""

    write: Callable[[Any], str]
    number_format: str = ""
    width: int = 12
    is_number: bool = False


def _said(value: Any) -> str:
    return "" if value is None else str(value)


TEXT = Kind(_said, width=18)
CODE = Kind(_said, width=16)
LONG = Kind(_said, width=44)
COUNT = Kind(formatting.decimal, "#,##0", is_number=True)
SIGNED = Kind(lambda value: formatting.decimal(value, signed=True), "+#,##0;-#,##0;0", is_number=True)
AMOUNT = Kind(lambda value: formatting.decimal(value, 2), "#,##0.00", 14, is_number=True)
ONE_PLACE = Kind(lambda value: formatting.decimal(value, 1), "#,##0.0", is_number=True)
NUMBER = Kind(str, "General", is_number=True)  # as it is
VALUE = Kind(lambda value: formatting.decimal(value, 2), "General", is_number=True)
SHARE = Kind(formatting.rate, "0.00%", is_number=True)
POINTS = Kind(lambda value: formatting.percent(value, 2, signed=True), "+0.00%;-0.00%;0.00%", is_number=True)
DAY = Kind(formatting.day, "yyyy-mm-dd")
MOMENT = Kind(formatting.moment, "yyyy-mm-dd hh:mm", 17)


@dataclass(frozen=True, slots=True)
class Heading:
    """A column of a sheet: its name in the reader's language, and what it holds."""

    name: str
    kind: Kind = TEXT


@dataclass(frozen=True, slots=True)
class Cell:
    """A value of another kind than its column: one figure is a rate, the next one a number of days."""

    value: Any
    kind: Kind


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table: values as they are, numbers as numbers and days as days; None where nothing is known."""

    title: str
    headings: Sequence[Heading]
    rows: Iterable[Sequence[Any]]


@dataclass(frozen=True, slots=True)
class Workbook:
    """Sheets, and before them what they are: a name and lines of (what, which)."""

    title: str
    about: Sequence[tuple[str, str]]
    sheets: Sequence[Sheet]


def download(book: Workbook, *, day: date) -> FileResponse:
    """Answer with a workbook to be saved under its title and `day`."""
    file = tempfile.TemporaryFile()  # noqa: SIM115  # the answer closes it
    try:
        write(book, file)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    name = f"{NOT_IN_SHEET_NAME.sub('-', book.title)} {day.isoformat()}.xlsx"
    return FileResponse(file, as_attachment=True, filename=name, content_type=XLSX)


def write(book: Workbook, target: IO[bytes]) -> None:
    """Write a workbook row by row. Texts stay texts, whatever they begin with."""
    with xlsxwriter.Workbook(
        target, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    ) as out:
        names: set[str] = set()
        about = out.add_worksheet(sheet_name(_("About this file"), names))
        pages = [out.add_worksheet(sheet_name(sheet.title, names)) for sheet in book.sheets]
        formats = _Formats(out)
        notes = [
            (sheet.title, _rows_in_words(_fill(page, sheet, formats)))
            for page, sheet in zip(pages, book.sheets, strict=True)
        ]
        _tell(about, book.title, [*book.about, *notes], formats)
        if pages:
            pages[0].activate()


def sheet_name(name: str, taken: set[str]) -> str:
    """Return a name that a workbook allows: at most 31 characters, none of []:*?/\\, once a workbook."""
    clean = NOT_IN_SHEET_NAME.sub("-", name).strip("'")[:31] or "Sheet1"
    unique, number = clean, 2
    while unique.lower() in taken:
        suffix = f" ({number})"
        unique, number = clean[: 31 - len(suffix)] + suffix, number + 1
    taken.add(unique.lower())
    return unique


class _Formats:
    """Formats of a workbook, each made once."""

    def __init__(self, out: xlsxwriter.Workbook) -> None:
        self.out = out
        self.made: dict[tuple[str, bool], Format] = {}
        self.title = out.add_format({"bold": True, "font_size": 14})
        self.name = out.add_format({"font_color": "#5F6E7D", "valign": "top"})
        self.said = out.add_format({"text_wrap": True, "valign": "top"})
        self.said_quoted = out.add_format({"text_wrap": True, "valign": "top", "quote_prefix": True})
        self.head = {
            right: out.add_format(
                {
                    "bold": True,
                    "bg_color": "#E8F1FA",
                    "bottom": 1,
                    "border_color": "#8592A0",
                    "align": "right" if right else "left",
                }
            )
            for right in (False, True)
        }

    def of(self, number_format: str, *, quoted: bool = False) -> Format:
        key = number_format, quoted
        if key not in self.made:
            told: dict[str, Any] = {"num_format": number_format} if number_format else {}
            self.made[key] = self.out.add_format(told | ({"quote_prefix": True} if quoted else {}))
        return self.made[key]


def _fill(page: Worksheet, sheet: Sheet, formats: _Formats) -> tuple[int, bool]:
    """Write a sheet; return how many rows it holds, and whether there were more."""
    for column, heading in enumerate(sheet.headings):
        kind = heading.kind
        page.set_column(column, column, max(kind.width, min(_width(heading.name) + 2, 30)))
        page.write_string(0, column, heading.name, formats.head[kind.is_number])
    page.freeze_panes(1, 1)
    rows = iter(sheet.rows)
    count = 0
    for count, row in enumerate(islice(rows, MOST_ROWS), start=1):
        for column, value in enumerate(row):
            _put(page, (count, column), value, sheet.headings[column].kind, formats)
    if count:
        page.autofilter(0, 0, count, len(sheet.headings) - 1)
    return count, next(rows, None) is not None


def _put(page: Worksheet, place: tuple[int, int], value: Any, kind: Kind, formats: _Formats) -> None:
    row, column = place
    if isinstance(value, Cell):
        value, kind = value.value, value.kind
    if value is None or value == "" or (isinstance(value, float) and not math.isfinite(value)):
        return
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        page.write_number(row, column, value, formats.of(kind.number_format))
    elif isinstance(value, date) and _has_a_number(value):
        page.write_datetime(row, column, _as_written(value), formats.of(kind.number_format))
    else:
        text = str(value)[:LONGEST_TEXT]
        page.write_string(row, column, text, formats.of("", quoted=text.startswith(BEGINS_FORMULA)))


def _has_a_number(day: date) -> bool:
    """Say whether Excel's calendar knows a day."""
    return (day.date() if isinstance(day, datetime) else day) >= FIRST_DAY


def _as_written(day: date) -> date:
    """Return a moment in the reader's zone, and without it: a sheet knows none."""
    if isinstance(day, datetime) and is_aware(day):
        return localtime(day).replace(tzinfo=None)
    return day


def _width(text: str) -> int:
    """Width of a text in characters; a Chinese one takes two."""
    return sum(1 if char.isascii() else 2 for char in text)


def _rows_in_words(filled: tuple[int, bool]) -> str:
    count, more = filled
    if more:
        told = _("the first %(n)s rows: a sheet holds no more. Narrow the filters to get the rest")
        return told % {"n": formatting.decimal(count)}
    return _("rows: %(n)s") % {"n": formatting.decimal(count)}


def _tell(page: Worksheet, title: str, lines: Iterable[tuple[str, str]], formats: _Formats) -> None:
    page.set_column(0, 0, 22)
    page.set_column(1, 1, 90)
    page.write_string(0, 0, title[:LONGEST_TEXT], formats.title)
    for row, (name, said) in enumerate(lines, start=2):
        page.write_string(row, 0, name, formats.name)
        quoted = said.startswith(BEGINS_FORMULA)
        page.write_string(row, 1, said[:LONGEST_TEXT], formats.said_quoted if quoted else formats.said)


def in_chunks(rows: Iterable[Any], size: int) -> Iterator[list[Any]]:
    """Yield rows by lists of at most `size`."""
    rest = iter(rows)
    while chunk := list(islice(rest, size)):
        yield chunk
