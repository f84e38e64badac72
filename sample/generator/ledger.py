"""What a clerk has in front of him: inspections as records, with the nonconformities found."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from sample.generator.frames import records
from sample.generator.year import Year


@dataclass(frozen=True)
class Found:
    """A nonconformity code of one class, and how often it was found."""

    code: str
    class_: str
    count: int


@dataclass(frozen=True)
class Inspection:
    """One presentation of a lot, at either stage.

    `serial` counts the cell's lots; `received_on` and `sorted_qty` belong to incoming inspection.
    """

    supplier: str
    part_no: str
    lot: int
    lot_no: str
    serial: int
    lot_size: int
    submission: int
    date: dt.date
    inspected: int
    nonconforming: int
    critical: int
    major: int
    minor: int
    accepted: bool
    conceded: bool
    found: tuple[Found, ...]
    received_on: dt.date | None = None
    sorted_qty: int = 0

    @property
    def month(self) -> str:
        """The month of the inspection, such as `2025-03`."""
        return f"{self.date:%Y-%m}"

    @property
    def counts(self) -> Mapping[str, int]:
        """How often each code was found, all classes together."""
        counts: dict[str, int] = defaultdict(int)
        for item in self.found:
            counts[item.code] += item.count
        return counts


def reported_inspections(year: Year) -> dict[str, list[Inspection]]:
    """Return what each supplier reports of its own inspection, by day, then part."""
    outgoing = year.quality.outgoing
    by_supplier: dict[str, list[Inspection]] = defaultdict(list)
    for record in _records(year, "outgoing", outgoing[outgoing.reported]):
        by_supplier[record.supplier].append(record)
    return by_supplier


def incoming_inspections(year: Year) -> list[Inspection]:
    """Return the customer's inspections, by day, then part."""
    return _records(year, "incoming", year.quality.incoming)


def _records(year: Year, stage: str, presentations: pd.DataFrame) -> list[Inspection]:
    found = _found(year.defects, stage)
    facts = ["supplier", "part_no", "lot_no", "serial", "lot_size", "cell"]
    lots = year.quality.lots.loc[presentations.lot, facts]
    rows = pd.concat([presentations.reset_index(drop=True), lots.reset_index(drop=True)], axis=1)
    rows = rows.sort_values(["date", "cell", "lot", "submission"], kind="stable")
    rows["date"] = rows.date.dt.date
    if "received_on" in rows:
        rows["received_on"] = rows.received_on.dt.date
    of_rows = [found.get(key, ()) for key in zip(rows.lot, rows.submission, strict=True)]
    rows["found"] = pd.Series(of_rows, index=rows.index, dtype=object)
    names = [name for name in Inspection.__dataclass_fields__ if name in rows]
    return [
        Inspection(**dict(zip(names, values, strict=True)))
        for values in zip(*(rows[name].tolist() for name in names), strict=True)
    ]


def _found(defects: pd.DataFrame, stage: str) -> dict[tuple[int, int], tuple[Found, ...]]:
    found: dict[tuple[int, int], list[Found]] = defaultdict(list)
    for row in records(defects[defects.stage == stage]):
        found[row.lot, row.submission].append(Found(row.code, row.class_, row.count))
    return {key: tuple(items) for key, items in found.items()}
