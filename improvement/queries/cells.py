"""The cell of a KPI that a task aims at: its windows, its baseline, and what it reads since."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date, timedelta
from typing import Any, cast

from core.period import Period
from improvement.models import Baseline, Trigger
from kpis.definitions import UnknownKpi, definition
from kpis.queries.evaluate import QuestionMakesNoSense, evaluate
from kpis.queries.periods import data_begin
from kpis.queries.readings import Reading
from kpis.queries.sources import Sources, selected
from suppliers.queries.partners import partners
from suppliers.queries.selection import part_names

PLANNED_DAYS = 56  # before opening: people knew already (R1)
BASELINE_DAYS = 364  # 52 whole weeks (R2)


class NoSuchCell(ValueError):
    """The KPI cannot be read like this, or not of these parts on this partnership."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A KPI in one reading, on one partnership, of some of its parts (none named: of all)."""

    partnership_id: int
    kpi: str
    stage: str = ""
    options: dict[str, str] = field(default_factory=dict)
    part_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Windows:
    """The days that opened a task, which its baseline leaves out, and the days of the baseline (R1, R2)."""

    trigger: str
    trigger_days: Period
    baseline_days: Period


@dataclass(frozen=True, slots=True)
class Draft:
    """A baseline as it would be locked now; its fields are those of `Baseline`."""

    part_id: int | None
    trigger: str
    trigger_from: date
    trigger_to: date
    first_day: date
    last_day: date
    data_from: date | None
    data_until: date | None
    value: float | None
    low: float | None
    high: float | None
    n: int | None
    n_lots: int | None
    x: int | None
    reason: str
    preliminary: bool
    definition: str
    definition_version: int
    details: dict[str, Any]

    @property
    def sha256(self) -> str:
        """The hash over all that is locked."""
        return hash_of(asdict(self))


def hash_of(locked: dict[str, Any]) -> str:
    """Return the SHA-256 over the fields of a baseline, written as JSON with sorted keys."""
    written = json.dumps(locked, sort_keys=True, default=str, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(written.encode()).hexdigest()


def hash_now(row: Baseline) -> str:
    """Return the hash that a stored baseline has now: that of its opening, or something touched it."""
    return hash_of({name: getattr(row, name) for name in Draft.__dataclass_fields__})


def checked(cell: Cell) -> Cell:
    """Return a cell with the stage it is read by: one that its KPI has, the first if none was said.

    Raises NoSuchCell.
    """
    try:
        kpi = definition(cell.kpi)
    except UnknownKpi as unknown:
        raise NoSuchCell(cell.kpi) from unknown
    stage = cell.stage or (kpi.stages[0] if kpi.stages else "")
    if (stage or kpi.stages) and stage not in kpi.stages:
        raise NoSuchCell(stage)
    return replace(cell, stage=stage, part_ids=tuple(sorted(set(cell.part_ids))))


def windows_of(cell: Cell, *, trigger: str, opened_on: date, asked: Period | None = None) -> Windows:
    """Return the trigger window by R1 and the baseline by R2, cut to where data begin.

    `asked` is the period whose figure opened the task, for a ranking; for a warning the days that signalled.
    """
    if trigger != Trigger.PLANNED and asked is not None:
        days = Period(asked.first, max(asked.first, min(asked.last, opened_on)))
    else:
        days = Period(opened_on - timedelta(days=PLANNED_DAYS), opened_on - timedelta(days=1))
    last = days.first - timedelta(days=1)
    first = last - timedelta(days=BASELINE_DAYS - 1)
    begin = data_begin(cell.kpi, _selection(cell, Sources()), stage=cell.stage)
    if begin is not None and first < begin <= last:
        first = begin
    return Windows(trigger, days, Period(first, last))


def baselines_of(cell: Cell, windows: Windows) -> list[Draft]:
    """Return the baseline of a cell and, where it has several parts, one a part: a proof pools none."""
    sources = Sources()
    (whole,) = read_cell(cell, windows.baseline_days, sources=sources)
    begin = data_begin(cell.kpi, _selection(cell, sources), stage=cell.stage)
    drafts = [_draft(whole, None, windows, begin)]
    if len(cell.part_ids) > 1:
        by_part = {
            one.by["part"]: one for one in read_cell(cell, windows.baseline_days, by="part", sources=sources)
        }
        numbers = {pk: number for pk, (number, _zh, _en) in part_names(cell.part_ids).items()}
        drafts += [
            _draft(by_part.get(numbers[pk]) or _silent(whole), pk, windows, begin) for pk in cell.part_ids
        ]
    return drafts


def read_cell(
    cell: Cell,
    period: Period,
    *,
    by: str | Sequence[str] = (),
    sources: Sources | None = None,
    explain: bool = True,
) -> list[Reading]:
    """Read the KPI of a cell over some days (see `evaluate`). Raises NoSuchCell."""
    try:
        return evaluate(
            cell.kpi,
            period=period,
            by=by,
            stage=cell.stage or None,
            sources=sources,
            explain=explain,
            **_names(cell),
            **cast("Any", cell.options),
        )
    except QuestionMakesNoSense as nonsense:
        raise NoSuchCell(str(nonsense)) from nonsense


def _names(cell: Cell) -> dict[str, Any]:
    found = partners([cell.partnership_id])
    if not found:
        raise NoSuchCell("partnership")
    numbers = [number for number, _zh, _en in part_names(cell.part_ids).values()] if cell.part_ids else None
    return {
        "customer": found[0].customer_code,
        "suppliers": (found[0].supplier_code,),
        "parts": None if numbers is None else tuple(sorted(numbers)),
    }


def _selection(cell: Cell, sources: Sources):
    return selected(sources, **_names(cell))


def _silent(whole: Reading) -> Reading:
    """A part without any row in the days: it has the reason that a KPI without data has."""
    reason = whole.reason or ("nothing_inspected" if whole.stage else "no_stock_known")
    return replace(whole, value=None, low=None, high=None, n=0, n_lots=0, numerator=None, reason=reason)


def _draft(one: Reading, part_id: int | None, windows: Windows, begin: date | None) -> Draft:
    days = windows.baseline_days
    known = one.value is not None
    return Draft(
        part_id=part_id,
        trigger=windows.trigger,
        trigger_from=windows.trigger_days.first,
        trigger_to=windows.trigger_days.last,
        first_day=days.first,
        last_day=days.last,
        data_from=max(begin, days.first) if known and begin else None,
        data_until=one.data_until if known else None,
        value=one.value,
        low=one.low,
        high=one.high,
        n=one.n,
        n_lots=one.n_lots,
        x=nonconforming_of(one),
        reason=one.reason,
        preliminary=one.preliminary,
        definition=one.definition,
        definition_version=one.version,
        details={
            **one.details,
            "numerator": None if one.numerator is None else str(one.numerator),
            "denominator": None if one.denominator is None else str(one.denominator),
        },
    )


def nonconforming_of(one: Reading) -> int | None:
    """What counts against the figure: pieces, lots or lines; None where it is no quotient of counts."""
    if not isinstance(one.numerator, int) or one.value is None:
        return None
    if not definition(one.definition, one.version).higher_is_better:
        return one.numerator
    return one.denominator - one.numerator if isinstance(one.denominator, int) else None
