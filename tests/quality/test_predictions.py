"""Limits for the next value hold their chance, however few values they are made of."""

import numpy as np
import pytest

from quality.formulas.predictions import next_value


def test_the_limits_are_those_of_the_books():
    # qt(1 - pnorm(-3), 24) = 3.3416; mean 0 and s 1 of 25 values.
    values = np.tile([-1.0, 1.0], 13)[:25]
    values = (values - values.mean()) / values.std(ddof=1)
    found = next_value(values)
    assert found.centre == pytest.approx(0)
    assert 3 * found.sigma == pytest.approx(3.3416 * np.sqrt(1 + 1 / 25), rel=2e-3)


def test_the_next_value_crosses_with_the_chance_that_is_said():
    rng = np.random.default_rng(3)
    drawn = rng.normal(size=(200_000, 11))
    found = next_value(drawn[:, :10], chance=0.02)
    crossed = np.abs(drawn[:, 10] - found.centre) > 3 * found.sigma
    assert crossed.mean() == pytest.approx(0.02, abs=0.001)


def test_one_value_says_nothing():
    with pytest.raises(ValueError, match="two"):
        next_value([1.0])
