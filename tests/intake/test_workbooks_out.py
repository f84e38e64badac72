"""Workbooks that go out: the marked one reads like the original, templates read without a question."""

import io
from datetime import date, datetime

import openpyxl
import pytest

from intake.readers.reading import read
from intake.tables.kinds import KINDS
from intake.tables.repair import repair_workbook
from intake.tables.templates import LANGUAGES, template, template_columns
from intake.tables.understand import understand
from tests.intake.biff import xls
from tests.intake.sheets import by_hand, text, typed, xlsx

PROBLEMS = [
    {"sheet": "3月", "row": 5, "column": "B", "rule": "date_impossible", "params": {}},
    {"sheet": "3月", "row": 5, "column": "B", "rule": "missing", "params": {}},
    {"sheet": "3月", "row": 6, "column": "", "rule": "count_in_words", "params": {}},
    {"sheet": "3月", "row": 9, "column": "D", "rule": "total_disagrees", "params": {}},
]


def ledger() -> bytes:
    rows = [
        [None, "台账"], [], [None, "日期", "批号", "数"], [], [None, "11.31", "J1", 3], [None, None, "J2", 0.985],
        [None, date(2025, 3, 5), "=1+1", True], [None, datetime(2025, 3, 5, 14, 5), "+86", 1e15],
    ]  # fmt: skip

    def write(book):
        page = book.add_worksheet("3月")
        day, moment = (book.add_format({"num_format": shown}) for shown in ("yyyy-mm-dd", "yyyy-mm-dd hh:mm"))
        for row, cells in enumerate(rows):
            for column, cell in enumerate(cells):
                if isinstance(cell, date):
                    page.write_datetime(row, column, cell, moment if isinstance(cell, datetime) else day)
                elif isinstance(cell, str):
                    page.write_string(row, column, cell)
                elif cell is not None:
                    page.write(row, column, cell)
        page.merge_range("B1:D1", "台账")
        page.merge_range("B5:B6", "11.31")
        page.set_column(2, 2, 33)
        page.set_row(7, None, None, {"hidden": True})
        book.add_worksheet("藏").write(0, 0, "x")
        book.worksheets()[1].hide()

    return by_hand(write)


def marked(data: bytes, problems=PROBLEMS) -> bytes:
    return repair_workbook(read(data, filename="3月.csv"), problems, lambda problem: f"改:{problem['rule']}")


def test_every_cell_stands_in_its_place_and_reads_like_the_original():
    before, after = read(ledger()), read(marked(ledger()))
    assert [(s.name, s.hidden, s.first_row, s.first_column) for s in after.sheets] == [
        (s.name, s.hidden, s.first_row, s.first_column) for s in before.sheets
    ]
    first, again = before.sheets[0], after.sheets[0]
    assert again.cells[: len(first.cells)].tolist() == first.cells.tolist()
    assert sorted(map(str, again.merged)) == sorted(map(str, first.merged))
    assert again.hidden_rows == first.hidden_rows
    assert again.widths[0] == pytest.approx(first.widths[0], abs=0.01)


def test_wrong_cells_are_filled_and_hold_their_remedies():
    page = openpyxl.load_workbook(io.BytesIO(marked(ledger())))["3月"]
    assert page["B5"].comment.text == "改:date_impossible\n改:missing"
    assert page["B5"].fill.fgColor.rgb == "FFFCEAED"
    assert page["C6"].comment.text == "改:count_in_words"  # a whole row is marked at its first cell
    assert page["C6"].fill.fgColor.rgb == "FFFDF3DC"
    assert page["D9"].comment.text == "改:total_disagrees"
    assert page["C5"].fill.fill_type is None


def test_what_begins_like_a_formula_stays_a_text():
    data = text(
        [["批号", "备注"], ["J1", '=HYPERLINK("http://x")'], ["J2", "@SUM(A1)"], ["J3", "-2+3"]]
    ).encode()
    page = openpyxl.load_workbook(io.BytesIO(marked(data, [])))["3月"]
    assert [page[f"B{row}"].data_type for row in (2, 3, 4)] == ["s"] * 3
    assert all(page[f"B{row}"].quotePrefix for row in (2, 3, 4))
    assert read(marked(data, [])).sheets[0].cells.tolist() == read(data).sheets[0].cells.tolist()


@pytest.mark.parametrize(
    "data",
    [
        xls({"a": [["标题", None], ["x", 1.5]]}, {"a": [(0, 0, 0, 1)]}),
        b"<table><tr><td rowspan=2>a</td><td>b</td></tr><tr><td>c</td></tr></table>",
        xlsx(("一", [["x"]]), ("二", [[None, "y"]]), date_1904=True),
    ],
    ids=["xls", "html", "1904"],
)
def test_other_formats_go_out_as_workbooks_too(data):
    before, after = read(data, filename="3月.csv"), read(marked(data, []))
    assert [sheet.cells.tolist() for sheet in after.sheets] == [
        sheet.cells.tolist() for sheet in before.sheets
    ]
    assert after.date1904 == before.date1904


def test_names_that_a_workbook_does_not_allow_are_made_fit():
    book = read(
        text([["a", "b"]]).encode(),
        filename="2025/03:[出货]检验台账与一个非常非常长的名字超过三十一个字符的那种文件.csv",
    )
    sheets = openpyxl.load_workbook(io.BytesIO(repair_workbook(book, [], str))).sheetnames
    assert len(sheets[0]) <= 31
    assert not set(sheets[0]) & set("[]:*?/\\")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", list(KINDS))
def test_a_template_that_was_filled_in_is_understood_without_a_question(kind, language):
    columns = template_columns(kind, language)
    book = openpyxl.load_workbook(io.BytesIO(template(kind, language)))
    page = book.worksheets[0]
    for index, column in enumerate(columns, start=1):
        of_type = next(field.type for field in KINDS[kind].fields if field.name == column.field)
        plain = {"date": "2026-06-30", "moment": "2026-06-30", "period": "2026-06"}.get(of_type, "ab")
        number = of_type in ("count", "signed", "number", "money")
        page.cell(2, index).value = column.choices[0] if column.choices else 5 if number else plain
    target = io.BytesIO()
    book.save(target)
    result = understand(read(target.getvalue()))
    assert (result.kind, result.questions) == (kind, [])
    assert [column.field for column in result.tables[0].columns] == [column.field for column in columns]
    assert len(result.tables) == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_coded_columns_of_a_template_offer_their_words(language):
    page = openpyxl.load_workbook(io.BytesIO(template("inspections", language))).worksheets[0]
    lists = [rule.formula1 for rule in page.data_validations.dataValidation if rule.type == "list"]
    assert any(("合格" if language == "zh" else "accepted") in told for told in lists)
    assert page.freeze_panes == "A2"


def test_an_empty_template_holds_no_row():
    assert typed(template("inspections", "zh")).read == 0
