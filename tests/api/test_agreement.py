"""Agreement of both sides on the lots of a part over the API, and the inspection it earns."""

from datetime import date, timedelta

import pytest
from django.test import Client

from core import clock
from suppliers import services
from suppliers.access import looking_as_house
from suppliers.models import Person, User
from tests.kpis.books import NOW, Books

OURS, PART = "LEAD/S01", "0201001"
FIRST = date(2026, 3, 1)
A, R = "accepted", "rejected"


@pytest.fixture
def books(db):
    with looking_as_house("set a test's scene"):
        books = Books()
        books.part(books.partnership("LEAD", "S01"), PART)
        books.partnership("LEAD", "S02")
        books.organisation("STRANGER")
        return books


def judged(books, *verdicts):
    """Lots, a day each, by the supplier's verdict and by the customer's two days later."""
    with looking_as_house("set a test's scene"):
        for place, (ours, theirs) in enumerate(verdicts):
            day = FIRST + timedelta(place)
            books.inspect(OURS, PART, f"L{place}", day, (80, 0), verdict=ours)
            if theirs:
                books.inspect(
                    OURS, PART, f"L{place}", day + timedelta(2), (80, 0), verdict=theirs, stage="incoming"
                )


def asked(books, organisation, **query):
    user = User.objects.create_user(f"{organisation}@x.example", "x" * 12)
    person = Person.objects.create(
        user=user, organisation=books.organisation(organisation), role="engineer", joined_at=NOW
    )
    _key, token = services.make_key(person=person, name="test", may_write=False, now=clock.now())
    client = Client(headers={"Authorization": f"Api-Key {token}"})
    return client.get(f"/api/v1/agreement/{books.parts[PART].pk}/", query_params=query)


def test_agreeing_lots_earn_the_next_step_and_say_how_many_are_missing(books):
    judged(books, *[(A, A)] * 16, (A, ""))
    said = asked(books, "LEAD").json()
    assert (said["lots"], said["table"], said["kappa"]) == (16, [[16, 0], [0, 0]], None)
    earned = said["earned"]
    assert (earned["one_in"], earned["agreeing"], earned["still_missing"]) == (2, 6, 4)
    # Half of the lots are not looked at; 16 without an escape leave 1 - 0.05^(1/16) possible.
    assert earned["risk"] == {"estimate": 0, "upper": pytest.approx((1 - 0.05 ** (1 / 16)) / 2)}
    assert earned["risk_at_next"]["upper"] == pytest.approx((1 - 0.05 ** (1 / 16)) * 2 / 3)


def test_an_escape_leads_back_to_every_lot_and_is_named_among_the_pairs(books):
    judged(books, *[(A, A)] * 12, (A, R), (R, R), (R, A))
    said = asked(books, "S01").json()
    assert said["table"] == [[12, 1], [1, 1]]
    assert said["escapes"]["rate"] == pytest.approx(1 / 13)
    assert said["escapes"]["low"] < 1 / 13 < said["escapes"]["high"]
    # Observed 13/15, by chance (13*13 + 2*2)/225.
    assert said["kappa"] == pytest.approx((13 / 15 - 173 / 225) / (1 - 173 / 225))
    assert (said["earned"]["one_in"], said["earned"]["fell_by"]) == (1, "difference")
    escaped = [pair for pair in said["pairs"] if pair["supplier_accepted"] and not pair["customer_accepted"]]
    assert [(pair["number"], pair["incoming_on"]) for pair in escaped] == [("L12", "2026-03-15")]


def test_without_a_lot_of_both_sides_nothing_is_claimed(books):
    said = asked(books, "LEAD").json()
    assert (said["lots"], said["escapes"]["rate"], said["earned"]["risk"]["estimate"]) == (0, None, None)
    assert said["earned"]["still_missing"] == 10


@pytest.mark.parametrize("organisation", ["S02", "STRANGER"])
def test_a_sibling_and_a_stranger_find_no_part(books, organisation):
    judged(books, (A, R))
    assert asked(books, organisation).status_code == 404


def test_of_several_suppliers_one_is_named(books):
    with looking_as_house("set a test's scene"):
        books.part(books.partnerships["LEAD/S02"], PART)
    judged(books, (A, R))
    assert asked(books, "LEAD").status_code == 400
    # The sibling makes the part too: it sees its own lots, of which there are none.
    assert asked(books, "S02").json()["lots"] == 0
