"""What is known before a row is looked at: who acts, who its partners are, what parts are called."""

import difflib
from collections.abc import Collection
from dataclasses import dataclass, field

import pandas as pd

from core.text import folded
from suppliers.queries.partners import Partner

SUPPLIER, CUSTOMER = "supplier", "customer"
LOST_ZERO = 4  # rank of a number without its leading zeros: see `suppliers.queries.names.PART_KINDS`
# Which end keeps such records, where nothing else says so.
KEPT_BY = {
    "deliveries": CUSTOMER,
    "returns": CUSTOMER,
    "suppliers": CUSTOMER,
    "parts": CUSTOMER,
    "characteristics": CUSTOMER,
}


@dataclass(frozen=True, slots=True)
class PartKey:
    """One way in which a part is called on a partnership; rank 0 is the surest."""

    rank: int
    partnership_id: int
    part_id: int


@dataclass(frozen=True, slots=True)
class Near:
    """A part that may have been meant."""

    part_id: int
    number: str


@dataclass(slots=True)
class Ground:
    """Everything that routing looks up, read once a file.

    Attributes
    ----------
    organisation_id : int
        The sender.
    side : str
        supplier or customer: the end for which the file speaks.
    partners : dict of int to Partner
        Partnerships between two companies that rows may go to, by id.
    own_books : int or None
        The sender's partnership with itself, where rows without a partner may go.
    names : dict of str to set of int
        Folded name to the organisations that it may mean.
    narrowed : dict of str to set of int
        Folded name to the partnerships on which it is used, where a customer calls the sender so.
    parts : dict of str to list of PartKey
        Folded number or name to the parts that it may mean, surest first.
    numbers : dict of int to str
        Part to its number, as its customer writes it.
    with_zeros_alone : bool
        Whether somebody said that numbers without leading zeros are other parts.
    """

    organisation_id: int
    side: str
    partners: dict[int, Partner]
    own_books: int | None = None
    names: dict[str, set[int]] = field(default_factory=dict)
    narrowed: dict[str, set[int]] = field(default_factory=dict)
    parts: dict[str, list[PartKey]] = field(default_factory=dict)
    numbers: dict[int, str] = field(default_factory=dict)
    with_zeros_alone: bool = False

    @property
    def everywhere(self) -> frozenset[int]:
        return frozenset(self.partners)

    def end(self, partnership_id: int, side: str) -> int:
        """Return the organisation at one end of a partnership."""
        partner = self.partners[partnership_id]
        return partner.customer_id if side == CUSTOMER else partner.supplier_id

    def name_at(self, partnership_id: int, side: str) -> str:
        partner = self.partners[partnership_id]
        return partner.customer_name if side == CUSTOMER else partner.supplier_name

    def meant_by(self, name: str) -> set[int] | None:
        """Return the organisations that a folded name may mean, or None if nobody knows it."""
        return self.names.get(name)

    def parts_called(self, key: str, among: Collection[int]) -> list[PartKey]:
        """Return the surest parts of a folded number or name on these partnerships."""
        found = [part for part in self._called(key) if part.partnership_id in among]
        best = min((part.rank for part in found), default=0)
        return [part for part in found if part.rank == best]

    def _called(self, key: str) -> list[PartKey]:
        # An ERP writes the class before the number: 01.0201001.
        known = key in self.parts or "." not in key
        found = self.parts.get(key if known else key.rpartition(".")[2], [])
        return [part for part in found if part.rank != LOST_ZERO] if self.with_zeros_alone else found

    def near(self, key: str, among: Collection[int]) -> Near | None:
        """Return the part whose number looks most like `key`."""
        keys = {
            word: part.part_id
            for word, parts in self.parts.items()
            for part in parts
            if part.partnership_id in among
        }
        alike = difflib.get_close_matches(key, keys, n=1, cutoff=0.8)
        return Near(keys[alike[0]], self.numbers[keys[alike[0]]]) if alike else None


def name_lookup(names: pd.DataFrame) -> tuple[dict[str, set[int]], dict[str, set[int]]]:
    """Return `names` and `narrowed` of a Ground from `suppliers.queries.organisation_names`."""
    meant: dict[str, set[int]] = {}
    narrowed: dict[str, set[int]] = {}
    columns = ["key", "organisation_id", "partnership_id", "side"]
    for key, organisation, partnership, side in names[columns].itertuples(index=False):
        meant.setdefault(key, set()).add(int(organisation))
        if side == "self" and not pd.isna(partnership):
            narrowed.setdefault(key, set()).add(int(partnership))
    return meant, narrowed


def part_lookup(parts: pd.DataFrame) -> tuple[dict[str, list[PartKey]], dict[int, str]]:
    """Return `parts` and `numbers` of a Ground from `suppliers.queries.part_index`."""
    called: dict[str, list[PartKey]] = {}
    columns = ["key", "rank", "partnership_id", "part_id"]
    for key, rank, partnership, part in parts[columns].itertuples(index=False):
        called.setdefault(key, []).append(PartKey(int(rank), int(partnership), int(part)))
    for found in called.values():
        found.sort(key=lambda part: part.rank)
    numbers = dict(zip(parts["part_id"].astype(int), parts["number"], strict=True))
    return called, numbers


def resembles(word: str, name: str) -> bool:
    """Whether a folded word is a short form of a name: contained in it, or containing it."""
    full = folded(name)
    return len(word) >= 2 and (word in full or full in word)
