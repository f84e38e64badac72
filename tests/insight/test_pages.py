"""Pages answer their question in a sentence, and what is not shared is not there."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.period import Period
from intake.models import Upload, UploadState
from kpis.queries.evaluate import evaluate
from suppliers.access import looking_as_house
from suppliers.models import Person
from tests.insight.conftest import NOW, add_supplier

HALF = "from=2026-01-01&to=2026-06-30"
OF_CUSTOMER = [
    "/",
    "/overview/",
    "/suppliers/",
    "/suppliers/S01/",
    "/parts/",
    "/inventory/",
    "/lots/",
    "/requests/",
    "/search/?q=S01",
]
OF_SUPPLIER = ["/", "/requests/", "/parts/", "/inventory/", "/lots/", "/search/?q=S01"]


def text_of(response) -> str:
    """Return what a page says, without its marks."""
    page = re.sub(r"(?s)<(script|style)\b.*?</\1>", "", response.content.decode())
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", page))


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize(("code", "paths"), [("LEAD", OF_CUSTOMER), ("S01", OF_SUPPLIER)])
def test_every_page_has_one_heading_a_title_and_a_sentence(enter, code, paths, language):
    client = enter(code, language=language)
    for path in paths:
        response = client.get(path)
        page = response.content.decode()
        assert response.status_code == 200, path
        assert len(re.findall(r"<h1\b", page)) == 1, path
        assert f'<html lang="{language}"' in page, path
        assert 'class="lead' in page, path
        assert re.search(r"<title>\s*\S", page), path


def test_a_page_runs_no_script_from_inside(enter):
    page = enter("LEAD").get("/overview/").content.decode()
    scripts = re.findall(r"<script\b[^>]*>", page)
    assert scripts
    assert all("src=" in tag or 'type="application/json"' in tag for tag in scripts)
    assert not re.search(r"\son\w+=", page)


def test_the_overview_says_the_reported_rate_and_what_became_of_it(enter, books):
    with looking_as_house("compute what the page should say"):
        (reported,) = evaluate(
            "pass_rate", customer="LEAD", stage="outgoing", period=Period.parse("2026-01..2026-06")
        )
    said = text_of(enter("LEAD").get(f"/overview/?{HALF}"))
    assert f"Suppliers report {reported.value:.1%} of pieces conforming" in said
    assert "1 supplier is below its target" not in said  # no target was agreed
    assert "S02" in said


def test_a_supplier_surely_below_its_target_heads_the_worklist(enter, books):
    with looking_as_house("agree on a target"):
        partnership = books.partnerships["LEAD/S02"]
        partnership.target_pass_rate = "0.99"
        partnership.save()
    said = text_of(enter("LEAD").get(f"/overview/?{HALF}"))
    assert "1 supplier is below its target" in said
    assert (
        "示例·乙冲压: pass rate below target, statistically confirmed" in said
        or "Sample S02: pass rate" in said
    )


def test_suppliers_with_data_and_no_target_are_not_said_to_lack_data(enter):
    said = text_of(enter("LEAD").get("/overview/"))
    assert "Without a target" in said
    assert "Without data" not in said
    assert "without data" not in said


def test_only_who_may_take_a_grant_back_is_led_there_to_do_so(enter):
    assert "See all, take back" in text_of(enter("S01", role="owner").get("/"))
    said = text_of(enter("S01", role="uploader").get("/"))
    assert "See all" in said
    assert "take back" not in said


def test_a_number_leads_to_as_many_lots_as_it_counts(enter):
    client = enter("LEAD")
    page = client.get(f"/suppliers/S01/?{HALF}").content.decode()
    path = re.search(r'href="(/lots/\?[^"]*stage=outgoing[^"]*)"', page).group(1).replace("&amp;", "&")
    assert "26 lots, outgoing inspection, first submissions" in text_of(client.get(path))


def test_filters_come_from_the_address_and_stay_in_it(enter):
    page = (
        enter("LEAD").get("/overview/?from=2025-01-01&to=2025-03-31&base=2025-04..2025-06").content.decode()
    )
    assert "1 Jan – 31 Mar 2025" in page
    assert "1 Apr – 30 Jun 2025" in page
    assert "from=2025-01-01" in re.search(
        r'data-passport[^>]*|href="(/passport/pass_rate/[^"]*)"', page
    ).group(0)


def test_a_filter_that_is_no_date_is_as_if_it_were_not_there(enter):
    assert enter("LEAD").get("/overview/?from=yesterday&to=2026-99-01&base=x").status_code == 200


def test_a_period_without_data_says_so_and_shows_no_number(enter):
    said = text_of(enter("LEAD").get("/overview/?from=2020-01-01&to=2020-02-29"))
    assert "No outgoing inspections from 1 Jan – 29 Feb 2020" in said
    assert "0.0%" not in said


def test_what_is_not_shared_is_answered_like_what_is_not_there(enter):
    client = enter("LEAD")
    nothing = client.get("/suppliers/NOTHING-HERE/")
    for path in ("/suppliers/S09/", "/parts/999999999/", "/lots/999999999/", "/passport/no_such_figure/"):
        response = client.get(path)
        assert (response.status_code, text_of(response)) == (404, text_of(nothing)), path


def test_parts_and_lots_of_strangers_are_not_there(enter, books):
    client = enter("LEAD")
    foreign = books.parts["S09-1"]
    lot = next(lot for key, lot in books.lots.items() if key[1] == "S09-1")
    assert client.get(reverse("part", args=[foreign.pk])).status_code == 404
    assert client.get(reverse("lot", args=[lot.pk])).status_code == 404
    assert "S09" not in text_of(client.get("/search/?q=S09")).replace("“S09”", "").replace("Search S09", "")


def test_a_supplier_sees_itself_whatever_the_address_says(enter):
    said = text_of(enter("S01").get(f"/lots/?supplier=S02&{HALF}&stage=outgoing"))
    assert "S02-1" not in said
    assert "26 lots" in said


def test_more_suppliers_take_no_more_queries(enter, books):
    client = enter("LEAD")
    paths = ["/overview/", "/suppliers/", "/parts/", "/inventory/", "/lots/"]
    before = {path: queries_of(client, path) for path in paths}
    with looking_as_house("make the chain longer"):
        known = len(books.inspections)
        for place in range(3, 8):
            add_supplier(books, "LEAD", f"S{place:02d}", rate=0.01)
        books.inspections = books.inspections[known:]
        books.add_lot_sums()
    assert {path: queries_of(client, path) for path in paths} == before


def test_the_stock_page_reads_its_periods_at_once(enter):
    client = enter("LEAD")
    with CaptureQueriesContext(connection) as asked:
        client.get(f"/inventory/?{HALF}")
    read = [one["sql"] for one in asked if "FROM inventory_stockday d" in one["sql"]]
    assert len(read) == 1  # for the period and its baseline, for turnover, days, chain, suppliers and parts


def queries_of(client, path) -> int:
    client.get(path)  # what is read once a process is read
    with CaptureQueriesContext(connection) as asked:
        client.get(path)
    return len(asked)


def test_search_opens_the_lot_that_is_called_exactly_so(enter, books):
    key, lot = next((key, lot) for key, lot in books.lots.items() if key[1] == "S01-1")
    response = enter("LEAD").get("/search/", {"q": f" {key[2].lower()} "})
    assert response.headers["Location"] == reverse("lot", args=[lot.pk])


def test_search_finds_a_chinese_name_by_its_pinyin(enter):
    assert "示例·乙冲压" in text_of(enter("LEAD", language="zh-hans").get("/search/?q=yichongya"))


def test_a_customer_and_a_supplier_find_their_own_first_page(enter):
    assert "Needs you today" in text_of(enter("LEAD").get("/"))
    assert "My figures" in text_of(enter("S01").get("/"))


def test_nobody_looks_without_logging_in(client, books):
    for path in OF_CUSTOMER:
        assert client.get(path).headers["Location"].startswith("/account/login/"), path


def test_the_table_twin_is_in_the_page_without_a_script(enter):
    page = enter("LEAD").get(f"/suppliers/S01/?{HALF}&as=table").content.decode()
    table = re.search(r'<div class="table-wrap" id="trend-table"([^>]*)>', page).group(1)
    assert "hidden" not in table
    assert page.count('data-value="2026-0') >= 6


def test_home_counts_all_files_that_wait_and_leads_to_those_it_does_not_list(enter, books):
    client = enter("S01")
    sender = Person.objects.get(user__email="quality_engineer@s01.example")
    uploads = [
        Upload(
            sender_id=sender.organisation_id,
            sent_by=sender,
            file_name=f"{number}.csv",
            sha256=f"{number:064x}",
            size=1,
            created_at=NOW,
            state=UploadState.WAITING if number < 7 else UploadState.COMMITTED,
            open_rows=2 if number < 2 else 0,
        )
        for number in range(8)
    ]
    with looking_as_house("files of a sender"):
        Upload.objects.bulk_create(uploads)
    page = text_of(client.get("/"))
    assert "2 files have 4 rows to mend. 5 files wait for your answer." in page
    assert "2 more files wait for you" in page
    rest = client.get("/uploads/?waiting=true")
    assert [f"{number}.csv" in text_of(rest) for number in range(8)] == [True] * 7 + [False]
    assert "Files that wait for you" in text_of(rest)
