"""Two rates against each other, series in time, and yields: published numbers and what definitions demand."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from quality.formulas.attribute_charts import Law
from quality.formulas.bridges import rate_bridge
from quality.formulas.change_points import breaks_by_bic, count_break, mean_break, mean_break_interval
from quality.formulas.comparisons import (
    agresti_caffo_interval,
    fisher_test,
    miettinen_nurminen_interval,
    two_proportions,
    two_rates,
    wald_interval,
)
from quality.formulas.dispersion import compare_between_lots, dispersion_test
from quality.formulas.proportion import LotSums
from quality.formulas.ranking import between_groups
from quality.formulas.trends import mann_kendall
from quality.formulas.yields import step_yields, unit_rates
from tests.reference.cases import assert_meets, load

CASES = load("rates_cases.json")
TABLE = 56, 70, 48, 80


def lots_of(case):
    lots = case["input"]["lots"]
    return [lot["nonconforming"] for lot in lots], [lot["inspected"] for lot in lots]


def test_two_proportions_as_r_compares_them():
    case = CASES["test-2prop-56-70-48-80"]
    found = two_proportions(*TABLE)
    for got, key in zip(found, ("diff", "chi2", "p", "chi2_yates", "p_yates"), strict=True):
        assert_meets(got, case, key)
    assert_meets(wald_interval(*TABLE), case, "wald_ci")
    assert_meets(fisher_test(*TABLE).p, case, "p_fisher")


def test_the_conditional_odds_ratio_is_the_maximum_of_its_likelihood():
    # R's fisher.test stops its search at a tolerance of 1.2e-4, so its 2.6491903 is right to five digits
    # only. At the maximum the law of the first cell has the observed cell for its mean.
    odds = fisher_test(*TABLE).odds_ratio
    x1, n1, x2, n2 = TABLE
    assert float(stats.nchypergeom_fisher.mean(n1 + n2, n1, x1 + x2, odds)) == pytest.approx(x1, abs=1e-9)
    assert odds == pytest.approx(
        CASES["test-2prop-56-70-48-80"]["expected"]["odds_ratio_conditional"], rel=2e-6
    )


def test_intervals_of_a_difference():
    case = CASES["ci-diff-newcombe-56-70-48-80"]
    assert_meets(agresti_caffo_interval(*TABLE), case, "agresti_caffo")
    assert_meets(miettinen_nurminen_interval(*TABLE), case, "miettinen_nurminen")


def test_a_score_interval_is_of_one_call_and_at_the_edges_too():
    low, high = miettinen_nurminen_interval([0, 10, 0], [10, 10, 10], [0, 0, 12], [12, 12, 12])
    assert low[0] < 0 < high[0]
    assert (high[1], low[2]) == (1, -1)
    mirrored = miettinen_nurminen_interval(0, 12, 10, 10)
    assert (-mirrored[1], -mirrored[0]) == (pytest.approx(low[1]), pytest.approx(high[1]))
    assert np.isnan(miettinen_nurminen_interval(0, 0, 1, 2)).all()


def test_an_empty_margin_tells_nothing():
    found = two_proportions([0, 10], [10, 10], [0, 12], [12, 12])
    assert np.isnan(found.chi2).all()
    exact = fisher_test([0, 10], [10, 10], [0, 12], [12, 12])
    assert exact.p.tolist() == [1, 1]
    assert np.isnan(exact.odds_ratio).all()


def test_two_poisson_rates():
    case = CASES["test-2rates-12-5"]
    asked = case["input"]
    found = two_rates(*(asked[key] for key in ("count1", "exposure1", "count2", "exposure2")))
    assert_meets(found.ratio, case, "ratio")
    assert_meets(found.p, case, "p")
    assert_meets([found.low, found.high], case, "ci")


def test_rates_without_events():
    found = two_rates([0, 3, 0], 1.0, [0, 0, 4], 1.0)
    assert np.isnan(found.ratio[0])
    assert (found.p[0], found.low[0], found.high[0]) == (1, 0, np.inf)
    assert (found.ratio[1], found.high[1], found.low[2]) == (np.inf, np.inf, 0)
    with pytest.raises(ValueError, match="exposures"):
        two_rates(1, 0, 1, 1)


def test_lots_that_differ_more_than_chance():
    case = CASES["rate-overdispersion-pearson"]
    found = dispersion_test(*lots_of(case))
    for got, key in zip(found, ("chi2", "df", "p", "dispersion"), strict=True):
        assert_meets(got, case, key)


def test_the_analysis_of_variance_between_lots():
    case = CASES["rate-betabinomial-moments"]
    found = between_groups(*lots_of(case))
    for key in ("ms_between", "ms_within", "n0", "rho"):
        assert_meets(getattr(found, key), case, key)


def test_dispersion_has_no_say_without_two_lots_or_without_a_nonconforming_piece():
    found = dispersion_test([[0, 0, 0], [1, 0, 0]], [[5, 5, 5], [5, 0, 0]])
    assert np.isnan(found.p).all()
    assert found.degrees.tolist() == [2, 0]
    poisson = dispersion_test([5, 15], [10, 10], law=Law.POISSON)
    assert poisson.chi2 == pytest.approx(5.0)


def test_lots_as_clusters_find_no_difference_where_pieces_would():
    rng = np.random.default_rng(12)
    n = np.full((400, 2, 20), 200)
    x = rng.binomial(n, rng.beta(0.02 * 50, 0.98 * 50, n.shape))  # correlation of 0.02 in lots, no difference
    by_lots = compare_between_lots(LotSums.of(n[:, 0], x[:, 0]), LotSums.of(n[:, 1], x[:, 1]))
    by_pieces = two_proportions(x[:, 0].sum(-1), n[:, 0].sum(-1), x[:, 1].sum(-1), n[:, 1].sum(-1))
    assert np.mean(by_lots.p < 0.05) < 0.08
    assert np.mean(by_pieces.p < 0.05) > 0.3
    assert np.array_equal(by_lots.p < 0.05, (by_lots.low > 0) | (by_lots.high < 0))


def test_lots_of_equal_size_are_compared_as_welch_compares_their_rates():
    one, other = np.array([3, 5, 1, 8, 2, 4]), np.array([9, 4, 12, 7])
    found = compare_between_lots(LotSums.of(np.full(6, 50), one), LotSums.of(np.full(4, 50), other))
    welch = stats.ttest_ind(one / 50, other / 50, equal_var=False)
    assert (found.t, found.p) == (pytest.approx(welch.statistic), pytest.approx(welch.pvalue))
    assert (found.low, found.high) == pytest.approx(tuple(welch.confidence_interval()))
    assert np.isnan(compare_between_lots(LotSums.of([50], [1]), LotSums.of([50, 50], [1, 2])).p)


def test_a_trend_with_ties():
    case = CASES["rate-trend-mann-kendall"]
    found = mann_kendall(case["input"]["values"])
    for got, key in zip(found, ("s", "var", "z", "p", "slope"), strict=True):
        assert_meets(got, case, key)


def test_trends_of_many_series_with_gaps():
    values = np.array([[1.0, 2.0, np.nan, 4.0, 5.0], [3.0] * 5, [5.0, np.nan, np.nan, 1.0, np.nan]])
    found = mann_kendall(values)
    assert found.slope[:2].tolist() == [1, 0]
    assert found.s[0] == 6
    assert (found.z[1], found.p[1]) == (0, 1)
    assert np.isnan([found.p[2], found.slope[2]]).all()


def test_the_nile_fell_after_1898():
    case = CASES["cp-nile"]
    values = case["input"]["values"]
    found = mean_break(values)
    assert found.after == case["expected"]["break_after"]
    assert len(breaks_by_bic(values)) == case["expected"]["breaks_by_bic"]
    for got, key in (
        (found.mean_before, "mean_before"),
        (found.mean_after, "mean_after"),
        (found.sup_f, "sup_f"),
    ):
        assert_meets(got, case, key)
    assert set(mean_break_interval(values)) == {27, 28}


def test_several_breaks_and_none():
    rng = np.random.default_rng(13)
    steps = np.repeat([0.0, 4.0, -3.0], 20) + rng.normal(0, 1, 60)
    assert breaks_by_bic(steps) == [20, 40]
    assert breaks_by_bic([1.0, 1, 1, 2, 2, 2, 2, 5, 5, 5]) == [3, 7]
    assert breaks_by_bic([4.0] * 30) == []
    assert breaks_by_bic([1.0, 9.0]) == []
    assert mean_break([1.0, 9.0, 3.0]).after == 0


def test_the_rate_of_lots_changed():
    case = CASES["cp-binomial-lr"]
    found = count_break(case["input"]["nonconforming"], case["input"]["inspected"])
    assert (found.after, list(found.likely)) == (
        case["expected"]["break_after"],
        case["expected"]["likelihood_set"],
    )
    for got, key in (
        (found.likelihood_ratio, "lr"),
        (found.rate_before, "rate_before"),
        (found.rate_after, "rate_after"),
    ):
        assert_meets(got, case, key)


def test_lots_alike_may_have_changed_anywhere():
    found = count_break([1, 1, 1, 1], [50, 50, 50, 50])
    assert (found.likelihood_ratio, found.interval) == (pytest.approx(0, abs=1e-9), (1, 3))
    few = count_break([0, 0, 9, 8], [10, 10, 10, 10], law=Law.POISSON)
    assert few.after == 2
    with pytest.raises(ValueError, match="two lots"):
        count_break([1], [5])


def test_yields_of_three_steps():
    case = CASES["rate-yield-rty"]
    asked = case["input"]
    found = step_yields(asked["defects"], asked["rework"], asked["units"])
    for got, key in zip(found, ("yield", "fty", "rty", "dpmo"), strict=True):
        assert_meets(got, case, key)
    assert np.isnan(step_yields([[0, 0]], [[0, 0]], [0]).rolled)
    with pytest.raises(ValueError, match="entered"):
        step_yields([3], [3], 5)


def test_parts_per_million():
    case = CASES["ppm-basic"]
    asked = case["input"]
    found = unit_rates(
        asked["inspected"], asked["nonconforming"], asked["defects"], asked["opportunities_per_unit"]
    )
    for got, key in zip(found, ("ppm", "pass_rate", "dpu", "dpmo"), strict=True):
        assert_meets(got, case, key)
    assert np.isnan(unit_rates(0, 0, 0).ppm)
    with pytest.raises(ValueError, match="counts"):
        unit_rates(5, 6, 0)


def test_the_bridge_between_two_periods():
    case = CASES["rate-bridge-suppliers"]
    periods = (case["input"]["period0"], case["input"]["period1"])
    columns = [[row[key] for row in rows] for rows in periods for key in ("conforming", "inspected")]
    found = rate_bridge(*columns)
    assert_meets(found.total, case, "total")
    assert_meets(found.rate_effects, case, "rate_effects")
    assert_meets(found.mix_effects, case, "mix_effects")


lots = st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(st.lists(st.tuples(lots, lots), min_size=1, max_size=8))
@settings(max_examples=20)
def test_effects_of_a_bridge_add_up_to_the_change(groups):
    (x0, n0), (x1, n1) = (np.array(period).T for period in zip(*groups, strict=True))
    found = rate_bridge(x0, n0, x1, n1)
    assert found.rate_effects.sum() + found.mix_effects.sum() == pytest.approx(float(found.total), abs=1e-12)


@given(lots, lots)
@settings(max_examples=12)
def test_tests_of_two_samples_know_no_order(one, other):
    forth, back = two_proportions(*one, *other), two_proportions(*other, *one)
    assert forth.difference == -back.difference
    assert forth.p == pytest.approx(back.p, nan_ok=True)
    assert fisher_test(*one, *other).p == pytest.approx(float(fisher_test(*other, *one).p))
    low, high = miettinen_nurminen_interval(*one, *other)
    assert -1 <= low <= forth.difference <= high <= 1
