"""Every number of missing lots leads to the list of exactly those lots."""

import io
import re
from datetime import UTC, date, datetime
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from suppliers import services
from suppliers.access import looking_as_house
from suppliers.services import Rule
from tests.factories import make_characteristic

NOW = datetime(2026, 6, 30, 4, tzinfo=UTC)
HALF = "from=2026-01-01&to=2026-06-30"


@pytest.fixture
def lacking(books):
    """Lots of S01: two delivered and never inspected, one of them in two parts; 13 inspected and not measured."""
    with looking_as_house("set a test's scene"):
        for lot, day in (("L-A", 4), ("L-A", 25), ("L-B", 11)):
            books.deliver("LEAD/S01", "S01-1", date(2026, 5, day), 500, lot=lot)
        books.deliver("LEAD/S02", "S02-1", date(2026, 4, 6), 700, lot="L-C")
        books.deliver("OTHER/S09", "S09-1", date(2026, 5, 4), 900, lot="L-FOREIGN")
        for kind in ("outgoing", "measurements"):
            services.ask_for_data(
                partnership_ids=[books.partnerships["LEAD/S01"].pk], kind=kind, sender="supplier",
                rule=Rule("per_lot", 2), valid_from=date(2026, 1, 1), by=None, now=NOW,
            )  # fmt: skip
    make_characteristic(books.parts["S01-1"], "D1", nominal=10.0, lsl=9.0, usl=11.0, unit="mm")
    return books


def listed(client, url: str) -> tuple[int, set[str]]:
    """Return what the list behind an address counts, and the lots that its workbook holds."""
    page = client.get(url).content.decode()
    (count,) = re.findall(r"(\d+) lots? (?:is|are) missing", page)
    answer = client.get(f"{url}&as=xlsx")
    sheet = load_workbook(io.BytesIO(b"".join(answer.streaming_content))).worksheets[1]
    lots = [row[0] for row in sheet.iter_rows(min_row=2, values_only=True)]
    assert len(lots) == len(set(lots)) == int(count)
    return int(count), set(lots)


def links(page: str, words: str) -> list[tuple[int, str]]:
    """Return the numbers and addresses of links that say some words; ``#`` stands for the number."""
    pattern = re.escape(words).replace(r"\#", r"([\d,]+)").replace("lots", "lots?")
    found = re.findall(rf'href="([^"]+)">{pattern}</a>', page)
    return [(int(number), unescape(url)) for url, number in found]


def test_the_card_and_the_to_do_lead_to_the_delivered_lots_without_an_inspection(lacking, enter):
    client = enter("LEAD")
    page = client.get(f"/overview/?{HALF}").content.decode()
    (card,) = links(page, "# delivered lots without an inspection")
    (to_do,) = [one for one in links(page, "See # lots") if "uninspected" in one[1]]
    for number, url in (card, to_do):
        assert listed(client, url) == (number, {"L-A", "L-B", "L-C"})
    part_of_them = card[1] + "&supplier=S02"
    assert listed(client, part_of_them) == (1, {"L-C"})


def test_deliveries_and_pieces_are_those_of_the_period(lacking, enter):
    answer = enter("LEAD").get("/lots/uninspected/?from=2026-05-20&to=2026-06-30&as=xlsx")
    sheet = load_workbook(io.BytesIO(b"".join(answer.streaming_content))).worksheets[1]
    head, *rows = sheet.iter_rows(values_only=True)
    told = [dict(zip(head, row, strict=True)) for row in rows]
    assert [(row["Lot number"], row["Deliveries"], row["Pieces received"]) for row in told] == [
        ("L-A", 1, 500)
    ]


@pytest.mark.parametrize(
    ("days", "shown", "lots"),
    [
        ("from=2026-05-10", "10 May – 30 Jun 2026", {"L-A", "L-B"}),
        ("to=2026-04-30", "1 Jan 1990 – 30 Apr 2026", {"L-C"}),
    ],
)
def test_half_a_period_is_open_at_its_other_end_and_the_chip_says_so(lacking, enter, days, shown, lots):
    client, url = enter("LEAD"), f"/lots/uninspected/?{days}"
    assert listed(client, url) == (len(lots), lots)
    assert shown in client.get(url).content.decode()


@pytest.mark.parametrize(
    "days",
    [
        "from=2026-05-99&to=2026-06-30",
        "from=2026-06-30&to=2026-05-01",
        "from=0001-01-01&to=9999-12-31",
        "from=1990-01-01",
        "to=0001-01-01",
    ],
)
def test_days_that_are_no_period_are_left_aside_and_that_is_said(lacking, enter, days):
    page = enter("LEAD").get(f"/lots/uninspected/?{days}").content.decode()
    assert "The days of this address are no period" in page


def test_a_list_of_missing_lots_is_counted_once(lacking, enter):
    client = enter("LEAD")
    with CaptureQueriesContext(connection) as asked:
        client.get(f"/lots/uninspected/?{HALF}")
    counts = [one for one in asked if "COUNT(*)" in one["sql"] and "inventory_delivery" in one["sql"]]
    assert len(counts) == 1


def test_the_card_leads_to_the_lots_without_values(lacking, enter):
    client = enter("LEAD")
    with looking_as_house("measure one lot, so that the others lack values"):
        some = lacking.lots[lacking.partnerships["LEAD/S01"].pk, "S01-1", "S01-1-260105"]
        some.measurement_sets.create(
            partnership=some.partnership, part=some.part, stage="outgoing", measured_date=date(2026, 1, 5),
            values_hash="1", value_count=1, commit_id=1, recorded_at=NOW,
        )  # fmt: skip
    page = client.get(f"/overview/?{HALF}").content.decode()
    ((number, url),) = links(page, "# lots without values")
    count, lots = listed(client, url)
    assert count == number
    assert "S01-1-260105" not in lots and "S01-1-260119" in lots


def test_a_suppliers_to_do_and_the_requests_lead_to_its_own_missing_lots(lacking, enter):
    client = enter("S01")
    page = client.get("/").content.decode()
    assert "Outgoing inspections for May: 2 lots missing" in page
    lists = [one for one in links(page, "See # lots") if "lacking" in one[1]]
    found = {number: listed(client, url) for number, url in lists}
    assert found[2] == (2, {"L-A", "L-B"})  # a lot counts once, on the day when it first came
    assert all(number == count for number, (count, _lots) in found.items())
    requests = client.get("/requests/").content.decode()
    assert (2, {"L-A", "L-B"}) in [listed(client, url) for _, url in links(requests, "# lots missing")]
    assert "No lot is missing" in enter("S09").get(lists[0][1]).content.decode()
