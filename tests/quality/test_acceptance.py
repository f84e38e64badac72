import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quality.formulas.sampling.acceptance import (
    acceptance_probability,
    average_outgoing_quality,
    average_total_inspection,
    double_acceptance,
    double_quality_accepted,
    double_total_inspection,
    find_single_plan,
    lot_acceptance_probability,
    outgoing_limit,
    quality_accepted,
    within_classes,
    zero_acceptance_size,
    zero_acceptance_size_in_lot,
)
from quality.formulas.sampling.skipping import Skipping, after_inspected_lot, skip_lot_long_run
from tests.reference.cases import assert_meets, load

CASES = load("acceptance_cases.json")


def asked(case, *names):
    return [case["input"][name] for name in names]


def test_the_curve_of_a_single_plan_is_that_of_r():
    case = CASES["as-oc-n52-c3"]
    assert_meets(acceptance_probability(*asked(case, "n", "ac", "p")), case, "pa")
    case = CASES["as-oc-80-3"]
    for model in ("binomial", "poisson"):
        assert_meets(acceptance_probability(*asked(case, "n", "ac", "p"), model=model), case, model)


@pytest.mark.parametrize("case", ["as-published-ecfr-oc6", "as-cfr42-published-95"])
def test_the_curve_is_the_one_that_the_code_of_federal_regulations_prints(case):
    case = CASES[case]
    n, ac, per_hundred = asked(case, "n", "ac", "dphu")
    assert_meets(acceptance_probability(n, ac, np.array(per_hundred) / 100, model="poisson"), case, "pa")


@pytest.mark.parametrize("case", ["as-oc-double-50-50", "as-double-ati-80", "as-double-ati-32"])
def test_double_plans_have_curve_sample_number_and_total_inspection(case):
    case = CASES[case]
    n, ac, re, p = asked(case, "n", "ac", "re", "p")
    inspected = double_acceptance(tuple(n), tuple(ac), tuple(re), p)
    assert_meets(inspected.pa, case, "pa")
    assert_meets(inspected.asn, case, "asn")
    if "ati" in case["expected"]:
        assert_meets(double_total_inspection(case["input"]["lot"], tuple(n), inspected), case, "ati")


@pytest.mark.parametrize("case", ["as-findplan-0.01-0.06", "as-findplan-0.001-0.01"])
def test_the_smallest_plan_keeps_both_risks(case):
    case = CASES[case]
    aql, rql, safe, beta = asked(case, "aql", "rql", "one_minus_alpha", "beta")
    for model in ("binomial", "poisson"):
        plan = find_single_plan(aql, rql, producer_risk=1 - safe, consumer_risk=beta, model=model)
        assert {"n": plan.n, "ac": plan.ac} == case["expected"][model]
    plan = find_single_plan(aql, rql, producer_risk=1 - safe, consumer_risk=beta)
    assert_meets(plan.producer_risk, case, "producer_risk")
    assert_meets(plan.consumer_risk, case, "consumer_risk")


def test_the_exact_chance_of_one_lot_is_hypergeometric():
    case = CASES["as-risks-hyper-150-20-1"]
    lot, n, ac, bad = asked(case, "lot", "n", "ac", "nonconforming_in_lot")
    assert_meets(lot_acceptance_probability(lot, n, ac, bad), case, "hypergeometric")
    assert_meets(acceptance_probability(n, ac, np.array(bad) / lot), case, "binomial")


def test_a_quality_is_found_from_its_chance_of_acceptance():
    case = CASES["as-quality-at-pa-80-2"]
    assert_meets(quality_accepted(*asked(case, "n", "ac", "pa")), case, "p")


def test_screening_inspection_has_outgoing_quality_its_limit_and_total_inspection():
    case = CASES["as-ati-52-3"]
    lot, n, ac, p = asked(case, "lot", "n", "ac", "p")
    assert_meets(average_total_inspection(lot, n, acceptance_probability(n, ac, p)), case, "ati")
    case = CASES["as-aoq-finite-500-50-1"]
    lot, n, ac, p = asked(case, "lot", "n", "ac", "p")
    pa = acceptance_probability(n, ac, p)
    assert_meets(average_outgoing_quality(p, pa, n, lot), case, "aoq")
    assert_meets(average_total_inspection(lot, n, pa), case, "ati")
    case = CASES["as-aoql-80-2"]
    limit = outgoing_limit(*asked(case, "n", "ac"))
    assert_meets(limit.aoql, case, "aoql")
    assert_meets(limit.at, case, "at")
    by_poisson = outgoing_limit(80, 0, model="poisson")  # p exp(-80 p) is largest at 1/80
    assert by_poisson == pytest.approx((np.exp(-1) / 80, 1 / 80))


@pytest.mark.parametrize("model", ["binomial", "poisson"])
def test_the_quality_a_double_plan_accepts_is_found_from_its_curve(model):
    plan = ((80, 80), (2, 6), (5, 7))
    quality = double_quality_accepted(*plan, 0.1, model=model)
    assert double_acceptance(*plan, quality, model=model).pa == pytest.approx(0.1)


def test_zero_acceptance_takes_the_smallest_sample_that_is_sure_enough():
    case = CASES["as-c0-binomial"]
    qualities = [(one["rql"], one["confidence"]) for one in case["input"]["cases"]]
    assert zero_acceptance_size(*zip(*qualities, strict=True)).tolist() == case["expected"]["n"]


def test_in_one_lot_zero_acceptance_needs_fewer_than_in_a_process():
    assert zero_acceptance_size_in_lot(100, 1, 0.95) == 95
    assert zero_acceptance_size_in_lot(100, 100, 0.95) == 1
    in_lot = zero_acceptance_size_in_lot(1000, 10, 0.95)
    assert in_lot < zero_acceptance_size(0.01, 0.95)
    missed = lot_acceptance_probability(1000, [in_lot - 1, in_lot], 0, 10)
    assert missed[0] > 0.05 >= missed[1]


def test_a_lot_must_be_within_the_number_of_every_class():
    case = CASES["as-cfr42-classes"]
    lots = case["input"]["lots"]
    found = {name: np.array([lot[name] for lot in lots]) for name in lots[0]}
    assert within_classes(found, case["input"]["ac"]).tolist() == case["expected"]["accepted"]


def test_skip_lot_inspects_less_and_accepts_a_little_more():
    case = CASES["as-skip-lot-sksp2"]
    n, ac, clearance, fraction, p = asked(case, "n", "ac", "i", "f", "p")
    reference = acceptance_probability(n, ac, p)
    assert_meets(reference, case, "reference_pa")
    run = skip_lot_long_run(reference, clearance=clearance, fraction=fraction)
    assert_meets(run.pa, case, "pa")
    assert_meets(run.inspected_share, case, "inspected_share")


def test_lots_are_skipped_after_the_clearance_and_no_more_after_one_rejection():
    state = Skipping()
    for _ in range(7):
        state = after_inspected_lot(state, True, clearance=8)
    assert not state.skipping
    state = after_inspected_lot(state, True, clearance=8)
    assert state.skipping
    assert after_inspected_lot(state, True, clearance=8).skipping
    assert after_inspected_lot(state, False, clearance=8) == Skipping()


plans = st.integers(1, 400).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, min(n - 1, 30))))


@given(plans, st.floats(0.001, 0.999), st.sampled_from(["binomial", "poisson"]))
def test_quality_and_chance_of_acceptance_undo_each_other(plan, pa, model):
    quality = quality_accepted(*plan, pa, model=model)
    assert acceptance_probability(*plan, quality, model=model) == pytest.approx(pa, abs=1e-9)


@given(plans)
def test_no_quality_leaves_worse_than_the_outgoing_limit(plan):
    n, ac = plan
    p = np.linspace(0, 1, 501)
    limit = outgoing_limit(n, ac)
    assert np.all(average_outgoing_quality(p, acceptance_probability(n, ac, p), n) <= limit.aoql + 1e-12)


def test_a_plan_that_takes_the_whole_lot_knows_its_quality():
    assert lot_acceptance_probability(20, 20, 1, [0, 1, 2]).tolist() == [1, 1, 0]


@pytest.mark.parametrize(
    ("impossible", "message"),
    [
        (lambda: acceptance_probability(0, 0, 0.1), "n >= 1"),
        (lambda: acceptance_probability(10, 0, 1.1), "fraction"),
        (lambda: acceptance_probability(10, 0, 0.1, model="normal"), "model"),
        (lambda: lot_acceptance_probability(10, 11, 0, 0), "within the lot"),
        (lambda: double_acceptance((50, 50), (3, 4), (3, 5), 0.1), "double plan"),
        (lambda: quality_accepted(5, 5, 0.5), "Ac < n"),
        (lambda: outgoing_limit(5, 5), "accepts everything"),
        (lambda: find_single_plan(0.06, 0.01), "aql < rql"),
        (lambda: zero_acceptance_size(0.0, 0.9), "between 0 and 1"),
        (lambda: zero_acceptance_size_in_lot(10, 0, 0.9), "nonconforming"),
        (lambda: skip_lot_long_run(0.9, clearance=0, fraction=0.5), "clearance"),
    ],
)
def test_what_is_no_plan_is_refused(impossible, message):
    with pytest.raises(ValueError, match=message):
        impossible()
