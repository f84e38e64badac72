"""The plan of the simulated year, read from `sample/plan/` (simulated, made up)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd

FOLDER = Path(__file__).resolve().parent.parent / "plan"

LEAD = "LEAD"
#: A second customer of S03, on Tongpin too.
SECOND_CUSTOMER = "CUST2"

#: The sample's clock: nothing in any file is dated later.
TODAY = dt.date(2026, 6, 30)
#: First day of the lead's daily books: movements, deliveries, incoming inspection.
BOOKS_FROM = dt.date(2025, 1, 1)
#: First month of single lots in the suppliers' books.
LOTS_FROM = "2024-07"
#: Measured values are written from this month on.
MEASURED_FROM = "2026-04"
#: The lead receives on these days of every month, a quarter of the month's quantity each.
ARRIVAL_DAYS = (4, 11, 18, 25)

BASELINE = (dt.date(2025, 1, 1), dt.date(2025, 6, 30))
REPORT_PERIOD = (dt.date(2026, 1, 1), dt.date(2026, 6, 30))

#: Columns that hold codes: read as text, or their leading zeros would go.
_CODES = ("part_no", "customer_part_no", "month", "lot", "parts", "period", "related_standards")


@dataclass(frozen=True)
class Plan:
    """The plan as frames; a *cell* is one supplier making one part, numbered in the order of `cells`."""

    cells: pd.DataFrame
    months: pd.DataFrame
    parts: pd.DataFrame
    suppliers: pd.DataFrame
    characteristics: pd.DataFrame
    defects: pd.DataFrame
    playbooks: pd.DataFrame
    tasks: pd.DataFrame
    incoming: pd.DataFrame
    returns: pd.DataFrame
    file_states: pd.DataFrame
    other_customers: pd.DataFrame

    def cell(self, supplier: str, part_no: str) -> int:
        """Return the number of the cell of this supplier and part."""
        found = self.cells.index[(self.cells.supplier == supplier) & (self.cells.part_no == part_no)]
        return int(found[0])


def read_table(name: str) -> pd.DataFrame:
    """Return one CSV of the plan; codes stay text, empty text cells stay empty."""
    frame = pd.read_csv(FOLDER / f"{name}.csv", dtype=dict.fromkeys(_CODES, str))
    text = frame.select_dtypes(include=["object", "string"]).columns
    frame[text] = frame[text].fillna("")
    return frame


@lru_cache(maxsize=1)
def read_plan() -> Plan:
    """Return the plan of the simulated year (read once a process; callers do not change it)."""
    cells = read_table("programme_cells")
    number = pd.Series(cells.index, index=pd.MultiIndex.from_frame(cells[["supplier", "part_no"]]))
    months = _with_cell(read_table("programme"), number)
    months["days"] = pd.PeriodIndex(months.month, freq="M").days_in_month
    incoming = _with_cell(read_table("programme_incoming"), number)
    returns = _with_cell(read_table("programme_returns"), number)
    for frame, names in (
        (incoming, ("outgoing_on", "received_on", "inspected_on")),
        (returns, ("date",)),
    ):
        for name in names:
            frame[name] = frame[name].to_numpy("datetime64[D]").astype("datetime64[s]")
    return Plan(
        cells=cells,
        months=months.sort_values(["cell", "month"], ignore_index=True),
        parts=read_table("parts").set_index("part_no"),
        suppliers=read_table("suppliers").set_index("supplier_code"),
        characteristics=read_table("characteristics"),
        defects=read_table("defects").set_index("defect_code"),
        playbooks=read_table("playbooks"),
        tasks=read_table("programme_tasks"),
        incoming=incoming,
        returns=returns,
        file_states=read_table("programme_files"),
        other_customers=read_table("programme_other_customers"),
    )


def _with_cell(frame: pd.DataFrame, number: pd.Series) -> pd.DataFrame:
    keys = pd.MultiIndex.from_frame(frame[["supplier", "part_no"]])
    frame["cell"] = number.reindex(keys).to_numpy(np.int64)
    return frame


def first_tier() -> list[str]:
    """Return the codes of the suppliers of the lead manufacturer, in order."""
    suppliers = read_plan().suppliers
    return list(suppliers.index[suppliers.tier == 1])


def month_start(month: str) -> dt.date:
    """Return the first day of a month such as `2025-03`."""
    return dt.date(int(month[:4]), int(month[5:]), 1)


def month_end(month: str) -> dt.date:
    """Return the last day of a month such as `2025-03`."""
    start = month_start(month)
    return (start.replace(day=28) + dt.timedelta(days=4)).replace(day=1) - dt.timedelta(days=1)


def months_between(first: str, last: str) -> list[str]:
    """Return the months from `first` to `last`, both included."""
    return [str(period) for period in pd.period_range(first, last, freq="M")]


def stream(seed: int, name: str) -> np.random.Generator:
    """Return the random stream of one part of the draw.

    Every part has a stream of its own, so that a part drawn alone equals the same part of the whole
    year, and a new part changes none of the others.
    """
    return np.random.default_rng([seed, *name.encode()])
