"""CUSUM of counts: the run lengths of its law, by published numbers and by drawing lots."""

import numpy as np
import pytest

from quality.formulas.count_cusum import CountDesign, count_cusum, count_run_length, design_count_cusum


def test_the_run_length_is_that_of_a_shewhart_chart_where_the_sum_cannot_build_up():
    # Reference c and decision 0: a signal is a count above c, so 1 / P(X > 2) of Poisson(1).
    chance = 1 - np.exp(-1.0) * (1 + 1 + 0.5)
    assert count_run_length(CountDesign(2.0, 0.0, np.nan), 1.0) == pytest.approx(1 / chance)


@pytest.mark.parametrize(("mean", "dispersion"), [(0.3, 1.0), (0.3, 1.6), (4.0, 2.5)])
def test_the_run_length_is_that_of_drawn_lots(mean, dispersion):
    design = design_count_cusum(mean, dispersion=dispersion, run_length=200)
    assert design.run_length >= 200
    rng = np.random.default_rng(1)
    size = 400_000
    drawn = (
        rng.poisson(mean, size)
        if dispersion == 1
        else rng.negative_binomial(mean / (dispersion - 1), 1 / dispersion, size)
    )
    found = count_cusum(
        drawn, np.full(size, 100), usual_size=100, reference=design.reference, decision=design.decision
    )
    # About 2,000 runs or fewer: the mean of as many geometric lengths lies within a tenth.
    assert size / found.signals.sum() == pytest.approx(design.run_length, rel=0.1)
    assert count_run_length(design, 2 * mean, dispersion=dispersion) < design.run_length / 5


def test_more_spread_between_lots_asks_for_a_wider_decision():
    plain, spread = (design_count_cusum(2.0, dispersion=one, run_length=500) for one in (1.0, 3.0))
    assert spread.decision > 1.5 * plain.decision


def test_a_signal_names_where_the_rise_began_and_begins_again():
    found = count_cusum([0, 1, 0, 3, 3, 3, 0], [100] * 7, usual_size=100, reference=1.0, decision=3.5)
    assert found.signals.tolist() == [False, False, False, False, True, False, False]
    assert found.began[4] == 3
    half = count_cusum([1, 1], [50, 50], usual_size=100, reference=1.0, decision=9)
    assert half.sums.tolist() == [0.5, 1.0]


def test_impossible_counts_are_refused():
    with pytest.raises(ValueError, match="above 0"):
        design_count_cusum(0.0)
