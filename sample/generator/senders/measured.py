"""Measured values: April and May as books with a sheet a lot, June as one report a lot."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from sample.generator.files import File
from sample.generator.frames import records
from sample.generator.layouts import l01
from sample.generator.ledger import Inspection, reported_inspections
from sample.generator.measurements import MEASURING_SUPPLIERS
from sample.generator.plan import LEAD, MEASURED_FROM, TODAY, month_end
from sample.generator.schedule import DAYS_AFTER_A_LOT, LAST_MONTH
from sample.generator.year import Year


def files(year: Year, folder: Path) -> Iterator[File]:
    """Write the reports of the lots that S01 and S03 measured for the lead."""
    values: dict[tuple[int, str], list[float]] = defaultdict(list)
    for row in records(year.measurements):
        values[row.lot, row.characteristic].append(row.value)
    reported = reported_inspections(year)
    for supplier in MEASURING_SUPPLIERS:
        first = (item for item in reported[supplier] if item.submission == 1 and item.month >= MEASURED_FROM)
        for period, sent_on, lots in _reports(first):
            path = folder / supplier / f"出货检验报告{period}.xlsx"
            yield File(
                path=path,
                sender=supplier,
                kind="measurements",
                layout="L01",
                period=period,
                sent_on=sent_on,
                rows=l01.write(path, supplier, lots, values),
                stage="outgoing",
                partnership=f"{LEAD}/{supplier}",
            )


def _reports(lots: Iterator[Inspection]) -> Iterator[tuple[str, dt.date, list[Inspection]]]:
    """Pack lots into reports: period, day of sending, lots."""
    for month, of_month in groupby(lots, key=lambda item: item.month):
        if month < LAST_MONTH:
            yield month, month_end(month), list(of_month)
            continue
        for lot in of_month:
            yield lot.lot_no, min(lot.date + dt.timedelta(days=DAYS_AFTER_A_LOT), TODAY), [lot]
