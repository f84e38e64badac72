"""Moments of groups and their merging; fingerprints of values."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quality.formulas.fingerprints import fingerprint_values
from quality.formulas.moments import merge_moments, moments_of_groups

NONE = [np.nan]


def test_groups_are_what_numpy_says_of_each():
    values = np.array([9.9, 10.1, 10.6, 4.0, 4.0])
    found = moments_of_groups([0, 3], values, [9.95, np.nan], [10.5, 3.0])
    assert found.n.tolist() == [3, 2]
    assert found.mean == pytest.approx([np.mean(values[:3]), 4.0])
    assert found.m2 == pytest.approx([np.var(values[:3]) * 3, 0.0])
    assert (found.minimum.tolist(), found.maximum.tolist()) == ([9.9, 4.0], [10.6, 4.0])
    assert found.out_of_limits.tolist() == [2, 2]


def test_a_limit_that_is_not_there_is_never_broken():
    assert moments_of_groups([0], [1e9, -1e9], NONE, NONE).out_of_limits.tolist() == [0]


def test_values_on_a_limit_are_within_it():
    assert moments_of_groups([0], [9.5, 10.5], [9.5], [10.5]).out_of_limits.tolist() == [0]


def test_a_mean_far_from_zero_costs_no_digits():
    """NIST's NumAcc4 in spirit: 10000000.2 with deviations of 0.1, whose standard deviation is 0.1."""
    values = np.array([10000000.2] + [10000000.1, 10000000.3] * 500)
    found = moments_of_groups([0], values, NONE, NONE)
    assert np.sqrt(found.m2[0] / (found.n[0] - 1)) == pytest.approx(0.1, rel=1e-8)


reals = st.floats(-1e6, 1e6, allow_subnormal=False)


@given(st.lists(reals, min_size=1, max_size=30), st.lists(reals, min_size=1, max_size=30))
def test_merging_two_sets_is_taking_them_together(one, other):
    merged = merge_moments(
        moments_of_groups([0], one, [-10.0], [10.0]), moments_of_groups([0], other, [-10.0], [10.0])
    )
    together = moments_of_groups([0], [*one, *other], [-10.0], [10.0])
    scale = max(map(abs, [*one, *other, 1e-3]))
    assert merged.n == together.n
    assert merged.mean == pytest.approx(together.mean, abs=1e-12 * scale)
    assert merged.m2 == pytest.approx(together.m2, rel=1e-9, abs=1e-9 * scale**2)
    assert merged.out_of_limits == together.out_of_limits
    assert (merged.minimum, merged.maximum) == (together.minimum, together.maximum)


rows = st.lists(
    st.tuples(st.integers(1, 3), st.integers(1, 9), st.floats(allow_nan=False)), min_size=1, max_size=20
)


@given(rows, st.randoms(use_true_random=False))
def test_a_fingerprint_does_not_know_the_order(values, chance):
    shuffled = list(values)
    chance.shuffle(shuffled)
    first, second = (
        fingerprint_values([0] * len(one), *zip(*one, strict=True)) for one in (values, shuffled)
    )
    assert first.tolist() == second.tolist()


@given(rows)
def test_another_value_has_another_fingerprint(values):
    characteristic, piece, value = values[0]
    changed = [(characteristic, piece, 1.5 if value != 1.5 else 2.5), *values[1:]]
    first, second = (fingerprint_values([0] * len(one), *zip(*one, strict=True)) for one in (values, changed))
    assert first.tolist() != second.tolist()


def test_values_swapped_between_pieces_are_other_values():
    assert fingerprint_values([0, 0], [1, 1], [1, 2], [9.9, 10.1]).tolist() != (
        fingerprint_values([0, 0], [1, 1], [1, 2], [10.1, 9.9]).tolist()
    )


def test_each_group_has_its_own():
    prints = fingerprint_values([1, 1, 2], [1, 1, 1], [1, 2, 1], [9.9, 10.1, 9.9])
    assert len(prints) == 2
    assert prints[0] != prints[1]
    assert fingerprint_values([], [], [], []).tolist() == []
