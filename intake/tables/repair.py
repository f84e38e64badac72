"""The person's own workbook, written anew, with the cells to mend filled and the remedy in a note."""

import io
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Any

import numpy as np
import pandas as pd
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from intake.readers.markers import MARKER
from intake.readers.workbook import Sheet, Workbook, column_index
from intake.tables.problems import ASK, NOTE, RULES, WRONG

FILLS = {
    WRONG: {"bg_color": "#FCEAED", "border": 2, "border_color": "#B01030"},
    ASK: {"bg_color": "#FDF3DC", "border": 2, "border_color": "#8F6200"},
    NOTE: {"bg_color": "#E8F1FA", "border": 1, "border_color": "#0A5AA8"},
}
# Characters that begin a formula where a text is later saved as a comma file.
BEGINS_FORMULA = ("=", "+", "-", "@", "\t", "\r")
NOT_IN_SHEET_NAME = re.compile(r"[\[\]:*?/\\]")
LONGEST_TEXT = 32_767
PADDING = 5 / 7  # a stored width holds five pixels beside its characters
FIRST_DAY = date(1900, 1, 1)
MADE = datetime(2020, 1, 1)
MOST_NOTES = 5_000  # a workbook with more of them opens slowly; the cells are filled all the same

Problem = Mapping[str, Any]


def repair_workbook(
    workbook: Workbook,
    problems: pd.DataFrame | Iterable[Problem],
    words: Callable[[Problem], str],
    *,
    marker: str = "",
) -> bytes:
    """Write a workbook with every cell in its place and the problems marked.

    Every sheet by its name, every row and column in its place, values as read, merged ranges, widths,
    hidden rows and sheets. Fonts, pictures, macros and formulas are not carried. Texts that would be
    taken for a formula are kept as texts. Sent back, it reads like the original.

    Parameters
    ----------
    workbook : Workbook
        As read from the person's file.
    problems : DataFrame, or iterable of mappings
        With ``sheet``, ``row`` (from 1), ``column`` (letter; empty marks the first cell of the row),
        ``rule`` and ``params``.
    words : callable (problem) -> str
        The remedy in the reader's language.
    marker : str
        By which the workbook is known when it comes back.

    Returns
    -------
    bytes
        An xlsx file.
    """
    marks = _marks(problems, words)
    target = io.BytesIO()
    book = xlsxwriter.Workbook(
        target,
        {
            "in_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
            "strings_to_numbers": False, "date_1904": workbook.date1904, "nan_inf_to_errors": True,
        },
    )  # fmt: skip
    book.set_properties({"created": MADE})  # the same problems give the same bytes
    if marker:
        book.set_custom_property(MARKER, marker, "text")
    formats = _Formats(book)
    names: set[str] = set()
    for sheet in workbook.sheets:
        page = book.add_worksheet(_sheet_name(sheet.name, names))
        _write_sheet(page, sheet, marks.get(sheet.name, {}), formats)
    _hide_sheets(book, workbook)
    book.close()
    return target.getvalue()


class _Formats:
    """Formats of cells, each made once: a fill by severity, a date, a text that begins like a formula."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self.book = book
        self.known: dict[tuple[str, str], Format | None] = {("", ""): None}

    def of(self, severity: str, kind: str) -> Format | None:
        if (severity, kind) not in self.known:
            told: dict[str, Any] = dict(FILLS.get(severity, {}))
            if kind == "date":
                told["num_format"] = "yyyy-mm-dd"
            elif kind == "moment":
                told["num_format"] = "yyyy-mm-dd hh:mm:ss"
            elif kind == "quoted":
                told["quote_prefix"] = True
            self.known[severity, kind] = self.book.add_format(told)
        return self.known[severity, kind]


Marks = dict[tuple[int, int], tuple[str, list[str]]]


def _marks(problems: pd.DataFrame | Iterable[Problem], words: Callable[[Problem], str]) -> dict[str, Marks]:
    """Severity and remedies by sheet and (row, column), both from 0; column -1 is the row's first cell."""
    lines = problems.to_dict("records") if isinstance(problems, pd.DataFrame) else problems
    marks: dict[str, Marks] = defaultdict(dict)
    gravest = (WRONG, ASK, NOTE)
    for line in lines:
        severity = RULES[line["rule"]][0] if line["rule"] in RULES else WRONG
        place = (int(line["row"]) - 1, column_index(line["column"]) if line["column"] else -1)
        known, remedies = marks[line["sheet"]].get(place, (NOTE, []))
        remedy = words(line)
        if remedy not in remedies:
            remedies = [*remedies, remedy]
        marks[line["sheet"]][place] = (min(known, severity, key=gravest.index), remedies)
    return marks


def _write_sheet(page: Worksheet, sheet: Sheet, marks: Marks, formats: _Formats) -> None:
    _set_widths(page, sheet)
    marks = _with_places(sheet, marks)
    severities = {place: severity for place, (severity, _) in marks.items()}
    _write_cells(page, sheet, severities, formats)
    _merge(page, sheet, severities, formats)
    for row in sorted(sheet.hidden_rows):
        page.set_row(sheet.row_number(row) - 1, None, None, {"hidden": True})
    for (row, column), (_, remedies) in list(marks.items())[:MOST_NOTES]:
        page.write_comment(
            row, column, "\n".join(remedies), {"x_scale": 2, "y_scale": 0.5 + 0.5 * len(remedies)}
        )
    for row, column in marks:
        if not _inside(sheet, row, column):
            page.write_blank(row, column, None, formats.of(severities[row, column], ""))


def _with_places(sheet: Sheet, marks: Marks) -> Marks:
    """Put a mark of a whole row on its first filled cell."""
    placed: Marks = {}
    for (row, column), mark in sorted(marks.items()):
        placed[row, column if column >= 0 else _first_filled(sheet, row)] = mark
    return placed


def _first_filled(sheet: Sheet, row: int) -> int:
    at = sheet.index_of(row + 1)
    cells = [] if at is None else sheet.cells[at]
    return sheet.first_column + next((column for column, cell in enumerate(cells) if cell is not None), 0)


def _inside(sheet: Sheet, row: int, column: int) -> bool:
    width = sheet.cells.shape[1]
    return sheet.index_of(row + 1) is not None and 0 <= column - sheet.first_column < width


def _write_cells(
    page: Worksheet, sheet: Sheet, severities: dict[tuple[int, int], str], formats: _Formats
) -> None:
    places = sheet.row_numbers(np.arange(len(sheet.cells))) - 1
    for row, cells in zip(places.tolist(), sheet.cells.tolist(), strict=True):
        for column, cell in enumerate(cells, start=sheet.first_column):
            severity = severities.get((row, column), "") if severities else ""
            if cell is not None or severity:
                _write_cell(page, (row, column), cell, severity, formats)


def _write_cell(page: Worksheet, place: tuple[int, int], cell: Any, severity: str, formats: _Formats) -> None:
    row, column = place
    if cell is None:
        page.write_blank(row, column, None, formats.of(severity, ""))
    elif isinstance(cell, bool):
        page.write_boolean(row, column, cell, formats.of(severity, ""))
    elif isinstance(cell, (int, float)):
        page.write_number(row, column, cell, formats.of(severity, ""))
    elif isinstance(cell, date) and (cell.date() if isinstance(cell, datetime) else cell) >= FIRST_DAY:
        kind = "moment" if isinstance(cell, datetime) else "date"
        page.write_datetime(row, column, cell, formats.of(severity, kind))
    else:
        text = str(cell)[:LONGEST_TEXT]
        kind = "quoted" if text.startswith(BEGINS_FORMULA) else ""
        page.write_string(row, column, text, formats.of(severity, kind))


def _merge(page: Worksheet, sheet: Sheet, severities: dict[tuple[int, int], str], formats: _Formats) -> None:
    taken: set[tuple[int, int]] = set()
    for merge in sheet.merged:
        top, left = merge.top + sheet.first_row, merge.left + sheet.first_column
        bottom, right = merge.bottom + sheet.first_row, merge.right + sheet.first_column
        area = {(row, column) for row in range(top, bottom + 1) for column in range(left, right + 1)}
        if len(area) < 2 or area & taken:
            continue  # a range that overlaps another one would spoil the file
        taken |= area
        # A problem may lie in any row of a day that was merged over its lots.
        severity = next((severities[place] for place in sorted(area) if place in severities), "")
        page.merge_range(top, left, bottom, right, "", formats.of(severity, "") or formats.of("", "merged"))
        if _inside(sheet, top, left) and (cell := sheet.cells[merge.top, merge.left]) is not None:
            _write_cell(page, (top, left), cell, severity, formats)


def _set_widths(page: Worksheet, sheet: Sheet) -> None:
    for first, last, width in sheet.widths:
        if width:
            page.set_column(first, last, max(width - PADDING, 0.5))
        else:
            page.set_column(first, last, None, None, {"hidden": True})
    if sheet.widths:
        return
    for column in range(sheet.cells.shape[1]):
        shown = [_width_of(cell) for cell in sheet.cells[:200, column] if cell is not None]
        at = sheet.first_column + column
        page.set_column(at, at, min(max([8, *sorted(shown)[: int(len(shown) * 0.95) + 1]]) + 1, 40))


def _width_of(cell: Any) -> int:
    """Width of a cell in characters; a Chinese one takes two."""
    return sum(1 if char.isascii() else 2 for char in str(cell)[:60])


def _sheet_name(name: str, names: set[str]) -> str:
    """A name that a workbook allows: at most 31 characters, none of []:*?/\\, once a workbook."""
    clean = NOT_IN_SHEET_NAME.sub("-", name).strip("'")[:31] or "Sheet1"
    unique, number = clean, 2
    while unique.lower() in names:
        suffix = f" ({number})"
        unique, number = clean[: 31 - len(suffix)] + suffix, number + 1
    names.add(unique.lower())
    return unique


def _hide_sheets(book: xlsxwriter.Workbook, workbook: Workbook) -> None:
    pages = book.worksheets()
    shown = [page for page, sheet in zip(pages, workbook.sheets, strict=True) if not sheet.hidden]
    if not shown:
        return
    shown[0].activate()
    shown[0].set_first_sheet()
    for page, sheet in zip(pages, workbook.sheets, strict=True):
        if sheet.hidden:
            page.hide()
