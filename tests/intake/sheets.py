"""Workbooks and readings for the tests of what a file is and what it means; no database."""

import io
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_cell_to_rowcol

from intake.readers.reading import read
from intake.tables.reading import Reading
from intake.tables.typed import Typed, type_tables
from intake.tables.understand import Understood, understand

TODAY = date(2026, 6, 30)


def xlsx(
    *sheets: tuple[str, Sequence[Sequence[Any]]], merged: dict[str, list[str]] | None = None, **told: Any
) -> bytes:
    """A workbook; `merged` are ranges like ``A3:A5`` by sheet, `told` options of XlsxWriter."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"strings_to_formulas": False, **told})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for name, rows in sheets:
        page = book.add_worksheet(name)
        for row, cells in enumerate(rows):
            for column, cell in enumerate(cells):
                if isinstance(cell, date):
                    page.write_datetime(row, column, cell, day)
                elif cell is not None:
                    page.write(row, column, cell)
        for area in (merged or {}).get(name, ()):
            page.merge_range(area, "")
        for area in (merged or {}).get(name, ()):
            top, left = _corner(area)
            page.write(top, left, rows[top][left])
    book.close()
    return target.getvalue()


def by_hand(write: Callable[[xlsxwriter.Workbook], None], **told: Any) -> bytes:
    """A workbook that a test writes itself."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, told)
    write(book)
    book.close()
    return target.getvalue()


def _corner(area: str) -> tuple[int, int]:
    return xl_cell_to_rowcol(area.partition(":")[0])


def text(rows: Sequence[Sequence[Any]], delimiter: str = ",") -> str:
    return (
        "\r\n".join(delimiter.join("" if cell is None else str(cell) for cell in row) for row in rows)
        + "\r\n"
    )


def understood(
    data: bytes, name: str = "", kind: str | None = None, reading: dict | None = None
) -> Understood:
    return understand(
        read(data, filename=name),
        file_name=name,
        kind=kind,
        reading=Reading.from_json(reading) if reading else None,
    )


def typed(data: bytes, name: str = "", kind: str | None = None, reading: dict | None = None) -> Typed:
    return type_tables(understood(data, name, kind, reading), today=TODAY)


def rules(result: Typed) -> list[tuple[str, str]]:
    """Address and rule of each problem."""
    return [(f"{line.column}{line.row}", line.rule) for line in result.problems.itertuples()]


def fields(result: Understood, table: int = 0) -> dict[str, str]:
    """Header to field of one table."""
    return {column.header or column.letter: column.field for column in result.tables[table].columns}
