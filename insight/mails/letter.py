"""What goes in and comes out when a mail about figures is composed."""

from dataclasses import dataclass
from datetime import time
from typing import Literal

from core.period import Period

What = Literal["overview", "suppliers", "inventory", "tasks", "kpi"]
Rhythm = Literal["daily", "weekly", "monthly"]


@dataclass(frozen=True, slots=True)
class Contents:
    """What a person wants to read, of whom, how often and in which language.

    Codes and numbers that are not open to the person mean nothing, as what does not exist.
    """

    what: What
    rhythm: Rhythm
    language: str = "zh-hans"
    zone: str = "Asia/Shanghai"  # the reader's, in which `at` is told
    kpi: str = ""  # with what="kpi": one of `kpis.definitions.names()`
    stage: str | None = None  # that leads, such as the pledged one; without one the first that the KPI has
    side: str = ""  # customer or supplier; without one the first on which the person's organisation stands
    customer: str | None = None  # a supplier's mail about one of its customers: its code
    suppliers: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    mine: bool = False  # only the suppliers that the person looks after
    base: Period | None = None  # days to compare with; without them a rule of the rhythm chooses
    at: time | None = None  # when it comes: the hour, and the day of the week (1 is Monday) or month
    day: int | None = None
    site: str = ""  # scheme and host before every link, without a slash at its end
    change_url: str = ""  # where the subscription is changed, and where it ends
    unsubscribe_url: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """A PNG that stands in the HTML as ``cid:…``."""

    cid: str
    name: str
    png: bytes


@dataclass(frozen=True, slots=True)
class Attachment:
    name: str
    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Mail:
    """A composed mail; who sends it adds address, Message-ID and headers."""

    subject: str
    text: str
    html: str
    pictures: tuple[Picture, ...] = ()
    attachments: tuple[Attachment, ...] = ()
