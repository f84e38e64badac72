"""At which cost stock is counted, where the partnership, the part or only another month knows one."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from core.period import Period
from kpis.queries.prices import constant_prices, period_prices

JANUARY, MARCH, MAY = date(2026, 1, 1), date(2026, 3, 1), date(2026, 5, 1)
OURS, THEIRS, STRANGE = 7, 9, 11
BOLT, NUT, RIVET = 100, 200, 300


@pytest.fixture
def costs() -> pd.DataFrame:
    rows = [
        (OURS, BOLT, MARCH, 2.0),
        (OURS, BOLT, MAY, 4.0),
        (THEIRS, BOLT, MARCH, 3.0),
        (OURS, NUT, MAY, 50.0),
    ]
    return pd.DataFrame(rows, columns=["partnership", "part", "month", "unit_cost"])


def asked(*rows: tuple) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["partnership", "part", "month"])


HALF_YEAR = Period(JANUARY, date(2026, 6, 30))


def test_a_month_without_a_cost_keeps_the_last_one(costs):
    found = period_prices(costs, HALF_YEAR).of(
        asked((OURS, BOLT, MARCH), (OURS, BOLT, date(2026, 4, 1)), (OURS, BOLT, MAY))
    )
    assert found.tolist() == [2.0, 2.0, 4.0]


def test_a_partnership_without_a_cost_takes_the_mean_of_those_that_have_one(costs):
    found = period_prices(costs, HALF_YEAR).of(asked((STRANGE, BOLT, MARCH), (STRANGE, BOLT, MAY)))
    assert found.tolist() == [2.5, 3.5]


def test_before_the_first_cost_the_first_one_holds(costs):
    found = period_prices(costs, HALF_YEAR).of(asked((OURS, BOLT, JANUARY), (OURS, NUT, MARCH)))
    assert found.tolist() == [2.0, 50.0]


def test_constant_prices_are_the_mean_of_the_basis_and_hold_in_every_month(costs):
    prices = constant_prices(costs, Period(MARCH, date(2026, 6, 30)))
    found = prices.of(asked((OURS, BOLT, JANUARY), (OURS, BOLT, MAY), (STRANGE, BOLT, MAY)))
    assert found.tolist() == [3.0, 3.0, 3.0]


def test_a_part_that_nobody_priced_has_no_cost(costs):
    found = period_prices(costs, HALF_YEAR).of(asked((OURS, RIVET, MAY)))
    assert np.isnan(found).all()


def test_without_any_cost_nothing_has_one(costs):
    assert np.isnan(constant_prices(costs[:0], HALF_YEAR).of(asked((OURS, BOLT, MAY)))).all()
