"""Nelson's and Western Electric's rules, against two independent programs and by their own words."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quality.formulas.run_rules import NELSON, SPANS, WESTERN_ELECTRIC, Rule, places, run_rules
from tests.reference.cases import load

CASES = load("control_chart_cases.json")


@pytest.mark.parametrize(
    ("name", "rules"),
    [
        ("rules-nelson-mixed", NELSON),
        ("rules-nelson-alternating", NELSON),
        ("rules-weco-mixed", WESTERN_ELECTRIC),
    ],
)
def test_rules_name_the_points_that_complete_a_pattern(name, rules):
    case = CASES[name]
    asked = case["input"]
    found = places(run_rules(asked["values"], asked["center"], asked["sigma"], rules=rules))
    assert found == case["expected"]


def test_only_rules_that_are_switched_on_answer():
    assert list(run_rules([5.0], 0.0, 1.0, rules=[Rule.NELSON_1, Rule.WECO_4])) == [
        Rule.NELSON_1,
        Rule.WECO_4,
    ]


def test_lines_are_crossed_strictly_also_after_rounding():
    # (10.3 - 10) / 0.1 is 3.0000000000000071 in binary.
    found = places(run_rules([10.3, 10.31, 9.7], 10.0, 0.1, rules=[Rule.NELSON_1]))
    assert found[Rule.NELSON_1] == [2]


def test_a_missing_point_breaks_a_run():
    values = [0.5] * 8 + [np.nan] + [0.5] * 9
    assert places(run_rules(values, 0.0, 1.0, rules=[Rule.NELSON_2]))[Rule.NELSON_2] == [18]


def test_limits_may_differ_from_point_to_point():
    found = run_rules([[2.0, 2.0], [4.0, 0.0]], [0.0, 0.0], [[0.5, 1.0], [1.0, 1.0]], rules=[Rule.NELSON_1])
    assert found[Rule.NELSON_1].tolist() == [[True, False], [True, False]]


def _by_the_words(z, rule):
    """The rules as a person reads them off a chart, one point at a time."""
    span = SPANS[rule]
    marks = []
    for last in range(len(z)):
        whole = z[max(0, last - span + 1) : last + 1]
        full = len(whole) == span
        steps = np.sign(np.diff(whole))
        same_side = whole * np.sign(z[last])
        marks.append(
            {
                1: abs(z[last]) > 3,
                2: full and ((whole > 0).all() or (whole < 0).all()),
                3: full and abs(steps.sum()) == span - 1,
                4: full and (steps != 0).all() and (steps[1:] == -steps[:-1]).all(),
                5: abs(z[last]) > 2 and (same_side > 2).sum() >= 2,
                6: abs(z[last]) > 1 and (same_side > 1).sum() >= 4,
                7: full and (abs(whole) < 1).all(),
                8: full and (abs(whole) > 1).all(),
            }[int(rule[-1])]
        )
    return marks


@given(
    st.lists(st.sampled_from([-3.5, -2.5, -1.5, -0.5, 0.0, 0.2, 0.5, 1.5, 2.5, 3.5]), max_size=40),
    st.booleans(),
)
@settings(max_examples=60)
def test_rules_are_what_their_words_say(values, wavy):
    z = np.array(values) * (np.where(np.arange(len(values)) % 2, -1, 1) if wavy else 1)
    for rule, marks in run_rules(z, 0.0, 1.0).items():
        assert marks.tolist() == _by_the_words(z, rule), rule
    scaled = run_rules(z * 0.25 - 7, -7.0, 0.25)
    assert places(scaled) == places(run_rules(z, 0.0, 1.0))
