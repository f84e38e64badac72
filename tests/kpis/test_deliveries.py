from datetime import date

import pytest

from core.period import Period
from kpis.queries.evaluate import evaluate
from quality.formulas.events import event_sum_interval
from quality.formulas.proportion import wilson_interval
from quality.models import Disposition
from tests.kpis.books import Books

HALF = Period(date(2026, 1, 1), date(2026, 6, 30))


@pytest.fixture
def goods(house):
    books = Books()
    for place in range(20):
        late = [0, 0, -2, 1, None][place % 5]
        books.deliver("LEAD/S01", "0201001", date(2026, 1 + place % 6, 4), 1000 + place, late=late)
    books.deliver("LEAD/S02", "0201003", date(2026, 3, 4), 500)
    books.deliver("CUST2/S01", "PD-3311", date(2026, 3, 4), 9000, late=9)
    return books


def test_charged_pieces_come_from_returns_sorts_and_whole_rejected_lots(goods):
    day = date(2026, 3, 10)
    goods.send_back("LEAD/S01", "0201001", day, 7)
    goods.send_back("LEAD/S01", "0201001", date(2026, 4, 2), 30, found_at="field")
    goods.send_back("LEAD/S01", "0201001", day, 11, liability="disputed")
    goods.send_back("LEAD/S01", "0201001", day, 13, liability="not_charged")
    goods.send_back("LEAD/S01", "0201001", day, 17, found_at="incoming")
    incoming = {"stage": "incoming", "verdict": "rejected"}
    a_sorted_lot = goods.inspect("LEAD/S01", "0201001", "A", day, (80, 9), **incoming)
    Disposition.objects.create(
        partnership=a_sorted_lot.partnership, inspection=a_sorted_lot, kind="sorted", quantity=213
    )
    goods.inspect("LEAD/S01", "0201001", "B", day, (80, 9), **incoming)  # 1,000 pieces, not sorted yet
    goods.inspect("LEAD/S01", "0201001", "C", day, (80, 9), conceded=True, **incoming)
    goods.inspect("LEAD/S01", "0201001", "D", day, (80, 0), stage="incoming")
    goods.inspect("LEAD/S01", "0201001", "E", day, (80, 9), stage="outgoing", verdict="rejected")
    (ppm,) = evaluate("ppm_delivered", period=HALF, customer="LEAD")
    delivered = sum(1000 + place for place in range(20)) + 500
    charged = 7 + 30 + 213 + 1000
    assert (ppm.numerator, ppm.denominator, ppm.n) == (charged, delivered, delivered)
    assert ppm.value == pytest.approx(charged / delivered * 1e6)
    low, high = event_sum_interval(charged, 7**2 + 30**2 + 213**2 + 1000**2, 1000)
    assert (ppm.low, ppm.high) == pytest.approx((float(low) / delivered * 1e6, float(high) / delivered * 1e6))
    assert ppm.details == {"events": 4, "returned": 37, "rejected_lots": 2, "sorted_out": 1213}
    assert ppm.stage is None


def test_by_supplier_charged_pieces_stand_against_its_own_deliveries(goods):
    goods.send_back("LEAD/S02", "0201003", date(2026, 3, 10), 5)
    first, second = evaluate("ppm_delivered", period=HALF, customer="LEAD", by="supplier")
    assert (first.value, first.numerator) == (0, 0)
    assert first.low == 0
    assert first.high > 0
    assert second.value == pytest.approx(5 / 500 * 1e6)
    assert second.preliminary


def test_nothing_delivered_is_no_number_even_with_returns(house):
    books = Books()
    books.send_back("LEAD/S01", "0201001", date(2026, 3, 10), 5)
    (ppm,) = evaluate("ppm_delivered", period=HALF, customer="LEAD")
    assert (ppm.value, ppm.high, ppm.reason, ppm.numerator) == (None, None, "nothing_delivered", 5)


def test_goods_that_were_all_taken_back_are_no_deliveries(house):
    books = Books()
    books.deliver("LEAD/S01", "0201001", date(2026, 3, 4), 500)
    books.deliver("LEAD/S01", "0201001", date(2026, 3, 5), -500, late=None)
    (ppm,) = evaluate("ppm_delivered", period=HALF, customer="LEAD")
    assert (ppm.value, ppm.reason) == (None, "nothing_delivered")


def test_promises_are_kept_by_line_or_by_piece(goods):
    (by_line,) = evaluate("on_time_delivery", period=HALF, customer="LEAD")
    assert (by_line.numerator, by_line.denominator) == (13, 17)
    assert (by_line.low, by_line.high) == pytest.approx(tuple(map(float, wilson_interval(13, 17))))
    assert by_line.details["without_promise"] == 4
    (by_piece,) = evaluate("on_time_delivery", period=HALF, customer="LEAD", unit="quantity")
    kept = sum(1000 + place for place in range(20) if place % 5 in (0, 1, 2)) + 500
    late = sum(1000 + place for place in range(20) if place % 5 == 3)
    assert (by_piece.numerator, by_piece.denominator, by_piece.low) == (kept, kept + late, None)


def test_without_a_promise_there_is_nothing_to_keep(house):
    books = Books()
    books.deliver("LEAD/S01", "0201001", date(2026, 3, 4), 10, late=None)
    (rate,) = evaluate("on_time_delivery", period=HALF, customer="LEAD")
    assert (rate.value, rate.reason) == (None, "nothing_promised")


def test_a_month_without_goods_has_no_number(goods):
    months = evaluate("on_time_delivery", period=HALF, customer="LEAD", suppliers=["S02"], by="month")
    assert [one.reason for one in months] == ["nothing_delivered"] * 2 + [""] + ["nothing_delivered"] * 3
