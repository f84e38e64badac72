"""The lead's own files: incoming inspection, deliveries, stock, returns; each names many suppliers."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from sample.generator import stock_books
from sample.generator.files import Answer, File, unique_answers
from sample.generator.layouts import l04, l05, l12, l13, l15
from sample.generator.plan import LEAD, month_end, months_between
from sample.generator.schedule import LAST_MONTH, parcels
from sample.generator.year import Year

_ANSWER_OF_STORE = {
    stock_books.OWN_STORE: Answer("ownership", stock_books.OWN_STORE, "own"),
    stock_books.DEAD_STORE: Answer("ownership", stock_books.DEAD_STORE, "own"),
    stock_books.CONSIGNED_STORE: Answer("ownership", stock_books.CONSIGNED_STORE, "consigned"),
    stock_books.WAITING_STORE: Answer("sheet", stock_books.WAITING_STORE, "skip"),
}


def files(year: Year, folder: Path, *, full: bool) -> Iterator[File]:
    """Write everything that the lead sends about its suppliers."""
    yield from _incoming_files(year, folder / LEAD)
    yield from _delivery_files(year, folder / LEAD, full)
    yield from _balance_files(year, folder / LEAD, full)
    yield from _movement_files(year, folder / LEAD)
    yield from _return_files(year, folder / LEAD, full)


def _incoming_files(year: Year, folder: Path) -> Iterator[File]:
    for parcel in parcels(LEAD, "incoming inspections", l12.lines(year), lambda line: line.date):
        path = folder / f"来料检验清单{parcel.period}.xlsx"
        answers = unique_answers(l12.write(path, parcel.rows))
        yield File(
            path=path,
            sender=LEAD,
            kind="inspections",
            layout="L12",
            period=parcel.period,
            sent_on=parcel.sent_on,
            rows=len(parcel.rows),
            stage="incoming",
            answers=answers,
        )


def _delivery_files(year: Year, folder: Path, full: bool) -> Iterator[File]:
    rows = l13.lines(year)
    if full:
        rows = l13.with_paperwork(year, rows)
    for parcel in parcels(LEAD, "deliveries", rows, lambda line: line.listed_on or line.date):
        path = folder / f"采购入库单序时簿{parcel.period}.xlsx"
        l13.write(path, parcel.rows, full=full)
        yield File(path, LEAD, "deliveries", "L13", parcel.period, parcel.sent_on, len(parcel.rows))


def _balance_files(year: Year, folder: Path, full: bool) -> Iterator[File]:
    for month in months_between("2024-01", LAST_MONTH):
        path = folder / f"收发存汇总表{month}.xlsx"
        stores = stock_books.lead_balances(year, month, with_waiting=full)
        rows = l04.write_lead(path, stores, thousands=full)
        answers = tuple(_ANSWER_OF_STORE[store.name] for store in stores)
        yield File(path, LEAD, "stock", "L14", month, month_end(month), rows, answers=answers)


def _movement_files(year: Year, folder: Path) -> Iterator[File]:
    by_month = stock_books.by_month(stock_books.lead_movements(year))
    for month in sorted(by_month):
        path = folder / f"出入库流水{month}.xls"
        l05.write_movements(path, by_month[month], with_lot=True)
        yield File(path, LEAD, "movements", "L05", month, month_end(month), len(by_month[month]))


def _return_files(year: Year, folder: Path, full: bool) -> Iterator[File]:
    rows = l15.lines(year)
    if full:
        rows = l15.with_disputes_settled_later(year, rows)
    for month, of_month in groupby(rows, key=lambda row: row.file_month):
        lines = list(of_month)
        path = folder / f"退货与上线不良清单{month}.xlsx"
        l15.write(path, lines, full=full)
        yield File(path, LEAD, "returns", "L15", month, month_end(month), len(lines))
