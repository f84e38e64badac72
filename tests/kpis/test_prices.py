"""At which cost stock is counted, where the partnership, the part or only another month knows one."""

from datetime import date

import numpy as np
import pytest

from core.period import Period
from inventory.queries.stock import UnitCosts, month_number
from kpis.queries.prices import Prices, constant_prices, period_prices

JANUARY, MARCH, MAY = date(2026, 1, 1), date(2026, 3, 1), date(2026, 5, 1)
OURS, THEIRS, STRANGE = 7, 9, 11
BOLT, NUT, RIVET = 100, 200, 300


@pytest.fixture
def costs() -> UnitCosts:
    return known(
        (OURS, BOLT, MARCH, 2.0),
        (OURS, BOLT, MAY, 4.0),
        (THEIRS, BOLT, MARCH, 3.0),
        (OURS, NUT, MAY, 50.0),
    )


def known(*rows: tuple[int, int, date, float]) -> UnitCosts:
    partnership, part, month, cost = zip(*rows, strict=True) if rows else ((), (), (), ())
    return UnitCosts(
        np.array(partnership, dtype=np.int64),
        np.array(part, dtype=np.int64),
        np.array([month_number(day) for day in month], dtype=np.int64),
        np.array(cost, dtype=float),
    )


def cost_of(prices: Prices, partnership: int, part: int, *months: date) -> list[float]:
    return prices.of(np.array([partnership]), np.array([part]), months)[0].tolist()


HALF_YEAR = Period(JANUARY, date(2026, 6, 30))


def test_a_month_without_a_cost_keeps_the_last_one(costs):
    found = cost_of(period_prices(costs, HALF_YEAR), OURS, BOLT, MARCH, date(2026, 4, 1), MAY)
    assert found == [2.0, 2.0, 4.0]


def test_a_partnership_without_a_cost_takes_the_mean_of_those_that_have_one(costs):
    assert cost_of(period_prices(costs, HALF_YEAR), STRANGE, BOLT, MARCH, MAY) == [2.5, 3.5]


def test_before_the_first_cost_the_first_one_holds(costs):
    prices = period_prices(costs, HALF_YEAR)
    assert cost_of(prices, OURS, BOLT, JANUARY) == [2.0]
    assert cost_of(prices, OURS, NUT, MARCH) == [50.0]


def test_constant_prices_are_the_mean_of_the_basis_and_hold_in_every_month(costs):
    prices = constant_prices(costs, Period(MARCH, date(2026, 6, 30)))
    assert cost_of(prices, OURS, BOLT, JANUARY, MAY) == [3.0, 3.0]
    assert cost_of(prices, STRANGE, BOLT, MAY) == [3.0]


def test_every_item_has_its_own_line(costs):
    found = period_prices(costs, HALF_YEAR).of(np.array([THEIRS, OURS]), np.array([BOLT, NUT]), [MARCH, MAY])
    assert found.tolist() == [[3.0, 3.0], [50.0, 50.0]]


def test_a_part_that_nobody_priced_has_no_cost(costs):
    assert np.isnan(cost_of(period_prices(costs, HALF_YEAR), OURS, RIVET, MAY)).all()


def test_without_any_cost_nothing_has_one():
    assert np.isnan(cost_of(constant_prices(known(), HALF_YEAR), OURS, BOLT, MAY)).all()
