"""Looks that may be taken at any time: published formulas, and that all looks together err seldom enough."""

import numpy as np
import pytest

from quality.formulas.sequential import normal_sequence, proportion_p_values, proportion_sequence
from tests.reference.cases import assert_meets, load

CASES = load("sequential_cases.json")


def test_a_proportion_that_is_watched():
    case = CASES["seq-betabinomial-cs-1"]
    asked = case["input"]
    successes, trials = ([point[key] for point in asked["points"]] for key in ("successes", "t"))
    found = proportion_sequence(successes, trials, a=asked["a"], b=asked["b"], alpha=asked["alpha"])
    assert_meets(np.stack(found, axis=-1), case, "bounds")


def test_p_values_that_hold_at_every_look():
    case = CASES["seq-always-valid-p"]
    asked = case["input"]
    found = proportion_p_values(asked["observations"], asked["p0"], a=asked["a"], b=asked["b"])
    assert_meets(found[:, np.array(asked["at"]) - 1], case, "p")


def test_a_mean_that_is_watched():
    case = CASES["seq-msprt-normal"]
    asked = case["input"]
    found = normal_sequence(
        asked["values"], sigma=asked["sigma"], tau=asked["tau"], theta0=asked["theta0"], alpha=asked["alpha"]
    )
    at = np.array(asked["at"]) - 1
    assert_meets(found.ratio[at], case, "ratio")
    assert_meets(found.p[at], case, "p")
    assert_meets(np.stack([found.low, found.high], axis=-1)[at], case, "interval")


def test_before_the_first_trial_nothing_is_known():
    low, high = proportion_sequence([0, 0, 3], [0, 4, 3])
    assert (low[0], high[0], low[1], high[2]) == (0, 1, 0, 1)
    with pytest.raises(ValueError, match="successes"):
        proportion_sequence(2, 1)


def test_all_looks_together_err_seldom():
    found = normal_sequence(np.random.default_rng(14).normal(0, 1, (1000, 300)), sigma=1.0, tau=0.5)
    missed = ((found.low > 0) | (found.high < 0)).any(axis=-1)
    assert missed.mean() < 0.05
    assert np.array_equal(missed, found.p[:, -1] < 0.05)
