import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quality.formulas.proportion import wilson_interval
from quality.formulas.ranking import beta_law, joint_confidence, rank_ranges, shrunken_rates
from tests.reference.cases import assert_meets, load

CASES = load("rates_cases.json")


def test_the_beta_law_is_that_of_the_analysis_of_variance():
    case = CASES["rate-betabinomial-moments"]
    lots = case["input"]["lots"]
    law = beta_law([lot["nonconforming"] for lot in lots], [lot["inspected"] for lot in lots])
    for key in ("rho", "alpha", "beta"):
        assert_meets(getattr(law, key), case, key)


def test_few_pieces_are_drawn_towards_the_mean_and_many_are_not():
    conforming, inspected = np.array([59, 9850, 9950, 9890]), np.array([60, 10000, 10000, 10000])
    shrunk = shrunken_rates(conforming, inspected)
    raw = conforming / inspected
    mean = conforming.sum() / inspected.sum()
    assert abs(shrunk[0] - mean) < 0.5 * abs(raw[0] - mean)
    assert shrunk[1:] == pytest.approx(raw[1:], abs=5e-4)


def test_groups_that_differ_only_by_chance_are_ranked_alike():
    assert shrunken_rates([99, 99, 99], [100, 100, 100]) == pytest.approx([0.99] * 3)


def test_a_group_without_pieces_takes_the_common_mean():
    assert shrunken_rates([0, 90, 99], [0, 100, 100])[0] == pytest.approx(0.945, abs=0.02)


def test_rank_ranges_of_a_worked_example():
    low, high = [0.990, 0.980, 0.950, 0.900, np.nan], [0.999, 0.995, 0.970, 0.998, np.nan]
    best, worst = rank_ranges(low, high)
    assert best.tolist() == [1, 1, 3, 1, 0]
    assert worst.tolist() == [3, 3, 4, 4, 0]


@given(
    st.lists(
        st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))),
        min_size=1,
        max_size=20,
    )
)
def test_the_rank_by_the_estimate_lies_inside_its_range(groups):
    found, inspected = np.array(groups).T
    best, worst = rank_ranges(*wilson_interval(found, inspected, confidence=joint_confidence(len(groups))))
    rates = found / inspected
    rank = 1 + (rates[:, None] < rates).sum(1)
    assert np.all((best <= rank) & (rank <= worst))
    assert np.all((best >= 1) & (worst <= len(groups)))


def test_all_true_ranks_lie_inside_their_ranges_together():
    rng = np.random.default_rng(3)
    truth = np.linspace(0.95, 0.995, 11)[::-1]
    held = 0
    for _ in range(400):
        found = rng.binomial(800, truth)
        best, worst = rank_ranges(*wilson_interval(found, 800, confidence=joint_confidence(11)))
        held += np.all((best <= np.arange(1, 12)) & (np.arange(1, 12) <= worst))
    assert held / 400 >= 0.95
