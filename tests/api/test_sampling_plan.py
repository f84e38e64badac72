"""The plan of a lot over the API: a pure function of what is asked."""

import pytest
from django.test import Client

from core import clock
from suppliers import services

PLAN = "/api/v1/sampling/plan/"


@pytest.fixture
def api(chain):
    _key, token = services.make_key(person=chain.engineer, name="test", may_write=False, now=clock.now())
    return Client(headers={"Authorization": f"Api-Key {token}"})


def asked(api, **query):
    response = api.get(PLAN, query_params=query)
    assert response.status_code == 200, response.content
    return response.json()


def test_a_lot_is_answered_with_plan_and_curve(api):
    plan = asked(api, lot_size=3000, aql="0.65", severity="tightened")
    assert (plan["code"], plan["n"], plan["ac"], plan["re"]) == ("K", [125], [1], [2])
    assert plan["pa_at_aql"] == pytest.approx(0.805, abs=5e-4)
    assert plan["limiting_quality"] == pytest.approx(0.0308, abs=5e-5)
    assert plan["oc"][0] == {"p": 0, "pa": 1, "aoq": 0, "ati": 125}
    assert plan["producer_risk"] == pytest.approx(0.195, abs=5e-4)
    # Good pieces replace what a rejected lot is sorted of: AOQ = p Pa (N - n) / N.
    for point in plan["oc"]:
        assert point["aoq"] == pytest.approx(point["p"] * point["pa"] * (3000 - 125) / 3000)
        assert point["ati"] == pytest.approx(125 + (1 - point["pa"]) * (3000 - 125))
    falling = [point["pa"] for point in plan["oc"]]
    assert falling == sorted(falling, reverse=True)
    assert falling[-1] == pytest.approx(0.01)


def test_the_same_question_has_the_same_answer_whatever_is_stored(api, chain):
    assert asked(api, lot_size=500) == asked(api, lot_size=500, level="II", aql="1.0", severity="normal")


@pytest.mark.parametrize("aql", ["40", "65", "100", "250", "1000"])
@pytest.mark.parametrize("lot_size", [20, 200, 10_000_000])
def test_double_plans_by_nonconformities_have_their_curve(api, aql, lot_size):
    plan = asked(api, lot_size=lot_size, level="III", aql=aql, sampling="double")
    chances = [point["pa"] for point in plan["oc"]]
    assert chances == sorted(chances, reverse=True)
    assert chances[-1] < 0.05


def test_a_double_plan_has_two_samples_and_its_limiting_quality_lies_on_its_curve(api):
    plan = asked(api, lot_size=3000, sampling="double")
    assert (plan["sampling"], plan["n"], plan["ac"], plan["re"]) == ("double", [80, 80], [1, 4], [3, 5])
    near = min(plan["oc"], key=lambda point: abs(point["p"] - plan["limiting_quality"]))
    assert near["pa"] == pytest.approx(0.1, abs=0.03)
    assert asked(api, lot_size=500, aql="0.25", sampling="double")["sampling"] == "single"


def test_a_small_lot_is_inspected_whole(api):
    plan = asked(api, lot_size=12, aql="0.65", sampling="double")
    assert (plan["full_inspection"], plan["n"], plan["plan_code"]) == (True, [12], "F")


def test_nonconformities_are_counted_by_poissons_law(api):
    plan = asked(api, lot_size=5, aql="650")
    assert (plan["model"], plan["n"], plan["ac"]) == ("poisson", [2], [21])
    assert plan["limiting_quality"] > 6.5


def test_a_plan_by_variables_measures_fewer_pieces(api):
    plan = asked(api, lot_size=1000, sampling="variables")
    # Z1.9, letter J at level II: the k that MIL-STD-414 prints for 35 pieces at AQL 1.0.
    assert (plan["n"], plan["k"], plan["ac"], plan["model"]) == ([35], 1.89, [], "normal")
    assert 0.85 < plan["pa_at_aql"] < 1
    near = min(plan["oc"], key=lambda point: abs(point["p"] - plan["limiting_quality"]))
    assert near["pa"] == pytest.approx(0.1, abs=0.03)
    assert plan["oc"][-1]["pa"] == pytest.approx(0.01, abs=1e-6)


def test_an_accept_zero_plan_turns_its_quality_away(api):
    plan = asked(api, lot_size=5000, sampling="accept-zero", rql=1, confidence=0.9)
    # 0.99^230 = 0.0991 and 0.99^229 = 0.1001.
    assert (plan["n"], plan["ac"], plan["re"], plan["pa_at_aql"]) == ([230], [0], [1], None)
    assert plan["limiting_quality"] == pytest.approx(0.00996, abs=1e-5)
    assert asked(api, lot_size=100, sampling="accept-zero", rql=1)["full_inspection"] is True


def test_skipping_lots_accepts_more_of_them_and_inspects_fewer(api):
    plan = asked(api, lot_size=3000, skip_clearance=8, skip_one_in=4)
    assert plan["skip_lot"][0] == {"p": 0, "pa": 1, "inspected_share": 0.25}
    for every, skipping in zip(plan["oc"], plan["skip_lot"], strict=True):
        assert skipping["pa"] >= every["pa"] - 1e-12
        p8 = every["pa"] ** 8
        assert skipping["inspected_share"] == pytest.approx(0.25 / (0.25 + 0.75 * p8))
    assert asked(api, lot_size=3000)["skip_lot"] == []


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"lot_size": 100, "sampling": "accept-zero"}, "rql"),
        ({"lot_size": 100, "sampling": "variables", "severity": "reduced"}, "severity"),
        ({"lot_size": 100, "sampling": "variables", "aql": "100"}, "aql"),
        ({"lot_size": 100, "skip_one_in": 3}, "skip_clearance"),
        ({}, "lot_size"),
        ({"lot_size": 1}, "lot_size"),
        ({"lot_size": "many"}, "lot_size"),
        ({"lot_size": 100, "aql": "0.7"}, "aql"),
        ({"lot_size": 100, "level": "IV"}, "level"),
        ({"lot_size": 100, "severity": "strict"}, "severity"),
    ],
)
def test_what_the_standard_does_not_know_is_named(api, query, field):
    response = api.get(PLAN, query_params=query)
    assert response.status_code == 400
    assert [error["attr"] for error in response.json()["errors"]] == [field]
