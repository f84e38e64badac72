"""What rules are asked about, and what they answer."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True)
class Cell:
    """A part at a stage, with the first day on which something changed."""

    part: int
    stage: str
    since: date


@dataclass(frozen=True, slots=True)
class Signal:
    """What a rule found, at the lot that completes it.

    `since` is the first day of what signalled: of a run its first lot, of a CUSUM the first lot after its last
    zero. `details` are numbers and words of the rule, to be put into a sentence when somebody reads it.
    """

    rule: str
    part: int
    stage: str
    version: int | None  # of a measured characteristic
    lot: int
    day: date
    since: date
    details: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Found:
    """All signals from the days of the cells on, and the rules that looked for them."""

    signals: Sequence[Signal]
    rules: frozenset[str]


def cell_columns(cells: Sequence[Cell]) -> list[list[Any]]:
    """Return parts, stages and first days, for `unnest`."""
    return [[one.part for one in cells], [one.stage for one in cells], [one.since for one in cells]]
