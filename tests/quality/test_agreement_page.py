"""The page of both sides' agreement: what it has earned, what is missing, what ends it, and how values differ."""

import re
from datetime import date, timedelta

import pytest

from quality.models import Measurement, MeasurementSet
from quality.queries.lots_compared import lots_compared
from quality.queries.measured_pairs import measured_pairs
from suppliers.access import looking_as, looking_as_house
from tests.factories import make_part
from tests.kpis.books import Books
from tests.quality.test_next_lot_page import OURS, PART, lead, somebody
from tests.rows import NOW, make_rows

FIRST = date(2026, 3, 1)


@pytest.fixture
def books(db):
    with looking_as_house("set a test's scene"):
        books = Books()
        books.part(books.partnership("LEAD", "S01"), PART)
        books.organisation("OTHER")
        return books


def judged(books, verdicts):
    """Lots a day each, as (supplier accepted, customer accepted)."""
    with looking_as_house("set a test's scene"):
        for place, pair in enumerate(verdicts):
            for stage, accepted in zip(("outgoing", "incoming"), pair, strict=True):
                books.inspect(
                    OURS, PART, f"L{place}", FIRST + timedelta(place), (125, 0 if accepted else 4),
                    verdict="accepted" if accepted else "rejected", stage=stage, lot_size=3000,
                )  # fmt: skip


def page(client, books):
    return client.get(f"/parts/{books.parts[PART].pk}/agreement/")


def test_agreeing_lots_earn_fewer_inspections_and_the_page_says_how_many_are_missing(books, client):
    judged(books, [(True, True)] * 12 + [(False, False)] * 4)
    response = page(somebody(books, "S01", client), books)
    assert "By the rule one lot in 2 is inspected. 4 more agreeing lots in a row earn one in 3." in lead(
        response
    )
    assert re.search(r"At one in 3: about 0\.0% of all lots", response.text)


def test_an_escape_leads_back_to_every_lot_and_is_named(books, client):
    judged(books, [(True, True)] * 11 + [(True, False)])
    response = page(somebody(books, "LEAD", client), books)
    assert "By the rule every lot is inspected." in lead(response)
    assert "It last fell with lot L11 of 12 Mar 2026 by an escape" in response.text.replace("&#x27;", "'")


def test_without_a_lot_of_both_sides_the_page_says_so_and_a_stranger_finds_none(books, client):
    assert lead(page(somebody(books, "LEAD", client), books)) == "No lot has been judged by both sides yet."
    assert page(somebody(books, "OTHER", client), books).status_code == 404


def test_means_of_the_same_lots_are_paired_by_characteristic(chain):
    part = make_part("0209001", chain.customer, [chain.ours])
    for number, theirs in (("L1", 10.2), ("L2", 10.4), ("L3", 10.3)):
        rows = make_rows(chain.ours, part, number=number, version=chain.length)
        with looking_as_house("set a test's scene"):
            ours = MeasurementSet.objects.get(pk=rows.measurement_set)
            other = MeasurementSet.objects.create(
                partnership=chain.ours, part=part, lot_id=rows.lot, commit_id=1, recorded_at=NOW, value_count=1,
                stage="outgoing" if ours.stage == "incoming" else "incoming", measured_date=ours.measured_date,
                values_hash=number,
            )  # fmt: skip
            Measurement.objects.create(
                partnership_id=chain.ours.pk, measurement_set_id=other.pk, lot_id=rows.lot, piece=1, value=theirs,
                characteristic_version_id=chain.length.pk, measured_date=ours.measured_date,
            )  # fmt: skip
            first = Measurement.objects.filter(measurement_set_id=ours.pk)
            mean = sum(one.value for one in first) / len(first)
    with looking_as(chain.buyer):
        (found,) = measured_pairs(partnership_id=chain.ours.pk, part_id=part.pk)
        assert not lots_compared(partnership_id=chain.ours.pk, part_id=part.pk).lots
    sign = 1 if ours.stage == "outgoing" else -1
    assert float(found.found.bias) == pytest.approx(sign * (10.3 - mean))
    assert float(found.found.sd) == pytest.approx(0.1)
