"""Rules that a cell or a row may break. Words for them come later, in the reader's language."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

WRONG, ASK, NOTE = "wrong", "ask", "note"
YEARS_BACK = 3  # a day further back than this is asked about

# Rule: how grave it is, and the parameters of its sentence beside `value`. A row with a `wrong` or an
# `ask` is not taken as it is; a `note` is only told.
RULES: dict[str, tuple[str, tuple[str, ...]]] = {
    "date_unreadable": (WRONG, ()),
    "date_impossible": (WRONG, ("suggestion",)),
    "date_without_year": (ASK, ()),
    "date_order_unknown": (ASK, ()),
    "date_era_unknown": (ASK, ()),
    "date_ambiguous": (ASK, ()),
    "date_in_future": (WRONG, ("today",)),
    "date_long_ago": (WRONG, ("limit",)),
    "not_a_number": (WRONG, ("suggestion",)),
    "count_in_words": (ASK, ()),
    "merged_count": (ASK, ()),
    "negative": (WRONG, ("suggestion",)),
    "not_whole": (WRONG, ("suggestion",)),
    "too_big": (WRONG, ("limit",)),
    "unknown_unit": (ASK, ("unit",)),
    "weight_missing": (ASK, ("unit",)),
    "box_missing": (ASK, ("unit",)),
    "pieces_not_whole": (ASK, ("pieces", "percent")),
    "pieces_rounded": (NOTE, ("rows",)),
    "missing": (WRONG, ()),
    "nothing_inspected": (WRONG, ()),
    "nonconforming_above_inspected": (WRONG, ("inspected", "nonconforming", "suggestion")),
    "counts_disagree": (WRONG, ("inspected", "conforming", "nonconforming")),
    "sample_above_lot": (WRONG, ("inspected", "lot_size")),
    "verdict_unknown": (WRONG, ("options",)),
    "word_unknown": (WRONG, ("options",)),
    "duplicate_differs": (WRONG, ("row", "field", "other")),
    "text_too_long": (WRONG, ("length", "limit")),
    "hidden_characters": (WRONG, ("suggestion",)),
    "formula_error": (WRONG, ()),
    "formula_without_result": (WRONG, ()),
    "turned_into_date": (ASK, ("suggestion",)),
    "digits_lost": (ASK, ()),
    "limits_crossed": (WRONG, ("lsl", "usl")),
    "nonconforming_added": (NOTE, ()),
    "total_disagrees": (NOTE, ("said", "added", "difference", "label")),
    "total_without_result": (NOTE, ("label",)),
    "balance_disagrees": (WRONG, ("said", "added", "difference")),
    "limits_differ": (NOTE, ("characteristic", "said", "drawn")),
    "rate_disagrees": (NOTE, ("said", "computed")),
}

COLUMNS = ["sheet", "row", "column", "field", "value", "rule", "params", "severity", "index"]


@dataclass
class Places:
    """Where the rows of a frame stand in the file, and which column each field came from.

    Attributes
    ----------
    sheet, row, table : ndarray, shape (rows,)
        Name of the sheet, number of the row from 1, number of the table.
    letters : dict of (int, str) to str
        Column letter of a field in a table.
    """

    sheet: np.ndarray
    row: np.ndarray
    table: np.ndarray
    letters: dict[tuple[int, str], str] = field(default_factory=dict)

    def take(self, rows: np.ndarray) -> "Places":
        return Places(self.sheet[rows], self.row[rows], self.table[rows], self.letters)

    def letter(self, index: int, name: str) -> str:
        return self.letters.get((int(self.table[index]), name), "")


@dataclass
class Problems:
    """Problems as they are found, a line each; only broken rows cost anything."""

    lines: list[dict[str, Any]] = field(default_factory=list)

    def add(
        self,
        places: Places,
        which: np.ndarray,
        name: str,
        rule: str,
        *,
        values: Sequence[Any] | np.ndarray | None = None,
        params: Callable[[int], dict[str, Any]] | dict[str, Any] | None = None,
        letters: np.ndarray | None = None,
    ) -> None:
        """Add one problem for each row that is true in `which` (bool) or listed in it (int).

        Parameters
        ----------
        name : str
            Field that the problem is about; its column is looked up, unless `letters` gives it a row.
        values : sequence, optional
            Cells as read, for all rows.
        params : callable (index) -> dict, or dict
            Parameters of the sentence.
        """
        rows = np.flatnonzero(which) if which.dtype == bool else which
        severity = RULES[rule][0]
        for index in rows.tolist():
            told = params(index) if callable(params) else dict(params or {})
            self.lines.append(
                {
                    "sheet": places.sheet[index],
                    "row": int(places.row[index]),
                    "column": letters[index] if letters is not None else places.letter(index, name),
                    "field": name,
                    "value": as_written(values[index]) if values is not None else "",
                    "rule": rule,
                    "params": told,
                    "severity": severity,
                    "index": index,
                }
            )

    def frame(self) -> pd.DataFrame:
        """All problems in the order of the file; `index` is the row of the typed frame, or -1."""
        frame = pd.DataFrame(self.lines, columns=COLUMNS)
        return frame.astype({"row": "int64", "index": "int64"}) if len(frame) else frame


def as_written(cell: Any) -> str:
    """A cell as the person sees it, for a sentence: short, one line."""
    if cell is None or cell is pd.NA or (isinstance(cell, float) and np.isnan(cell)):
        return ""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    return str(cell)[:500]
