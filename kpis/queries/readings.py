"""A figure as it is asked for and as it comes out: value, interval, n, and where its rows are."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any, Literal
from urllib.parse import urlencode

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import formatting
from core.period import Period
from kpis.definitions import Definition, definition
from kpis.queries.asking_words import sentence, sentences
from kpis.queries.requests import Standing
from kpis.queries.sources import Sources
from suppliers.queries.selection import Selection, part_names

Average = Literal["daily", "snapshots", "ends"]

GROUPS = ("supplier", "customer", "part", "month")

REASONS = {
    "nothing_inspected": gettext_lazy("Nothing inspected in the period"),
    "nothing_judged": gettext_lazy("No lot with a verdict in the period"),
    "too_few_pairs": gettext_lazy("Fewer than two lots were inspected by both sides"),
    "nothing_delivered": gettext_lazy("Nothing delivered in the period"),
    "nothing_promised": gettext_lazy("No delivery of the period had a promised date"),
    "no_stock_known": gettext_lazy("No stock known in the period"),
    "no_stock": gettext_lazy("No stock held in the period"),
    "no_issues": gettext_lazy("Nothing issued in the period"),
    "no_unit_cost": gettext_lazy("No unit cost known for this stock"),
    "no_daily_balances": gettext_lazy("Only monthly statements, no daily balances"),
    "supplier_not_told_apart": gettext_lazy("The books do not tell this supplier's stock apart"),
}


@dataclass(frozen=True, slots=True)
class Question:
    """Which KPI, of what, over which days, grouped how."""

    name: str
    selection: Selection
    period: Period
    base: Period | None = None
    by: tuple[str, ...] = ()
    stage: str | None = None
    average: Average | None = None  # None: the finest there is
    prices: Literal["period", "constant"] = "period"
    scope: Literal["own", "chain"] = "own"
    unit: Literal["lines", "quantity"] = "lines"
    sources: Sources = field(default_factory=Sources, compare=False, repr=False)

    @property
    def definition(self) -> Definition:
        return definition(self.name)

    def before(self) -> "Question":
        """The same question of the base period."""
        if self.base is None:
            raise ValueError("This question has no base period.")
        return replace(self, period=self.base)


@dataclass(frozen=True, slots=True)
class Change:
    """A figure against its base period."""

    period: Period
    value: float | None  # of the base period
    difference: float | None  # in the unit of the KPI
    low: float | None
    high: float | None
    relative: float | None  # value / base - 1
    word: str  # better, worse, undecided; "" where one of both is missing
    reading: "Reading | None" = None  # of the base period, with its interval and its rows


@dataclass(frozen=True, slots=True)
class Reading:
    """One number with everything it needs to be believed. Without data its value is None and has a reason."""

    by: dict[str, str]
    label: str
    value: float | None
    definition: str
    version: int
    period: Period
    low: float | None = None
    high: float | None = None
    n: int | None = None
    n_lots: int | None = None
    numerator: int | Decimal | None = None
    denominator: int | Decimal | None = None
    reason: str = ""
    preliminary: bool = False
    stage: str | None = None
    data_until: date | None = None
    rows_path: str = ""
    details: dict[str, Any] = field(default_factory=dict)
    change: Change | None = None
    waiting: tuple[Standing, ...] = ()  # data requests that are behind, and that this figure needs

    @property
    def reason_word(self) -> str:
        """The reason for having no value, in the reader's language, as short as a table needs it."""
        return str(REASONS[self.reason]) if self.reason else ""

    @property
    def waiting_text(self) -> str:
        """What has not come, from whom, and when it was due."""
        return sentences(self.waiting) if self.waiting else ""

    @property
    def reason_text(self) -> str:
        """The reason for having no value, with the data requests that are behind."""
        if not (self.reason and self.waiting):
            return self.reason_word
        return _("%(reason)s: %(waiting)s") % {"reason": self.reason_word, "waiting": self.waiting_text}


def number(value: Any) -> float | None:
    """A float, or None where the formulas say NaN."""
    return None if value is None or math.isnan(value) else float(value)


def whole(count: Any) -> int:
    """A count that went through arrays."""
    return round(float(count))


class Labels:
    """Names of groups by the ids that queries return: no query of its own for suppliers, one for parts."""

    def __init__(self, question: Question, keys: Sequence[tuple]) -> None:
        self.by = question.by
        relations = question.selection.relations
        self.suppliers = {
            one.supplier: (one.supplier_code, formatting.in_language(one.supplier_name, one.supplier_name_en))
            for one in relations
        }
        self.customers = {one.customer: (one.customer_code, one.customer_code) for one in relations}
        self.parts: dict[int, tuple[str, str]] = {}
        if "part" in self.by:
            place = self.by.index("part")
            names = part_names({key[place] for key in keys})
            self.parts = {
                pk: (number, formatting.in_language(name, in_english))
                for pk, (number, name, in_english) in names.items()
            }

    def of(self, key: tuple) -> tuple[dict[str, str], str]:
        """Return the group as codes, and as words."""
        codes, words = {}, []
        for name, value in zip(self.by, key, strict=True):
            code, word = self._one(name, value)
            codes[name] = code
            words.append(word or code)
        return codes, " · ".join(words)

    def _one(self, name: str, value: Any) -> tuple[str, str]:
        if name == "month":
            return f"{value:%Y-%m}", f"{value:%Y-%m}"
        known = {"supplier": self.suppliers, "customer": self.customers, "part": self.parts}[name]
        return known.get(value, (str(value), ""))


def groups_to_show(question: Question, found: Sequence[tuple]) -> list[tuple]:
    """Groups in the order in which they are shown.

    Every selected supplier and every month of the period has its line, with or without data; parts and
    combinations only where there is data.
    """
    if not question.by:
        return [()]
    relations = question.selection.relations
    order: dict[str, list] = {
        "supplier": list(dict.fromkeys(one.supplier for one in relations)),
        "customer": list(dict.fromkeys(one.customer for one in relations)),
        "month": [month.first.replace(day=1) for month in question.period.months()],
    }
    if question.by in (("supplier",), ("month",), ("customer",)):
        return [(value,) for value in order[question.by[0]]]

    def place(key: tuple) -> tuple:
        return tuple(
            order[name].index(value) if value in order.get(name, ()) else value
            for name, value in zip(question.by, key, strict=True)
        )

    return sorted(set(found), key=place)


def rows_path(
    question: Question, group: dict[str, str], *, stage: str | None = None, stated: bool = False
) -> str:
    """Return the address of the rows behind a figure, with the filters that all pages share.

    Stock has movements; where statements alone are known (`stated`) they are its rows.
    """
    path = {"pieces": "/lots/", "lots": "/lots/", "lines": "/deliveries/"}.get(
        question.definition.counted, "/balances/" if stated else "/movements/"
    )
    period = period_of_group(question, group)
    filters = [("from", period.first.isoformat()), ("to", period.last.isoformat())]
    if question.name == "ppm_delivered":
        path = "/returns/"
        filters.append(("liability", "charged"))
    elif not question.definition.counted and question.scope == "own":
        filters.append(("ownership", "own"))
    if stage:
        filters.append(("stage", "outgoing" if stage == "corrected" else stage))
    for name, named in (
        ("supplier", question.selection.suppliers_named),
        ("part", question.selection.parts_named),
        ("customer", [customer] if (customer := question.selection.customer_named) else []),
    ):
        filters += [(name, value) for value in ([group[name]] if name in group else named)]
    return f"{path}?{urlencode(filters)}"


def reading_of(
    question: Question, named: tuple[dict[str, str], str], *, stage: str | None = None, **values: Any
) -> Reading:
    """Return a reading of a group of the question, with all that does not depend on its data."""
    group, label = named
    return Reading(
        by=group,
        label=label,
        definition=question.name,
        version=question.definition.version,
        stage=stage,
        **{
            "period": question.period,
            "value": None,
            "rows_path": rows_path(question, group, stage=stage),
        }
        | values,
    )


def compare(
    question: Question, now: Sequence[Reading], before: Sequence[Reading], difference: Callable[..., Change]
) -> list[Reading]:
    """Put each reading beside the one of the base period; months are not compared with a period."""
    assert question.base is not None
    if "month" in question.by:
        return list(now)
    earlier = {(tuple(one.by.items()), one.stage): one for one in before}
    beside = [(one, earlier.get((tuple(one.by.items()), one.stage))) for one in now]
    return [
        replace(one, change=replace(difference(one, was, question.base), reading=was)) for one, was in beside
    ]


def period_of_group(question: Question, group: dict[str, str]) -> Period:
    """Return the days of one group: those of the question, or of its month inside them."""
    if "month" not in group:
        return question.period
    return Period.parse(group["month"]).cut_to(question.period)


def as_dict(one: Reading) -> dict[str, Any]:
    """Return a reading as plain data for machines: rates as fractions, days as ISO dates, money as text."""
    return {
        "by": one.by,
        "value": one.value,
        "low": one.low,
        "high": one.high,
        "n": one.n,
        "reason": one.reason or None,
        "definition": one.definition,
        "version": one.version,
        "stage": one.stage,
        "data_until": one.data_until.isoformat() if one.data_until else None,
        "n_lots": one.n_lots,
        "numerator": _plain(one.numerator),
        "denominator": _plain(one.denominator),
        "preliminary": one.preliminary,
        "reason_text": one.reason_text or None,
        "waiting": [_waiting_as_dict(standing) for standing in one.waiting],
        "from": one.period.first.isoformat(),
        "to": one.period.last.isoformat(),
        "rows_url": one.rows_path,
        "details": one.details,
        "change": None if one.change is None else _change_as_dict(one.change),
    }


def _waiting_as_dict(one: Standing) -> dict[str, Any]:
    return {
        "request": one.asked.id,
        "state": one.state,
        "from": one.slot.period.first.isoformat(),
        "to": one.slot.period.last.isoformat(),
        "due": one.slot.due.isoformat(),
        "missing": one.missing,
        "text": sentence(one),
    }


def _change_as_dict(change: Change) -> dict[str, Any]:
    return {
        "from": change.period.first.isoformat(),
        "to": change.period.last.isoformat(),
        "value": change.value,
        "difference": change.difference,
        "low": change.low,
        "high": change.high,
        "relative": change.relative,
        "word": change.word or None,
    }


def _plain(amount: int | Decimal | None) -> int | str | None:
    return str(amount) if isinstance(amount, Decimal) else amount
