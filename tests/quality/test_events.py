import numpy as np
import pytest

from quality.formulas.events import event_sum_interval


@pytest.mark.parametrize(
    ("count", "low", "high"),
    [
        # R: poisson.test(x)$conf.int
        (0, 0.0, 3.688879),
        (1, 0.02531781, 5.571643),
        (10, 4.795389, 18.390356),
    ],
)
def test_events_of_one_piece_give_garwoods_interval(count, low, high):
    assert event_sum_interval(count, count, 1) == pytest.approx((low, high), rel=2e-7)


def test_weighted_events_give_the_interval_of_fay_and_feuer():
    """Births of order 5 and more with Down's syndrome, Fleiss (1981) table 14.4.

    R dsrTest 0.2.1, method "gamma", multiplier 1e5: 75.52901 (67.70212, 188.30017).
    """
    births = np.array([327, 30666, 123419, 149919, 104088, 34392])
    cases = np.array([0, 8, 63, 112, 262, 295])
    standard = np.array([319933, 931318, 786511, 488235, 237863, 61313])
    weight = 1e5 * standard / standard.sum() / births
    total = (weight * cases).sum()
    assert total == pytest.approx(75.52901, abs=5e-6)
    bounds = event_sum_interval(total, (weight**2 * cases).sum(), weight.max())
    assert bounds == pytest.approx((67.70212, 188.30017), abs=5e-6)


def test_one_great_return_widens_the_interval():
    alone, together = event_sum_interval(300, 300, 1), event_sum_interval(300, 200**2 + 100, 200)
    assert together[0] < alone[0]
    assert together[1] > alone[1]


def test_pieces_in_events_are_covered():
    rng = np.random.default_rng(4)
    held = 0
    for _ in range(2000):
        pieces = rng.choice([1, 2, 5, 30, 300], p=[0.5, 0.2, 0.15, 0.1, 0.05], size=rng.poisson(150))
        low, high = event_sum_interval(pieces.sum(), (pieces**2).sum(), pieces.max(initial=1))
        held += low <= 150 * 19.65 <= high
    assert held / 2000 >= 0.93


def test_sums_that_contradict_each_other_are_refused():
    for sums in ((-1, 1, 1), (5, 0, 1), (0, 3, 1), (5, 26, 5)):
        with pytest.raises(ValueError, match="contradict"):
            event_sum_interval(*sums)
