from datetime import date
from decimal import Decimal

import pytest

from core.period import Period
from kpis.queries.ranking import ranking
from suppliers.models import Partnership
from tests.kpis.books import Books

HALF = Period(date(2026, 1, 1), date(2026, 6, 30))


@pytest.fixture
def field(house):
    """Four suppliers with many lots, one with a single lot, one without any."""
    books = Books()
    rates = {"S01": 4, "S02": 2, "S03": 2, "S04": 0}  # nonconforming in 200 pieces a lot
    for supplier, bad in rates.items():
        for place in range(40):
            x = bad + place % 3 - 1 if bad else 0
            books.inspect(f"LEAD/{supplier}", f"P-{supplier}", f"L{place}", date(2026, 2, 1), (200, x))
    books.inspect("LEAD/S05", "P-S05", "L0", date(2026, 2, 1), (60, 0))
    books.partnership("LEAD", "S06")
    books.add_lot_sums()
    return books


def test_suppliers_stand_in_groups_by_what_is_sure(field):
    rows = ranking(period=HALF, customer="LEAD", target=0.9900)
    assert [(row.reading.by["supplier"], row.standing) for row in rows] == [
        ("S01", "below"), ("S02", "undecided"), ("S03", "undecided"), ("S05", "undecided"),
        ("S04", "above"), ("S06", ""),
    ]  # fmt: skip


def test_ranks_are_ranges_and_few_pieces_may_stand_anywhere(field):
    rows = {row.reading.by["supplier"]: row for row in ranking(period=HALF, customer="LEAD", target=0.99)}
    places = {supplier: (row.best, row.worst) for supplier, row in rows.items()}
    assert places == {
        "S01": (4, 5), "S02": (2, 4), "S03": (2, 4), "S04": (1, 2), "S05": (1, 5), "S06": (None, None),
    }  # fmt: skip


def test_a_faultless_handful_is_drawn_towards_the_others(field):
    rows = {row.reading.by["supplier"]: row for row in ranking(period=HALF, customer="LEAD")}
    assert rows["S05"].reading.value == 1
    assert rows["S02"].shrunken < rows["S05"].shrunken < rows["S04"].shrunken


def test_the_target_of_a_partnership_goes_before_the_common_one(field):
    Partnership.objects.filter(supplier__code="S04").update(target_pass_rate=Decimal("0.99990"))
    rows = {row.reading.by["supplier"]: row for row in ranking(period=HALF, customer="LEAD", target=0.99)}
    assert (rows["S04"].target, rows["S04"].standing) == (0.9999, "undecided")


def test_without_a_target_nobody_is_below_it(field):
    assert {row.standing for row in ranking(period=HALF, customer="LEAD")} == {""}
