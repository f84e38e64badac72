import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quality.formulas.proportion import (
    LEAST_LOTS,
    LotSums,
    against_target,
    between_lots_interval,
    clopper_pearson_interval,
    difference_interval,
    ratio_estimate,
    student_interval,
    wilson_interval,
)
from tests.reference.cases import assert_meets, load

CASES = load("rates_cases.json")

lots_of_pieces = st.lists(
    st.integers(1, 2000).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n))), min_size=1, max_size=40
)


def lot_sums(case):
    lots = case["input"]["lots"]
    return LotSums.of([lot["inspected"] for lot in lots], [lot["nonconforming"] for lot in lots])


@pytest.mark.parametrize("case", ["ci-prop-81-263", "ci-prop-0-20"])
def test_intervals_of_a_proportion_are_those_of_r(case):
    case = CASES[case]
    counts = case["input"]["x"], case["input"]["n"]
    assert_meets(wilson_interval(*counts), case, "wilson")
    assert_meets(clopper_pearson_interval(*counts), case, "clopper_pearson")


def test_a_pass_rate_pools_pieces_and_is_no_mean_of_percentages():
    case = CASES["rate-pooled-not-mean"]
    sums = LotSums.of(case["input"]["inspected"], case["input"]["conforming"])
    assert_meets(ratio_estimate(sums).rate, case, "pass_rate")
    assert_meets(wilson_interval(sums.x, sums.n), case, "wilson")


def test_lots_as_clusters_give_rate_error_design_effect_and_the_textbooks_interval():
    case = CASES["rate-cluster-se"]
    sums = lot_sums(case)
    estimate = ratio_estimate(sums)
    assert_meets(estimate.rate, case, "rate")
    assert_meets(np.sqrt(estimate.variance), case, "se")
    assert_meets(estimate.design_effect, case, "design_effect")
    assert_meets(student_interval(sums), case, "interval")


def test_the_difference_of_two_wilson_intervals_is_newcombes():
    case = CASES["ci-diff-newcombe-56-70-48-80"]
    x1, n1, x2, n2 = (case["input"][key] for key in ("x1", "n1", "x2", "n2"))
    bounds = difference_interval(x1 / n1, wilson_interval(x1, n1), x2 / n2, wilson_interval(x2, n2))
    assert_meets(bounds, case, "newcombe")


def test_an_impossible_count_or_confidence_is_refused():
    for found, inspected in ((3, 2), (-1, 2), (np.nan, 2)):
        with pytest.raises(ValueError, match="found"):
            wilson_interval(found, inspected)
    for confidence in (0, 1, 95):
        with pytest.raises(ValueError, match="confidence"):
            clopper_pearson_interval(1, 2, confidence=confidence)


def test_nothing_inspected_gives_no_number():
    for bounds in (
        wilson_interval(0, 0),
        clopper_pearson_interval(0, 0),
        between_lots_interval(LotSums(0, 0, 0, 0, 0, 0)),
    ):
        assert np.isnan(bounds).all()


def test_few_lots_fall_back_on_wilson_and_twelve_do_not():
    n, x = np.full(LEAST_LOTS, 100), np.array([9] + [0] * (LEAST_LOTS - 1))
    few = LotSums.of(n[1:], x[:-1])
    assert between_lots_interval(few) == wilson_interval(few.x, few.n)
    enough = LotSums.of(n, x)
    low, high = between_lots_interval(enough)
    plain_low, plain_high = wilson_interval(enough.x, enough.n)
    assert low < plain_low
    assert high > plain_high


def test_lots_without_a_nonconforming_piece_still_have_an_upper_bound():
    low, high = between_lots_interval(LotSums.of(np.full(20, 50), np.zeros(20)))
    assert low == 0
    assert 3 / 1000 < high < 6 / 1000


def test_one_call_serves_many_parts():
    rng = np.random.default_rng(7)
    n = rng.integers(20, 200, (3000, 15))
    x = rng.binomial(n, 0.01)
    low, high = between_lots_interval(LotSums.of(n, x))
    assert low.shape == high.shape == (3000,)
    one_low, one_high = between_lots_interval(LotSums.of(n[17], x[17]))
    assert (low[17], high[17]) == pytest.approx((float(one_low), float(one_high)))


@given(lots_of_pieces)
def test_intervals_hold_the_rate_stay_inside_zero_and_one_and_mirror(lots):
    n, x = np.array(lots).T
    low, high = between_lots_interval(LotSums.of(n, x))
    assert 0 <= low <= x.sum() / n.sum() <= high <= 1
    mirrored_low, mirrored_high = between_lots_interval(LotSums.of(n, n - x))
    assert 1 - high == pytest.approx(float(mirrored_low), abs=1e-6)
    assert 1 - low == pytest.approx(float(mirrored_high), abs=1e-6)


@given(lots_of_pieces, lots_of_pieces)
def test_sums_of_two_days_add_up_to_the_sums_of_both(one, other):
    both = LotSums.of(*np.array(one + other).T)
    added = [a + b for a, b in zip(LotSums.of(*np.array(one).T), LotSums.of(*np.array(other).T), strict=True)]
    assert list(both) == added


@pytest.mark.parametrize("rate", [0.008, 0.02])
def test_the_interval_between_lots_covers_where_wilsons_own_does_not(rate):
    rng = np.random.default_rng(20260630)
    n, correlation = np.full((2000, 25), 125), 0.01
    lots = rng.beta(rate * (1 / correlation - 1), (1 - rate) * (1 / correlation - 1), n.shape)
    x = rng.binomial(n, lots)
    low, high = between_lots_interval(LotSums.of(n, x))
    plain_low, plain_high = wilson_interval(x.sum(1), n.sum(1))
    assert np.mean((low <= rate) & (rate <= high)) > 0.92
    assert np.mean((plain_low <= rate) & (rate <= plain_high)) < 0.85


def test_a_target_is_met_or_missed_only_by_a_whole_interval():
    low = [0.980, 0.985, 0.993, 0.992, np.nan]
    high = [0.990, 0.995, 0.999, 0.995, np.nan]
    assert against_target(low, high, 0.992).tolist() == [-1, 0, 1, 0, 0]
