"""Words where a value would stand ("NA", "None"): no value, a zero, or really the number of a lot. A person says.

A dash or a stroke says that nothing was entered, as on paper; a word may also be what a program wrote for a
value that it lost. Where it changes a result, in measured values, counts, lot and part numbers, it is asked
about once and remembered by the layout. Elsewhere (prices, limits, other numbers of documents) it is no value.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from intake.tables.reading import Reading
from intake.tables.understand import Question
from intake.tables.words import NOTHING_IN_WORDS, plain

BLANK, ZERO, TEXT, MEND = "blank", "zero", "text", "mend"
OPTIONS = {"values": [BLANK, MEND], "counts": [BLANK, ZERO, MEND], "numbers": [BLANK, TEXT]}
ASKED_NUMBERS = ("lot_no", "part_no")
EMPTIED = ("count", "signed", "number", "money", "code")
FIRST = frozenset(word[0] for said in NOTHING_IN_WORDS for word in (said, said.upper())) | set(
    "Ｎｎ\u200b\ufeff "
)


@dataclass(eq=False)
class _Asked:
    """What is asked about one group of columns."""

    words: dict[str, str] = field(default_factory=dict)  # as compared, as written first
    fields: list[str] = field(default_factory=list)
    count: int = 0


def settle(columns: Iterable[tuple[str, str, np.ndarray]], reading: Reading) -> list[Question]:
    """Put in place of each such word what it was said to mean, blank as long as nobody said it.

    Parameters
    ----------
    columns : iterable of (str, str, ndarray of object)
        Canonical field, group (``values``, ``counts``, ``numbers``, or blank where nothing is asked) and
        cells, which are changed.

    Returns
    -------
    list of Question
        One a group that has words which nobody was asked about.
    """
    asked: dict[str, _Asked] = {}
    for name, group, cells in columns:
        for cell in _words_in(cells):
            word = plain(cell).lower()
            choice = reading.no_value.get(f"{group}:{word}", "") if group else BLANK
            here = cells == cell
            if not choice:
                about = asked.setdefault(group, _Asked())
                about.words.setdefault(word, plain(cell))
                about.count += int(here.sum())
                about.fields += [] if name in about.fields else [name]
            if choice not in (TEXT, MEND):
                cells[here] = 0 if choice == ZERO else None
    return [_question(group, about) for group, about in asked.items()]


def _words_in(cells: np.ndarray) -> list[str]:
    near = {cell for cell in set(cells) if isinstance(cell, str) and len(cell) < 10 and cell[:1] in FIRST}
    return sorted(cell for cell in near if plain(cell).lower() in NOTHING_IN_WORDS)


def _question(group: str, about: _Asked) -> Question:
    params = {
        "of": group,
        "words": list(about.words),
        "value": ", ".join(about.words.values()),
        "fields": about.fields,
        "count": about.count,
    }
    return Question("no_value", params, OPTIONS[group])
