"""L02 成品检验台账: one workbook a year, a sheet a month; two-row header, defects as columns."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from sample.generator.books import Cell, Page, workbook
from sample.generator.files import Answer
from sample.generator.ledger import Inspection
from sample.generator.words import (
    defect_word,
    full_width,
    month_day_dotted,
    month_day_zh,
    month_zh,
    short_part_name,
    without_zero,
)

OTHER = "其它"
_HEAD_ROW = 2
_FIRST_ROW = 4


@dataclass(frozen=True)
class Shop:
    """How one shop keeps the ledger: the defects it has columns for, and its hand."""

    defects: dict[str, str]
    inspector: str
    date: Callable[[dt.date], Cell]
    part_no: Callable[[str], Cell]
    lot_size: Callable[[int, int], Cell]
    inspected: Callable[[int, int], Cell]
    zero: Cell
    rate_as_text: bool
    with_mould: bool = False


def _thousands(value: int, row: int) -> Cell:
    return f"{value:,}" if row % 5 == 0 else value


def _with_unit(value: int, row: int) -> Cell:
    return f"{value}只" if row % 6 == 0 else value


def _full_width(value: int, row: int) -> Cell:
    return full_width(value) if row % 9 == 0 else value


def _plain(value: int, row: int) -> Cell:
    return value


SHOPS = {
    "S01": Shop(
        {"毛刺": "STA-01", "压伤": "STA-04", "变形": "STA-05", "孔偏": "STA-07"},
        "甲检1", month_day_dotted, without_zero, _thousands, _plain, 0, rate_as_text=True,
    ),
    "S06": Shop(
        {"力值": "SPR-01", "高度": "SPR-02", "外径": "SPR-03", "歪": "SPR-04"},
        "己检1", month_day_zh, str, _plain, _full_width, "－", rate_as_text=False,
    ),
    "S07": Shop(
        {"缺料": "MLD-01", "缩水": "MLD-03", "飞边": "MLD-02", "变形": "MLD-08"},
        "庚检3", lambda day: day, without_zero, _with_unit, _plain, None, rate_as_text=True, with_mould=True,
    ),
}  # fmt: skip


def write(
    path: Path,
    supplier: str,
    months: Sequence[tuple[str, Sequence[Inspection]]],
    hidden: Sequence[Inspection] = (),
) -> list[Answer]:
    """Write a year's workbook with a sheet for each month given; return the answers it needs.

    `hidden` rows stand above the first sheet's own, hidden: last year's, left by the clerk.
    """
    shop = SHOPS[supplier]
    with workbook(path) as book:
        for number, (month, rows) in enumerate(months):
            # One sheet of the book begins in column B, as somebody once inserted a column.
            left = 1 if supplier == "S01" and month.endswith("-05") else 0
            page = book.page(f"{int(month[5:])}月", left)
            _write_month(page, shop, month, hidden if number == 0 else (), rows)
        book.page("Sheet3")
    answers = [Answer("defect", name, code) for name, code in shop.defects.items()]
    for _, rows in months:
        for inspection in rows:
            answers += [Answer("defect", defect_word(code), code) for code in _others(shop, inspection)]
    return answers


def _columns(shop: Shop) -> tuple[list[str], list[str]]:
    """Return the names before and after the block of defects."""
    before = ["日期", "料号", "品名", "生产批号", "批量", "抽检数", "合格数", "不良数"]
    if shop.with_mould:
        before[4:4] = ["模号", "穴号"]
    return before, ["合格率", "判定", "检验员", "备注"]


def _write_month(
    page: Page,
    shop: Shop,
    month: str,
    hidden: Sequence[Inspection],
    rows: Sequence[Inspection],
) -> None:
    before, after = _columns(shop)
    width = len(before) + len(shop.defects) + 1 + len(after)
    page.title(f"{month_zh(month)}份成品检验台账", width)
    page.text(1, width - 1, "单位:只")
    _write_head(page, shop)
    page.widths(width, 11)
    row = _FIRST_ROW
    for inspection in hidden:
        page.row(row, _cells(shop, inspection, row))
        page.sheet.set_row(row, None, None, {"hidden": True})
        row += 1
    for _, of_week in groupby(rows, key=lambda item: item.date.isocalendar()[:2]):
        week = list(of_week)
        for day, of_day in groupby(week, key=lambda item: item.date):
            row = _write_day(page, shop, day, list(of_day), row)
        page.row(row, _total_cells(shop, "小计", week))
        row += 1
    page.row(row, _total_cells(shop, "合计", rows))


def _write_head(page: Page, shop: Shop) -> None:
    before, after = _columns(shop)
    first = len(before)
    names = [*shop.defects, OTHER]
    last = first + len(names) - 1
    for column, name in [*enumerate(before), *enumerate(after, start=last + 1)]:
        page.merge_head((_HEAD_ROW, column), (_HEAD_ROW + 1, column), name)
    page.merge_head((_HEAD_ROW, first), (_HEAD_ROW, last), "不良分类")
    page.head(_HEAD_ROW + 1, names, first)


def _write_day(page: Page, shop: Shop, day: dt.date, rows: list[Inspection], row: int) -> int:
    """Write the lots of a day under one merged date; return the row below them."""
    for offset, inspection in enumerate(rows):
        page.row(row + offset, _cells(shop, inspection, row + offset))
    if len(rows) > 1:
        written = shop.date(day)
        page.merge((row, 0), (row + len(rows) - 1, 0), written)
    return row + len(rows)


def _cells(shop: Shop, inspection: Inspection, row: int) -> Iterator[Cell]:
    counts = inspection.counts
    good = inspection.inspected - inspection.nonconforming
    yield shop.date(inspection.date)
    yield shop.part_no(inspection.part_no)
    yield short_part_name(inspection.part_no)
    yield inspection.lot_no
    if shop.with_mould:
        yield f"M{inspection.serial % 2 + 1}"
        yield inspection.serial % 4 + 1
    yield shop.lot_size(inspection.lot_size, row)
    yield shop.inspected(inspection.inspected, row)
    yield good
    yield inspection.nonconforming
    for code in shop.defects.values():
        yield counts.get(code) or shop.zero
    others = _others(shop, inspection)
    yield sum(others.values()) or shop.zero
    yield f"{good / inspection.inspected:.2%}" if shop.rate_as_text else round(good / inspection.inspected, 4)
    yield "合格" if inspection.accepted else "让步接收" if inspection.conceded else "挑选"
    yield shop.inspector
    yield _remark(others)


def _others(shop: Shop, inspection: Inspection) -> dict[str, int]:
    """Return the counts of codes that have no column of their own."""
    return {code: n for code, n in inspection.counts.items() if code not in shop.defects.values()}


def _remark(others: dict[str, int]) -> str:
    """Name the defects under 其它; with more than one, how many of each."""
    if len(others) == 1:
        return f"其它为{defect_word(next(iter(others)))}"
    return "其它为" + "、".join(f"{defect_word(code)}{n}" for code, n in others.items()) if others else ""


def _total_cells(shop: Shop, label: str, rows: Sequence[Inspection]) -> Iterator[Cell]:
    inspected = sum(item.inspected for item in rows)
    bad = sum(item.nonconforming for item in rows)
    yield label
    for _ in range(5 if shop.with_mould else 3):
        yield None
    yield sum(item.lot_size for item in rows)
    yield inspected
    yield inspected - bad
    yield bad
    for code in shop.defects.values():
        yield sum(item.counts.get(code, 0) for item in rows)
    yield sum(sum(_others(shop, item).values()) for item in rows)
    rate = (inspected - bad) / inspected if inspected else 1.0
    yield f"{rate:.2%}" if shop.rate_as_text else round(rate, 4)
