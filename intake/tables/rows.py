"""Which rows of a table are data, and what its gaps hold: totals, signatures, merged and ditto cells."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from intake.formulas.quantities import PIECES_IN
from intake.readers.raw import MERGED, NO_RESULT
from intake.readers.workbook import Merge
from intake.tables.columns import Column
from intake.tables.numbers import read_numbers
from intake.tables.reading import Reading
from intake.tables.understand import Table
from intake.tables.words import DITTO, NOTE, SIGNATURE, STATISTIC, SUBTOTAL, TOTAL, is_known, plain

CODE = re.compile(r"^[!-~]*\d[!-~]*$")
# Rows that differ in one of these are about different things.
TOLD_APART = frozenset({"lot_no", "part_no", "part_name", "characteristic", "characteristic_no"})
SUMMED = frozenset({"count", "signed", "money"})
# What a blank cell below a dated row may take from above: a day is written once for its lots.
CONTINUED = ("inspection_date", "movement_date", "received_date", "return_date")


@dataclass(eq=False)
class Rows:
    """The rows of one table, sorted into data and the rest.

    Attributes
    ----------
    cells : ndarray of object, shape (rows, columns of the sheet)
        From the row below the header on, merged and ditto cells filled in.
    index : ndarray of int, shape (rows,)
        Row of `Sheet.cells` that each stands in.
    reason : ndarray of object, shape (rows,)
        None for data, else why a row is left out: blank, hidden, repeated_header, total, subtotal,
        statistic, signature, note, chosen (by the reading).
    shared : list of (str, str)
        Column and number of each cell that is merged over lots or parts that differ.
    filled_down : int
        Cells that took the value above them without a merged range or a ditto mark saying so.
    """

    cells: np.ndarray
    index: np.ndarray
    reason: np.ndarray
    filled_down: int = 0
    shared: list[tuple[str, str]] = field(default_factory=list)

    def data(self) -> np.ndarray:
        return self.reason == None  # noqa: E711  (element by element)

    def adds_up(self) -> np.ndarray:
        return (self.reason == "total") | (self.reason == "subtotal")


@dataclass(frozen=True)
class Total:
    """A number of a total row against the sum of the rows it stands for."""

    sheet: str
    row: int
    label: str
    column: str
    field: str
    said: float
    added: float
    rows: int = 1

    @property
    def agrees(self) -> bool:
        """Whether the two are equal but for the rounding of each row that was added."""
        return _equal(self.said, self.added, self.rows, self.field)


def _equal(said: float, added: float, rows: int, name: str) -> bool:
    rounding = 0.005 * (rows + 1) if name in ("amount", "unit_price") else 1e-6
    return abs(said - added) <= max(rounding, 1e-9 * abs(said))


def sort_rows(table: Table, reading: Reading, types: dict[str, str]) -> Rows:
    """Sort the rows of a table and fill its merged and ditto cells; `types` is by canonical field."""
    sheet, region = table.sheet, table.region
    index = np.arange(region.first, region.end)
    rows = Rows(sheet.cells[region.first : region.end].copy(), index, np.full(len(index), None, dtype=object))
    _fill_merged(table, rows, reading, types)
    filled = rows.cells != None  # noqa: E711  (element by element)
    _mark(rows, ~filled.any(axis=1), "blank")
    if reading.hidden_rows != "take" and sheet.hidden_rows:
        _mark(rows, np.isin(index, list(sheet.hidden_rows)), "hidden")
    _mark(rows, _repeats_header(table, rows.cells), "repeated_header")
    _mark_by_first_cells(rows, filled)
    _mark_by_reading(table, rows, reading)
    _fill_ditto(table, rows)
    _continue_days(table, rows)
    return rows


def _mark(rows: Rows, which: np.ndarray, reason: str) -> None:
    rows.reason[which & rows.data()] = reason


def _fill_merged(table: Table, rows: Rows, reading: Reading, types: dict[str, str]) -> None:
    """Write the value of a range merged downwards into each of its rows.

    A number over lots or parts that differ may be that of each or of all together: unless a person said so,
    it is written into none of them.
    """
    first, end = table.region.first, table.region.end
    columns = {column.index: column for column in table.columns}
    counted: list[tuple[slice, Merge]] = []
    for merge in table.sheet.merged:
        top, bottom = max(merge.top, first), min(merge.bottom, end - 1)
        if merge.bottom > merge.top and bottom > top and merge.left < rows.cells.shape[1]:
            here = slice(top - first, bottom - first + 1)
            if reading.merged_counts != "each" and _holds_numbers(columns.get(merge.left), types):
                counted.append((here, merge))
                continue
            # Sideways only in the first column: an "OK" merged over five pieces is one word.
            rows.cells[here, merge.left] = table.sheet.cells[merge.top, merge.left]
    told_by = [column.index for column in table.columns if set(column.fields) & TOLD_APART]
    for here, merge in counted:
        _fill_number(rows, here, table.sheet.cells[merge.top, merge.left], columns[merge.left], told_by)


def _fill_number(rows: Rows, here: slice, value: Any, column: Column, told_by: list[int]) -> None:
    cells = rows.cells[here, column.index]
    differ = any(len(set(rows.cells[here, index]) - {None}) > 1 for index in told_by)
    if not differ or np.isnan(read_numbers(np.array([value], dtype=object)).values[0]):
        cells[:] = value
    elif (cells[1:] == None).any():  # noqa: E711 - element by element; a person may have filled them in
        said = plain(value)
        cells[[0, *(np.flatnonzero(cells[1:] == None) + 1)]] = f"{said} {MERGED}"  # noqa: E711
        rows.shared.append((column.letter, said))


def _holds_numbers(column: Column | None, types: dict[str, str]) -> bool:
    if column is None:
        return False
    block = bool(column.defect or column.piece or column.characteristic)
    return block or any(name == "value" or types.get(name) in SUMMED for name in column.fields)


def _repeats_header(table: Table, cells: np.ndarray) -> np.ndarray:
    repeated = np.zeros(len(cells), dtype=bool)
    for row in table.region.header_rows:
        head = table.sheet.cells[row]
        named = [column for column, cell in enumerate(head) if isinstance(cell, str)]
        if named:
            same = sum((cells[:, column] == head[column]).astype(int) for column in named)
            repeated |= same >= max(2, 0.6 * len(named))
    return repeated


def _mark_by_first_cells(rows: Rows, filled: np.ndarray) -> None:
    """Totals, statistics and signatures say what they are in their first word."""
    if not len(rows.cells):
        return
    first = filled.argmax(axis=1)
    words = rows.cells[np.arange(len(rows.cells)), first]
    count = filled.sum(axis=1)
    says = _each_word(words, _reason_of)
    for reason in ("total", "subtotal", "statistic", "signature"):
        _mark(rows, says == reason, reason)
    # 品名 | 合计: the label may stand behind a serial number or an empty code.
    second = _each_word(_second_cells(rows.cells, filled, first), _reason_of)
    _mark(rows, (second == "total") & (count > 1), "total")
    _mark(rows, (says == "note") & (count <= 2), "note")
    alone = np.flatnonzero(count == 1) if filled.shape[1] > 2 else np.array([], dtype=int)
    lonely = np.zeros(len(words), dtype=bool)
    lonely[alone] = [isinstance(word, str) for word in words[alone]]
    _mark(rows, lonely, "note")
    _mark(rows, _foot_of_form(words, count), "note")


def _reason_of(text: str) -> str | None:
    shapes = (
        ("total", TOTAL),
        ("subtotal", SUBTOTAL),
        ("statistic", STATISTIC),
        ("signature", SIGNATURE),
        ("note", NOTE),
    )
    return next((reason for reason, shape in shapes if shape.match(text)), None)


def _each_word(words: np.ndarray, says: Callable[[str], Any]) -> np.ndarray:
    """What `says` makes of each word, asked once a distinct word that may be a label."""
    codes, written = pd.factorize(words)
    told: list[Any] = [says(plain(word)) if _may_be_label(word) else None for word in written]
    return np.array([*told, None], dtype=object)[codes]


def _may_be_label(word: object) -> bool:
    # Most first cells are numbers of lots and parts: plain characters with a digit among them.
    return isinstance(word, str) and len(word) <= 60 and not CODE.match(word)


def _foot_of_form(words: np.ndarray, count: np.ndarray) -> np.ndarray:
    """Rows of a few cells that begin with a label, below the last row that was data by its width."""
    wide = np.flatnonzero(count > 4)
    foot = np.zeros(len(words), dtype=bool)
    if len(wide):
        below = np.arange(wide[-1] + 1, len(words))
        foot[below] = [isinstance(word, str) and is_known(word) for word in words[below]]
    return foot


def _second_cells(cells: np.ndarray, filled: np.ndarray, first: np.ndarray) -> np.ndarray:
    rest = filled.copy()
    rest[np.arange(len(cells)), first] = False
    second = cells[np.arange(len(cells)), rest.argmax(axis=1)]
    second[~rest.any(axis=1)] = None
    return second


def _mark_by_reading(table: Table, rows: Rows, reading: Reading) -> None:
    for column in table.columns:
        values = reading.left_out_values(column.header, column.letter)
        if values:
            _mark(rows, _where_text(rows.cells[:, column.index], set(values)), "chosen")


def _where_text(cells: np.ndarray, texts: set[str]) -> np.ndarray:
    codes, written = pd.factorize(cells)
    known = [plain(cell) in texts for cell in written] + ["" in texts]
    return np.array(known, dtype=bool)[codes]


def _fill_ditto(table: Table, rows: Rows) -> None:
    """Same as above: 同上 and the ditto mark take the value of the nearest data row over them."""
    data = np.flatnonzero(rows.data())
    for column in table.columns:
        cells = rows.cells[data, column.index]
        said = _ditto_marks({cell for cell in set(cells) if isinstance(cell, str)})
        if said:
            marks = np.array([cell in said for cell in cells], dtype=bool)
            rows.cells[data, column.index] = _from_above(cells, marks)


def _ditto_marks(texts: set[str]) -> set[str]:
    every = "\n".join(texts).lower()  # most columns have none: seen at a glance, where texts are many
    if not any(mark in every for mark in DITTO):
        return set()
    return {text for text in texts if text.strip().lower() in DITTO}


def _from_above(cells: np.ndarray, gaps: np.ndarray) -> np.ndarray:
    source = np.where(gaps, 0, np.arange(len(cells)))
    np.maximum.accumulate(source, out=source)
    filled = cells[source]
    filled[gaps & (source == 0) & gaps[0]] = None
    return filled


def _continue_days(table: Table, rows: Rows) -> None:
    data = np.flatnonzero(rows.data())
    for column in table.columns:
        if column.field not in CONTINUED or not len(data):
            continue
        cells = rows.cells[data, column.index]
        gaps = pd.isna(cells)
        if gaps.any() and not gaps.all():
            rows.cells[data, column.index] = _from_above(cells, gaps)
            rows.filled_down += int(gaps.sum() - (gaps[: np.argmin(gaps)]).sum())


def check_totals(table: Table, rows: Rows, types: dict[str, str]) -> list[Total]:
    """Compare each number of a total row with the rows since the last total, and with all above it.

    Nothing is compared where rows have different units: what a total of 千只 and 只 counts is not said.

    Parameters
    ----------
    types : dict of str to str
        Type of each canonical field; only what can be added up is compared.
    """
    unit = table.column_of("unit")
    if unit and len(set(rows.cells[rows.data(), unit.index])) > 1 and _some_are_multiples(rows, unit):
        return []
    totals = np.flatnonzero(rows.adds_up())
    if not len(totals):
        return []
    found: list[Total] = []
    data = rows.data()
    counted = np.concatenate([[0], np.cumsum(data)])
    for column in table.columns:
        if not column.defect and types.get(column.field) not in SUMMED:
            continue
        said = read_numbers(rows.cells[totals, column.index]).values
        if np.isnan(said).all():
            continue
        values = np.nan_to_num(read_numbers(rows.cells[:, column.index]).values)
        running = np.concatenate([[0.0], np.cumsum(np.where(data, values, 0.0))])
        name = column.field or f"defect:{column.defect}"
        for row, number, added, of_rows in _added(rows, totals, said, (running, counted), name):
            label = plain(next(cell for cell in rows.cells[row] if cell is not None))
            place = table.sheet.row_number(rows.index[row])
            found.append(Total(table.sheet.name, place, label, column.letter, name, number, added, of_rows))
    return found


def totals_without_result(table: Table, rows: Rows, types: dict[str, str]) -> list[tuple[int, str, str, str]]:
    """(row as the person sees it, column, field, label) of total rows with formulas that were never calculated.

    The first such column that could have been checked stands for its row.
    """
    found = {}
    for row in np.flatnonzero(rows.adds_up()).tolist():
        cells = rows.cells[row]
        for column in table.columns:
            checked = column.defect or types.get(column.field) in SUMMED
            if checked and cells[column.index] == NO_RESULT and row not in found:
                label = plain(next(cell for cell in cells if cell is not None))
                name = column.field or f"defect:{column.defect}"
                found[row] = (table.sheet.row_number(rows.index[row]), column.letter, name, label)
    return list(found.values())


def _added(
    rows: Rows, totals: np.ndarray, said: np.ndarray, sums: tuple[np.ndarray, np.ndarray], name: str
) -> Iterator[tuple[int, float, float, int]]:
    """(row, number said, sum, rows in it) of each total row that says a number.

    A 小计 counts its block, a 合计 all of it; a page total may be either.
    """
    running, counted = sums
    before = 0
    for row, number in zip(totals.tolist(), said.tolist(), strict=True):
        block = (float(running[row] - running[before]), int(counted[row] - counted[before]))
        everything = (float(running[row]), int(counted[row]))
        before = row
        if np.isnan(number):
            continue
        choices = (block, everything) if rows.reason[row] == "subtotal" else (everything, block)
        fitting = [choice for choice in choices if _equal(number, *choice, name)]
        yield row, number, *(fitting or choices)[0]


def _some_are_multiples(rows: Rows, unit: Column) -> bool:
    return any(
        PIECES_IN.get(plain(cell).lower()) != 1 for cell in set(rows.cells[rows.data(), unit.index]) - {None}
    )


@dataclass(eq=False)
class LeftOut:
    """How many rows were left out, by reason; blank rows do not count."""

    counts: dict[str, int] = field(default_factory=dict)

    def add(self, reason: str, number: int = 1) -> None:
        if number and reason != "blank":
            self.counts[reason] = self.counts.get(reason, 0) + int(number)
