"""Workbooks as shops keep them."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import xlsxwriter

HEADER = ("检验日期", "客户料号", "品名", "生产批号", "批量", "抽检数", "不良数", "判定", "检验员", "备注")


def write_book(
    path: Path, rows: Sequence[Sequence[Any]], *, title: str = "出货检验台账", header: Sequence[str] = HEADER
) -> Path:
    """Write a ledger with a merged title above its header and real dates in its cells; return its path."""
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("台账")
        head = book.add_format({"bold": True, "border": 1, "align": "center"})
        day = book.add_format({"num_format": "yyyy/m/d"})
        sheet.merge_range(0, 0, 0, len(header) - 1, title, head)
        sheet.write_row(1, 0, header, head)
        for at, row in enumerate(rows, 2):
            for column, value in enumerate(row):
                if isinstance(value, date):
                    sheet.write_datetime(at, column, value, day)
                else:
                    sheet.write(at, column, value)
    return path
