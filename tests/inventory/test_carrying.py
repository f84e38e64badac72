"""Figures that hold until the next one is known."""

import numpy as np
from numpy.testing import assert_array_equal

from inventory.formulas.carrying import as_of, carry_back, carry_forward, first_known, shifted

NONE = np.nan


def test_the_last_known_figure_is_carried_forward_and_nothing_before_the_first():
    months = [[NONE, 3, NONE, 5, NONE], [NONE] * 5]
    assert_array_equal(carry_forward(months), [[NONE, 3, 3, 5, 5], [NONE] * 5])


def test_the_next_known_figure_is_carried_back():
    assert_array_equal(carry_back([NONE, 3, NONE, 5, NONE]), [3, 3, 5, 5, NONE])


def test_a_month_opens_with_what_the_one_before_it_closed_with():
    assert_array_equal(shifted([1, 2, 3]), [NONE, 1, 2])


def test_the_first_choice_that_is_known_is_taken():
    assert_array_equal(first_known([1, NONE, NONE], [9, 2, NONE], 7), [1, 2, 7])


def test_a_cost_holds_until_the_next_and_never_for_another_key():
    keys, times, costs = [2, 1, 1], [5, 8, 3], [20.0, 11.0, 10.0]
    found = as_of(keys, times, costs, [[1], [2], [3]], [2, 3, 7, 8])
    assert_array_equal(found, [[NONE, 10, 10, 11], [NONE, NONE, 20, 20], [NONE] * 4])


def test_of_nothing_nothing_is_known():
    assert_array_equal(as_of([], [], [], [1, 2], [3, 3]), [NONE, NONE])
    assert_array_equal(carry_forward(np.empty((0, 4))), np.empty((0, 4)))
