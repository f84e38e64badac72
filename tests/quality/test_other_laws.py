"""Ways for values that are not normal: their numbers, and which is taken."""

import numpy as np
import pytest
from scipy import special, stats

from quality.formulas.normality import anderson_darling
from quality.formulas.other_laws import Way, Why, chosen_way, other_ways

NONE = np.nan
SCORES = special.ndtri((np.arange(1, 301) - 0.5) / 300)


def chosen(values, lsl, usl):
    found = other_ways(values, lsl, usl)
    return chosen_way(anderson_darling(values), found), {one.way: one for one in found}


def test_the_simplest_law_that_is_not_refuted_is_taken():
    values = np.exp(1 + 0.4 * SCORES)
    told, ways = chosen(values, NONE, 12)
    assert told == (Way.PERCENTILES, Why.NOT_REFUTED) and ways[Way.PERCENTILES].law == "lognormal"
    # The logarithms are normal, so both come to the same share beyond the limit.
    share = 1e6 * special.ndtr(-(np.log(12) - 1) / 0.4)
    for one in (ways[Way.PERCENTILES], ways[Way.BOX_COX]):
        assert float(one.expected.total) == pytest.approx(share, rel=0.15)
    assert ways[Way.BOX_COX].power == pytest.approx(0, abs=0.02)


def test_box_and_cox_give_the_usual_indices_of_transformed_values_and_limits():
    values = (3 + 0.25 * SCORES) ** 4
    found = {one.way: one for one in other_ways(values, 20, 250)}[Way.BOX_COX]
    scaled, low, high = (stats.boxcox(np.atleast_1d(x), found.power) for x in (values, 20.0, 250.0))
    upper = (high - scaled.mean()) / (3 * scaled.std(ddof=1))
    lower = (scaled.mean() - low) / (3 * scaled.std(ddof=1))
    assert found.power == pytest.approx(stats.boxcox_normmax(values, method="mle"), abs=1e-3)
    assert float(found.indices.cpk) == pytest.approx(float(min(upper, lower)[0]))


def test_values_between_bounds_take_a_johnson_curve_and_below_zero_nothing_else_is_there():
    within = np.linspace(9, 11, 300)
    told, ways = chosen(within, 8.9, 11.1)
    assert told == (Way.JOHNSON, Why.NOT_REFUTED) and ways[Way.JOHNSON].law == "sb"
    shifted = {one.way: one for one in other_ways(within - 10, -1.1, 1.1)}
    assert list(shifted) == [Way.JOHNSON]
    assert float(shifted[Way.JOHNSON].indices.cpk) == pytest.approx(float(ways[Way.JOHNSON].indices.cpk))


def test_where_every_law_is_refuted_the_usual_indices_stay():
    mixed = np.concatenate([9 + 0.2 * SCORES, 11 + 0.2 * SCORES])
    told, ways = chosen(mixed, 8, 12)
    assert told == (Way.NORMAL, Why.NONE_FITS) and all(one.test.p < 0.05 for one in ways.values())
    assert chosen(SCORES, -4, 4)[0] == (Way.NORMAL, Why.NOT_REFUTED)
    assert chosen(SCORES[::60], -4, 4)[0] == (Way.NORMAL, Why.UNTESTED)


def test_without_limits_or_spread_there_is_no_other_way():
    assert other_ways(np.exp(SCORES), NONE, NONE) == []
    assert other_ways(np.full(50, 2.0), 1, 3) == []
    assert other_ways(np.exp(SCORES), 3, 1) == []
