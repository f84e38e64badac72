"""Plain readers of the sample's files: openpyxl, csv, html.parser, and nothing of the generator."""

import csv
import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from itertools import accumulate
from pathlib import Path
from typing import Any

import openpyxl

Row = dict[str, Any]


@dataclass(frozen=True)
class Seen:
    """One inspection as a file tells it."""

    part_no: str
    lot_no: str
    date: dt.date
    inspected: int
    nonconforming: int
    accepted: bool


def sheets(path: Path) -> dict[str, list[list[Any]]]:
    """Return the values of every sheet; merged cells hold their value in the first one only."""
    book = openpyxl.load_workbook(path)
    return {sheet.title: [list(row) for row in sheet.iter_rows(values_only=True)] for sheet in book}


def table(rows: list[list[Any]], header: int) -> list[Row]:
    """Return the rows below a header line as dictionaries."""
    names = rows[header]
    return [dict(zip(names, row, strict=True)) for row in rows[header + 1 :]]


def html_table(path: Path) -> list[Row]:
    """Return the rows of an HTML table; blanks are empty, numbers have lost their commas."""
    reader = _Table()
    reader.feed(path.read_bytes().decode("gbk"))
    names, *rows = reader.rows
    return [dict(zip(names, row, strict=True)) for row in rows]


class _Table(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self._cell: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        if tag == "tr":
            self.rows.append([])
        elif tag in {"td", "th"}:
            self._cell = []

    def handle_data(self, data: str) -> None:
        if self._cell is not None:
            self._cell.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag in {"td", "th"} and self._cell is not None:
            self.rows[-1].append("".join(self._cell).strip("\xa0'"))
            self._cell = None


def number(value: Any) -> int:
    """Read a count as shops write it: 1,200, ２００, 6000只, －, empty."""
    digits = re.sub(
        r"[^\d-]", "", str(value or "").translate(str.maketrans("０１２３４５６７８９", "0123456789"))
    )
    return int(digits) if digits else 0


def part(value: Any) -> str:
    """Read a part number that may have lost its leading zero."""
    return str(value).strip("'").zfill(7)


def read_l02(path: Path) -> Iterator[Seen]:
    for name, rows in sheets(path).items():
        if not name.endswith("月"):
            continue
        left = next(at for at, value in enumerate(rows[2]) if value)
        year = int(rows[0][left][:4])
        day = None
        for row in table([line[left:] for line in rows], 2)[1:]:
            if not row["生产批号"]:
                continue
            day = _day_of(row["日期"], year) if row["日期"] else day
            yield Seen(
                part(row["料号"]),
                row["生产批号"],
                day,
                number(row["抽检数"]),
                row["不良数"],
                row["判定"] == "合格",
            )


def read_l03(path: Path) -> Iterator[Seen]:
    raw = path.read_bytes()
    text = raw.decode("utf-8-sig") if raw.startswith(b"\xef\xbb\xbf") else raw.decode("gb18030")
    delimiter = ";" if text.split("\r\n", 1)[0].count(";") else ","
    for row in csv.DictReader(text.splitlines(), delimiter=delimiter):
        year, month, day = map(int, re.split(r"[-/]", row["送检日期"]))
        yield Seen(
            part(row["物料号"]),
            row["检验批号"],
            dt.date(year, month, day),
            int(row["抽样数量"]),
            int(row["不合格数量"]),
            row["处理结果"] == "合格",
        )


def read_l05(path: Path) -> Iterator[Seen]:
    rows = html_table(path) if path.suffix == ".xls" else table(sheets(path)["代录"], 0)
    for row in rows:
        good, bad = number(row["合格数量"]), number(row["不合格数量"])
        day = dt.date.fromisoformat(row["单据日期"])
        assert number(row["抽检数"]) == good + bad
        yield Seen(part(row["物料代码"]), row["批次"], day, good + bad, bad, row["检验结果"] == "合格")


def read_l09(path: Path) -> Iterator[Seen]:
    seen = set()
    for row in table(sheets(path)["不良明细"], 0):
        if row["检验单号"] in seen:
            continue
        seen.add(row["检验单号"])
        assert row["致命"] + row["严重"] + row["轻微"] == row["不合格品数"]
        yield Seen(
            part(row["物料编码"]),
            row["批次号"],
            _day_of(row["报检日期"]),
            row["抽检数量"],
            row["不合格品数"],
            row["最终判定"] == "合格",
        )


def read_l10(path: Path, names: dict[str, str]) -> Iterator[Seen]:
    rows = sheets(path)["检验记录"]
    year = int(rows[1][0][:4])
    day = None
    for row in table(rows, 2):
        day = day if row["日期"] in {'"', "同上"} else _day_of(row["日期"], year)
        assert row["良品"] + row["次品"] == row["检验总数"]
        yield Seen(
            names[row["品名规格"]], row["料批号"], day, row["检验总数"], row["次品"], not row["处理方式"]
        )


def read_l11(path: Path) -> Iterator[tuple[str, Seen]]:
    """Yield what stands under 客户 (filled down over merged cells), and the inspection."""
    sheet = openpyxl.load_workbook(path).worksheets[0]
    rows = [list(row) for row in sheet.iter_rows(values_only=True)]
    for block in sheet.merged_cells.ranges:
        for row in range(block.min_row, block.max_row + 1):
            rows[row - 1][block.min_col - 1] = rows[block.min_row - 1][block.min_col - 1]
    year = int(rows[0][0][:4])
    for row in table(rows, 2):
        if row["序号"] != "小计":
            number_there = row["客户料号"]
            seen = Seen(
                part(number_there)
                if number_there and str(number_there).isdigit()
                else str(number_there or ""),
                row["本厂批号"],
                _day_of(row["日期"], year),
                row["抽检数"],
                row["不合格数"],
                row["判定"] == "合格",
            )
            yield row["客户"] or "", seen


def read_l12(path: Path) -> Iterator[Row]:
    yield from table(sheets(path)["来料检验"], 2)


def read_l13(path: Path) -> Iterator[Row]:
    supplier = None
    for row in table(sheets(path)["采购入库单序时簿"], 3):
        if row["审核标志"] in {"本页小计", "合计"}:
            continue
        supplier = row["供应商"] or supplier
        yield row | {"供应商": supplier}


def read_balances(path: Path) -> Iterator[tuple[str, Row]]:
    """Yield sheet and row of 收发存汇总表; the four blocks by the words of both header lines."""
    for name, rows in sheets(path).items():
        head: list[str] = []
        for at, row in enumerate(rows):
            if "期末结存" in row:
                top = list(accumulate(row, lambda left, cell: cell or left))
                head = [f"{above}{below or ''}" for above, below in zip(top, rows[at + 1], strict=True)]
            elif head and row[1] and row[0] and not str(row[0]).startswith(("小计", "合计")):
                yield name, dict(zip(head, row, strict=True))


def _day_of(value: Any, year: int = 0) -> dt.date:
    """Read a day as text (3.5, 3月5日, 2025.3.5), a packed number, a serial number or a date cell."""
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, int):
        if value > 10_000_000:
            return dt.date(value // 10_000, value // 100 % 100, value % 100)
        return dt.date(1899, 12, 30) + dt.timedelta(days=value)
    parts = [int(digits) for digits in re.findall(r"\d+", value)]
    return dt.date(*parts) if len(parts) == 3 else dt.date(year, *parts)
