"""Bytes on disk: workbooks, HTML tables that call themselves .xls, comma files."""

from __future__ import annotations

import csv
import datetime as dt
import html
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

#: Written into every workbook, so that the same seed gives the same bytes.
MADE_AT = dt.datetime(2026, 6, 30, 8, 0, 0)  # noqa: DTZ001 - a workbook has no zone
Cell = str | int | float | dt.date | None
#: Row and column of a cell, from 0.
Place = tuple[int, int]


class Book:
    """A workbook being written; formats are made once and shared by its sheets."""

    def __init__(self, workbook: xlsxwriter.Workbook) -> None:
        self._workbook = workbook
        self.title = workbook.add_format({"bold": True, "font_size": 14, "align": "center"})
        self.head = workbook.add_format({"bold": True, "border": 1, "align": "center", "valign": "vcenter"})
        self.cell = workbook.add_format({"valign": "vcenter"})
        self.date = workbook.add_format({"num_format": "yyyy-mm-dd", "valign": "vcenter"})

    def page(self, name: str, left: int = 0) -> Page:
        """Add a sheet whose first columns stay empty."""
        return Page(self, self._workbook.add_worksheet(name), left)


@dataclass(frozen=True)
class Page:
    """A sheet being written, with the formats of its book.

    Rows count from 0, columns from 0 behind the `left` ones that stay empty.
    """

    book: Book
    sheet: Worksheet
    left: int = 0

    def title(self, text: str, width: int) -> None:
        """Write the title, merged over the width of the table."""
        self.merge((0, 0), (0, width - 1), text, self.book.title)

    def head(self, row: int, names: Iterable[str], column: int = 0) -> None:
        """Write a header line."""
        for at, name in enumerate(names, start=self.left + column):
            self.sheet.write_string(row, at, name, self.book.head)

    def text(self, row: int, column: int, value: str) -> None:
        """Write one cell of text."""
        self.sheet.write_string(row, self.left + column, value)

    def row(self, row: int, cells: Iterable[Cell], column: int = 0) -> None:
        """Write one row; a date becomes a real date cell, None and empty text an empty one."""
        for at, value in enumerate(cells, start=self.left + column):
            if value is None or value == "":
                continue
            if isinstance(value, dt.date):
                # A cell of a sheet has no zone.
                moment = dt.datetime(value.year, value.month, value.day)  # noqa: DTZ001
                self.sheet.write_datetime(row, at, moment, self.book.date)
            elif isinstance(value, str):
                self.sheet.write_string(row, at, value)
            else:
                self.sheet.write_number(row, at, value)

    def merge(self, first: Place, last: Place, value: Cell, fmt: Format | None = None) -> None:
        """Merge a block of cells and write into it; a block of one cell is just written."""
        fmt = fmt or (self.book.date if isinstance(value, dt.date) else self.book.cell)
        (top, begin), (bottom, end) = first, last
        if first == last:
            self.sheet.write(top, self.left + begin, value, fmt)
        else:
            self.sheet.merge_range(top, self.left + begin, bottom, self.left + end, value, fmt)

    def merge_head(self, first: Place, last: Place, name: str) -> None:
        """Merge a block of cells of the header."""
        self.merge(first, last, name, self.book.head)

    def widths(self, columns: int, width: float) -> None:
        """Give the first columns one width."""
        self.sheet.set_column(self.left, self.left + columns - 1, width)


@contextmanager
def workbook(path: Path) -> Iterator[Book]:
    """Open a workbook for writing; it is on disk when the block ends."""
    with xlsxwriter.Workbook(path, {"in_memory": True}) as book:
        book.set_properties({"created": MADE_AT, "comments": "simulated, made up 模拟数据"})
        yield Book(book)


def write_html_xls(path: Path, title: str, head: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write an HTML table under the name .xls, as an ERP's export button does: it says gb2312, it is GBK."""
    lines = [
        '<html xmlns:x="urn:schemas-microsoft-com:office:excel">',
        '<head><meta http-equiv="Content-Type" content="text/html; charset=gb2312">',
        f"<title>{title}</title></head>",
        '<body><table border="1">',
        "<tr>" + "".join(f"<th>{html.escape(name)}</th>" for name in head) + "</tr>",
    ]
    for row in rows:
        cells = (html.escape(str(value)) if value not in (None, "") else "&nbsp;" for value in row)
        lines.append("<tr><td>" + "</td><td>".join(cells) + "</td></tr>")
    lines.append("</table></body></html>")
    path.write_bytes("\r\n".join(lines).encode("gbk"))


def write_csv(
    path: Path, head: Sequence[str], rows: Iterable[Sequence[Any]], *, encoding: str, delimiter: str = ","
) -> None:
    """Write a comma file as a spreadsheet saves it, with CRLF."""
    with path.open("w", encoding=encoding, newline="") as handle:
        writer = csv.writer(handle, delimiter=delimiter, lineterminator="\r\n")
        writer.writerow(head)
        writer.writerows(rows)
