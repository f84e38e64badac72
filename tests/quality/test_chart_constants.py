"""Constants of control charts, against quadrature of another kind and the printed tables."""

import numpy as np
import pytest

from quality.formulas.chart_constants import c4, d2, d3, factors
from tests.reference.cases import assert_meets, load

CASES = load("control_chart_cases.json")


@pytest.mark.parametrize("constant", [c4, d2, d3])
def test_constants_up_to_a_hundred(constant):
    case = CASES["cc-constants"]
    assert_meets(constant(case["input"]["n"]), case, constant.__name__)


def test_factors_up_to_twenty_five():
    case = CASES["cc-factors"]
    found = factors(case["input"]["n"])
    for name in ("A2", "A3", "B3", "B4", "D3", "D4"):
        assert_meets(getattr(found, name.lower()), case, name)


def test_two_values_have_constants_in_closed_form():
    assert float(d2(2)) == pytest.approx(2 / np.sqrt(np.pi), abs=1e-12)
    assert float(d3(2)) == pytest.approx(np.sqrt(2 - 4 / np.pi), abs=1e-12)
    assert float(d2(3)) == pytest.approx(3 / np.sqrt(np.pi), abs=1e-12)
    assert float(factors(2).e2) == pytest.approx(2.6587, abs=5e-5)


def test_large_subgroups_have_constants_too():
    # Tippett (1925): the mean range of 1,000 normal values is 6.48287 sigma.
    assert float(d2(1000)) == pytest.approx(6.48287, abs=6e-5)
    assert float(c4(10_000_000)) == pytest.approx(1 - 1 / (4 * 9_999_999), abs=1e-13)


def test_one_value_has_no_spread():
    for constant in (c4, d2, d3):
        assert np.isnan(constant([1, 0])).all()
        assert constant([[2, 1], [3, 5]]).shape == (2, 2)
