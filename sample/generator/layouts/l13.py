"""L13 采购入库单序时簿: the lead's deliveries, as an ERP prints them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path

from sample.generator.books import Cell, Page, workbook
from sample.generator.frames import records
from sample.generator.plan import TODAY, month_end
from sample.generator.words import part_name, part_words, short_supplier_name
from sample.generator.year import Year

COLUMNS = (
    "审核标志", "红蓝字", "日期", "单据编号", "供应商", "订单号", "承诺交期", "订单数量", "物料长代码",
    "物料名称", "规格型号", "批号", "单位", "实收数量", "单价", "金额", "单重(g)", "收料仓库", "暂估",
    "制单", "审核", "备注",
)  # fmt: skip
_HEAD_ROW = 3
_SUPPLIER_COLUMN = 4
ROWS_A_PAGE = 50
#: Parts bought by weight; the weight of a piece of the last one is missing until a month.
WEIGHED_PARTS = ("0700001", "0700002", "0700003", "0200001", "0801002", "0701001")
WEIGHT_MISSING = ("0701001", "2025-03")
#: One row in fifty is not audited when the list is printed.
UNAUDITED_EVERY = 50
PROVISIONAL_EVERY = 9
#: Suppliers whose goods are consigned at first inspection: a rejected lot is not yet the lead's.
CONSIGNING = {"S06": dt.date(2025, 8, 1), "S10": dt.date(2025, 1, 1)}


@dataclass(frozen=True)
class Line:
    """One line of a goods receipt; pieces, negative on a red document."""

    date: dt.date
    document: str
    supplier: str
    part_no: str
    lot_no: str
    quantity: int
    price: float
    promised_on: dt.date | None
    audited: bool = True
    provisional: bool = False
    #: The day of the list that holds the row, where that is not the row's own.
    listed_on: dt.date | None = None


def lines(year: Year) -> list[Line]:
    """Return the deliveries, by day, supplier and part: audited blue rows, nothing else."""
    cells = year.plan.cells
    price = price_by_cell_and_month(year)
    rows = []
    deliveries = year.stock.deliveries.sort_values(["date", "cell", "lot"], kind="stable")
    for d in records(deliveries):
        supplier = cells.supplier[d.cell]
        at_price = price[d.cell, f"{d.date:%Y-%m}"]
        what = (supplier, cells.part_no[d.cell], d.lot_no, d.quantity, at_price)
        rows.append(Line(d.date.date(), d.document, *what, promised_on=d.promised_on.date()))
    return rows


def price_by_cell_and_month(year: Year) -> dict[tuple[int, str], float]:
    """Return the price of the period of each cell, in CNY a piece."""
    months = year.stock.months
    return dict(zip(zip(months.cell, months.month, strict=True), months.unit_price_cny, strict=True))


def with_paperwork(year: Year, rows: list[Line]) -> list[Line]:
    """Add what an ERP's list also holds and a reader must see through.

    Red documents for lots rejected at incoming inspection, and their return as blue ones; rows not yet
    audited, which stand audited in a later list; provisional bookings and their reversal. Audited blue
    less audited red stays, by month, what was delivered.
    """
    more = [*_audited_later(rows), *_returned_lots(year, rows), *_provisional(rows)]
    return sorted(more, key=lambda line: line.listed_on or line.date)


def _audited_later(rows: list[Line]) -> list[Line]:
    """Let one row in fifty stand unaudited first, and audited only in the next file."""
    more = []
    for number, row in enumerate(rows):
        next_month = month_end(f"{row.date:%Y-%m}") + dt.timedelta(days=1)
        listed_on = next_month if next_month < TODAY else row.date + dt.timedelta(days=7)
        if number % UNAUDITED_EVERY == 0 and listed_on <= TODAY:
            more.append(replace(row, audited=False))
            more.append(replace(row, listed_on=listed_on))
        else:
            more.append(row)
    return more


def _returned_lots(year: Year, rows: list[Line]) -> list[Line]:
    incoming = year.quality.incoming
    rejected = incoming[~incoming.accepted & ~incoming.conceded]
    by_lot = {(row.supplier, row.part_no, row.lot_no): row for row in rows}
    more = []
    for item in records(rejected):
        lot = year.quality.lots.loc[item.lot]
        row = by_lot.get((lot.supplier, lot.part_no, lot.lot_no))
        day = item.date.date()
        if row is None or day >= CONSIGNING.get(lot.supplier, TODAY) or row.date >= day:
            continue
        back = min(day + dt.timedelta(days=2), month_end(f"{day:%Y-%m}"))
        document = f"{row.document}-T"
        more.append(replace(row, date=day, document=document, quantity=-row.quantity, promised_on=None))
        more.append(replace(row, date=back, document=f"{row.document}-B", promised_on=None))
    return more


def _provisional(rows: list[Line]) -> list[Line]:
    """Book some of a month's lots once more on its last day, and reverse them on the next first."""
    more = []
    for month, of_month in groupby(rows, key=lambda row: f"{row.date:%Y-%m}"):
        last = month_end(month)
        for row in list(of_month)[::PROVISIONAL_EVERY]:
            document = f"ZG{row.document[3:]}-{row.part_no}"
            booked = replace(row, date=last, document=document, promised_on=None, provisional=True)
            more.append(booked)
            if last < TODAY:
                reversal = replace(booked, date=last + dt.timedelta(days=1), document=document + "-C")
                more.append(replace(reversal, quantity=-row.quantity))
    return more


def write(path: Path, rows: Sequence[Line], *, full: bool = False) -> None:
    """Write the list of a week or a month; `full` writes the weighed parts in 千克."""
    last = max(row.listed_on or row.date for row in rows)
    period = f"{last.year}年{last.month}期"
    with workbook(path) as book:
        page = book.page("采购入库单序时簿")
        page.title("采购入库单序时簿", len(COLUMNS))
        note = "  包含红字  包含未审核" if full else ""
        page.text(1, 0, f"会计期间:{period}  单据类型:外购入库{note}")
        page.head(_HEAD_ROW, COLUMNS)
        page.widths(len(COLUMNS), 11)
        row = _HEAD_ROW + 1
        for start in range(0, len(rows), ROWS_A_PAGE):
            row = _write_page(page, rows[start : start + ROWS_A_PAGE], row, full)
        page.row(row, _sum_cells("合计", rows, full))


def _write_page(page: Page, lines_of_page: Sequence[Line], row: int, full: bool) -> int:
    """Write a printed page with its 本页小计; return the row below it."""
    start = row
    for line in lines_of_page:
        page.row(row, _cells(line, full))
        row += 1
    at = start
    for (supplier, _), same in groupby(lines_of_page, key=lambda line: (line.supplier, line.document)):
        rows = len(list(same))
        ends = (at, _SUPPLIER_COLUMN), (at + rows - 1, _SUPPLIER_COLUMN)
        page.merge(*ends, short_supplier_name(supplier))
        at += rows
    page.row(row, _sum_cells("本页小计", lines_of_page, full))
    return row + 1


def _in_stated_unit(line: Line, full: bool) -> tuple[str, float]:
    """Return unit and quantity as the list states them: pieces, or kilograms with three decimals."""
    if full and line.part_no in WEIGHED_PARTS:
        weight = part_words(line.part_no).piece_weight_g
        return "千克", round(line.quantity * weight / 1000, 3)
    return part_words(line.part_no).unit, line.quantity


def _cells(line: Line, full: bool) -> Iterator[Cell]:
    unit, quantity = _in_stated_unit(line, full)
    amount = round(line.quantity * line.price, 2)
    yield "Y" if line.audited else None
    yield "蓝字" if line.quantity >= 0 else "红字"
    yield line.date
    yield line.document
    yield None  # 供应商 is merged down over its rows
    yield f"PO{line.document[3:]}" if line.promised_on else None
    yield line.promised_on
    yield quantity if line.promised_on else None
    yield f"01.{line.part_no}"
    yield part_name(line.part_no)
    yield part_words(line.part_no).material
    yield line.lot_no
    yield unit
    yield quantity
    yield line.price if unit != "千克" else round(amount / quantity, 4)
    yield amount
    yield _piece_weight(line)
    yield "原材料仓"
    yield "是" if line.provisional else "否"
    yield "总仓2"
    yield "总仓1" if line.audited else None
    yield None


def _piece_weight(line: Line) -> float | None:
    """Return the weight of a piece in g, as far as the lead's master data has it."""
    if line.part_no not in WEIGHED_PARTS:
        return None
    part, missing_until = WEIGHT_MISSING
    if line.part_no == part and f"{line.date:%Y-%m}" <= missing_until:
        return None
    return part_words(line.part_no).piece_weight_g


def _sum_cells(label: str, rows: Sequence[Line], full: bool) -> list[Cell]:
    quantity = round(sum(_in_stated_unit(line, full)[1] for line in rows), 3)
    amount = round(sum(round(line.quantity * line.price, 2) for line in rows), 2)
    return [label, *[None] * 12, quantity, None, amount]
