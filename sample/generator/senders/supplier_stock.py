"""Stock that the suppliers keep for the lead: dedicated at home, consigned at the lead's."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

from sample.generator import stock_books
from sample.generator.files import Answer, File
from sample.generator.layouts import l04, l05
from sample.generator.plan import BOOKS_FROM, LEAD, first_tier, month_end, months_between, read_plan
from sample.generator.schedule import LAST_MONTH, movement_periods
from sample.generator.year import Year


def files(year: Year, folder: Path) -> Iterator[File]:
    """Write monthly balances (L04) or movements (L05 b), whichever the supplier sends."""
    layouts = read_plan().suppliers.stock_layout
    for supplier in first_tier():
        if layouts[supplier] == "L04":
            yield from _balance_files(year, folder / supplier, supplier)
        else:
            yield from _movement_files(year, folder / supplier, supplier)


def _balance_files(year: Year, folder: Path, supplier: str) -> Iterator[File]:
    """Write 2025 as one book with a sheet a month, then a book a month."""
    months = months_between(f"{BOOKS_FROM:%Y-%m}", LAST_MONTH)
    books = [("2025", months[:12]), *((month, [month]) for month in months[12:])]
    for period, of_book in books:
        path = folder / f"收发存汇总表{period}.xlsx"
        sheets = [stock_books.supplier_balances(year, supplier, month) for month in of_book]
        yield File(
            path=path,
            sender=supplier,
            kind="stock",
            layout="L04",
            period=period,
            sent_on=month_end(of_book[-1]),
            rows=l04.write_supplier(path, sheets),
            partnership=f"{LEAD}/{supplier}",
            answers=(Answer("ownership", stock_books.SUPPLIER_STORE, "dedicated"),),
        )


def _movement_files(year: Year, folder: Path, supplier: str) -> Iterator[File]:
    movements = stock_books.supplier_movements(year, supplier)
    states = read_plan().file_states
    states = states[(states.supplier == supplier) & (states.kind == "movements")].set_index("period")
    for period, months in movement_periods(supplier):
        rows = [movement for movement in movements if f"{movement.date:%Y-%m}" in months]
        path = folder / f"出入库流水{period}.xls"
        state = states.state.get(period, "on_time")
        planned = (
            dt.date.fromisoformat(states.sent_on[period]) if period in states.index else month_end(months[-1])
        )
        l05.write_movements(path, rows, with_lot=False)
        whole = File(
            path=path,
            sender=supplier,
            kind="movements",
            layout="L05",
            period=period,
            sent_on=planned if state == "late" else month_end(months[-1]),
            rows=len(rows),
            partnership=f"{LEAD}/{supplier}",
            state="late" if state == "late" else "on_time",
        )
        yield whole
        if state == "empty":
            yield _empty_week(whole, planned)


def _empty_week(month: File, sent_on: dt.date) -> File:
    """Write the file of the holiday week, with a header and no row: nothing moved, and it was said."""
    path = month.path.with_name(f"出入库流水{month.period}(春节周,无出入库).xls")
    l05.write_movements(path, [], with_lot=False)
    return File(
        path=path,
        sender=month.sender,
        kind="movements",
        layout="L05",
        period=month.period,
        sent_on=sent_on,
        rows=0,
        partnership=month.partnership,
        state="empty",
    )
