"""Every list and chart can be saved as a workbook: the same filters, all rows, and nobody else's."""

import io
from datetime import date

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.period import Period
from kpis.queries.evaluate import evaluate
from suppliers.access import looking_as_house

HALF = "from=2026-01-01&to=2026-06-30"
LISTS = ["lots", "deliveries", "returns", "movements", "balances"]
PAGES = ["/overview/", "/suppliers/", "/suppliers/S01/", "/parts/", "/inventory/"]


def opened(client, address: str) -> openpyxl.Workbook:
    response = client.get(address)
    assert response.status_code == 200, address
    assert response.headers["Content-Type"].endswith("spreadsheetml.sheet")
    assert "attachment" in response.headers["Content-Disposition"]
    return openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content)))


def column(sheet, name: str) -> list:
    head = [cell.value for cell in sheet[1]]
    return [row[head.index(name)] for row in sheet.iter_rows(min_row=2, values_only=True)]


def said_in(book: openpyxl.Workbook) -> str:
    return "\n".join(
        str(value)
        for sheet in book
        for row in sheet.iter_rows(values_only=True)
        for value in row
        if value is not None
    )


def test_a_list_is_saved_whole_and_not_one_page_of_it(enter):
    client = enter("LEAD")
    sheet = opened(client, f"/lots/?as=xlsx&{HALF}&stage=outgoing").active
    assert sheet.max_row - 1 == 3 * 13  # three parts, thirteen lots each
    assert set(column(sheet, "Inspected")) == {125}
    assert {day.year for day in column(sheet, "Inspected on")} == {2026}
    assert opened(client, f"/lots/?as=xlsx&{HALF}&stage=outgoing&supplier=S02").active.max_row - 1 == 13


def test_a_list_says_its_filters_its_sum_and_until_when_it_reaches(enter):
    about = said_in(opened(enter("LEAD"), f"/lots/?as=xlsx&{HALF}&stage=outgoing&supplier=S02"))
    assert "1 Jan – 30 Jun 2026" in about
    assert "Outgoing inspection" in about
    assert "13 lots, outgoing inspection, first submissions" in about
    assert "/lots/?from=2026-01-01&stage=outgoing&supplier=S02&to=2026-06-30" in about


@pytest.mark.parametrize("name", LISTS)
def test_what_is_another_s_stands_in_no_workbook(enter, name):
    for code, others in (("S01", ("S02-1", "S09-1")), ("S02", ("S01-1", "S09-1")), ("LEAD", ("S09-1",))):
        text = said_in(opened(enter(code), f"/{name}/?as=xlsx&supplier=S01&supplier=S02&supplier=S09"))
        assert not [number for number in others if number in text], (name, code)


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_page_of_figures_can_be_saved(enter, path, language):
    client = enter("LEAD", language=language)
    book = opened(client, f"{path}?as=xlsx&{HALF}")
    text = said_in(book)
    assert {"en": "Definition", "zh-hans": "计算口径"}[language] in text
    assert "S09" not in text
    link = "as=xlsx&amp;from=2026-01-01&amp;to=2026-06-30"
    assert link in client.get(f"{path}?{HALF}").content.decode()


def test_a_page_of_one_part_is_saved_with_its_figures(enter, books):
    book = opened(enter("S01"), reverse("part", args=[books.parts["S01-1"].pk]) + f"?as=xlsx&{HALF}")
    assert "毛刺" in said_in(book) or "Burr" in said_in(book)


def test_a_rate_in_a_workbook_is_the_rate_of_the_page(enter):
    with looking_as_house("compute what the workbook should hold"):
        (reported,) = evaluate(
            "pass_rate", customer="LEAD", stage="outgoing", period=Period.parse("2026-01..2026-06")
        )
    sheet = opened(enter("LEAD"), f"/overview/?as=xlsx&{HALF}").active
    assert column(sheet, "Value")[0] == pytest.approx(reported.value)
    assert column(sheet, "n")[0] == reported.n


def test_all_parts_are_saved_and_not_the_fifty_of_a_page(enter):
    sheet = opened(enter("LEAD"), f"/parts/?as=xlsx&{HALF}").active
    assert column(sheet, "Part") == ["S01-1", "S01-2", "S02-1"]
    assert opened(enter("LEAD"), f"/parts/?as=xlsx&{HALF}&q=S02").active.max_row == 2


def test_a_list_without_rows_is_saved_too(enter):
    sheet = opened(enter("LEAD"), "/returns/?as=xlsx&from=2001-01-01&to=2001-01-02").active
    assert sheet.max_row == 1


def test_the_files_that_were_handed_in_are_saved_by_their_sender_alone(enter):
    assert opened(enter("LEAD"), "/uploads/?as=xlsx").active.max_row == 1


def test_a_workbook_of_more_rows_takes_no_more_queries(enter, books):
    client = enter("LEAD")
    address = "/lots/?as=xlsx&supplier=S01&supplier=S02"
    opened(client, address)
    with CaptureQueriesContext(connection) as before:
        opened(client, address)
    with looking_as_house("make the list longer"):
        for place in range(60):
            books.inspect("LEAD/S01", "S01-1", f"NEW-{place}", date(2026, 6, 1), (125, 1))
    with CaptureQueriesContext(connection) as after:
        assert opened(client, address).active.max_row > 160
    assert len(after) == len(before)
