"""L04 收发存汇总表 of a supplier, and L14, the lead's own by warehouse: monthly stock from an ERP."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from sample.generator.books import Book, Cell, Page, workbook
from sample.generator.words import part_name, part_words

#: The header is printed again after so many rows.
ROWS_A_PAGE = 40
_PARTS_OF_BLOCK = ("数量", "单价", "金额")
#: Screws and rivets are kept by the thousand in some ERPs.
BY_THE_THOUSAND = ("0700001", "0700002", "0700003")


@dataclass(frozen=True)
class Balance:
    """A part's month in one warehouse, in pieces, with the prices at both ends."""

    part_no: str
    opening: int
    receipts: int
    issues: int
    adjustment: int
    closing: int
    opening_price: float
    price: float

    @property
    def empty(self) -> bool:
        """Nothing held and nothing moved: such rows are left out."""
        return not (self.opening or self.receipts or self.issues or self.adjustment or self.closing)


@dataclass(frozen=True)
class Warehouse:
    """A sheet: a warehouse in one period."""

    sheet: str
    name: str
    code: str
    period: str
    balances: Sequence[Balance]
    note: str = ""


def write_supplier(path: Path, sheets: Sequence[Warehouse]) -> int:
    """Write a supplier's 收发存汇总表 (L04), a sheet a period; return its rows."""
    with workbook(path) as book:
        return sum(_write_sheet(book, warehouse, lead=False, thousands=False) for warehouse in sheets)


def write_lead(path: Path, sheets: Sequence[Warehouse], *, thousands: bool = False) -> int:
    """Write the lead's 收发存汇总表 (L14), a sheet a warehouse; return its rows.

    `thousands` states screws in 千只.
    """
    with workbook(path) as book:
        return sum(_write_sheet(book, warehouse, lead=True, thousands=thousands) for warehouse in sheets)


def _write_sheet(book: Book, warehouse: Warehouse, *, lead: bool, thousands: bool) -> int:
    page = book.page(warehouse.sheet)
    width = 20 if lead else 16
    page.title("收发存汇总表", width)
    page.text(1, 0, f"会计期间:{warehouse.period.replace('-', '.')}")
    page.text(1, 4, f"仓库:{warehouse.name}{warehouse.note}")
    page.widths(width, 11)
    write_head, cells = (_lead_head, _lead_cells) if lead else (_supplier_head, _supplier_cells)
    row, on_page, written = write_head(page, 2), 0, 0
    held = [balance for balance in warehouse.balances if not balance.empty]
    for family, of_class in groupby(held, key=lambda balance: _item_class(balance.part_no)):
        rows = list(of_class)
        for balance in rows:
            if on_page == ROWS_A_PAGE:
                row, on_page = write_head(page, row), 0
            page.row(row, cells(warehouse, balance, thousands))
            row, on_page, written = row + 1, on_page + 1, written + 1
        page.row(row, _sum_cells(f"小计 {family}", rows, lead))
        row += 1
    page.row(row, _sum_cells("合计", held, lead))
    return written


def _head(page: Page, row: int, single: Sequence[str], blocks: Sequence[tuple[str, int]]) -> int:
    """Write a header of two rows: single names merged down, blocks merged across; return the row below."""
    for column, name in enumerate(single):
        page.merge_head((row, column), (row + 1, column), name)
    column = len(single)
    for name, width in blocks:
        if width == 1:
            page.merge_head((row, column), (row + 1, column), name)
        else:
            page.merge_head((row, column), (row, column + width - 1), name)
            page.head(row + 1, _PARTS_OF_BLOCK, column)
        column += width
    return row + 2


def _supplier_head(page: Page, row: int) -> int:
    single = ("存货编码", "存货名称", "规格型号", "计量单位")
    blocks = (("期初结存", 3), ("本期收入", 3), ("本期发出", 3), ("期末结存", 3))
    return _head(page, row, single, blocks)


def _lead_head(page: Page, row: int) -> int:
    single = ("仓库编码", "仓库名称", "存货大类", "存货编码", "存货名称", "规格型号", "计量单位")
    blocks = (("期初结存", 3), ("本期收入", 3), ("本期发出", 3), ("其他出库数量", 1), ("期末结存", 3))
    return _head(page, row, single, blocks)


def _item_class(part_no: str) -> str:
    return part_words(part_no).family


def _part_cells(part_no: str, thousands: bool) -> tuple[list[Cell], int]:
    """Return code, name, specification and unit of a part, and how many pieces the unit is."""
    by_thousand = thousands and part_no in BY_THE_THOUSAND
    unit = "千只" if by_thousand else part_words(part_no).unit
    return [part_no, part_name(part_no), part_words(part_no).material, unit], 1000 if by_thousand else 1


def _block(quantity: int, price: float, pieces: int) -> list[Cell]:
    stated: Cell = quantity if pieces == 1 else quantity / pieces
    return [stated, round(price * pieces, 6), round(quantity * price, 2)]


def _supplier_cells(warehouse: Warehouse, b: Balance, thousands: bool) -> Iterator[Cell]:
    part, pieces = _part_cells(b.part_no, thousands)
    yield from part
    yield from _block(b.opening, b.opening_price, pieces)
    yield from _block(b.receipts, b.price, pieces)
    yield from _block(b.issues, b.price, pieces)
    yield from _block(b.closing, b.price, pieces)


def _lead_cells(warehouse: Warehouse, b: Balance, thousands: bool) -> Iterator[Cell]:
    part, pieces = _part_cells(b.part_no, thousands)
    yield from (warehouse.code, warehouse.name, _item_class(b.part_no))
    yield from part
    yield from _block(b.opening, b.opening_price, pieces)
    yield from _block(b.receipts, b.price, pieces)
    yield from _block(b.issues, b.price, pieces)
    yield -b.adjustment / pieces if b.adjustment else None
    yield from _block(b.closing, b.price, pieces)


def _sum_cells(label: str, rows: Sequence[Balance], lead: bool) -> list[Cell]:
    def block(quantity: Callable[[Balance], int], price: Callable[[Balance], float]) -> list[Cell]:
        return [sum(map(quantity, rows)), None, round(sum(quantity(b) * price(b) for b in rows), 2)]

    def now(balance: Balance) -> float:
        return balance.price

    cells: list[Cell] = [label, *[None] * (6 if lead else 3)]
    cells += block(lambda b: b.opening, lambda b: b.opening_price)
    cells += block(lambda b: b.receipts, now) + block(lambda b: b.issues, now)
    if lead:
        cells.append(-sum(b.adjustment for b in rows) or None)
    return cells + block(lambda b: b.closing, now)
