import numpy as np
import pytest

from quality.formulas.sampling import z19
from quality.formulas.sampling.acceptance import acceptance_probability
from quality.formulas.sampling.variables import (
    acceptability_constant,
    estimated_nonconforming,
    find_variables_plan,
    judge_by_variables,
    plan_like_attributes,
    variables_acceptance_probability,
)
from quality.formulas.sampling.z19 import z19_plan
from tests.reference.cases import assert_meets, load

CASES = load("acceptance_cases.json")
# What the plans of Z1.9 accept at their AQL, by letter: the rule behind the constants printed.
ACCEPTED_AT_AQL = dict(
    zip(
        "BCDEFGHIJKLMNP",
        (0.89, 0.90, 0.90, 0.90, 0.90, 0.91, 0.92, 0.93, 0.94, 0.95, 0.96, 0.97, 0.98, 0.99),
        strict=True,
    )
)


def test_a_plan_of_unknown_sigma_is_found_by_the_noncentral_t_law():
    case = CASES["as-variables-unknown"]
    asked = case["input"]
    plan = find_variables_plan(
        asked["aql"],
        asked["rql"],
        producer_risk=1 - asked["one_minus_alpha"],
        consumer_risk=asked["beta"],
    )
    assert plan.n == case["expected"]["n"]
    assert_meets(plan.k, case, "k")
    assert_meets(variables_acceptance_probability(plan.n, plan.k, asked["p"]), case, "pa")


def test_a_known_sigma_saves_pieces_and_meets_the_closed_form():
    plan = find_variables_plan(0.01, 0.06, sigma_known=True)
    # ((1.6449 + 1.2816) / (2.3263 - 1.5548))^2 = 14.39
    assert plan.n == 15
    assert plan.k == pytest.approx(2.326348 - 1.644854 / np.sqrt(15), abs=1e-6)
    assert variables_acceptance_probability(15, plan.k, 0.01, sigma_known=True) == pytest.approx(0.95)
    assert variables_acceptance_probability(15, plan.k, 0.06, sigma_known=True) <= 0.10


def test_every_cell_of_z19_that_was_published_is_met():
    case = CASES["as-z19-k-normal"]
    plans = [
        z19_plan(
            int(cell["lot"].split("-")[0]), level=cell["level"], aql=cell["aql"], severity=cell["severity"]
        )
        for cell in case["input"]["cells"]
    ]
    assert [plan.n for plan in plans] == case["expected"]["n"]
    assert_meets([plan.k for plan in plans], case, "k")


@pytest.mark.parametrize("letter", ACCEPTED_AT_AQL)
def test_the_constants_printed_are_those_of_one_chance_of_acceptance_a_letter(letter):
    """0.89 to 0.99 by letter; 0.015 is the farthest that a printed k lies from the computed one."""
    n, printed = z19._PLANS[letter]
    aqls = np.array([0.065, *map(float, z19.AQLS)])[-len(printed) :] / 100
    computed = [acceptability_constant(n, aql, ACCEPTED_AT_AQL[letter]) for aql in aqls]
    assert np.allclose(computed, printed, atol=0.0151, rtol=0)


def test_tightened_inspection_reads_one_aql_to_the_left():
    assert z19_plan(1000, aql="1.0", severity="tightened") == z19_plan(1000, aql="0.65")
    assert z19_plan(10, aql="1.5", severity="tightened") == (4, 1.45)
    assert z19_plan(200, aql="0.10", severity="tightened") == (15, 2.53)


@pytest.mark.parametrize("lot", [2, 30, 300, 3000, 300_000, 10**7])
def test_a_higher_level_never_takes_fewer_pieces(lot):
    sizes = [z19_plan(lot, level=level).n for level in ("S-3", "S-4", "I", "II", "III")]
    assert sizes == sorted(sizes)


def test_a_plan_matched_to_an_attributes_plan_has_its_curve_with_half_the_pieces():
    plan = plan_like_attributes(80, 2)
    p = np.array([0.005, 0.01, 0.02, 0.04, 0.08])
    by_attributes = acceptance_probability(80, 2, p)
    assert plan.n < 40
    assert np.allclose(variables_acceptance_probability(plan.n, plan.k, p), by_attributes, atol=0.04)


def test_samples_are_judged_limit_by_limit():
    case = CASES["as-variables-decision-z19"]
    asked = case["input"]
    verdict = judge_by_variables(asked["values"], asked["k"], usl=asked["usl"])
    for name in ("mean", "s", "qu"):
        assert_meets(getattr(verdict, name), case, name)
    assert verdict.accept == case["expected"]["accept"]
    assert np.isnan(verdict.ql)

    case = CASES["as-variables-two-limits-accept"]
    asked = case["input"]
    verdict = judge_by_variables(asked["values"], asked["k"], lsl=asked["lsl"], usl=asked["usl"])
    for name in ("mean", "s", "ql", "qu"):
        assert_meets(getattr(verdict, name), case, name)
    assert verdict.accept == case["expected"]["accept"]


def test_many_samples_are_judged_in_one_call():
    values = np.array([[10.0, 10.1, 9.9], [10.0, 10.4, 9.6], [10.0, 10.0, 10.0]])
    assert judge_by_variables(values, 1.12, lsl=9.7, usl=10.3).accept.tolist() == [True, False, True]
    assert judge_by_variables(values, 1.12, usl=10.3, sigma=0.2).accept.tolist() == [True, True, True]


def test_the_fraction_beyond_a_limit_is_estimated_without_bias():
    case = CASES["as-variables-estimate"]
    cases = [(one["Q"], one["n"]) for one in case["input"]["cases"]]
    assert_meets(estimated_nonconforming(*zip(*cases, strict=True)), case, "p")
    # Of a known sigma a quality index of 1.5 among 9: Phi(-1.5 * sqrt(9/8)) = Phi(-1.591).
    assert estimated_nonconforming(1.5, 9, sigma_known=True) == pytest.approx(0.05580, abs=1e-5)


@pytest.mark.parametrize(
    ("impossible", "message"),
    [
        (lambda: find_variables_plan(0.05, 0.01), "aql < rql"),
        (lambda: find_variables_plan(0.01, 0.01001), "too close"),
        (lambda: judge_by_variables([1.0, 2.0], 1.0), "limit"),
        (lambda: judge_by_variables([1.0], 1.0, usl=2.0), "two values"),
        (lambda: estimated_nonconforming(1.0, 2), "three pieces"),
        (lambda: z19_plan(1), "two pieces"),
        (lambda: z19_plan(100, severity="reduced"), "not covered"),
        (lambda: z19_plan(100, aql="15"), "not covered"),
    ],
)
def test_what_cannot_be_planned_or_judged_is_refused(impossible, message):
    with pytest.raises(ValueError, match=message):
        impossible()
