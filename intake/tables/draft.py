"""All rows of all tables of a file side by side, a raw array a field, before they are typed."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from intake.readers.raw import NO_RESULT
from intake.tables import decimals, nothing
from intake.tables.factors import Factors, UnitFactors
from intake.tables.kinds import KINDS, Kind
from intake.tables.problems import Places, Problems
from intake.tables.reading import FILE, ROW, SHEET, Join, Reading
from intake.tables.rows import LeftOut, Rows, Total, check_totals, sort_rows, totals_without_result
from intake.tables.understand import Question, Table, Understood
from intake.tables.words import key_of, number_as_text, plain


@dataclass(eq=False)
class Draft:
    """Rows on their way to a typed frame.

    Attributes
    ----------
    kind : Kind
    tables : list of Table
    raw : dict of str to ndarray of object, shape (rows,)
        Field to cells as read; values above a table and constants are filled in for all of its rows.
    defects : dict of str to ndarray of object, shape (rows,)
        Column of a defect to its cells.
    pieces : dict of int to ndarray of object, shape (rows,)
        Number of the piece to measured cells.
    characteristics : dict of str to ndarray of object, shape (rows,)
        Characteristic to the cells of its own column.
    places : Places
    unchecked : list of (str, int, str, str, str)
        Sheet, row, column, field and label of total rows whose formulas were never calculated.
    documents : dict of str to Documents
        What sorts of documents were found: see `intake.tables.documents`.
    """

    kind: Kind
    tables: list[Table]
    reading: Reading
    today: date
    date1904: bool
    places: Places
    raw: dict[str, np.ndarray] = field(default_factory=dict)
    defects: dict[str, np.ndarray] = field(default_factory=dict)
    pieces: dict[int, np.ndarray] = field(default_factory=dict)
    characteristics: dict[str, np.ndarray] = field(default_factory=dict)
    problems: Problems = field(default_factory=Problems)
    totals: list[Total] = field(default_factory=list)
    unchecked: list[tuple[str, int, str, str, str]] = field(default_factory=list)
    left_out: LeftOut = field(default_factory=LeftOut)
    questions: list[Question] = field(default_factory=list)
    filled_down: int = 0
    factors: UnitFactors = Factors
    documents: dict[str, Any] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.places.row)

    def cells(self, name: str) -> np.ndarray:
        """Raw cells of a field; blanks where no table has it."""
        return self.raw.get(name, np.full(len(self), None, dtype=object))

    def has(self, name: str) -> bool:
        return name in self.raw

    def keep(self, which: np.ndarray, reason: str) -> None:
        """Leave out all rows but those of `which`, and count them under a reason."""
        self.left_out.add(reason, int((~which).sum()))
        self.take(np.flatnonzero(which))

    def take(self, rows: np.ndarray) -> None:
        """Keep the rows of these positions, in this order."""
        self.places = self.places.take(rows)
        for group in (self.raw, self.defects, self.pieces, self.characteristics):
            for name in group:
                group[name] = group[name][rows]  # type: ignore[index]

    def wrong(self, which: np.ndarray, name: str, rule: str, params: Any = None) -> None:
        """Note a broken rule for some rows, with their cells of `name` as values."""
        if not which.any():
            return
        if rule.endswith("_unknown"):  # a word that a formula would have given is not an unknown one
            unsaid = which & (self.cells(name) == NO_RESULT)
            self.problems.add(self.places, unsaid, name, "formula_without_result", values=self.cells(name))
            which = which & ~unsaid
        if which.any():
            self.problems.add(self.places, which, name, rule, values=self.cells(name), params=params)


def draft_of(understood: Understood, today: date, factors: UnitFactors) -> Draft:
    """Gather the data rows of all tables of a file."""
    kind = KINDS[understood.kind]
    reading = understood.reading
    types = {item.name: item.type for item in kind.fields}
    sorted_rows = [sort_rows(table, reading, types) for table in understood.tables]
    draft = Draft(
        kind,
        understood.tables,
        reading,
        today,
        understood.workbook.date1904,
        _places(understood.tables, sorted_rows),
        factors=factors,
    )
    for table, rows in zip(understood.tables, sorted_rows, strict=True):
        draft.totals.extend(check_totals(table, rows, types))
        draft.unchecked.extend((table.sheet.name, *one) for one in totals_without_result(table, rows, types))
        draft.filled_down += rows.filled_down
        for reason, number in Counter(reason for reason in rows.reason if reason).items():
            draft.left_out.add(reason, number)
    _ask_about_hidden_rows(draft)
    _ask_about_merged_counts(draft, sorted_rows)
    _gather_columns(draft, sorted_rows)
    _gather_told(draft, understood.file_name)
    _translate(draft)
    draft.questions += nothing.settle(_columns_without_value(draft, types), reading)
    _read_decimals(draft, types)
    return draft


def _ask_about_hidden_rows(draft: Draft) -> None:
    """Rows that somebody hid by hand may be put aside, or only out of the way: a person says which."""
    if (number := draft.left_out.counts.get("hidden", 0)) and not draft.reading.hidden_rows:
        draft.questions.append(Question("hidden_rows", {"count": number}, ["take", "leave"]))


def _ask_about_merged_counts(draft: Draft, sorted_rows: list[Rows]) -> None:
    shared = [one for rows in sorted_rows for one in rows.shared]
    if shared and not draft.reading.merged_counts:
        letters = sorted({letter for letter, _ in shared})
        params = {"value": shared[0][1], "count": len(shared), "columns": letters}
        draft.questions.append(Question("merged_counts", params, ["each", "together"]))


def _columns_without_value(draft: Draft, types: Mapping[str, str]) -> Iterator[tuple[str, str, np.ndarray]]:
    """Field, group and cells of every column in which a word is no value of its type."""
    for name, cells in draft.raw.items():
        of_type = types.get(name, "")
        if name == "value":
            yield name, "values", cells
        elif of_type in ("count", "signed"):
            yield name, "counts", cells
        elif of_type in nothing.EMPTIED:
            yield name, "numbers" if name in nothing.ASKED_NUMBERS else "", cells
    for cells in (*draft.pieces.values(), *draft.characteristics.values()):
        yield "value", "values", cells
    for cells in draft.defects.values():
        yield "defect_qty", "counts", cells


def _read_decimals(draft: Draft, types: Mapping[str, str]) -> None:
    """Put a point where a person or the numbers themselves say that a comma begins the decimals."""
    measured = [cells for name, cells in draft.raw.items() if types.get(name) == "number"]
    measured += [*draft.pieces.values(), *draft.characteristics.values()]
    counts = [cells for name, cells in draft.raw.items() if types.get(name) in ("count", "signed")]
    amounts = [cells for name, cells in draft.raw.items() if types.get(name) == "money"]
    counts += draft.defects.values()
    sign, unsure = decimals.sign_of(measured, counts, amounts)
    if unsure and not draft.reading.decimal:
        draft.questions.append(Question("decimal", {"value": unsure}, ["point", "comma"]))
    if (draft.reading.decimal or sign) == "comma":
        for cells in (*measured, *counts, *amounts):
            cells[:] = decimals.with_points(cells)


def _places(tables: list[Table], sorted_rows: list[Rows]) -> Places:
    sheets, numbers, of_table = [], [], []
    letters: dict[tuple[int, str], str] = {}
    for table, rows in zip(tables, sorted_rows, strict=True):
        index = rows.index[rows.data()]
        sheets.append(np.full(len(index), table.sheet.name, dtype=object))
        numbers.append(table.sheet.row_numbers(index))
        of_table.append(np.full(len(index), table.number))
        for column in table.columns:
            for name in column.fields:
                letters.setdefault((table.number, name), column.letter)
        for name, told in table.told.items():
            letters.setdefault((table.number, name), table.sheet.letter(told.column))
    if not tables:
        return Places(np.array([], dtype=object), np.array([], dtype=int), np.array([], dtype=int))
    return Places(np.concatenate(sheets), np.concatenate(numbers), np.concatenate(of_table), letters)


def _gather_columns(draft: Draft, sorted_rows: list[Rows]) -> None:
    start = 0
    for table, rows in zip(draft.tables, sorted_rows, strict=True):
        data = rows.data()
        number = int(data.sum())
        here = slice(start, start + number)
        start += number
        for column in table.columns:
            cells = rows.cells[data, column.index]
            if column.defect:
                draft.places.letters[table.number, f"defect:{column.defect}"] = column.letter
                _put(draft.defects, column.defect, here, cells, len(draft))
            elif column.piece:
                _put(draft.pieces, column.piece, here, cells, len(draft))
                draft.places.letters[table.number, f"piece:{column.piece}"] = column.letter
            elif column.characteristic:
                _put(draft.characteristics, column.characteristic, here, cells, len(draft))
                draft.places.letters[table.number, f"value:{column.characteristic}"] = column.letter
            else:
                _put_fields(draft, column, here, cells)
        for name, join in draft.reading.join.items():
            _put(draft.raw, name, here, _joined(join, table, rows, data), len(draft))


def _put_fields(draft: Draft, column: Any, here: slice, cells: np.ndarray) -> None:
    for name in column.fields:
        if name == "cavity" and draft.has(name) and pd.notna(draft.raw[name][here]).any():
            cells = _both(draft.raw[name][here], cells)  # 模号 and 穴号: M1-3
        _put(draft.raw, name, here, cells, len(draft))


def _both(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    pairs = [
        "-".join(plain(cell) for cell in pair if cell is not None) or None
        for pair in zip(one, other, strict=True)
    ]
    return np.array(pairs, dtype=object)


def _put(group: dict, name: Any, here: slice, cells: np.ndarray, length: int) -> None:
    if name not in group:
        group[name] = np.full(length, None, dtype=object)
    group[name][here] = cells


def _joined(join: Join, table: Table, rows: Rows, data: np.ndarray) -> np.ndarray:
    """Cells of a joined field: texts of its columns with the separator between them."""
    numbers = table.sheet.row_numbers(rows.index[data])
    parts = []
    for told in join.columns:
        if told == ROW:
            parts.append([str(number) for number in numbers])
        elif told in (SHEET, FILE):
            parts.append([table.sheet.name] * len(numbers))
        elif len(told) > 1 and told[0] == told[-1] == '"':
            parts.append([told[1:-1]] * len(numbers))
        else:
            column = next(
                (
                    c
                    for c in table.columns
                    if c.letter == told or (c.header and key_of(c.header) == key_of(told))
                ),
                None,
            )
            if column is None:
                return np.full(len(numbers), None, dtype=object)
            parts.append([plain(cell) if cell is not None else "" for cell in rows.cells[data, column.index]])
    return np.array([join.separator.join(texts) for texts in zip(*parts, strict=True)], dtype=object)


def _gather_told(draft: Draft, file_name: str) -> None:
    """Values above a table and constants hold for all of its rows that have none of their own."""
    for table in draft.tables:
        here = draft.places.table == table.number
        for name, told in table.told.items():
            if not draft.has(name):
                draft.raw[name] = np.full(len(draft), None, dtype=object)
            draft.raw[name][here & pd.isna(draft.raw[name])] = told.value
    for name, value in draft.reading.constants.items():
        if not draft.has(name):
            draft.raw[name] = np.full(len(draft), None, dtype=object)
        draft.raw[name][pd.isna(draft.raw[name])] = value


def _translate(draft: Draft) -> None:
    """Put what a cell stands for in its place, as a saved mapping says (-1 is accepted)."""
    for name, words in draft.reading.values.items():
        if not draft.has(name):
            continue
        codes, written = pd.factorize(draft.raw[name])
        known = {plain(word): meant for word, meant in words.items()}
        meant = np.array(
            [known.get(_numeric_text(cell), cell) for cell in written] + [known.get("")], dtype=object
        )
        draft.raw[name] = meant[codes]


def _numeric_text(cell: object) -> str:
    text = plain(cell)
    return re.sub(r"\.0+$", "", text) if isinstance(cell, float) else number_as_text(text)
