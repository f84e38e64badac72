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
    assert plan["oc"][0] == {"p": 0, "pa": 1}
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


@pytest.mark.parametrize(
    ("query", "field"),
    [
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
