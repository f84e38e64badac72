"""Outgoing inspections, as the eleven suppliers report them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path

from sample.generator.files import Answer, File, unique_answers
from sample.generator.layouts import l02, l03, l05, l09, l10, l11
from sample.generator.ledger import Inspection, reported_inspections
from sample.generator.plan import LEAD, first_tier, read_plan
from sample.generator.schedule import Parcel, parcels
from sample.generator.year import Year

LEDGER_OF_THREE = "S03"
#: Sends the year's book every month, grown by a sheet, from this year on.
GROWN_BOOK_FROM = "2026"
WEEKLY_BOOK = "S06"
REPLACED_MONTH, REPLACED_AFTER = "2025-05", dt.timedelta(days=6)
MANGLED_MONTHS = ("2025-09", "2026-02")


@dataclass(frozen=True)
class Job:
    """One file to write: whose, what is in it, and the sender's whole book beside it."""

    folder: Path
    supplier: str
    parcel: Parcel[Inspection]
    book: list[Inspection]
    full: bool


@dataclass(frozen=True)
class Written:
    """What a layout wrote: file name, answers, rows."""

    name: str
    rows: int
    answers: tuple[Answer, ...] = ()


def files(year: Year, folder: Path, *, full: bool) -> Iterator[File]:
    """Write the outgoing inspections of all suppliers, in their own layouts."""
    reported = reported_inspections(year)
    for supplier in first_tier():
        rows = reported[supplier]
        if supplier == LEDGER_OF_THREE:
            yield from _ledger_files(year, folder / supplier, rows)
            continue
        packed = parcels(supplier, "inspections", rows, lambda item: item.date, lambda item: item.lot_no)
        for parcel in packed:
            yield _file(Job(folder / supplier, supplier, parcel, rows, full))
        if full and supplier == WEEKLY_BOOK:
            yield _replaced_statement(folder / supplier, packed)


def _file(job: Job) -> File:
    layout = str(read_plan().suppliers.inspection_layout[job.supplier])
    written = _WRITERS[layout](job)
    parcel = job.parcel
    return File(
        path=job.folder / written.name,
        sender=LEAD if parcel.by_customer else job.supplier,
        kind="inspections",
        layout=layout,
        period=parcel.period,
        sent_on=parcel.sent_on,
        rows=written.rows,
        stage="outgoing",
        partnership=f"{LEAD}/{job.supplier}",
        role="quality_engineer" if parcel.by_customer else "uploader",
        by_customer=parcel.by_customer,
        state=parcel.state,
        answers=written.answers,
    )


def _write_l02(job: Job) -> Written:
    period, rows = job.parcel.period, job.parcel.rows
    if period >= GROWN_BOOK_FROM and job.supplier != WEEKLY_BOOK:
        rows = [item for item in job.book if f"{period[:4]}-01" <= item.month <= period]
    months = [(month, list(of_month)) for month, of_month in groupby(rows, key=lambda item: item.month)]
    hidden: list[Inspection] = []
    if job.full and job.supplier == "S01" and period == "2025-01":
        hidden = [item for item in job.book if item.month == "2024-12"][-6:]
    name = f"{months[0][0][:4]}年成品检验台账({period}).xlsx"
    answers = l02.write(job.folder / name, job.supplier, months, hidden)
    return Written(name, len(rows), unique_answers(answers))


def _write_l03(job: Job) -> Written:
    name = f"{job.parcel.period}批检记录.csv"
    mangle = job.full and job.supplier == "S02" and job.parcel.period in MANGLED_MONTHS
    l03.write(job.folder / name, job.supplier, job.parcel.rows, mangle_lot_numbers=mangle)
    return Written(name, len(job.parcel.rows))


def _write_l05(job: Job) -> Written:
    typed = job.parcel.by_customer
    name = f"癸标准件{job.parcel.period}检验单(代录).xlsx" if typed else f"检验单列表{job.parcel.period}.xls"
    l05.write_inspections(job.folder / name, job.parcel.rows, typed=typed)
    return Written(name, len(job.parcel.rows))


def _write_l09(job: Job) -> Written:
    name = f"{job.parcel.period}不良明细.xlsx"
    l09.write(job.folder / name, job.supplier, job.parcel.rows)
    return Written(name, len(job.parcel.rows))


def _write_l10(job: Job) -> Written:
    name = f"日检记录{job.parcel.period}.xlsx"
    answers = l10.write(job.folder / name, job.parcel.period, job.parcel.rows, vague=job.full)
    return Written(name, len(job.parcel.rows), unique_answers(answers))


_WRITERS: dict[str, Callable[[Job], Written]] = {
    "L02": _write_l02,
    "L03": _write_l03,
    "L05": _write_l05,
    "L09": _write_l09,
    "L10": _write_l10,
}


def _replaced_statement(folder: Path, packed: list[Parcel[Inspection]]) -> File:
    """Send a month once more, with one lot gone and another one's size mended."""
    parcel = next(parcel for parcel in packed if parcel.period == REPLACED_MONTH)
    mended = replace(parcel.rows[0], lot_size=parcel.rows[0].lot_size + 500)
    kept = [mended, *parcel.rows[2:]]
    path = folder / f"2025年成品检验台账({REPLACED_MONTH})更正.xlsx"
    answers = l02.write(path, WEEKLY_BOOK, [(REPLACED_MONTH, kept)])
    return File(
        path=path,
        sender=WEEKLY_BOOK,
        kind="inspections",
        layout="L02",
        period=REPLACED_MONTH,
        sent_on=parcel.sent_on + REPLACED_AFTER,
        rows=len(kept),
        stage="outgoing",
        partnership=f"{LEAD}/{WEEKLY_BOOK}",
        answers=unique_answers(answers),
    )


def _ledger_files(year: Year, folder: Path, rows: list[Inspection]) -> Iterator[File]:
    """Write the ledger of three customers, a book a month; its rows are routed one by one."""
    cells = read_plan().cells
    prices = dict(zip(cells.part_no, cells.unit_price_2025_cny, strict=True))
    others = l11.other_entries(year.other_customers)
    packed = parcels(
        LEDGER_OF_THREE, "inspections", rows, lambda item: item.date, first_parcel_is_half_year=False
    )
    for parcel in packed:
        entries = l11.lead_entries(parcel.rows, prices) + others.get(parcel.period, [])
        path = folder / l11.file_name(parcel.period)
        answers = l11.write(path, parcel.period, entries)
        yield File(
            path=path,
            sender=LEDGER_OF_THREE,
            kind="inspections",
            layout="L11",
            period=parcel.period,
            sent_on=parcel.sent_on,
            rows=len(entries),
            stage="outgoing",
            state=parcel.state,
            answers=unique_answers(answers),
        )
