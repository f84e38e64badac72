"""出入库流水 and monthly balances, as the books of the lead and of its suppliers have them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

import pandas as pd

from sample.generator.frames import records
from sample.generator.layouts.l04 import Balance, Warehouse
from sample.generator.layouts.l05 import Movement
from sample.generator.plan import BOOKS_FROM, read_plan
from sample.generator.stock import consigning_cells, dead_quantity
from sample.generator.words import short_supplier_name
from sample.generator.year import Year

OWN_STORE, DEAD_STORE, CONSIGNED_STORE, WAITING_STORE = "原材料仓", "呆滞仓", "寄售仓", "待检仓"
SUPPLIER_STORE, SUPPLIER_CONSIGNED_STORE = "成品仓(总装专用)", "寄售仓(总装)"
OWN, CONSIGNED, DEDICATED = "自有", "寄售", "专用"
OPENING = "期初"
CUSTOMER_NAME = "示例·总装"
DEAD_UNTIL = "2025-12"
#: Order of the kinds on one day of one item: the balance comes first, goods arrive before they leave.
_OF_A_DAY = {OPENING: 0, "产成品入库": 1, "采购入库": 1, "寄售出库": 2, "销售出库": 2, "寄售消耗": 2}
_PREFIX = {"产成品入库": "CR", "销售出库": "XC", "寄售出库": "JC", "寄售消耗": "JX"}


def lead_movements(year: Year) -> list[Movement]:
    """Return the lead's own stock movements by lot, ordered by part, day and kind, with running balances."""
    frames = [
        _lead_frame(year.stock.opening, OPENING, receipt=True),
        _lead_frame(year.stock.deliveries, "采购入库", receipt=True),
        _lead_frame(year.stock.issues, "生产领料", receipt=False),
        _lead_frame(year.stock.clearances.assign(dead=True), "其他出库", receipt=False),
    ]
    rows = pd.concat(frames, ignore_index=True)
    rows["part_no"] = read_plan().cells.part_no.to_numpy()[rows.cell]
    rows["supplier"] = read_plan().cells.supplier.to_numpy()[rows.cell]
    rows["order"] = rows.kind.map(_OF_A_DAY).fillna(3)
    rows = rows.sort_values(["part_no", "date", "order", "cell", "lot_no"], kind="stable")
    return list(_lead_lines(rows))


def _lead_frame(rows: pd.DataFrame, kind: str, *, receipt: bool) -> pd.DataFrame:
    dead = rows.dead if "dead" in rows else False
    frame = rows[["cell", "date", "lot_no", "quantity"]].assign(kind=kind, dead=dead, document="")
    if "document" in rows:
        frame["document"] = rows.document
    frame["receipt"] = rows.quantity if receipt else 0
    frame["issue"] = 0 if receipt else rows.quantity
    return frame


def _lead_lines(rows: pd.DataFrame) -> Iterator[Movement]:
    balance: dict[tuple[str, str], int] = {}
    for row in records(rows):
        store = DEAD_STORE if row.dead else OWN_STORE
        key = (row.part_no, store)
        balance[key] = balance.get(key, 0) + row.receipt - row.issue
        day = row.date.date()
        yield Movement(
            date=day,
            number=row.document or _number(row.kind, day, row.part_no),
            kind=row.kind,
            warehouse=store,
            part_no=row.part_no,
            receipt=row.receipt,
            issue=row.issue,
            balance=balance[key],
            ownership=OWN,
            partner=short_supplier_name(row.supplier) if row.receipt else "",
            lot_no=row.lot_no,
        )


def _number(kind: str, day: dt.date, part_no: str) -> str:
    prefix = {OPENING: "QC", "生产领料": "LL", "其他出库": "QT"}[kind]
    return f"{prefix}{day:%y%m%d}-{part_no}"


def supplier_movements(year: Year, supplier: str) -> list[Movement]:
    """Return a supplier's movements of stock dedicated to the lead and consigned there.

    Ordered by part, day and kind, with running balances of each store; the first lines of a part carry
    what was there when its book begins.
    """
    movements: list[Movement] = []
    cells = read_plan().cells
    for cell in cells.index[cells.supplier == supplier]:
        movements += _cell_movements(year, int(cell))
    return movements


def _cell_movements(year: Year, cell: int) -> list[Movement]:
    stock = year.stock
    months = stock.months[(stock.months.cell == cell) & (stock.months.month >= f"{BOOKS_FROM:%Y-%m}")]
    first, start = months.iloc[0], dt.date.fromisoformat(f"{months.month.iloc[0]}-01")
    consigns = cell in consigning_cells()
    rows: list[tuple[dt.date, str, str, str, int]] = [
        (start, OPENING, SUPPLIER_STORE, DEDICATED, int(first.dedicated_opening))
    ]
    if consigns:
        rows.append((start, OPENING, SUPPLIER_CONSIGNED_STORE, CONSIGNED, int(first.consigned_opening)))
    for day, quantity in _steps(stock.made, cell):
        rows.append((day, "产成品入库", SUPPLIER_STORE, DEDICATED, quantity))
    for day, quantity in _steps(stock.shipped, cell):
        rows.append((day, "寄售出库" if consigns else "销售出库", SUPPLIER_STORE, DEDICATED, -quantity))
        if consigns:
            rows.append((day, "寄售出库", SUPPLIER_CONSIGNED_STORE, CONSIGNED, quantity))
    if consigns:
        for day, quantity in _steps(stock.consumed, cell):
            rows.append((day, "寄售消耗", SUPPLIER_CONSIGNED_STORE, CONSIGNED, -quantity))
    rows.sort(key=lambda row: (row[0], _OF_A_DAY[row[1]]))
    return _with_balances(rows, str(first.part_no))


def _with_balances(rows: list[tuple[dt.date, str, str, str, int]], part_no: str) -> list[Movement]:
    balance: dict[str, int] = {}
    lines = []
    for day, kind, store, ownership, quantity in rows:
        balance[store] = balance.get(store, 0) + quantity
        lines.append(
            Movement(
                date=day,
                number=f"{_PREFIX.get(kind, 'QC')}{day:%y%m%d}-{part_no}",
                kind=kind,
                warehouse=store,
                part_no=part_no,
                receipt=max(quantity, 0),
                issue=max(-quantity, 0),
                balance=balance[store],
                ownership=ownership,
                partner="" if kind in (OPENING, "产成品入库") else CUSTOMER_NAME,
            )
        )
    return lines


def _steps(rows: pd.DataFrame, cell: int) -> Iterator[tuple[dt.date, int]]:
    mine = rows[rows.cell == cell]
    for day, quantity in zip(mine.date, mine.quantity.tolist(), strict=True):
        yield day.date(), quantity


def supplier_balances(year: Year, supplier: str, month: str) -> Warehouse:
    """Return a supplier's monthly balance (L04) of what it keeps for the lead."""
    months = _month_rows(year, month)
    rows = months[months.supplier == supplier]
    balances = [
        _balance(r, r.dedicated_opening, r.made, r.shipped, r.dedicated_closing) for r in records(rows)
    ]
    return Warehouse(month.replace("-", "."), SUPPLIER_STORE, "CP", month, balances)


def lead_balances(year: Year, month: str, *, with_waiting: bool = False) -> list[Warehouse]:
    """Return the lead's month (L14), a warehouse each, parts summed over suppliers.

    `with_waiting` adds 待检仓, which repeats what 原材料仓 holds already.
    """
    rows = _month_rows(year, month)
    dead = dead_quantity().to_numpy()[rows.cell] if month <= DEAD_UNTIL else 0
    rows = rows.assign(dead=dead, dead_closing=dead + rows.lead_adjustment)
    held = [
        _store(
            OWN_STORE,
            "01",
            month,
            [
                _balance(
                    r,
                    r.lead_opening - r.dead,
                    r.lead_receipts,
                    r.lead_issues,
                    r.lead_closing - r.dead_closing,
                )
                for r in _by_part(rows)
            ],
        )
    ]
    if month >= f"{BOOKS_FROM:%Y-%m}":
        consigned = [
            _balance(r, r.consigned_opening, r.shipped, r.lead_receipts, r.consigned_closing)
            for r in _by_part(rows[rows.cell.isin(consigning_cells())])
        ]
        held.append(_store(CONSIGNED_STORE, "03", month, consigned))
    if month <= DEAD_UNTIL:
        still = [
            _balance(r, r.dead, 0, 0, r.dead_closing, adjustment=r.lead_adjustment)
            for r in _by_part(rows[rows.dead > 0])
        ]
        held.append(_store(DEAD_STORE, "09", month, still))
    if with_waiting:
        last = [_balance(r, 0, r.lead_receipts // 4, 0, r.lead_receipts // 4) for r in _by_part(rows)]
        held.append(_store(WAITING_STORE, "02", month, last, note="(其中:待检)"))
    return held


def _store(name: str, code: str, month: str, balances: list[Balance], note: str = "") -> Warehouse:
    return Warehouse(name, name, code, month, balances, note)


def _month_rows(year: Year, month: str) -> pd.DataFrame:
    """Return a month of the plan with the price at its start, which is the month before's."""
    months = year.stock.months
    before = months.groupby("cell").unit_price_cny.shift(1).fillna(months.unit_price_cny)
    return months.assign(opening_price=before)[months.month == month]


def _by_part(rows: pd.DataFrame) -> Iterable[Any]:
    """Sum quantities over the suppliers of a part; both deliver at one price."""
    quantities = [name for name in map(str, rows) if name.startswith(("lead_", "consigned_", "dead"))]
    quantities += ["shipped", "made"]
    how: dict[Any, str] = dict.fromkeys(quantities, "sum")
    how |= {"unit_price_cny": "first", "opening_price": "first"}
    return records(rows.groupby("part_no", as_index=False).agg(how))


def _balance(
    row: Any, opening: int, receipts: int, issues: int, closing: int, *, adjustment: int = 0
) -> Balance:
    return Balance(
        part_no=row.part_no,
        opening=int(opening),
        receipts=int(receipts),
        issues=int(issues),
        adjustment=int(adjustment),
        closing=int(closing),
        opening_price=float(row.opening_price),
        price=float(row.unit_price_cny),
    )


def by_month(movements: list[Movement]) -> dict[str, list[Movement]]:
    """Return the movements of each month, in their order."""
    months: dict[str, list[Movement]] = {}
    for month, rows in groupby(movements, key=lambda movement: f"{movement.date:%Y-%m}"):
        months.setdefault(month, []).extend(rows)
    return months
