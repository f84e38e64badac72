"""L05 ERP 导出: HTML tables named .xls. a) 检验单列表 of S10, b) 出入库流水."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from sample.generator.books import Cell, workbook, write_html_xls
from sample.generator.ledger import Inspection
from sample.generator.words import part_name, part_words

INSPECTION_COLUMNS = (
    "单据编号", "单据日期", "物料代码", "物料名称", "批次", "报检数量",
    "抽检数", "合格数量", "不合格数量", "检验结果", "制单人",
)  # fmt: skip
MOVEMENT_COLUMNS = (
    "单据日期", "单据号", "业务类型", "仓库名称", "存货编码", "存货名称",
    "入库数量", "出库数量", "结存数量", "单位", "货权", "往来单位",
)  # fmt: skip
#: The lead's export has the lot beside the part.
MOVEMENT_COLUMNS_WITH_LOT = (*MOVEMENT_COLUMNS[:6], "批次", *MOVEMENT_COLUMNS[6:])


@dataclass(frozen=True)
class Movement:
    """One line of 出入库流水; `opening` lines carry the balance brought forward."""

    date: dt.date
    number: str
    kind: str
    warehouse: str
    part_no: str
    receipt: int
    issue: int
    balance: int
    ownership: str
    partner: str = ""
    lot_no: str = ""


def write_inspections(path: Path, rows: Sequence[Inspection], *, typed: bool = False) -> None:
    """Write S10's inspection list; `typed` is the copy that the lead typed off a picture, a plain xlsx."""
    lines = [_inspection_cells(inspection, number) for number, inspection in enumerate(rows, start=1)]
    if not typed:
        write_html_xls(path, "检验单列表", INSPECTION_COLUMNS, lines)
        return
    with workbook(path) as book:
        page = book.page("代录")
        page.head(0, INSPECTION_COLUMNS)
        for row, cells in enumerate(lines, start=1):
            page.row(row, cells)


def _inspection_cells(inspection: Inspection, number: int) -> list[Cell]:
    good = inspection.inspected - inspection.nonconforming
    return [
        f"OQC{inspection.date:%y%m}-{number:03}",
        inspection.date.isoformat(),
        "'" + inspection.part_no,
        part_name(inspection.part_no),
        inspection.lot_no,
        f"{inspection.lot_size:,}",
        inspection.inspected,
        good,
        inspection.nonconforming,
        "合格" if inspection.accepted else "不合格",
        "癸文员",
    ]


def write_movements(path: Path, movements: Sequence[Movement], *, with_lot: bool) -> None:
    """Write 出入库流水, a block a part with its 小计; movements come ordered by part, then day."""
    head = MOVEMENT_COLUMNS_WITH_LOT if with_lot else MOVEMENT_COLUMNS
    lines: list[list[Cell]] = []
    for _, of_part in groupby(movements, key=lambda movement: movement.part_no):
        block = list(of_part)
        lines += [_movement_cells(movement, with_lot) for movement in block]
        lines.append(_subtotal_cells(block, with_lot))
    write_html_xls(path, "出入库流水", head, lines)


def _movement_cells(movement: Movement, with_lot: bool) -> list[Cell]:
    lot = [movement.lot_no] if with_lot else []
    return [
        movement.date.isoformat(),
        movement.number,
        movement.kind,
        movement.warehouse,
        "'" + movement.part_no,
        part_name(movement.part_no),
        *lot,
        f"{movement.receipt:,}" if movement.receipt else None,
        f"{movement.issue:,}" if movement.issue else None,
        f"{movement.balance:,}",
        part_words(movement.part_no).unit,
        movement.ownership,
        movement.partner,
    ]


def _subtotal_cells(block: Sequence[Movement], with_lot: bool) -> list[Cell]:
    sums = (f"{sum(m.receipt for m in block):,}", f"{sum(m.issue for m in block):,}")
    return ["小计", *[None] * (6 if with_lot else 5), *sums, None, None, None, None]
