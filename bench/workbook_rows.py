"""A workbook of 100,000 rows and 10 columns, from bytes to committed, against openpyxl merely reading it."""

import io
import os
import re
import statistics
import time
from pathlib import Path
from typing import Any

import xlsxwriter

from bench._house import House, intake_seconds, own_house, run

ROWS = 100_000
PARTS = 200
ROUNDS = 3
KIBIBYTES = 1024
HEADER = (
    "物料编码", "批号", "检验日期", "批量", "检验数", "不合格数", "判定", "检验员", "检验单号", "备注",
)  # fmt: skip


def main() -> tuple[list[list[str]], dict[str, Any]]:
    with own_house("workbook_rows", suppliers=1, parts=PARTS) as house:
        taken, read = [], []
        for turn in range(ROUNDS):
            content = book(house, str(turn))
            taken.append(
                intake_seconds(house, content, file_name="inspections.xlsx", kind="inspections", rows=ROWS)
            )
            own, child = _peaks()  # before openpyxl takes its share of this process
            if turn == 0:
                peaks = own, child
            read.append(_openpyxl_seconds(content))
    ratio = statistics.median(one / other for one, other in zip(taken, read, strict=True))
    figures = {
        "rows": ROWS,
        "intake_s": taken,
        "openpyxl_s": read,
        "ratio": ratio,
        "peak_mib": peaks[0],
        "peak_of_reader_mib": peaks[1],
    }
    table = [
        ["", f"median of {ROUNDS}"],
        ["openpyxl, read-only, merely reading, s", f"{statistics.median(read):.2f}"],
        ["intake, bytes to committed, s", f"{statistics.median(taken):.2f}"],
        ["intake × openpyxl", f"{ratio:.2f}"],
        ["peak of this process after the first file, MiB", f"{peaks[0]:.0f}"],
        ["peak of the reader's process, MiB", f"{peaks[1]:.0f}"],
    ]
    return table, figures


def book(house: House, mark: str) -> bytes:
    """Return the workbook: a lot a row, two years of days, one lot in 50 rejected."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"constant_memory": True}) as workbook:
        sheet = workbook.add_worksheet()
        sheet.write_row(0, 0, HEADER)
        for row in range(ROWS):
            _, part = house.parts[row % PARTS]
            month, day = divmod(row // PARTS, 28)
            bad = 7 if row % 50 == 0 else int(row % 3 == 0)
            verdict = "不合格" if bad == 7 else "合格"
            date = f"{2025 + month // 12}-{month % 12 + 1:02}-{day + 1:02}"
            sheet.write_row(
                row + 1, 0,
                (part, f"L{mark}{row:06}", date, 500 + row % 700, 80, bad, verdict, f"检{row % 9}"),
            )  # fmt: skip
            sheet.write_row(row + 1, 8, (f"J{mark}{row:06}", f"第 {row % 3 + 1} 班"))
    return out.getvalue()


def _openpyxl_seconds(content: bytes) -> float:
    from openpyxl import load_workbook

    began = time.monotonic()
    rows = sum(
        1 for _ in load_workbook(io.BytesIO(content), read_only=True).active.iter_rows(values_only=True)
    )
    seconds = time.monotonic() - began
    if rows != ROWS + 1:
        raise RuntimeError(f"openpyxl read {rows} rows")
    return seconds


def _peaks() -> tuple[float, float]:
    """Return the most memory that this process and the largest of its living children ever held, in MiB."""
    children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    return _peak("self"), max(map(_peak, children), default=0.0)


def _peak(process: str) -> float:
    told = Path(f"/proc/{process}/status").read_text()
    found = re.search(r"VmHWM:\s+(\d+)", told)  # a child that has just ended tells nothing
    return int(found[1]) / KIBIBYTES if found else 0.0


if __name__ == "__main__":
    run(main, f"{ROWS:,} × {len(HEADER)} xlsx: bytes to committed, against openpyxl merely reading it")
