"""Control charts: published limits, phase II against frozen limits, and what scale, shift and merging leave."""

from dataclasses import FrozenInstanceError, fields

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quality.formulas.attribute_charts import Law, laney_baseline, rate_baseline
from quality.formulas.chart_choice import Chart, Reason, chart_of_counts, chart_of_values
from quality.formulas.hotelling import subgroup_baseline, vector_baseline
from quality.formulas.process import (
    Band,
    Spread,
    baseline,
    merge_sums,
    moving_ranges,
    process_sums,
    segment_slices,
    subgroup_points,
)
from quality.formulas.run_lengths import cusum_run_length, ewma_run_length, shewhart_run_length
from quality.formulas.time_weighted import cusum, ewma, ewma_band, ewma_band_of
from tests.reference.cases import assert_meets, load

CASES = load("control_chart_cases.json")
COUNTED = {
    "cc-p-orangejuice": ("nonconforming", Law.BINOMIAL, "rate_band"),
    "cc-np-orangejuice": ("nonconforming", Law.BINOMIAL, "count_band"),
    "cc-p-all-zero": ("nonconforming", Law.BINOMIAL, "rate_band"),
    "cc-c-circuit": ("nonconformities", Law.POISSON, "count_band"),
    "cc-u-pcmanufact": ("nonconformities", Law.POISSON, "rate_band"),
}


def places(marks) -> list[int]:
    return (np.flatnonzero(marks) + 1).tolist()


def assert_band(band, case, *keys):
    assert_meets(band.centre, case, *keys, "center")
    assert_meets(band.low, case, *keys, "lcl")
    assert_meets(band.high, case, *keys, "ucl")


def test_means_and_ranges_of_the_piston_rings():
    case = CASES["cc-xbar-r-pistonrings"]
    values = case["input"]["subgroups"]
    start, points = baseline(process_sums(values)), subgroup_points(values)
    assert_meets(start.sigma, case, "xbar", "sigma")
    assert_band(start.mean_band(5), case, "xbar")
    assert_band(start.range_band(5), case, "r")
    assert places(start.mean_band(5).beyond(points.means)) == case["expected"]["xbar_beyond"]
    assert places(start.range_band(5).beyond(points.ranges)) == case["expected"]["r_beyond"]


def test_means_and_standard_deviations_of_the_piston_rings():
    case = CASES["cc-xbar-s-pistonrings"]
    start = baseline(process_sums(case["input"]["subgroups"], spread=Spread.DEVIATION))
    assert_meets(start.sigma, case, "s", "sigma")
    assert_band(start.mean_band(5), case, "xbar")
    assert_band(start.deviation_band(5), case, "s")


def test_single_values_of_the_handbook():
    case = CASES["cc-imr-nist-flowrate"]
    start = baseline(process_sums(case["input"]["values"], spread=Spread.MOVING_RANGE))
    assert_band(start.mean_band(), case)
    assert_meets(start.range_band().centre, case, "mr_bar")
    assert_meets(start.range_band().high, case, "mr_ucl")


def test_a_spike_is_beyond_on_both_charts_of_single_values():
    case = CASES["cc-imr-spike"]
    values = case["input"]["values"]
    start = baseline(process_sums(values, spread=Spread.MOVING_RANGE))
    assert_meets(start.sigma, case, "sigma")
    assert_band(start.mean_band(), case)
    ranges = start.range_band()
    for found, key in ((ranges.centre, "mr_bar"), (ranges.low, "mr_lcl"), (ranges.high, "mr_ucl")):
        assert_meets(found, case, key)
    assert places(start.mean_band().beyond(values)) == case["expected"]["beyond_x"]
    assert places(ranges.beyond(moving_ranges(values))) == case["expected"]["beyond_mr"]


@pytest.mark.parametrize("name", COUNTED)
def test_charts_of_counts(name):
    case, (key, law, band_of) = CASES[name], COUNTED[name]
    counts, sizes = np.array(case["input"][key]), np.array(case["input"].get("n", 1))
    band = getattr(rate_baseline(counts, sizes, law=law), band_of)(sizes)
    assert_band(band, case)
    points = counts if band_of == "count_band" else counts / sizes
    assert places(band.beyond(points)) == case["expected"]["beyond"]


def test_new_lots_are_held_against_the_frozen_rate():
    case = CASES["cc-p-phase2"]
    start = rate_baseline(*(case["input"]["phase1"][key] for key in ("nonconforming", "n")), law=Law.BINOMIAL)
    counts, sizes = (np.array(case["input"]["phase2"][key]) for key in ("nonconforming", "n"))
    band = start.rate_band(sizes)
    assert_band(band, case)
    assert places(band.beyond(counts / sizes)) == case["expected"]["beyond"]
    with pytest.raises(FrozenInstanceError):
        start.rate = 0.5


def test_laneys_chart_of_lots_that_differ():
    case = CASES["cc-laney-p-motors"]
    counts, sizes = np.array(case["input"]["nonconforming"]), np.array(case["input"]["n"])
    start = laney_baseline(counts, sizes, law=Law.BINOMIAL)
    assert_meets(start.spread, case, "sigma_z")
    assert_band(start.rate_band(sizes), case)
    assert places(start.rate_band(sizes).beyond(counts / sizes)) == case["expected"]["beyond"]


def test_rare_counts_with_a_few_bad_lots_ask_for_no_limits_narrower_than_chance():
    counts = [0] * 20 + [7, 0, 0, 1] + [0] * 20
    assert laney_baseline(counts, 80, law=Law.BINOMIAL).spread < 1
    assert chart_of_counts(counts, [80] * 44, law=Law.BINOMIAL) == (Chart.NP, Reason.SIZES_EQUAL)


def test_laneys_chart_of_rates_by_its_formula():
    counts, sizes = np.array([12, 4, 19, 7, 30, 2]), np.array([50, 40, 60, 50, 55, 45])
    rate = counts.sum() / sizes.sum()
    z = (counts / sizes - rate) / np.sqrt(rate / sizes)
    start = laney_baseline(counts, sizes, law=Law.POISSON)
    assert start.spread == pytest.approx(np.abs(np.diff(z)).mean() * np.sqrt(np.pi) / 2)
    band = start.rate_band(sizes)
    assert band.high == pytest.approx(rate + 3 * start.spread * np.sqrt(rate / sizes))
    assert (band.low >= 0).all()


def test_a_moving_average_of_the_handbook():
    case = CASES["cc-ewma-nist"]
    asked = case["input"]
    band = ewma_band(asked["target"], asked["sigma"], weight=asked["lambda"], width=asked["L"])
    assert_meets(band.low, case, "lcl")
    assert_meets(band.high, case, "ucl")
    assert_meets(ewma(asked["values"], weight=asked["lambda"], start=asked["target"]), case, "ewma")


def test_limits_of_the_first_averages_are_narrower_and_become_those_of_the_steady_state():
    early = ewma_band([5.0, 0.0], [1.0, 2.0], weight=0.2, points=200)
    steady = ewma_band([5.0, 0.0], [1.0, 2.0], weight=0.2)
    assert early.high.shape == (2, 200)
    assert early.high[:, 0] - early.centre[:, 0] == pytest.approx([0.6, 1.2])  # 3 sigma lambda
    assert early.high[:, -1] == pytest.approx(steady.high)


def test_cumulative_sums_of_the_handbook():
    case = CASES["cc-cusum-nist"]
    asked = case["input"]
    found = cusum(asked["values"], target=asked["target"], allowance=asked["k"], decision=asked["h"])
    assert_meets(found.high, case, "s_high")
    assert_meets(found.low, case, "s_low")
    assert places(found.signals_high)[0] == case["expected"]["first_signal"]
    assert places(found.signals_high) == case["expected"]["signals_high"]
    assert not found.signals_low.any()
    assert found.began_high[13] + 1 == 13  # the sum left 0 one lot before it signalled


def test_a_gap_leaves_sums_and_averages_as_they_were():
    values = [1.0, np.nan, 2.0]
    assert ewma(values, weight=0.5, start=0.0).tolist() == [0.5, 0.5, 1.25]
    assert cusum(values, target=0.0, allowance=0.5, decision=9.0).high.tolist() == [0.5, 0.5, 2.0]


def test_limits_of_an_ewma_of_points_of_one_size_are_the_usual_ones_and_of_others_follow_each_point():
    usual = ewma_band([5.0], [2.0], weight=0.2, points=40)
    for line, told in zip(ewma_band_of([5.0], np.full((1, 40), 2.0), weight=0.2), usual, strict=True):
        assert line == pytest.approx(told)
    # v: 1/4; with nothing plotted the same; 1 + 1/16.
    band = ewma_band_of(0.0, [1.0, np.nan, 2.0], weight=0.5, width=2.0)
    assert band.high == pytest.approx([1.0, 1.0, 2 * 1.0625**0.5])


def test_run_lengths_of_cusums():
    case = CASES["cc-arl-cusum"]
    for sides, key in ((1, "one_sided"), (2, "two_sided")):
        found = [
            float(cusum_run_length(asked["shift"], allowance=asked["k"], decision=asked["h"], sides=sides))
            for asked in case["input"]["cases"]
        ]
        assert_meets(found, case, key)


def test_run_lengths_of_means():
    case = CASES["cc-arl-shewhart"]
    shifts, sizes = zip(*((asked["shift"], asked["n"]) for asked in case["input"]["cases"]), strict=True)
    assert_meets(shewhart_run_length(shifts, n=sizes), case, "arl")


def test_run_lengths_of_moving_averages():
    # Lucas and Saccucci (1990), table 3: lambda 0.1, L 2.814.
    assert ewma_run_length([0, 0.5, 1], weight=0.1, width=2.814) == pytest.approx([500, 31.3, 10.3], rel=4e-3)


def test_two_characteristics_on_one_chart():
    case = CASES["cc-t2-phase2-individuals"]
    start = vector_baseline(case["input"]["phase1"])
    found, limit = (
        start.statistics(case["input"]["phase2"]),
        start.limit(phase=2, alpha=case["input"]["alpha"]),
    )
    assert_meets(found, case, "t2")
    assert_meets(limit, case, "ucl")
    assert places(found > limit) == case["expected"]["beyond"]


def test_subgroups_of_two_characteristics_and_many_parts():
    rng = np.random.default_rng(3)
    mixed = rng.normal(size=(4, 30, 5, 2)) @ np.array([[1.0, 0.7], [0.0, 0.5]]) + 1000
    start = subgroup_baseline(mixed)
    found = start.statistics(mixed.mean(-2))
    assert found.shape == (4, 30)
    within = np.mean([np.cov(group.T) for group in mixed[2]], axis=0)
    assert start.covariance[2] == pytest.approx(within)
    off = mixed[2, 7].mean(0) - mixed[2].mean((0, 1))
    assert found[2, 7] == pytest.approx(5 * off @ np.linalg.inv(within) @ off)
    assert start.limit(phase=1) < start.limit(phase=2)


def test_characteristics_that_move_together_are_refused():
    line = np.arange(20.0)
    with pytest.raises(ValueError, match="together"):
        vector_baseline(np.column_stack([line, 2 * line]))
    with pytest.raises(ValueError, match="vary"):
        vector_baseline(np.column_stack([line, np.ones(20)]))
    with pytest.raises(ValueError, match="too few"):
        vector_baseline(np.eye(2))


def test_subgroups_of_unequal_sizes_give_one_estimate_each():
    values = np.array([[1.0, 3.0, np.nan], [2.0, 5.0, 8.0], [4.0, np.nan, np.nan]])
    sums = process_sums(values)
    assert (sums.n, sums.subgroups, sums.estimates) == (6, 3, 2)
    assert sums.sigma_within == pytest.approx((2 / 1.128379 + 6 / 1.692569) / 2, rel=1e-6)
    assert process_sums(values, spread=Spread.POOLED).total == pytest.approx(2 + 18)
    band = baseline(sums).mean_band([2, 3, 1])
    assert band.high - band.centre == pytest.approx(3 * sums.sigma_within / np.sqrt([2, 3, 1]))
    assert np.isnan(baseline(sums).range_band([2, 3, 1]).high[2])


@pytest.mark.parametrize("spread", [Spread.RANGE, Spread.DEVIATION, Spread.POOLED])
def test_a_gap_elsewhere_changes_no_number(spread):
    values = np.random.default_rng(5).normal(1e6, 1.0, (3, 12, 4))
    whole = process_sums(values, spread=spread)
    padded = np.full((3, 12, 5), np.nan)
    padded[..., :4] = values
    for field in fields(whole)[1:]:
        same = pytest.approx(getattr(whole, field.name), rel=1e-9)
        assert getattr(process_sums(padded, spread=spread), field.name) == same


def test_nothing_measured_has_no_limits():
    sums = process_sums(np.empty((2, 0, 5)))
    assert np.isnan(baseline(sums).mean_band(5).high).all()
    assert np.isnan(process_sums(np.full((3, 4), np.nan), spread=Spread.MOVING_RANGE).sigma_within).all()


def test_a_constant_process_is_not_beyond_its_limits_by_rounding():
    values = np.full(7, 3.1)
    start = baseline(process_sums(values, spread=Spread.MOVING_RANGE))
    assert not start.mean_band().beyond(values).any()
    assert Band(*np.array([0.0, -1.0, 1.0])).beyond([1.0, 1.0 + 1e-9, np.nan]).tolist() == [
        False,
        True,
        False,
    ]


def test_segments_cover_every_point_once():
    assert segment_slices(9, [6, 3, 3, 0, 99]) == [slice(0, 3), slice(3, 6), slice(6, 9)]
    assert segment_slices(0, []) == []


subgroups = st.integers(0, 2**32 - 1).map(
    lambda seed: np.random.default_rng(seed).normal(0.0, 1.0, (2, 12, 4)).round(3)
)


@given(subgroups, st.sampled_from([Spread.RANGE, Spread.DEVIATION, Spread.POOLED]), st.integers(1, 11))
@settings(max_examples=25)
def test_sums_of_two_periods_merge_to_the_sums_of_both_far_from_zero(values, spread, cut):
    values = values + 1e6
    whole = process_sums(values, spread=spread)
    merged = merge_sums(
        process_sums(values[:, :cut], spread=spread), process_sums(values[:, cut:], spread=spread)
    )
    for field in fields(whole)[1:]:
        assert getattr(merged, field.name) == pytest.approx(getattr(whole, field.name), rel=1e-9)
    assert merged.sigma_overall == pytest.approx(np.std(values - 1e6, axis=(1, 2), ddof=1), rel=1e-9)
    nothing = process_sums(values[:, :0], spread=spread)
    for both in (merge_sums(nothing, whole), merge_sums(whole, nothing)):
        assert both.mean.tolist() == whole.mean.tolist()


@given(subgroups, st.floats(0.01, 100), st.floats(-1e3, 1e3))
@settings(max_examples=25)
def test_limits_follow_scale_and_shift_and_know_no_order_of_subgroups(values, scale, shift):
    band = baseline(process_sums(values)).mean_band(4)
    moved = baseline(process_sums(values[:, ::-1, ::-1] * scale + shift)).mean_band(4)
    for line, other in zip(band, moved, strict=True):
        assert other == pytest.approx(line * scale + shift, rel=1e-9, abs=1e-9)


def test_sums_of_different_spreads_do_not_merge():
    with pytest.raises(ValueError, match="merge"):
        merge_sums(process_sums([[1.0, 2.0]]), process_sums([[1.0, 2.0]], spread=Spread.POOLED))


@pytest.mark.parametrize(
    ("sizes", "chart", "reason"),
    [
        ([1] * 30, Chart.I_MR, Reason.SINGLE_VALUES),
        ([5] * 30, Chart.XBAR_R, Reason.SMALL_SUBGROUPS),
        ([9] * 30, Chart.XBAR_S, Reason.LARGE_SUBGROUPS),
        ([5, 4] * 15, Chart.XBAR_S, Reason.SIZES_DIFFER),
    ],
)
def test_the_chart_of_values_is_chosen_by_the_subgroups(sizes, chart, reason):
    assert chart_of_values(sizes) == (chart, reason)


@pytest.mark.parametrize(
    ("counts", "sizes", "law", "chart", "reason"),
    [
        ([2, 3, 1, 2] * 4, [50] * 16, Law.BINOMIAL, Chart.NP, Reason.SIZES_EQUAL),
        ([2, 3, 1, 2] * 4, [50, 60] * 8, Law.BINOMIAL, Chart.P, Reason.SIZES_DIFFER),
        ([2, 30, 1, 25] * 4, [500] * 16, Law.BINOMIAL, Chart.LANEY_P, Reason.LOTS_DIFFER),
        ([2, 3, 1, 2] * 4, [1] * 16, Law.POISSON, Chart.C, Reason.SIZES_EQUAL),
        ([2, 3, 1, 2] * 4, [1, 2] * 8, Law.POISSON, Chart.U, Reason.SIZES_DIFFER),
        ([2, 30, 1, 25] * 4, [50] * 16, Law.POISSON, Chart.LANEY_U, Reason.LOTS_DIFFER),
        ([0] * 16, [50] * 16, Law.BINOMIAL, Chart.NP, Reason.SIZES_EQUAL),
    ],
)
def test_the_chart_of_counts_is_chosen_by_sizes_and_by_how_lots_differ(counts, sizes, law, chart, reason):
    assert chart_of_counts(counts, sizes, law=law) == (chart, reason)


def test_without_a_lot_there_is_no_chart():
    with pytest.raises(ValueError, match="no chart"):
        chart_of_values([])
    with pytest.raises(ValueError, match="negative"):
        rate_baseline([-1], [4], law=Law.POISSON)
