"""Labels with their values outside a table: the head of a form, the lines above and below a list."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from intake.tables.words import ALSO_VALUES, is_known, key_of, plain, what_it_means

LABEL_IN_CELL = re.compile(r"^\s*(?P<label>[^:]{1,14}):\s*(?P<value>\S.*)$", re.DOTALL)
SEVERAL = re.compile(r"\s{2,}|[　]+")
NO_PERIOD = re.compile(r"版|生效|编号|实施|rev|iso|gb/?t|表单", re.IGNORECASE)


@dataclass(frozen=True)
class Told:
    """A value that stands beside its label; row and column are indices of `Sheet.cells`."""

    label: str
    value: object
    row: int
    column: int


def labelled_values(cells: np.ndarray, rows: Iterable[int]) -> list[Told]:
    """All pairs of label and value in some rows: side by side, or in one cell behind a colon."""
    found: list[Told] = []
    for row in rows:
        found.extend(_in_row(cells[row], row))
    return found


def _in_row(row: np.ndarray, index: int) -> Iterator[Told]:
    filled = [(column, cell) for column, cell in enumerate(row) if cell is not None]
    position = 0
    while position < len(filled):
        column, cell = filled[position]
        position += 1
        if not isinstance(cell, str):
            continue
        inside = list(_in_cell(cell))
        if inside:
            yield from (Told(label, value, index, column) for label, value in inside)
        elif _is_label(cell) and position < len(filled):
            beside, value = filled[position]
            if not (isinstance(value, str) and (_is_label(value) or LABEL_IN_CELL.match(plain(value)))):
                yield Told(plain(cell).rstrip(": "), value, index, beside)
                position += 1


def _in_cell(cell: str) -> Iterator[tuple[str, str]]:
    for part in SEVERAL.split(cell.strip()):
        found = LABEL_IN_CELL.match(plain(part))
        if found and _is_label(found["label"]):
            yield found["label"].strip(), found["value"].strip()


def _is_label(cell: str) -> bool:
    """A known header word; of words that are also values only those with a colon."""
    key = key_of(cell)
    return bool(key) and is_known(cell) and (key not in ALSO_VALUES or plain(cell).endswith(":"))


def fields_told(told: Iterable[Told], sources: dict[str, list[str]]) -> dict[str, Told]:
    """Canonical fields that a block fills, the first word on each; `sources` is `Kind.by_source()`."""
    fields: dict[str, Told] = {}
    for pair in told:
        for meaning in what_it_means(pair.label):
            for name in sources.get(meaning.field, [])[:1]:
                fields.setdefault(name, pair)
    return fields


def titles(cells: np.ndarray, rows: Iterable[int]) -> list[str]:
    """Texts above a table that may tell its period; numbers and dates of the form itself do not."""
    texts = [plain(cell) for row in rows for cell in cells[row] if isinstance(cell, str)]
    return [text for text in texts if not NO_PERIOD.search(text)]
