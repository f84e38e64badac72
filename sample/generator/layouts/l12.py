"""L12 来料检验清单: the lead's incoming inspection; one file names many suppliers."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path

import numpy as np

from sample.generator.books import Cell, workbook
from sample.generator.files import Answer
from sample.generator.ledger import Inspection, incoming_inspections
from sample.generator.plan import BOOKS_FROM, TODAY, read_plan, stream
from sample.generator.stock import piece_lines
from sample.generator.words import defect_word, part_name, without_zero
from sample.generator.year import Year

COLUMNS = (
    "送检单号", "收料日期", "检验日期", "供应商简称", "物料编码", "物料名称", "来料批号", "检验类型",
    "送检数量", "抽样数", "不合格数", "缺陷代码", "不良描述", "检验结论", "处理方式", "检验员", "备注",
)  # fmt: skip
#: The short name that fits S01 and S02, and how often a month it is used.
AMBIGUOUS_NAME, AMBIGUOUS_A_MONTH = "冲压厂", 3
#: The part that both of them deliver; under the ambiguous name only lots of S01 are written.
PART_OF_BOTH, MEANT_BY_AMBIGUOUS = "0201001", "S01"
#: The lead writes the lots of S10 with a prefix of its own.
LOT_PREFIX_OF_LEAD = {"S10": "LL-"}
#: One row in six is a lot passed without inspection.
FREE_ROWS_A_ROW = 1 / 5


@dataclass(frozen=True)
class Line:
    """One row of the list: an inspection, or a lot that passed without one."""

    supplier: str
    short_name: str
    received_on: dt.date
    date: dt.date
    part_no: str
    lot_no: str
    lot_size: int
    inspection: Inspection | None
    number: str = ""


def lines(year: Year) -> list[Line]:
    """Return all rows of the lead's incoming inspection, by day."""
    rows = [_inspected_line(item) for item in incoming_inspections(year)] + _free_lines(year)
    rows.sort(key=lambda line: (line.date, line.supplier, line.part_no, line.lot_no))
    return _numbered(_named(rows))


def _inspected_line(item: Inspection) -> Line:
    received = item.received_on or item.date
    return Line(item.supplier, "", received, item.date, item.part_no, item.lot_no, item.lot_size, item)


def _free_lines(year: Year) -> list[Line]:
    """Choose lots that passed without inspection, one row in six of all."""
    candidates = _lots_not_inspected(year)
    wanted = round(len(year.quality.incoming) * FREE_ROWS_A_ROW)
    chosen = stream(year.seed, "free lots").choice(len(candidates), wanted, replace=False)
    rows = []
    for lot, received in (candidates[index] for index in sorted(chosen)):
        facts = year.quality.lots.loc[lot]
        day = received + dt.timedelta(days=1)
        what = (facts.part_no, facts.lot_no, int(facts.lot_size))
        rows.append(Line(facts.supplier, "", received, day, *what, inspection=None))
    return rows


def _lots_not_inspected(year: Year) -> list[tuple[int, dt.date]]:
    """Return the lots received in the lead's books that are not the fourth of their cell, with the day."""
    inspected = set(year.quality.incoming.lot)
    found = []
    for line in piece_lines():
        arrival = np.searchsorted(line.shipped.position[1:], line.made.position[1:])
        for offset in np.flatnonzero(arrival < len(line.shipped.date)):
            received = line.shipped.date[arrival[offset]].astype("datetime64[D]").astype(dt.date)
            lot = line.first_lot + int(offset)
            if lot not in inspected and BOOKS_FROM <= received < TODAY:
                found.append((lot, received))
    return found


def _named(rows: list[Line]) -> list[Line]:
    """Write each supplier's short names in turn, and the ambiguous one in three rows a month."""
    names = {code: value.split(";") for code, value in read_plan().suppliers.lead_short_names.items()}
    ambiguous: Counter[str] = Counter()
    named = []
    for number, line in enumerate(rows):
        month = f"{line.date:%Y-%m}"
        own = [name for name in names[line.supplier] if name != AMBIGUOUS_NAME]
        name = own[number % len(own)]
        fits = AMBIGUOUS_NAME in names[line.supplier]
        if fits and ambiguous[month] < AMBIGUOUS_A_MONTH and _may_be_ambiguous(line):
            ambiguous[month] += 1
            name = AMBIGUOUS_NAME
        named.append(replace(line, short_name=name))
    return named


def _may_be_ambiguous(line: Line) -> bool:
    return line.part_no != PART_OF_BOTH or line.supplier == MEANT_BY_AMBIGUOUS


def _numbered(rows: list[Line]) -> list[Line]:
    numbered = []
    for day, of_day in groupby(rows, key=lambda line: line.date):
        for number, line in enumerate(of_day, start=1):
            numbered.append(replace(line, number=f"IQC{day:%y%m%d}-{number:03}"))
    return numbered


def write(path: Path, rows: Sequence[Line]) -> list[Answer]:
    """Write the rows of a week or a month; return the answers they need."""
    first, last = rows[0].date, rows[-1].date
    with workbook(path) as book:
        page = book.page("来料检验")
        page.title("来料检验清单", len(COLUMNS))
        page.text(1, 0, f"检验日期:{first.isoformat()} 至 {last.isoformat()}")
        page.head(2, COLUMNS)
        page.widths(len(COLUMNS), 12)
        for row, line in enumerate(rows, start=3):
            page.row(row, _cells(line, row))
        page.sheet.autofilter(2, 0, 2 + len(rows), len(COLUMNS) - 1)
    return _answers(rows)


def _answers(rows: Sequence[Line]) -> list[Answer]:
    answers = []
    for line in rows:
        if line.short_name == AMBIGUOUS_NAME and line.part_no == PART_OF_BOTH:
            answers.append(Answer("supplier", AMBIGUOUS_NAME, line.supplier, part_no=line.part_no))
        if prefix := LOT_PREFIX_OF_LEAD.get(line.supplier):
            answers.append(Answer("lot_no", prefix + "*", "*", supplier=line.supplier))
    return answers


def _cells(line: Line, row: int) -> list[Cell]:
    item = line.inspection
    again = item is not None and item.submission > 1
    words, codes = "", ""
    if item is not None:
        words = "、".join(f"{defect_word(code)}{n}" for code, n in item.counts.items())
        codes = ";".join(item.counts)
    return [
        line.number,
        line.received_on.isoformat(),
        line.date.isoformat() + (" " if row % 11 == 0 else ""),
        line.short_name,
        # A resubmission was typed by hand: its part number lost the leading zero.
        without_zero(line.part_no) if again else line.part_no,
        part_name(line.part_no),
        LOT_PREFIX_OF_LEAD.get(line.supplier, "") + line.lot_no,
        "免检" if item is None else "复检" if again else "正常",
        line.lot_size,
        0 if item is None else item.inspected,
        0 if item is None else item.nonconforming,
        codes,
        words,
        _conclusion(item),
        "挑选" if item is not None and not item.accepted else None,
        None if item is None else "总检1" if row % 2 else "总检2",
        f"挑选出{item.sorted_qty}" if item is not None and not item.accepted else None,
    ]


def _conclusion(item: Inspection | None) -> str:
    if item is None:
        return "免检放行"
    return "合格" if item.accepted else "让步接收" if item.conceded else "不合格"
