"""L11 出货检验台账: S03's ledger with the lots of three customers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import pandas as pd

from sample.generator.books import Cell, Page, workbook
from sample.generator.files import Answer
from sample.generator.frames import records
from sample.generator.ledger import Inspection
from sample.generator.words import defect_word, month_day_zh, month_zh, part_name, without_zero

COLUMNS = (
    "序号", "日期", "客户", "客户料号", "品名规格", "本厂批号", "批量", "抽检数", "不合格数",
    "不合格项目", "判定", "发货单号", "备注", "单价",
)  # fmt: skip
LEAD_NAMES = ("示例·总装", "总装")
#: What the clerk calls customers for short: asked once by whoever reads the ledger.
SHORT_NAMES = ("总装", "配电")
LEAD_MARKER = "白鹭产线"
PRICE_TO_OTHERS = 0.35
#: Digits that are a part of LEAD and another part of CUST2.
SHARED_DIGITS = "0103002"
#: Months in which the clerk left the customer of one LEAD lot of that part empty.
MONTHS_WITHOUT_CUSTOMER = ("2025-03", "2025-11", "2026-04")
_HEAD_ROW = 2
_PRICE_COLUMN = 13


@dataclass(frozen=True)
class Entry:
    """One line of the ledger, whoever the customer is."""

    customer: str
    customer_cell: str
    date: dt.date
    part_no: str
    name: str
    lot_no: str
    lot_size: int
    inspected: int
    nonconforming: int
    defects: str
    verdict: str
    remark: str
    price: float


def file_name(month: str) -> str:
    """Return the name the shop gives the book; it names the customers."""
    return f"出货检验台账{month}(示例·总装、配电、家电).xlsx"


def lead_entries(rows: Sequence[Inspection], prices: dict[str, float]) -> list[Entry]:
    """Return the ledger's lines of the lead's lots in one month."""
    entries = []
    unnamed = False
    for number, inspection in enumerate(rows):
        asked = inspection.month in MONTHS_WITHOUT_CUSTOMER and inspection.part_no == SHARED_DIGITS
        leave_empty = asked and not unnamed
        unnamed = unnamed or leave_empty
        entries.append(
            Entry(
                customer="LEAD",
                customer_cell="" if leave_empty else LEAD_NAMES[inspection.date.day % 2],
                date=inspection.date,
                part_no=inspection.part_no,
                name=part_name(inspection.part_no),
                lot_no=inspection.lot_no,
                lot_size=inspection.lot_size,
                inspected=inspection.inspected,
                nonconforming=inspection.nonconforming,
                defects="、".join(f"{defect_word(code)}{n}" for code, n in inspection.counts.items()),
                verdict="合格" if inspection.accepted else "让步接收" if inspection.conceded else "挑选",
                remark=LEAD_MARKER if number % 4 == 0 else "",
                price=prices[inspection.part_no],
            )
        )
    return entries


def other_entries(lots: pd.DataFrame) -> dict[str, list[Entry]]:
    """Return the ledger's lines of the other customers' lots, by month."""
    entries: dict[str, list[Entry]] = {}
    for lot in records(lots.sort_values(["customer", "date"], kind="stable")):
        entries.setdefault(lot.month, []).append(
            Entry(
                customer=lot.customer,
                customer_cell=lot.customer_cell,
                date=lot.date.date(),
                part_no=lot.customer_part_no,
                name=lot.part_name_zh,
                lot_no=lot.lot_no,
                lot_size=lot.lot_size,
                inspected=lot.inspected,
                nonconforming=lot.nonconforming,
                defects=f"毛刺{lot.nonconforming}" if lot.nonconforming else "",
                verdict="合格" if lot.accepted else "挑选",
                remark=lot.marker,
                price=PRICE_TO_OTHERS,
            )
        )
    return entries


def write(path: Path, month: str, entries: Sequence[Entry]) -> list[Answer]:
    """Write a month's ledger: one block a customer, and a sheet of totals; return its answers."""
    blocks = {customer: list(lines) for customer, lines in groupby(entries, key=lambda entry: entry.customer)}
    with workbook(path) as book:
        page = book.page(month.replace("-", "."))
        page.title(f"{month_zh(month)} 出货检验台账", len(COLUMNS) - 1)
        page.text(1, 12, "检验员:丙检1")
        page.head(_HEAD_ROW, COLUMNS)
        page.sheet.set_column(0, len(COLUMNS) - 2, 12)
        page.sheet.set_column(_PRICE_COLUMN, _PRICE_COLUMN, 8, None, {"hidden": True})
        row, number = _HEAD_ROW + 1, 1
        for lines in blocks.values():
            row, number = _write_block(page, lines, row, number)
        # A comment of the clerk names a customer that the row is not about.
        page.sheet.write_comment(_HEAD_ROW + 1, 4, "与示例·家电的温控件同一台设备", {"author": "丙检1"})
        _write_totals(book.page("各客户汇总"), blocks)
    short = {entry.customer_cell: entry.customer for entry in entries if entry.customer_cell in SHORT_NAMES}
    answers = [Answer("sheet", "各客户汇总", "skip")]
    answers += [Answer("customer", name, customer) for name, customer in short.items()]
    asked = any(e.customer == "LEAD" and not e.customer_cell for e in entries)
    return answers + ([Answer("customer", "", "LEAD", part_no=SHARED_DIGITS)] if asked else [])


def _write_block(page: Page, lines: list[Entry], row: int, number: int) -> tuple[int, int]:
    """Write a customer's lots and their 小计; return the next free row and serial number."""
    start = number
    for _, of_day in groupby(lines, key=lambda entry: entry.date):
        day = list(of_day)
        for offset, entry in enumerate(day):
            page.row(row + offset, _cells(entry, number, number % 10 == 0))
            number += 1
        if len(day) > 1:
            page.merge((row, 1), (row + len(day) - 1, 1), month_day_zh(day[0].date))
            _merge_customer(page, day, row)
        row += len(day)
    cells: list[Cell] = ["小计", None, None, None, None, f"{number - start}批"]
    cells += [sum(getattr(e, name) for e in lines) for name in ("lot_size", "inspected", "nonconforming")]
    page.row(row, cells)
    return row + 1, number


def _merge_customer(page: Page, day: list[Entry], row: int) -> None:
    """Merge 客户 over neighbouring lots of a day that say the same; an empty cell stays empty."""
    for cell, same in groupby(enumerate(day), key=lambda item: item[1].customer_cell):
        places = [offset for offset, _ in same]
        if cell and len(places) > 1:
            page.merge((row + places[0], 2), (row + places[-1], 2), cell)


def _cells(entry: Entry, number: int, as_number: bool) -> list[Cell]:
    return [
        number,
        month_day_zh(entry.date),
        entry.customer_cell,
        without_zero(entry.part_no) if as_number else entry.part_no,
        entry.name,
        entry.lot_no,
        entry.lot_size,
        entry.inspected,
        entry.nonconforming,
        entry.defects,
        entry.verdict,
        f"FH{entry.date:%y%m%d}{number:03}",
        entry.remark,
        entry.price,
    ]


def _write_totals(page: Page, blocks: dict[str, list[Entry]]) -> None:
    page.head(0, ("客户", "批数", "批量", "抽检数", "不合格数"))
    names = {"LEAD": "示例·总装", "CUST2": "示例·配电", "CUST3": "示例·家电"}
    everything = [entry for lines in blocks.values() for entry in lines]
    for row, (name, lines) in enumerate(
        [*((names[customer], lines) for customer, lines in blocks.items()), ("合计", everything)], start=1
    ):
        sums = [sum(getattr(e, field) for e in lines) for field in ("lot_size", "inspected", "nonconforming")]
        page.row(row, [name, len(lines), *sums])
