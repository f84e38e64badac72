"""What a few typed characters may mean: lots, parts, suppliers, tasks; what is not shared is not there."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from core.text import folded, pinyin_key
from improvement.queries import tasks_called
from quality.queries.lot_pages import lots_called
from suppliers.queries.parts import parts_to_list
from suppliers.queries.selection import Relation, select

AT_MOST = 20


@dataclass(frozen=True, slots=True)
class Hits:
    """What was found, exact numbers first; at most twenty of a kind."""

    lots: Sequence[Any]
    parts: Sequence[Any]
    suppliers: Sequence[Relation]
    tasks: Sequence[Any]

    @property
    def count(self) -> int:
        return len(self.lots) + len(self.parts) + len(self.suppliers) + len(self.tasks)


def search(words: str, *, customer: str | None, suppliers: Sequence[str] | None) -> Hits:
    """Look for words in numbers of lots and tasks, part numbers and names, supplier codes and names, titles of tasks.

    Spaces, case and full width do not matter; Chinese names are found by their pinyin too.
    """
    if not folded(words):
        return Hits([], [], [], [])
    selection = select(customer=customer, suppliers=suppliers)
    parts = parts_to_list(customer=customer, suppliers=suppliers, words=words)
    named = [] if suppliers else [one for one in selection.relations if is_called(one, words)]
    return Hits(
        lots=lots_called(selection, folded(words), at_most=AT_MOST),
        parts=list(parts[:AT_MOST]),
        suppliers=named[:AT_MOST],
        tasks=tasks_called(words, selection, at_most=AT_MOST),
    )


def is_called(relation: Relation, words: str) -> bool:
    """Say whether a supplier's code or name holds some words, or their pinyin."""
    wanted = folded(words)
    names = (relation.supplier_code, relation.supplier_name, relation.supplier_name_en)
    return any(wanted in folded(name) for name in names) or pinyin_key(words) in pinyin_key(
        relation.supplier_name
    )
