"""A customer's lists: suppliers, parts, characteristics; so that nothing is created behind the road."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pandas as pd

from sample.generator.books import Cell, workbook
from sample.generator.frames import records
from sample.generator.plan import read_plan

SUPPLIER_COLUMNS = (
    "供应商代码", "供应商名称", "英文名称", "供应商简称", "主要工艺", "英文工艺", "供货起始日期",
)  # fmt: skip
PART_COLUMNS = (
    "物料编码", "图号", "图纸版本", "物料名称", "英文名称", "零件族", "材质", "单位", "单重(g)",
    "检验水平", "AQL致命", "AQL严重", "AQL轻微", "供应商代码",
)  # fmt: skip
CHARACTERISTIC_COLUMNS = (
    "物料编码", "特性编号", "特性名称", "英文名称", "特性类型", "特性等级", "标准值", "规格下限", "规格上限",
    "单位", "小数位", "量具", "每组件数", "图纸版本", "生效日期",
)  # fmt: skip
KIND_ZH = {"variable": "计量", "attribute": "计数"}
#: First validity of every version that has no dated change.
VALID_FROM = dt.date(2024, 1, 1)
#: Drawing B widened D1 of this part; the plan's list has drawing B, here are the limits of drawing A.
WIDENED = {("0801001", "D1"): ("A", 1.45, 1.75, dt.date(2025, 10, 1))}


def lead_parts() -> list[str]:
    """Return the parts that the lead buys, in the order of the plan's list."""
    bought = set(read_plan().cells.part_no)
    return [str(part) for part in read_plan().parts.index if part in bought]


def write_suppliers(path: Path, codes: list[str], *, since: dict[str, dt.date]) -> int:
    """Write the list of a customer's suppliers; return its rows."""
    suppliers = read_plan().suppliers.loc[codes]
    rows: list[list[Cell]] = [
        [s.Index, s.name_zh, s.name_en, s.lead_short_names, s.processes_zh, s.processes_en, since[s.Index]]
        for s in records(suppliers)
    ]
    return _write(path, "供应商清单", SUPPLIER_COLUMNS, rows)


def write_parts(path: Path) -> int:
    """Write the lead's list of parts with their suppliers; return its rows."""
    plan = read_plan()
    suppliers = plan.cells.groupby("part_no").supplier.agg(";".join)
    parts = plan.parts.loc[lead_parts()]
    rows: list[list[Cell]] = [
        [
            *(p.Index, p.drawing_no, p.revision, p.name_zh, p.name_en, p.family_zh, p.material, p.unit),
            *(_number(p.piece_weight_g), p.inspection_level, p.aql_critical, p.aql_major, p.aql_minor),
            suppliers[p.Index],
        ]
        for p in records(parts)
    ]
    return _write(path, "零件清单", PART_COLUMNS, rows)


def write_parts_of_second_customer(path: Path, lots: pd.DataFrame) -> int:
    """Write the list of parts of S03's second customer, taken from its lots; return its rows."""
    inspection: list[Cell] = ["I", "c=0", 0.65, 2.5]
    rows: list[list[Cell]] = [
        [p.customer_part_no, None, "A", p.part_name_zh, None, "触头", None, "只", None, *inspection, "S03"]
        for p in records(lots.drop_duplicates("customer_part_no"))
    ]
    return _write(path, "零件清单", PART_COLUMNS, rows)


def write_characteristics(path: Path) -> int:
    """Write the lead's list of characteristics, a row a version; return its rows."""
    plan = read_plan()
    mine = plan.characteristics[plan.characteristics.part_no.isin(lead_parts())]
    rows: list[list[Cell]] = []
    for c in records(mine):
        revision = plan.parts.revision[c.part_no]
        limits = (_number(c.lsl), _number(c.usl))
        older = WIDENED.get((c.part_no, c.characteristic_no))
        if older:
            rows.append(_characteristic(c, (older[1], older[2]), older[0], VALID_FROM))
        rows.append(_characteristic(c, limits, revision, older[3] if older else VALID_FROM))
    return _write(path, "特性清单", CHARACTERISTIC_COLUMNS, rows)


def _characteristic(c: Any, limits: tuple[Cell, Cell], revision: str, valid_from: dt.date) -> list[Cell]:
    return [
        *(c.part_no, c.characteristic_no, c.name_zh, c.name_en, KIND_ZH[c.kind], c.class_zh),
        *(_number(c.nominal), *limits, c.unit, _number(c.decimals), c.gauge_zh, _number(c.subgroup_size)),
        *(revision, valid_from),
    ]


def _number(value: float) -> float | None:
    return None if pd.isna(value) else float(value)


def _write(path: Path, name: str, columns: tuple[str, ...], rows: list[list[Cell]]) -> int:
    with workbook(path) as book:
        page = book.page(name)
        page.head(0, columns)
        page.widths(len(columns), 12)
        page.sheet.freeze_panes(1, 0)
        for number, cells in enumerate(rows, start=1):
            page.row(number, cells)
    return len(rows)
