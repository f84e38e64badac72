"""Workbooks hold numbers as numbers, days as days, and no text that Excel would run."""

import io
from datetime import UTC, date, datetime
from decimal import Decimal

import openpyxl
import pytest
from django.utils import timezone, translation

from core import workbook
from core.workbook import CODE, COUNT, DAY, MOMENT, SHARE, Cell, Heading, Sheet, Workbook

TEXTS = (Heading("a", CODE),)


def read(book: Workbook) -> openpyxl.Workbook:
    target = io.BytesIO()
    workbook.write(book, target)
    target.seek(0)
    return openpyxl.load_workbook(target)


def of_rows(rows, headings=TEXTS) -> Workbook:
    return Workbook("Lots", [("Period", "1 Jan – 30 Jun 2026")], [Sheet("Lots", list(headings), rows)])


def test_numbers_are_numbers_and_days_are_days():
    headings = [Heading("n", COUNT), Heading("money", COUNT), Heading("day", DAY), Heading("rate", SHARE)]
    sheet = read(of_rows([[1200, Decimal("0.55"), date(2026, 6, 29), 0.9921]], headings))["Lots"]
    n, money, day, rate = sheet[2]
    assert (n.value, money.value, rate.value) == (1200, 0.55, 0.9921)
    assert day.value == datetime(2026, 6, 29)  # noqa: DTZ001  # a cell has no zone
    assert (n.number_format, day.number_format, rate.number_format) == ("#,##0", "yyyy-mm-dd", "0.00%")


def test_a_moment_stands_in_the_reader_s_zone():
    with timezone.override("Asia/Shanghai"):
        sheet = read(of_rows([[datetime(2026, 6, 29, 20, tzinfo=UTC)]], [Heading("sent", MOMENT)]))["Lots"]
    assert sheet["A2"].value == datetime(2026, 6, 30, 4)  # noqa: DTZ001


@pytest.mark.parametrize("text", ['=HYPERLINK("http://x")', "+1+1", "-2", "@SUM(A1)", "\tx", "\r=1"])
def test_a_text_that_begins_a_formula_stays_a_text(text):
    cell = read(of_rows([[text]]))["Lots"]["A2"]
    assert cell.data_type == "s"
    assert cell.quotePrefix
    assert str(cell.value).replace("_x000D_", "\r") == text


def test_what_a_workbook_says_of_itself_is_no_formula_either():
    cell = read(Workbook("Lots", [("Of", "=1+2")], [Sheet("Lots", TEXTS, [])])).worksheets[0]["B3"]
    assert (cell.value, cell.data_type, cell.quotePrefix) == ("=1+2", "s", True)


def test_what_is_not_known_is_an_empty_cell_and_never_nought():
    sheet = read(of_rows([[None, float("nan"), ""]], [Heading(name, COUNT) for name in "abc"]))["Lots"]
    assert [cell.value for cell in sheet[2]] == [None, None, None]


def test_a_cell_may_be_of_another_kind_than_its_column():
    sheet = read(of_rows([[Cell(0.5, SHARE)], [7]], [Heading("value", COUNT)]))["Lots"]
    assert [sheet["A2"].number_format, sheet["A3"].number_format] == ["0.00%", "#,##0"]


def test_leading_zeros_of_a_number_survive():
    assert read(of_rows([["0201001"]]))["Lots"]["A2"].value == "0201001"


def test_what_the_table_is_stands_before_it_and_the_table_is_what_opens():
    with translation.override("en"):
        book = read(of_rows([["1"], ["2"]]))
    about = {row[0]: row[1] for row in book.worksheets[0].iter_rows(values_only=True) if row[0]}
    assert about["Period"] == "1 Jan – 30 Jun 2026"
    assert about["Lots"] == "rows: 2"
    assert book.active.title == "Lots"


def test_rows_beyond_what_a_sheet_holds_are_left_out_and_it_is_said(monkeypatch):
    monkeypatch.setattr(workbook, "MOST_ROWS", 3)
    with translation.override("en"):
        book = read(of_rows([[str(place)] for place in range(5)]))
    assert book["Lots"].max_row == 4
    said = [row[1] for row in book.worksheets[0].iter_rows(values_only=True)]
    assert "the first 3 rows: a sheet holds no more. Narrow the filters to get the rest" in said


def test_names_of_sheets_are_such_as_excel_takes():
    taken: set[str] = set()
    names = [workbook.sheet_name(name, taken) for name in ("a/b:c", "A-B-C", "长" * 40, "")]
    assert names == ["a-b-c", "A-B-C (2)", "长" * 31, "Sheet1"]
