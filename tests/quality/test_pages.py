"""Lots as pages: what numbers of pieces are made of."""

import re
from datetime import date

import pytest
from django.urls import reverse

from quality.models import Inspection
from suppliers.access import looking_as_house
from suppliers.models import Person, User
from tests.kpis.books import COMMIT, NOW, Books

OURS, PART = "LEAD/S01", "0201001"


@pytest.fixture
def lots(db):
    """Sixty lots of one supplier; the first was rejected, sorted, and came again; the customer saw two."""
    with looking_as_house("set a test's scene"):
        books = Books()
        for place in range(60):
            day = date(2026, 1, 1 + place % 28)
            verdict = "rejected" if place == 0 else "accepted"
            books.inspect(OURS, PART, f"XY26-{place:03d}", day, (125, place % 3), verdict=verdict)
        for place in (0, 1):
            books.inspect(OURS, PART, f"XY26-{place:03d}", date(2026, 2, 1), (50, 0), stage="incoming")
        again = books.lots[books.partnerships[OURS].pk, PART, "XY26-000"]
        Inspection.objects.create(
            partnership=books.partnerships[OURS], part=again.part, lot=again, stage="outgoing", submission=2,
            inspection_date=date(2026, 1, 9), inspected=125, nonconforming=0, verdict="accepted", **COMMIT,
        )  # fmt: skip
        return books


@pytest.fixture
def buyer(lots, client):
    user = User.objects.create_user("buyer@lead.example", "x" * 12, language="en")
    Person.objects.create(user=user, organisation=lots.organisation("LEAD"), role="viewer", joined_at=NOW)
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def lead(response) -> str:
    return re.search(r'<p class="lead">(.*?)</p>', response.content.decode()).group(1)


def test_the_list_says_what_it_adds_up_to(buyer):
    said = lead(buyer.get("/lots/?stage=outgoing"))
    lots, pieces = said.split("; ", 1)
    assert lots == "60 lots, outgoing inspection, first submissions"
    assert pieces == "1 rejected; 60 nonconforming of 7,500 pieces inspected."


def test_stages_are_told_apart_and_never_added_together(buyer):
    said = lead(buyer.get("/lots/"))
    outgoing, incoming = said.split(". ")
    assert outgoing.startswith("60 lots, outgoing inspection")
    assert outgoing.endswith("60 nonconforming of 7,500 pieces inspected")
    assert incoming.startswith("2 lots, incoming inspection")
    assert incoming.endswith("0 nonconforming of 100 pieces inspected.")


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("stage=outgoing&submission=all", "61 lots"),
        ("stage=incoming", "2 lots"),
        ("verdict=rejected", "1 lot,"),
        ("lot=xy26-00", "10 lots, outgoing"),  # case does not matter
        ("stage=outgoing&seen=both", "2 lots"),
        ("from=2026-01-01&to=2026-01-01&stage=outgoing", "3 lots"),
        ("supplier=S99", "No lot fits this view."),
        ("stage=nowhere&verdict=perhaps&from=x&to=y", "60 lots, outgoing"),  # what is no filter is left aside
    ],
)
def test_filters_narrow_the_list(buyer, query, count):
    assert lead(buyer.get(f"/lots/?{query}")).startswith(count)


def test_half_a_period_is_made_whole_and_what_is_none_is_named(buyer):
    whole = buyer.get("/lots/?stage=outgoing&from=2026-01-01&to=2026-01-01")
    half = buyer.get("/lots/?stage=outgoing&to=2026-01-01")
    assert lead(half) == lead(whole) != lead(buyer.get("/lots/?stage=outgoing"))
    assert 'value="2026-01-01"' in half.content.decode()
    told = "The days of this address are no period: they are left aside."
    assert told in buyer.get("/lots/?from=x").content.decode()
    assert told not in half.content.decode()


def test_a_part_number_may_hold_a_comma(buyer):
    number = f"{PART},{PART}"  # once it was read as the part, twice
    assert lead(buyer.get("/lots/", {"part": number})) == "No lot fits this view."


def test_the_next_rows_come_alone(buyer):
    first = buyer.get("/lots/?stage=outgoing").content.decode()
    following = re.search(r'hx-get="([^"]+)"', first).group(1).replace("&amp;", "&")
    rows = buyer.get(following, headers={"HX-Request": "true"})
    assert rows.content.decode().count("<tr data-row>") == 30
    assert "<html" not in rows.content.decode()
    assert "HX-Request" in rows.headers["Vary"]


def test_a_lot_shows_both_stages_and_whether_they_agree(buyer, lots):
    lot = lots.lots[lots.partnerships[OURS].pk, PART, "XY26-001"]
    page = buyer.get(reverse("lot", args=[lot.pk]))
    assert "the verdicts agree." in lead(page)
    assert page.content.decode().count("first submission") == 2


def test_a_withdrawn_inspection_stays_readable_and_does_not_count(buyer, lots):
    with looking_as_house("withdraw one"):
        Inspection.objects.filter(lot__number="XY26-005").update(withdrawn_at=NOW)
    lot = lots.lots[lots.partnerships[OURS].pk, PART, "XY26-005"]
    page = buyer.get(reverse("lot", args=[lot.pk])).content.decode()
    assert "No inspection of this lot counts any more." in page
    assert "2 nonconforming of 125, withdrawn" in page
    assert lead(buyer.get("/lots/?stage=outgoing")).startswith("59 lots")
