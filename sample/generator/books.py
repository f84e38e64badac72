"""Bytes on disk: workbooks, HTML tables that call themselves .xls, comma files."""

from __future__ import annotations

import csv
import datetime as dt
import html
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

#: Written into every workbook, so that the same seed gives the same bytes.
MADE_AT = dt.datetime(2026, 6, 30, 8, 0, 0)
Cell = str | int | float | dt.date | None


class Book:
    """A workbook being written; formats are made once and shared by its sheets."""

    def __init__(self, workbook: xlsxwriter.Workbook) -> None:
        self._workbook = workbook
        self.title = workbook.add_format({"bold": True, "font_size": 14, "align": "center"})
        self.head = workbook.add_format({"bold": True, "border": 1, "align": "center", "valign": "vcenter"})
        self.cell = workbook.add_format({"valign": "vcenter"})
        self.date = workbook.add_format({"num_format": "yyyy-mm-dd", "valign": "vcenter"})
        self.percent = workbook.add_format({"num_format": "0.00%"})

    def sheet(self, name: str) -> Worksheet:
        """Add a sheet."""
        return self._workbook.add_worksheet(name)


@contextmanager
def workbook(path: Path) -> Iterator[Book]:
    """Open a workbook for writing; it is on disk when the block ends."""
    with xlsxwriter.Workbook(path, {"in_memory": True}) as book:
        book.set_properties({"created": MADE_AT, "comments": "simulated, made up 模拟数据"})
        yield Book(book)


def write_row(sheet: Worksheet, row: int, cells: Iterable[Cell], book: Book, column: int = 0) -> None:
    """Write one row; a date becomes a real date cell, None an empty one."""
    for at, value in enumerate(cells, start=column):
        if value is None or value == "":
            continue
        if isinstance(value, dt.date):
            sheet.write_datetime(row, at, dt.datetime(value.year, value.month, value.day), book.date)
        elif isinstance(value, str):
            sheet.write_string(row, at, value)
        else:
            sheet.write_number(row, at, value)


def write_head(sheet: Worksheet, row: int, names: Sequence[str], book: Book, column: int = 0) -> None:
    """Write a header line."""
    for at, name in enumerate(names, start=column):
        sheet.write_string(row, at, name, book.head)


def merge(
    sheet: Worksheet, first: tuple[int, int], last: tuple[int, int], value: Cell, fmt: Format | None
) -> None:
    """Merge a block of cells and write into it; a block of one cell is just written."""
    if first == last:
        sheet.write(first[0], first[1], value, fmt)
    else:
        sheet.merge_range(*first, *last, value, fmt)


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
