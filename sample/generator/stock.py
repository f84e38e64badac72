"""The three holdings of a cell, upstream to downstream, day by day and lot by lot.

The pieces of a cell stand on one line in the order in which they were made. A holding is a stretch of
that line: the supplier's dedicated stock lies behind the pointer `shipped`, the stock consigned at the
lead between `shipped` and `received`, the lead's own between `received` and `issued`. A movement moves
one pointer, so first in, first out by lot is nothing but cutting its stretch where lots begin.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from sample.generator.lots import planned_lots
from sample.generator.plan import ARRIVAL_DAYS, BOOKS_FROM, read_plan, stream

CLEARED_ON = dt.date(2025, 12, 20)
#: Lot numbers of stock that was there before any lot of the plan.
SAMPLES_LOT = "G260120-S"
DEAD_LOT = "230614-1"
_NO_LOT = -1


@dataclass(frozen=True)
class Stock:
    """Stock of one draw; quantities are pieces, `lot` an index of `planned_lots()` or -1.

    Attributes
    ----------
    opening : DataFrame
        The lead's own stock when its daily books begin: `cell`, `date`, `lot`, `lot_no`, `quantity`,
        `dead`.
    deliveries : DataFrame
        Receipts into the lead's own stock: `cell`, `date`, `lot`, `lot_no`, `quantity`,
        `promised_on`, `document`.
    issues : DataFrame
        The lead's issues to production: `cell`, `date`, `lot`, `lot_no`, `quantity`.
    clearances : DataFrame
        Dead stock that left by adjustment: `cell`, `date`, `lot_no`, `quantity`.
    made, shipped, consumed : DataFrame
        `cell`, `date`, `quantity`: into the dedicated stock, out of it, and out of the consigned stock.
    months : DataFrame
        The plan's months with opening and closing of each holding.
    """

    opening: pd.DataFrame
    deliveries: pd.DataFrame
    issues: pd.DataFrame
    clearances: pd.DataFrame
    made: pd.DataFrame
    shipped: pd.DataFrame
    consumed: pd.DataFrame
    months: pd.DataFrame


@dataclass(frozen=True)
class Flow:
    """One pointer's way along a cell's line: day of each step, and the positions between the steps."""

    date: np.ndarray
    position: np.ndarray

    @property
    def quantity(self) -> np.ndarray:
        return np.diff(self.position)

    def since(self, day: np.datetime64) -> Flow:
        """Return the steps from a day on."""
        first = int(np.searchsorted(self.date, day))
        return Flow(self.date[first:], self.position[first:])


@dataclass(frozen=True)
class Line:
    """The line of one cell: where its lots begin, and its four flows."""

    cell: int
    lot_start: np.ndarray
    first_lot: int
    made: Flow
    shipped: Flow
    received: Flow
    issued: Flow

    def split(self, flow: Flow) -> pd.DataFrame:
        """Return each step of a flow, cut where lots begin: `date`, `lot`, `quantity`."""
        ends = flow.position
        inside = (self.lot_start > ends[0]) & (self.lot_start < ends[-1])
        edges = np.union1d(ends, self.lot_start[inside])
        begin = edges[:-1]
        step = np.searchsorted(ends, begin, side="right") - 1
        lot = np.searchsorted(self.lot_start, begin, side="right") - 1
        return pd.DataFrame(
            {
                "cell": self.cell,
                "date": flow.date[step],
                "lot": np.where(lot < 0, _NO_LOT, lot + self.first_lot),
                "quantity": np.diff(edges),
            }
        )

    def own_stock_on(self, day: np.datetime64) -> pd.DataFrame:
        """Return the lead's own stock at the start of a day, by lot."""
        low = self.issued.since(day).position[0]
        high = self.received.since(day).position[0]
        return self.split(Flow(np.array([day]), np.array([low, high])))


def draw_stock(seed: int) -> Stock:
    """Return the stock of a year; only the lateness of deliveries is drawn, all else is the plan's."""
    lines = piece_lines()
    start = np.datetime64(BOOKS_FROM, "s")
    months = read_plan().months
    deliveries = _joined([line.split(line.received.since(start)) for line in lines])
    opening = pd.concat([_opening(lines, start), _dead_stock()], ignore_index=True)
    return Stock(
        opening=opening.sort_values(["cell", "date", "lot"], ignore_index=True, kind="stable"),
        deliveries=_promise(stream(seed, "deliveries"), deliveries),
        issues=_joined([line.split(line.issued.since(start)) for line in lines]),
        clearances=_clearances(),
        made=_steps([(line.cell, line.made.since(start)) for line in lines]),
        shipped=_steps([(line.cell, line.shipped.since(start)) for line in lines]),
        consumed=_steps([(cell, lines[cell].received.since(start)) for cell in consigning_cells()]),
        months=months,
    )


@lru_cache(maxsize=1)
def piece_lines() -> list[Line]:
    """Return the line of every cell, in the order of the plan's cells."""
    months = read_plan().months
    cells = range(len(read_plan().cells))
    return [_piece_line(cell, months[months.cell == cell]) for cell in cells]


def consigning_cells() -> list[int]:
    """Return the cells that consign stock at the lead, at some time."""
    months = read_plan().months
    held = months.groupby("cell")[["consigned_opening", "consigned_closing"]].max().max(axis=1)
    return [int(cell) for cell in held.index[held > 0]]


def dead_quantity() -> pd.Series:
    """Return the dead pieces in the lead's own stock until they are cleared, by cell."""
    return read_plan().cells.dead_stock_until_2025_11


def _piece_line(cell: int, plan: pd.DataFrame) -> Line:
    lots = planned_lots()
    lots = lots[lots.cell == cell]
    first: Any = plan.iloc[0]
    own = int(first.lead_opening) - int(dead_quantity().tolist()[cell])
    received = own + int(first.consigned_opening)
    made = received + int(first.dedicated_opening)
    ends = made + np.concatenate([[0], np.cumsum(lots.lot_size.to_numpy())])
    return Line(
        cell=cell,
        lot_start=ends[:-1],
        first_lot=int(lots.index.to_numpy()[0]),
        made=Flow(lots.made_on.to_numpy(), ends),
        shipped=_arrivals(plan, plan.shipped, received),
        received=_arrivals(plan, plan.lead_receipts, own),
        issued=_daily(plan, plan.lead_issues),
    )


def _arrivals(plan: pd.DataFrame, quantity: pd.Series, start: int) -> Flow:
    """Spread each month over the four days of arrival, a quarter each."""
    days = np.array(ARRIVAL_DAYS) - 1
    return _spread(plan, quantity, start, [days] * len(plan))


def _daily(plan: pd.DataFrame, quantity: pd.Series) -> Flow:
    """Spread each month evenly over its calendar days."""
    return _spread(plan, quantity, 0, [np.arange(days) for days in plan.days])


def _spread(plan: pd.DataFrame, quantity: pd.Series, start: int, days: list[np.ndarray]) -> Flow:
    starts = plan.month.to_numpy("datetime64[M]").astype("datetime64[D]")
    dates, positions, position = [], [np.array([start])], start
    for first, total, offsets in zip(starts, quantity.to_numpy(), days, strict=True):
        dates.append(first + offsets.astype("timedelta64[D]"))
        positions.append(position + total * np.arange(1, len(offsets) + 1) // len(offsets))
        position += total
    return Flow(np.concatenate(dates).astype("datetime64[s]"), np.concatenate(positions))


def _opening(lines: list[Line], start: np.datetime64) -> pd.DataFrame:
    first_month = read_plan().months.groupby("cell").month.first()
    frames = []
    for line in lines:
        day = max(start, np.datetime64(first_month[line.cell], "s"))
        frames.append(line.own_stock_on(day))
    opening = _joined(frames)
    opening.loc[opening.lot == _NO_LOT, "lot_no"] = SAMPLES_LOT
    return opening.assign(dead=False)


def _dead_stock() -> pd.DataFrame:
    dead = dead_quantity()
    dead = dead[dead > 0]
    return pd.DataFrame(
        {
            "cell": dead.index,
            "date": np.datetime64(BOOKS_FROM, "s"),
            "lot": _NO_LOT,
            "quantity": dead.to_numpy(),
            "lot_no": DEAD_LOT,
            "dead": True,
        }
    )


def _clearances() -> pd.DataFrame:
    months = read_plan().months
    cleared = months[months.lead_adjustment != 0]
    return pd.DataFrame(
        {
            "cell": cleared.cell.to_numpy(),
            "date": np.datetime64(CLEARED_ON, "s"),
            "quantity": -cleared.lead_adjustment.to_numpy(),
            "lot_no": DEAD_LOT,
        }
    )


def _joined(frames: list[pd.DataFrame]) -> pd.DataFrame:
    """Join the cells' rows and name their lots."""
    rows = pd.concat(frames, ignore_index=True)
    lot_no = planned_lots().lot_no.to_numpy(dtype=object)
    rows["lot_no"] = np.where(rows.lot == _NO_LOT, SAMPLES_LOT, lot_no[rows.lot])
    return rows


def _steps(flows: list[tuple[int, Flow]]) -> pd.DataFrame:
    frames = [
        pd.DataFrame({"cell": cell, "date": flow.date, "quantity": flow.quantity}) for cell, flow in flows
    ]
    rows = pd.concat(frames, ignore_index=True)
    return rows[rows.quantity > 0].reset_index(drop=True)


def _promise(rng: np.random.Generator, deliveries: pd.DataFrame) -> pd.DataFrame:
    """Give each arrival of a cell its document and its promised day, late ones before the arrival."""
    plan = read_plan()
    arrivals = deliveries[["cell", "date"]].drop_duplicates().reset_index(drop=True)
    supplier = plan.cells.supplier.to_numpy()[arrivals.cell]
    facts = plan.suppliers.loc[supplier]
    early, late = facts.late_share_2025h1.to_numpy(), facts.late_share_2026h1.to_numpy()
    half = (arrivals.date.dt.year - 2025) * 2 + (arrivals.date.dt.month > 6)  # 0, 1, 2: half-years
    share = early + (late - early) * half.to_numpy() / 2
    bounds = facts.days_late_when_late.str.split("-", expand=True).astype(np.int64).to_numpy()
    days = rng.integers(bounds[:, 0], bounds[:, 1] + 1)
    days = np.where(rng.random(len(arrivals)) < share, days, 0)
    arrivals["promised_on"] = arrivals.date - days.astype("timedelta64[D]")
    arrivals["document"] = "WIN" + arrivals.date.dt.strftime("%y%m%d") + "-" + supplier
    return deliveries.merge(arrivals, on=["cell", "date"], how="left")
