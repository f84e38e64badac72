"""The workbook of a mail: numbers are numbers, texts are texts, and each number has what it needs."""

import io
import re

import openpyxl
import pytest
from django.utils import translation

from core.text import folded
from kpis.queries.evaluate import evaluate
from suppliers.access import looking_as, looking_as_house
from suppliers.models import Organisation, Part
from tests.insight.posting import MONTH, mail_to, reader


def book_of(mail) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(mail.attachments[0].content))


def table_of(sheet, first: str) -> list[dict]:
    """Read the table whose heading begins with a word."""
    rows = list(sheet.iter_rows(values_only=True))
    top = next(place for place, row in enumerate(rows) if row[0] == first)
    return [dict(zip(rows[top], row, strict=True)) for row in rows[top + 1 :]]


def test_figures_are_numbers_with_their_interval_n_and_definition(books):
    person = reader(books, "LEAD")
    with looking_as(person), translation.override("en"):
        (expected,) = evaluate("pass_rate", period=MONTH, stage="outgoing", customer="LEAD")
    row = table_of(book_of(mail_to(person))["Figures"], "Figure")[0]
    assert row["Value"] == pytest.approx(expected.value)
    assert row["95% low"] == pytest.approx(expected.low)
    assert row["n"] == expected.n
    assert (row["Definition"], row["Version"], row["Stage"]) == ("pass_rate", 1, "Reported")
    assert str(row["From"].date()) == "2026-06-01"


def test_the_lots_behind_the_pass_rate_add_up_to_it(books):
    person = reader(books, "LEAD")
    with looking_as(person), translation.override("en"):
        (expected,) = evaluate("pass_rate", period=MONTH, stage="outgoing", customer="LEAD")
    lots = [row for row in table_of(book_of(mail_to(person))["Lots"], "Day") if row["Stage"] == "Reported"]
    assert sum(row["Inspected"] for row in lots) == expected.n
    assert sum(row["Nonconforming"] for row in lots) == expected.n - expected.numerator
    assert len(lots) == expected.n_lots


def test_every_supplier_has_its_line_and_every_figure_its_definition(books):
    book = book_of(mail_to(reader(books, "LEAD")))
    assert {row["Code"] for row in table_of(book["Suppliers"], "Code")} == {"S01", "S02"}
    named = {row["Definition"] for row in table_of(book["Figures"], "Figure")}
    assert {row["Definition"] for row in table_of(book["Definitions"], "Definition")} == named


def test_what_looks_like_a_formula_stays_a_text(books):
    with looking_as_house("rename"):
        Organisation.objects.filter(code="S01").update(
            name="=1+2", name_en='=HYPERLINK("http://elsewhere.example")', name_key=folded("=1+2")
        )
        Part.objects.filter(number="S01-1").update(name="@SUM(A1)")
    book = book_of(mail_to(reader(books, "LEAD"), what="suppliers"))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert [cell for cell in cells if cell.data_type == "f"] == []
    hostile = [cell for cell in cells if isinstance(cell.value, str) and cell.value.startswith(("=", "@"))]
    assert hostile
    assert all(cell.quotePrefix for cell in hostile)


def test_the_name_says_contents_and_period_in_the_readers_language(books):
    person = reader(books, "LEAD")
    assert (
        mail_to(person, language="zh-hans").attachments[0].name == "同品月报_概览_2026-06-01_2026-06-30.xlsx"
    )
    name = mail_to(person, what="kpi", kpi="lot_acceptance_rate").attachments[0].name
    assert name == "Tongpin-Monthly-report_Lots-accepted-first-time_2026-06-01_2026-06-30.xlsx"
    assert re.fullmatch(r"[\w.-]+", name)


@pytest.mark.parametrize(
    ("language", "sheet", "names"),
    [("en", "Lots", ("Pressings", "Bracket")), ("zh-hans", "批次", ("示例·甲冲压", "支架"))],
)
def test_lots_name_supplier_and_part_in_the_readers_language(books, language, sheet, names):
    with looking_as_house("rename"):
        Organisation.objects.filter(code="S01").update(name_en="Pressings")
        Part.objects.filter(number="S01-1").update(name="支架", name_en="Bracket")
    book = book_of(mail_to(reader(books, "LEAD"), language=language))
    assert names in {row[4:7:2] for row in book[sheet].iter_rows(values_only=True)}


def test_too_many_lots_are_cut_and_counted(books, monkeypatch):
    monkeypatch.setattr("insight.mails.lots.LOTS_AT_MOST", 2)
    book = book_of(mail_to(reader(books, "LEAD")))
    assert len(table_of(book["Lots"], "Day")) == 2
    told = [row[1] for row in book["About this file"].iter_rows(values_only=True) if row[0] == "Lots"]
    assert any("further lots are left out" in line for line in told)


def test_without_data_the_workbook_gives_the_reason(books):
    from core.period import Period

    row = table_of(
        book_of(mail_to(reader(books, "LEAD"), period=Period.parse("2023-05")))["Figures"], "Figure"
    )[0]
    assert row["Value"] is None
    assert row["Why none"] == "Nothing inspected in the period"
