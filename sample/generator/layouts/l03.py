"""L03 批检记录: a comma file, one header line, one row a lot."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sample.generator.books import write_csv
from sample.generator.ledger import Inspection
from sample.generator.words import month_day_zh, part_name, slashed, without_zero

COLUMNS = (
    "检验批号", "物料号", "物料名称", "供应商代码", "送检日期", "送检数量",
    "抽样数量", "不合格数量", "不良代码", "处理结果", "检验人员",
)  # fmt: skip
_INSPECTORS = {"S02": "乙检4", "S09": "测试01"}


def write(path: Path, supplier: str, rows: Sequence[Inspection], *, mangle_lot_numbers: bool = False) -> None:
    """Write the lots of a supplier: S02 from a spreadsheet (GB18030), S09 from its test program.

    `mangle_lot_numbers` writes what a spreadsheet makes of some lot numbers: a date, or 2.50305E+11.
    """
    from_spreadsheet = supplier == "S02"
    lines = []
    for number, inspection in enumerate(rows):
        lot_no = inspection.lot_no
        if mangle_lot_numbers and number % 12 == 0:
            as_number = f"{int(f'{inspection.date:%y%m%d}') / 1e5:.5f}E+11"
            lot_no = month_day_zh(inspection.date) if number % 24 else as_number
        lines.append(
            (
                lot_no,
                without_zero(inspection.part_no) if from_spreadsheet else inspection.part_no,
                part_name(inspection.part_no),
                supplier,
                slashed(inspection.date) if from_spreadsheet else inspection.date.isoformat(),
                inspection.lot_size,
                inspection.inspected,
                inspection.nonconforming,
                ";".join(sorted(inspection.counts)),
                "合格" if inspection.accepted else "让步接收" if inspection.conceded else "挑选",
                _INSPECTORS[supplier],
            )
        )
    if from_spreadsheet:
        write_csv(path, COLUMNS, lines, encoding="gb18030")
    else:
        write_csv(path, COLUMNS, lines, encoding="utf-8-sig", delimiter=";")
