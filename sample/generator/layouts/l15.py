"""L15 退货与上线不良清单: pieces found bad on the line and in the field."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sample.generator.books import Cell, workbook
from sample.generator.frames import records
from sample.generator.lots import lot_of_reference
from sample.generator.plan import TODAY, month_end, stream
from sample.generator.words import defect_word, part_name, part_words, short_supplier_name, slashed
from sample.generator.year import Year

COLUMNS = (
    "退货单号", "退货日期", "发现环节", "供应商简称", "物料编码", "物料名称", "批次", "退货数量", "单位",
    "不良描述", "缺陷代码", "责任判定", "扣款金额", "处理状态", "备注",
)  # fmt: skip
FOUND_AT = {"line": "上线", "field": "市场"}
LIABILITY = {"charged": "供方责任", "disputed": "有争议", "not_charged": "非供方"}
STATE = {"charged": "已确认", "disputed": "有争议", "not_charged": "已关闭"}
WEIGHED_PARTS = ("0700001", "0700002", "0700003")
UNKNOWN_LOT = "不明"
#: Of the returns that were ever disputed, so many were settled in a later file.
SETTLED_SHARE = 0.2


@dataclass(frozen=True)
class Line:
    """One return as it stands in one month's file."""

    number: str
    date: dt.date
    supplier: str
    part_no: str
    lot_no: str
    quantity: int
    found_at: str
    code: str
    status: str
    price: float
    #: The month whose file holds the line; a settled dispute stands in a second one.
    file_month: str


def lines(year: Year) -> list[Line]:
    """Return the returns of the plan in their final state, by day."""
    returns = year.plan.returns
    named = returns.lot != ""
    lots = lot_of_reference(returns.cell[named], returns.lot[named]).astype("int64")
    lot_no = dict(zip(lots.index, year.quality.lots.lot_no[lots], strict=True))
    prices = year.plan.cells.unit_price_2025_cny
    return [
        Line(
            number=r.return_no,
            date=r.date.date(),
            supplier=r.supplier,
            part_no=r.part_no,
            lot_no=lot_no.get(r.Index, UNKNOWN_LOT),
            quantity=r.quantity,
            found_at=r.found_at,
            code=r.defect_code,
            status=r.status,
            price=float(prices[r.cell]),
            file_month=f"{r.date:%Y-%m}",
        )
        for r in records(returns)
    ]


def with_disputes_settled_later(year: Year, rows: list[Line]) -> list[Line]:
    """Let some charged returns have been disputed first: they stand twice, two months apart."""
    old_enough = TODAY.replace(month=4)
    charged = [at for at, row in enumerate(rows) if row.status == "charged" and row.date < old_enough]
    disputed = sum(row.status == "disputed" for row in rows)
    wanted = round(disputed * SETTLED_SHARE / (1 - SETTLED_SHARE))
    chosen = stream(year.seed, "settled disputes").choice(charged, wanted, replace=False)
    more = list(rows)
    for at in chosen:
        row = rows[at]
        more[at] = replace(row, status="disputed")
        later = month_end(row.file_month) + dt.timedelta(days=45)
        more.append(replace(row, file_month=f"{later:%Y-%m}"))
    return sorted(more, key=lambda row: (row.file_month, row.date, row.number))


def write(path: Path, rows: Sequence[Line], *, full: bool = False) -> None:
    """Write a month's list; `full` states screws in 千克."""
    with workbook(path) as book:
        page = book.page("退货清单")
        page.title("退货与上线不良清单", len(COLUMNS))
        page.head(1, COLUMNS)
        page.widths(len(COLUMNS), 11)
        for number, line in enumerate(rows, start=2):
            page.row(number, _cells(line, full))


def _cells(line: Line, full: bool) -> list[Cell]:
    weighed = full and line.part_no in WEIGHED_PARTS
    quantity: Cell = line.quantity
    if weighed:
        quantity = round(line.quantity * part_words(line.part_no).piece_weight_g / 1000, 3)
    return [
        line.number,
        slashed(line.date),
        FOUND_AT[line.found_at],
        short_supplier_name(line.supplier),
        line.part_no,
        part_name(line.part_no),
        line.lot_no,
        quantity,
        "千克" if weighed else part_words(line.part_no).unit,
        defect_word(line.code),
        line.code,
        LIABILITY[line.status],
        round(line.quantity * line.price, 2) if line.status == "charged" else None,
        STATE[line.status],
        None,
    ]
