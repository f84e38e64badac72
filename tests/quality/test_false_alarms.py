"""The budget of false alarms: what rules cost by chance, and what gives way first."""

import pytest

from quality.formulas.false_alarms import PLANS, Pace, Plan, expected_false_alarms, plan_within


def test_each_rule_costs_its_points_over_its_run_length():
    cost = expected_false_alarms(Pace(inspected=100, measured=400, frozen=0), Plan())
    assert cost["pass_rate"] == pytest.approx(0.1)
    assert cost["run_rule"] == pytest.approx(400 / 370.398, rel=1e-4)
    assert cost["capability"] == pytest.approx(16 * 0.025)
    frozen = expected_false_alarms(Pace(0, 0, frozen=511), Plan())
    assert frozen["run_rule"] == pytest.approx(511 / 370.398 + 1, rel=1e-4)


def test_the_least_certain_gives_way_first_and_no_more_than_needed():
    assert plan_within(Pace(50, 50, 0), 0.5) == 0
    assert plan_within(Pace(0, 0, 110), 0.5) == 1  # runs alone
    assert plan_within(Pace(50, 200, 0), 0.5) == 2  # limits made of the past
    assert plan_within(Pace(1e6, 1e6, 1e6), 0.5) == len(PLANS) - 1
    costs = [sum(expected_false_alarms(Pace(100, 100, 100), plan).values()) for plan in PLANS]
    assert costs == sorted(costs, reverse=True)
