"""What stands around every page, as data: the rail, the tabs of a phone, who looks as whom.

`core/templates/base.html` draws it; the room that knows pages and people fills it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from core.chips import Choice


@dataclass(frozen=True, slots=True)
class Entry:
    """One place to go."""

    label: str
    url: str
    icon: str
    short: str = ""  # for the tabs of a phone, where the label is long
    key: str = ""  # the letter after `g`, or `u` alone
    waiting: int = 0  # things that wait for this person, not a total
    urgent: bool = False
    here: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """Entries under a heading; the first section has none."""

    title: str
    entries: Sequence[Entry]


@dataclass(frozen=True, slots=True)
class Seat:
    """One way to look: a person (user in an organisation) on one side of its partnerships."""

    label: str
    person_id: int
    side: str  # customer, supplier
    current: bool


@dataclass(frozen=True, slots=True)
class Shell:
    """All that the base template asks for once somebody is known."""

    organisation: str
    person: str
    sections: Sequence[Section]
    tabs: Sequence[Entry]
    seats: Sequence[Seat]
    simulated: bool
    single_keys: bool
    zone: str  # UTC+8
    saved: Callable[[], Sequence[Choice]]  # views that this person keeps, read where a page shows them

    @property
    def initial(self) -> str:
        return self.person[:1].upper()


def is_here(path: str, url: str) -> bool:
    """Say whether an address lies at or below an entry's; ``/`` is only itself."""
    return path == url if url == "/" else path.startswith(url)
