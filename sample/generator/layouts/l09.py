"""L09 不良明细: several rows an inspection, one a defect code and class."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sample.generator.books import Cell, workbook
from sample.generator.ledger import Found, Inspection
from sample.generator.words import CLASS_LETTER, defect_name, dotted, packed, serial_number

COLUMNS = (
    "检验单号", "报检日期", "物料编码", "批次号", "报检数量", "抽检数量", "缺陷代码", "缺陷名称", "缺陷等级",
    "缺陷数量", "致命", "严重", "轻微", "不合格品数", "最终判定", "返工数", "备注",
)  # fmt: skip


@dataclass(frozen=True)
class Shop:
    """How one shop fills the list."""

    date: Callable[[dt.date], Cell]
    #: The lot's own figures stand in every row of an inspection, or in its first row only.
    repeat: bool


SHOPS = {
    "S04": Shop(dotted, repeat=True),
    "S05": Shop(lambda day: int(packed(day)), repeat=False),
    "S11": Shop(serial_number, repeat=False),
}


def write(path: Path, supplier: str, rows: Sequence[Inspection]) -> None:
    """Write the inspections of a supplier, one or more rows each."""
    shop = SHOPS[supplier]
    with workbook(path) as book:
        page = book.page("不良明细")
        page.sheet.freeze_panes(1, 0)
        page.head(0, COLUMNS)
        page.widths(len(COLUMNS), 11)
        line = 1
        for inspection in rows:
            for cells in _lines(shop, supplier, inspection):
                page.row(line, cells)
                line += 1
        page.sheet.autofilter(0, 0, line - 1, len(COLUMNS) - 1)


def _lines(shop: Shop, supplier: str, inspection: Inspection) -> Iterator[list[Cell]]:
    found: Sequence[Found | None] = inspection.found or (None,)
    number = f"{supplier}-{inspection.lot_no}" + ("-2" if inspection.submission > 1 else "")
    for position, item in enumerate(found):
        own = shop.repeat or position == 0
        yield [
            number,
            shop.date(inspection.date) if own else None,
            inspection.part_no if own else None,
            inspection.lot_no if own else None,
            inspection.lot_size if own else None,
            inspection.inspected if own else None,
            item.code if item else None,
            defect_name(item.code) if item else None,
            CLASS_LETTER[item.class_] if item else None,
            item.count if item else None,
            inspection.critical if own else None,
            inspection.major if own else None,
            inspection.minor if own else None,
            inspection.nonconforming if own else None,
            _verdict(inspection) if own else None,
            None,
            None,
        ]


def _verdict(inspection: Inspection) -> str:
    return "合格" if inspection.accepted else "让步接收" if inspection.conceded else "不合格,挑选"
