"""What a mail says, in words and numbers, before anybody decides how that looks."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from insight.queries.courses import Course
from kpis.queries.readings import Reading

State = Literal["good", "watch", "bad", "none"]


@dataclass(frozen=True, slots=True)
class Link:
    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Change:
    """What became of a figure: amount with its arrow, the word that a test allows, against what."""

    amount: str
    word: str
    state: State
    against: str


@dataclass(frozen=True, slots=True)
class Figure:
    """A number with what it needs to be believed. Without one `value` is empty and `reason` says why."""

    name: str
    value: str
    unit: str
    notes: Sequence[str]
    reason: str = ""
    change: Change | None = None
    beneath: Sequence[str] = ()  # other readings of the same figure
    source: Link | None = None


@dataclass(frozen=True, slots=True)
class Chart:
    """A course as it is drawn: its finding is what those read who see no pictures."""

    title: str
    note: str
    finding: str
    course: Course


@dataclass(frozen=True, slots=True)
class Need:
    """Something to look after, with its one next step."""

    state: State
    title: str
    text: str
    link: Link


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the mail's table: what it is about, its number, what stands under the number, a word."""

    name: str
    url: str
    value: str
    note: str
    word: str
    state: State


@dataclass(frozen=True, slots=True)
class Table:
    title: str
    note: str
    rows: Sequence[Row]
    more: str = ""


@dataclass(frozen=True, slots=True)
class Behind:
    """What the workbook holds: the figures themselves, each with its definition, and the lots they count."""

    figures: Sequence[Reading]
    suppliers: Sequence[Reading]
    course: Course | None
    lots: Sequence[tuple[Any, ...]]
    lots_left_out: int
    tasks: Sequence[tuple[Any, ...]] = ()
    tasks_left_out: int = 0


@dataclass(frozen=True, slots=True)
class Story:
    """One mail."""

    language: str
    subject: str
    kicker: str  # what it is and of which days
    organisation: str
    headline: str
    calm: str
    view: Link
    file_name: str
    behind: Behind
    simulated: str = ""  # says so where the data are
    notices: Sequence[str] = ()
    figures: Sequence[Figure] = ()
    chart: Chart | None = None
    table: Table | None = None
    needs_title: str = ""
    needs: Sequence[Need] = ()
    needs_more: Link | None = None
    pledges: Sequence[Link] = ()  # what was pledged and where it stands, a line each
    tasks: Link | None = None  # improvement tasks in one line
    foot: Sequence[str] = ()
    definitions_name: str = ""
    definitions: Sequence[Link] = ()
    endings: Sequence[Link] = ()  # change, unsubscribe
