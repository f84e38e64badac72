import numpy as np
import pytest

from quality.formulas.proportion import LotSums, ratio_estimate, wilson_interval
from quality.formulas.two_phase import PairSums, two_phase_difference

SIZES = [50, 80, 125, 200]


def a_year(rng, *, draws, lots, rate, finds, correlation=0.01):
    """Counts of both inspections of every lot; the supplier finds only a share of the bad pieces."""
    n = rng.choice(SIZES, size=(draws, lots))
    prior = 1 / correlation - 1
    p = rng.beta(rate * prior, (1 - rate) * prior, n.shape)
    return n, rng.binomial(n, p * finds), rng.binomial(n, p)


def corrected(n, x_out, x_in, *, every=4, **stratum):
    seen = (slice(None), slice(None, None, every))
    return two_phase_difference(
        LotSums.of(n, x_out), PairSums.of(n[seen], x_out[seen], n[seen], x_in[seen]), **stratum
    )


def test_a_small_table_worked_by_hand():
    """Four lots of 100 with 1, 0, 2, 1 reported; incoming finds 3 and 1 on the first two.

    R = 4/400; D = (3 - 1 + 1 - 0)/200 = 0.015; e = x - nR = 0, -1, 1, 0; u = y - x - nD = 0.5, -0.5.
    V = 4/3 * 2/400^2 + 2/1 * 0.5/200^2 + 2 * 2/1 * (0*0.5 + 1*0.5)/(400*200), the middle term at
    least the chance of the pieces: p(1-p)/n of (1 + 1/2)/201 and (4 + 1/2)/201.
    """
    rate = two_phase_difference(
        LotSums.of([100] * 4, [1, 0, 2, 1]), PairSums.of([100, 100], [1, 0], [100, 100], [3, 1])
    )
    assert rate.rate == pytest.approx(0.025)
    assert rate.difference == pytest.approx(0.015)
    a, b = 1.5 / 201, 4.5 / 201
    second = max(2 * 0.5 / 200**2, a * (1 - a) / 200 + b * (1 - b) / 200)
    variance = 4 / 3 * 2 / 400**2 + second + 2 * 2 * 0.5 / (400 * 200)
    smoothed = (0.025 * 200 + 0.5) / 201
    pieces = smoothed * (1 - smoothed) / variance
    t = 12.706204736174694  # R: qt(0.975, 1)
    centre = (0.025 + t**2 / (2 * pieces)) / (1 + t**2 / pieces)
    half = t / (1 + t**2 / pieces) * np.sqrt(0.025 * 0.975 / pieces + t**2 / (4 * pieces**2))
    assert (rate.low, rate.high) == pytest.approx((centre - half, centre + half))


def test_where_every_lot_was_seen_by_both_the_incoming_rate_comes_out():
    n, x_out, x_in = a_year(np.random.default_rng(5), draws=1, lots=60, rate=0.02, finds=0.5)
    rate = corrected(n, x_out, x_in, every=1)
    assert rate.rate[0] == pytest.approx(x_in.sum() / n.sum())
    # S_x^2 + S_d^2 + 2 S_xd = S_y^2: the variance is that of the incoming rate between lots.
    incoming = ratio_estimate(LotSums.of(n, x_in))
    smoothed = (x_in.sum() + 0.5) / (n.sum() + 1)
    pieces = smoothed * (1 - smoothed) / incoming.variance[0]
    t = 2.0009953780882688  # R: qt(0.975, 59)
    width = (
        2
        * t
        / (1 + t**2 / pieces)
        * np.sqrt(incoming.rate[0] * (1 - incoming.rate[0]) / pieces + t**2 / (4 * pieces**2))
    )
    assert rate.high[0] - rate.low[0] == pytest.approx(width, rel=1e-6)


@pytest.mark.parametrize(
    ("lots", "rate", "finds"), [(60, 0.02, 1.0), (200, 0.02, 0.8), (200, 0.006, 0.0), (400, 0.009, 0.9)]
)
def test_the_corrected_rate_covers_the_truth_whatever_the_supplier_finds(lots, rate, finds):
    n, x_out, x_in = a_year(np.random.default_rng(11), draws=1500, lots=lots, rate=rate, finds=finds)
    got = corrected(n, x_out, x_in)
    assert np.mean((got.low <= rate) & (rate <= got.high)) >= 0.93
    assert got.rate.mean() == pytest.approx(rate, rel=0.03)


def test_a_reported_rate_that_hides_a_fifth_does_not_cover():
    n, x_out, _ = a_year(np.random.default_rng(12), draws=1500, lots=400, rate=0.02, finds=0.8)
    low, high = wilson_interval(x_out.sum(1), n.sum(1))
    assert np.mean((low <= 0.02) & (high >= 0.02)) < 0.05


def test_lots_that_came_without_a_report_weigh_in_at_the_rate_found_on_them():
    reported, pairs = (
        LotSums.of([100] * 40, [1] * 40),
        PairSums.of([100] * 10, [1] * 10, [100] * 10, [1] * 10),
    )
    hidden = LotSums.of([100] * 4, [5, 4, 6, 5])
    without = two_phase_difference(reported, pairs)
    known = two_phase_difference(reported, pairs, unreported=hidden, unreported_lots=10)
    assert known.unreported_share == pytest.approx(10 / 50)
    assert known.rate == pytest.approx(0.8 * without.rate + 0.2 * 0.05)
    guessed = two_phase_difference(reported, pairs, unreported=hidden)
    assert guessed.unreported_share == pytest.approx(16 / 56)  # as one in four of the others


def test_withheld_bad_lots_shift_the_rate_unless_they_are_weighed_in():
    rng = np.random.default_rng(13)
    n, x_out, x_in = a_year(rng, draws=800, lots=400, rate=0.02, finds=1.0)
    hidden_n, _, hidden_x = a_year(rng, draws=800, lots=6, rate=0.08, finds=1.0)
    truth = (400 * 0.02 + 24 * 0.08) / 424
    alone = corrected(n, x_out, x_in)
    both = corrected(n, x_out, x_in, unreported=LotSums.of(hidden_n, hidden_x), unreported_lots=24)
    assert np.mean((alone.low <= truth) & (truth <= alone.high)) < 0.85
    assert np.mean((both.low <= truth) & (truth <= both.high)) >= 0.93


def test_one_pair_or_none_gives_no_number():
    reported = LotSums.of([100] * 40, [1] * 40)
    for pairs in (PairSums.of([100], [1], [100], [2]), PairSums(*[0] * 12)):
        got = two_phase_difference(reported, pairs)
        assert np.isnan([got.rate, got.low, got.high]).all()


def test_unreported_lots_that_nobody_inspected_leave_the_rate_as_it_was():
    reported, pairs = (
        LotSums.of([100] * 40, [1] * 40),
        PairSums.of([100] * 10, [1] * 10, [100] * 10, [1] * 10),
    )
    got = two_phase_difference(reported, pairs, unreported=LotSums(0, 0, 0, 0, 0, 0), unreported_lots=7)
    assert got.unreported_share == 0
    assert got.rate == two_phase_difference(reported, pairs).rate


def test_zero_everywhere_is_not_certainty():
    got = two_phase_difference(
        LotSums.of([80] * 48, [0] * 48), PairSums.of([80] * 12, [0] * 12, [80] * 12, [0] * 12)
    )
    assert got.rate == got.low == 0
    assert 1 / 960 < got.high < 10 / 960
