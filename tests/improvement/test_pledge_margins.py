from decimal import Decimal

import pytest

from improvement.formulas.pledge import count_margin, stock_margin


def test_a_pledged_rate_leaves_the_pieces_between_those_allowed_and_those_found():
    margin = count_margin(inspected=182_430, conforming=182_430 - 1_439, target=Decimal("0.992"))
    assert (margin.allowed, margin.used, margin.left) == (1_459, 1_439, 20)


def test_a_share_of_a_piece_is_no_piece():
    assert count_margin(inspected=1_000, conforming=1_000, target=Decimal("0.9985")).allowed == 1
    assert count_margin(inspected=125, conforming=125, target=Decimal("0.992")).allowed == 1


def test_too_many_pieces_are_a_negative_margin():
    assert count_margin(inspected=1_000, conforming=980, target=Decimal("0.99")).left == -10


def test_a_pledged_turnover_allows_the_stock_that_turns_so_often():
    margin = stock_margin(cost_of_issues=Decimal(8_620), held=Decimal(862), days=365, turns=Decimal("9.996"))
    assert margin.allowed == pytest.approx(Decimal("862.34"), abs=Decimal("0.01"))
    assert margin.left == pytest.approx(Decimal("0.34"), abs=Decimal("0.01"))


def test_half_a_year_of_issues_counts_for_a_year():
    half = stock_margin(cost_of_issues=Decimal(181), held=Decimal(1), days=181, turns=Decimal(1))
    assert half.allowed == pytest.approx(Decimal(365))


@pytest.mark.parametrize(
    "impossible",
    [
        lambda: count_margin(inspected=10, conforming=11, target=Decimal("0.9")),
        lambda: count_margin(inspected=10, conforming=-1, target=Decimal("0.9")),
        lambda: count_margin(inspected=10, conforming=9, target=Decimal("1.1")),
        lambda: stock_margin(cost_of_issues=Decimal(1), held=Decimal(1), days=181, turns=Decimal(0)),
        lambda: stock_margin(cost_of_issues=Decimal(1), held=Decimal(1), days=0, turns=Decimal(1)),
    ],
)
def test_what_cannot_be_is_refused(impossible):
    with pytest.raises(ValueError, match=r"rate|pieces|positive"):
        impossible()
