"""Filters as a page shows them: one chip a filter, its choices plain links, its fields a GET form.

The address holds the whole view, so a chip is only another address.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Choice:
    """One value that a filter may take, and the address that shows it."""

    label: str
    url: str
    current: bool = False


@dataclass(frozen=True, slots=True)
class Field:
    """An input inside a chip."""

    name: str
    label: str
    value: str
    kind: str = "date"


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter: its name, its present value, a remark such as "last with data", its choices.

    `keep` are the other parameters of the address, which the form sends along.
    """

    name: str
    value: str
    tail: str = ""
    choices: Sequence[Choice] = ()
    fields: Sequence[Field] = ()
    keep: Sequence[tuple[str, str]] = ()
