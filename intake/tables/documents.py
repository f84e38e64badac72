"""Documents of an ERP that may not count: void, not audited, provisional, and red ones.

Each sort has a stated rule, `USUAL`, that a person may change once for a layout (`Reading.documents`). A row of
several sorts belongs to the first of them.
"""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from intake.tables.draft import Draft
from intake.tables.numbers import read_numbers
from intake.tables.words import plain

VOID, UNAUDITED, PROVISIONAL, RED = "void", "unaudited", "provisional", "red"
LEAVE, TAKE = "leave", "take"
USUAL = {
    VOID: LEAVE,
    UNAUDITED: LEAVE,
    PROVISIONAL: LEAVE,
    RED: TAKE,
}  # in the order in which they are told apart
PLACES_TOLD = 100
VOIDED = ("作废", "void", "cancelled", "canceled", "已取消")
AUDITED = frozenset(
    {"y", "yes", "是", "已审核", "审核", "已核准", "已审批", "已批准", "已记账", "1", "true", "√", "audited",
     "approved", "posted"}
)  # fmt: skip
YES = frozenset({"y", "yes", "是", "1", "true", "√", "暂估"})
RED_WORDS = ("红", "red")


@dataclass(slots=True)
class Documents:
    """Rows of one sort.

    Attributes
    ----------
    rule : str
        ``leave`` or ``take``.
    rows : int
    places : list of (str, int)
        Sheet and row of the first hundred.
    """

    rule: str
    rows: int
    places: list[tuple[str, int]] = field(default_factory=list)


def sort_documents(draft: Draft, quantities: tuple[str, ...]) -> None:
    """Name the documents of each sort in `draft.documents`, and leave out those whose rule says so.

    Parameters
    ----------
    quantities : tuple of str
        Fields whose negative number makes a document a red one where no column says so.
    """
    sorts = {VOID: _void(draft), UNAUDITED: _unaudited(draft), PROVISIONAL: _provisional(draft)}
    sorts[RED] = is_red(draft, quantities)
    kept = np.ones(len(draft), dtype=bool)
    untold = kept.copy()
    for name, usual in USUAL.items():
        which = sorts[name] & untold
        untold &= ~which
        if not which.any():
            continue
        rule = draft.reading.documents.get(name, usual)
        draft.documents[name] = Documents(rule, int(which.sum()), _places(draft, which))
        if rule == LEAVE:
            draft.left_out.add(name, int(which.sum()))
            kept &= ~which
    if not kept.all():
        draft.take(np.flatnonzero(kept))


def is_red(draft: Draft, quantities: tuple[str, ...]) -> np.ndarray:
    """Return which rows are of red documents, returns and reversals: by their column, else by a negative number."""
    if draft.has("document_sign"):
        return says(draft.cells("document_sign"), RED_WORDS)
    red = np.zeros(len(draft), dtype=bool)
    for name in quantities:
        if draft.has(name):
            red |= read_numbers(draft.cells(name)).values < 0
    return red


def says(cells: np.ndarray, words: tuple[str, ...]) -> np.ndarray:
    """Return in which cells one of the words stands."""
    codes, written = pd.factorize(cells)
    return np.array([any(word in plain(cell).lower() for word in words) for cell in written] + [False])[codes]


def _in(cells: np.ndarray, words: frozenset[str]) -> np.ndarray:
    codes, written = pd.factorize(cells)
    return np.array([plain(cell).lower() in words for cell in written] + [False])[codes]


def _void(draft: Draft) -> np.ndarray:
    marked = _in(draft.cells("void"), YES) | says(draft.cells("void"), VOIDED)
    return says(draft.cells("document_status"), VOIDED) | marked


def _unaudited(draft: Draft) -> np.ndarray:
    if not draft.has("document_status"):
        return np.zeros(len(draft), dtype=bool)
    return ~_in(draft.cells("document_status"), AUDITED)


def _provisional(draft: Draft) -> np.ndarray:
    return _in(draft.cells("provisional"), YES)


def _places(draft: Draft, which: np.ndarray) -> list[tuple[str, int]]:
    first = np.flatnonzero(which)[:PLACES_TOLD]
    return [(str(draft.places.sheet[at]), int(draft.places.row[at])) for at in first]
