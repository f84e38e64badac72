"""L10 日检记录: typed as one speaks, parts by name, defects as text."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

from sample.generator.books import Cell, workbook
from sample.generator.files import Answer
from sample.generator.ledger import Inspection
from sample.generator.words import defect_word, month_day_dotted, month_day_zh, month_zh

COLUMNS = (
    "日期", "班次", "机台", "品名规格", "料批号", "模号", "检验总数", "良品", "次品",
    "不良情况", "处理方式", "检验员", "备注",
)  # fmt: skip
#: What the shop calls its parts.
NAMES = {"0502001": "125壳底座", "0503002": "交接底座", "0501003": "小型手柄"}
_SHIFTS = ("白班", "夜班")


def write(path: Path, month: str, rows: Sequence[Inspection], *, vague: bool = False) -> list[Answer]:
    """Write a month's record; return the answers it needs.

    `vague` writes 若干 instead of the last count in some rows: not a number, a person must say.
    """
    with workbook(path) as book:
        page = book.page("检验记录")
        page.title("检验记录", len(COLUMNS))
        page.text(1, 0, month_zh(month))
        page.head(2, COLUMNS)
        page.widths(len(COLUMNS), 10)
        line = 3
        for number, (day, of_day) in enumerate(groupby(rows, key=lambda item: item.date)):
            for position, inspection in enumerate(of_day):
                written = _written_date(day, number, position)
                page.row(line, [written, *_cells(inspection, vague)])
                line += 1
    parts = [Answer("part_no", NAMES[item.part_no], item.part_no) for item in rows]
    found = [(item.part_no, code) for item in rows for code in item.counts]
    words = [Answer("defect", defect_word(code), code, part_no=part_no) for part_no, code in found]
    return [*parts, *words]


def _written_date(day: dt.date, number: int, position: int) -> str:
    """Write the day once; below it 同上 or the ditto mark."""
    if position:
        return '"' if number % 2 else "同上"
    return month_day_zh(day) if number % 3 else month_day_dotted(day)


def _cells(inspection: Inspection, vague: bool) -> Iterator[Cell]:
    yield _SHIFTS[inspection.serial % 2]
    yield f"{inspection.serial % 3 + 1}#压机"
    yield NAMES[inspection.part_no]
    yield inspection.lot_no
    yield f"M{inspection.serial % 2 + 1}"
    yield inspection.inspected
    yield inspection.inspected - inspection.nonconforming
    yield inspection.nonconforming
    yield _spoken(inspection, vague and inspection.serial % 8 == 0)
    yield "让步" if inspection.conceded else None if inspection.accepted else "挑选"
    yield "辛检1"
    yield None


def _spoken(inspection: Inspection, vague: bool) -> str:
    """Write the defects as one speaks: 起泡3、缺料2, or 起泡×3 缺料×2."""
    counts = [(defect_word(code), str(n)) for code, n in inspection.counts.items()]
    if vague and counts:
        counts[-1] = (counts[-1][0], "若干")
    if inspection.serial % 2:
        return " ".join(f"{word}×{n}" for word, n in counts)
    return "、".join(f"{word}{n}" for word, n in counts)
