"""L01 出货检验报告: a form of label-value blocks and a table, one sheet a lot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sample.generator.books import Cell, Page, workbook
from sample.generator.frames import records
from sample.generator.ledger import Inspection
from sample.generator.plan import read_plan
from sample.generator.words import defect_name, dotted

PLACES = 5
_HEAD = ("序号", "检验项目", "特性等级", "规格要求", "上公差", "下公差", "量具")
_CUSTOMER = "示例·总装"


@dataclass(frozen=True)
class Shop:
    """How one shop fills the form."""

    name: str
    report_prefix: str
    inspector: str
    #: The label and the number of the report share one cell.
    label_and_number_in_one_cell: bool
    #: 下公差 is printed without its sign.
    lower_without_sign: bool
    #: Values carry their unit (4.01mm) on the first characteristic of every fourth lot.
    unit_behind_value: bool


SHOPS = {
    "S01": Shop("示例·甲冲压", "JC", "甲检2", False, True, True),
    "S03": Shop("示例·丙触头", "BC", "丙检1", True, False, False),
}


Values = Mapping[tuple[int, str], list[float]]


def write(path: Path, supplier: str, lots: Sequence[Inspection], values: Values) -> int:
    """Write one workbook with a sheet a lot; return how many values it holds.

    Parameters
    ----------
    lots : sequence of Inspection
        First presentations of the lots.
    values : mapping
        Measured values by lot and characteristic number.
    """
    written = 0
    with workbook(path) as book:
        for lot in lots:
            name = "出货检验报告" if len(lots) == 1 else lot.lot_no
            written += _write_sheet(book.page(name), SHOPS[supplier], lot, values)
    return written


def _write_sheet(page: Page, shop: Shop, lot: Inspection, values: Values) -> int:
    _write_form_head(page, shop, lot)
    _write_table_head(page)
    row, written = 8, 0
    characteristics = read_plan().characteristics
    for number, c in enumerate(records(characteristics[characteristics.part_no == lot.part_no]), start=1):
        measured = values.get((lot.lot, c.characteristic_no), [])
        page.row(row, [number, *_characteristic_cells(c, shop)])
        _write_values(page, row, c, _shown(measured, c, shop, lot), lot)
        inside = all(_within(value, c) for value in measured)
        page.text(row, len(_HEAD) + PLACES, "合格" if inside else "不合格")
        written += len(measured)
        row += 1
    row = _write_defects(page, row + 1, lot)
    _write_foot(page, row, shop, lot)
    return written


def _write_form_head(page: Page, shop: Shop, lot: Inspection) -> None:
    part = read_plan().parts.loc[lot.part_no]
    page.sheet.set_column(1, 3, 14)
    page.title(f"{shop.name} 出货检验报告", 14)
    report = f"{shop.report_prefix}-{lot.lot_no}"
    if shop.label_and_number_in_one_cell:
        page.text(1, 13, f"报告编号:{report}")
    else:
        page.text(1, 12, "报告编号:")
        page.text(1, 13, report)
    level = read_plan().cells.inspection_level[_cell_of(lot)]
    blocks = (
        (("客户", _CUSTOMER), ("物料编码", lot.part_no), ("物料名称", part.name_zh)),
        (("图纸版本", part.revision), ("批号", lot.lot_no), ("批量", lot.lot_size)),
        (("抽样数", lot.inspected), ("检验日期", dotted(lot.date)), ("检验水平", level)),
    )
    for row, pairs in enumerate(blocks, start=2):
        for column, (label, value) in zip((0, 4, 8), pairs, strict=True):
            page.head(row, [label], column)
            page.merge((row, column + 1), (row, column + (3 if column < 8 else 5)), value)
    if lot.serial % 2:
        cell = read_plan().cells.loc[_cell_of(lot)]
        page.text(5, 0, f"AQL: CR 0 MA {cell.aql_major} MI {cell.aql_minor}")


def _cell_of(lot: Inspection) -> int:
    return read_plan().cell(lot.supplier, lot.part_no)


def _write_table_head(page: Page) -> None:
    for column, name in enumerate(_HEAD):
        page.merge_head((6, column), (7, column), name)
    first = len(_HEAD)
    page.merge_head((6, first), (6, first + PLACES - 1), "实测值")
    for piece in range(PLACES):
        page.sheet.write_number(7, first + piece, piece + 1, page.book.head)
    page.merge_head((6, first + PLACES), (7, first + PLACES), "单项判定")


def _characteristic_cells(c: Any, shop: Shop) -> list[Cell]:
    text, upper, lower = _limits(c)
    return [
        c.name_zh,
        c.class_zh,
        text,
        upper,
        lower.lstrip("-") if shop.lower_without_sign else lower,
        c.gauge_zh,
    ]


def _limits(c: Any) -> tuple[str, str, str]:
    """Return what stands under 规格要求, 上公差, 下公差."""
    if c.kind == "attribute":
        return "符合限度样", "", ""
    text = {name: f"{getattr(c, name):.{int(c.decimals)}f}" for name in ("nominal", "lsl", "usl")}
    if c.limits == "upper":
        return f"≤{text['usl']}", "", ""
    if c.limits == "lower":
        return (f"{text['lsl']} 以上" if c.Index % 2 else f"≥{text['lsl']}"), "", ""
    if text["nominal"] == "nan":
        return f"{text['lsl']}~{text['usl']}", "", ""
    diameter = "Φ" if "径" in c.name_zh else ""
    upper, lower = c.usl - c.nominal, c.lsl - c.nominal
    if abs(upper + lower) < 1e-9 and c.Index % 3 == 0:
        return f"{diameter}{text['nominal']}±{upper:.{int(c.decimals)}f}", "", ""
    return f"{diameter}{text['nominal']}", f"{upper:+.{int(c.decimals)}f}", f"{lower:+.{int(c.decimals)}f}"


def _shown(measured: list[float], c: Any, shop: Shop, lot: Inspection) -> list[Cell]:
    """Return the values as the shop writes them: numbers, now and then with the unit behind."""
    if shop.unit_behind_value and c.unit == "mm" and c.characteristic_no == "D1" and lot.serial % 4 == 0:
        return [f"{value:.{int(c.decimals)}f}{c.unit}" for value in measured]
    return list(measured)


def _write_values(page: Page, row: int, c: Any, shown: list[Cell], lot: Inspection) -> None:
    first = len(_HEAD)
    if c.kind == "variable":
        page.row(row, shown, first)
    elif lot.serial % 2:
        page.merge((row, first), (row, first + PLACES - 1), "OK")
    else:
        page.row(row, ["√"] * PLACES, first)


def _within(value: float, c: Any) -> bool:
    return not (value < c.lsl or value > c.usl)  # an absent limit is NaN: never beyond it


def _write_defects(page: Page, row: int, lot: Inspection) -> int:
    """Write the block 外观 from `row` on; return the row below it."""
    page.head(row, ("缺陷名称", "致命", "严重", "轻微"), 1)
    lines = sorted({item.code for item in lot.found}) or [""]
    page.merge_head((row, 0), (row + len(lines), 0), "外观")
    for offset, code in enumerate(lines, start=1):
        page.text(row + offset, 1, defect_name(code) if code else "无")
        for column, class_ in ((2, "critical"), (3, "major"), (4, "minor")):
            found = sum(item.count for item in lot.found if item.code == code and item.class_ == class_)
            page.sheet.write_number(row + offset, column, found)
    return row + len(lines) + 1


def _write_foot(page: Page, row: int, shop: Shop, lot: Inspection) -> None:
    boxes = {"■合格 □不合格 □让步接收": lot.accepted, "□合格 □不合格 ■让步接收": lot.conceded}
    ticked = next((text for text, holds in boxes.items() if holds), "□合格 ■不合格 □让步接收")
    page.head(row, ["综合判定"])
    page.merge((row, 1), (row, 6), ticked)
    for column, text in ((0, f"检验员:{shop.inspector}"), (4, "审核:"), (8, "批准:")):
        page.text(row + 2, column, text)
