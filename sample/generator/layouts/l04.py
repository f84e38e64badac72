"""L04 收发存汇总表 of a supplier, and L14, the lead's own by warehouse: monthly stock from an ERP."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from sample.generator.books import Book, Cell, Page, workbook
from sample.generator.words import part_words

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


@dataclass(frozen=True)
class Form:
    """A form of the summary: names merged down over both header rows, then blocks of one or three columns."""

    single: tuple[str, ...]
    blocks: tuple[tuple[str, int], ...]
    cells: Callable[[Warehouse, Balance, bool], list[Cell]]

    @property
    def width(self) -> int:
        """Columns of the form."""
        return len(self.single) + sum(width for _, width in self.blocks)

    @property
    def summed(self) -> list[bool]:
        """Which columns of the blocks a total row adds up: not the prices."""
        flags = [[True] if width == 1 else [True, False, True] for _, width in self.blocks]
        return [flag for block in flags for flag in block]

    def write_head(self, page: Page, row: int) -> int:
        """Write the header of two rows; return the row below it."""
        for column, name in enumerate(self.single):
            page.merge_head((row, column), (row + 1, column), name)
        column = len(self.single)
        for name, width in self.blocks:
            if width == 1:
                page.merge_head((row, column), (row + 1, column), name)
            else:
                page.merge_head((row, column), (row, column + width - 1), name)
                page.head(row + 1, _PARTS_OF_BLOCK, column)
            column += width
        return row + 2


def write_supplier(path: Path, sheets: Sequence[Warehouse]) -> int:
    """Write a supplier's 收发存汇总表 (L04), a sheet a period; return its rows."""
    with workbook(path) as book:
        return sum(_write_sheet(book, warehouse, SUPPLIER_FORM, thousands=False) for warehouse in sheets)


def write_lead(path: Path, sheets: Sequence[Warehouse], *, thousands: bool = False) -> int:
    """Write the lead's 收发存汇总表 (L14), a sheet a warehouse; return its rows.

    `thousands` states screws in 千只.
    """
    with workbook(path) as book:
        return sum(_write_sheet(book, warehouse, LEAD_FORM, thousands=thousands) for warehouse in sheets)


def _write_sheet(book: Book, warehouse: Warehouse, form: Form, *, thousands: bool) -> int:
    page = book.page(warehouse.sheet)
    page.title("收发存汇总表", form.width)
    page.text(1, 0, f"会计期间:{warehouse.period.replace('-', '.')}")
    page.text(1, 4, f"仓库:{warehouse.name}{warehouse.note}")
    page.widths(form.width, 11)
    row, on_page = form.write_head(page, 2), 0
    held = [balance for balance in warehouse.balances if not balance.empty]
    everything: list[list[Cell]] = []
    for _, of_class in groupby(held, key=lambda balance: part_words(balance.part_no).family):
        rows = [form.cells(warehouse, balance, thousands) for balance in of_class]
        for line in rows:
            if on_page == ROWS_A_PAGE:
                row, on_page = form.write_head(page, row), 0
            page.row(row, line)
            row, on_page = row + 1, on_page + 1
        page.row(row, _sum_cells("小计", rows, form))
        row += 1
        everything += rows
    page.row(row, _sum_cells("合计", everything, form))
    return len(held)


def _sum_cells(label: str, rows: Sequence[list[Cell]], form: Form) -> list[Cell]:
    """Add the rows up as the ERP does: every column as printed, whatever its unit."""
    first = len(form.single)
    cells: list[Cell] = [label, *[None] * (first - 1)]
    for column, add in enumerate(form.summed, start=first):
        printed = [cell for row in rows if isinstance(cell := row[column], int | float)]
        cells.append(round(sum(printed), 3) if add else None)
    return cells


def _part_cells(part_no: str, thousands: bool) -> tuple[list[Cell], int]:
    """Return code, name, specification and unit of a part, and how many pieces the unit is."""
    by_thousand = thousands and part_no in BY_THE_THOUSAND
    words = part_words(part_no)
    unit = "千只" if by_thousand else words.unit
    return [part_no, words.name, words.material, unit], 1000 if by_thousand else 1


def _block(quantity: int, price: float, pieces: int) -> list[Cell]:
    stated: Cell = quantity if pieces == 1 else quantity / pieces
    return [stated, round(price * pieces, 6), round(quantity * price, 2)]


def _supplier_cells(_: Warehouse, b: Balance, thousands: bool) -> list[Cell]:
    part, pieces = _part_cells(b.part_no, thousands)
    opening, closing = _block(b.opening, b.opening_price, pieces), _block(b.closing, b.price, pieces)
    return [
        *part,
        *opening,
        *_block(b.receipts, b.price, pieces),
        *_block(b.issues, b.price, pieces),
        *closing,
    ]


def _lead_cells(warehouse: Warehouse, b: Balance, thousands: bool) -> list[Cell]:
    part, pieces = _part_cells(b.part_no, thousands)
    opening, closing = _block(b.opening, b.opening_price, pieces), _block(b.closing, b.price, pieces)
    moved = _block(b.receipts, b.price, pieces) + _block(b.issues, b.price, pieces)
    where: list[Cell] = [warehouse.code, warehouse.name, part_words(b.part_no).family]
    return [*where, *part, *opening, *moved, -b.adjustment / pieces if b.adjustment else None, *closing]


_MOVED = (("期初结存", 3), ("本期收入", 3), ("本期发出", 3))
SUPPLIER_FORM = Form(
    ("存货编码", "存货名称", "规格型号", "计量单位"), (*_MOVED, ("期末结存", 3)), _supplier_cells
)
LEAD_FORM = Form(
    ("仓库编码", "仓库名称", "存货大类", "存货编码", "存货名称", "规格型号", "计量单位"),
    (*_MOVED, ("其他出库数量", 1), ("期末结存", 3)),
    _lead_cells,
)
