import json
from pathlib import Path

import pytest

from quality.formulas.sampling.acceptance import acceptance_probability, double_acceptance, quality_accepted
from quality.formulas.sampling.plans import (
    AQLS,
    LETTERS,
    LEVELS,
    SEVERITIES,
    DoublePlan,
    code_letters,
    double_plan,
    plans_for_lots,
    single_plan,
    tighter_acceptance,
)
from tests.reference import cases
from tests.reference.cases import load

CASES = load("acceptance_cases.json")
PRINTED = json.loads((Path(cases.__file__).parent / "iso2859_cells.json").read_text(encoding="utf-8"))
SINGLE_PLANS = [case for case in CASES.values() if case["id"].startswith("as-plan-")]


def test_every_printed_cell_of_the_master_tables_is_met_arrows_followed():
    wrong = [
        cell
        for cell in PRINTED["cells"]
        if single_plan(cell["code"], cell["aql"], cell["severity"])
        != (cell["plan_code"], cell["n"], cell["ac"], cell["re"])
    ]
    assert len(PRINTED["cells"]) == 416
    assert wrong == []


@pytest.mark.parametrize("table", [PRINTED, CASES["as-code-letters"]["input"]], ids=["table", "case"])
def test_code_letters_hold_from_the_first_to_the_last_lot_of_each_row(table):
    letters = table.get("code_letters") or CASES["as-code-letters"]["expected"]["letters"]
    first, last = zip(*table["lots"], strict=True)
    last = [*last[:-1], 10_000_000]
    for level, expected in zip(table["levels"], zip(*letters, strict=True), strict=True):
        assert code_letters(first, level).tolist() == list(expected)
        assert code_letters(last, level).tolist() == list(expected)


@pytest.mark.parametrize("case", SINGLE_PLANS, ids=lambda case: case["id"])
def test_the_plan_of_a_lot_is_the_standards(case):
    asked = dict(case["input"])
    plan = plans_for_lots(asked.pop("lot"), **asked)
    assert {name: getattr(plan, name).item() for name in case["expected"]} == case["expected"]


def test_a_lot_smaller_than_its_sample_is_inspected_whole():
    plans = plans_for_lots([7, 20, 21], aql="0.65")
    assert plans.n.tolist() == [7, 20, 20]
    assert plans.full_inspection.tolist() == [True, True, False]


@pytest.mark.parametrize("severity", SEVERITIES)
def test_no_plan_is_more_lenient_than_its_aql_asks(severity):
    """A table shifted by one column would accept 1.6 times the AQL as if it were the AQL.

    In the rows with a plan of their own the tables accept lots of AQL quality with 0.88 to 0.99 on normal
    inspection; where Ac is 1 or more the AQL lies between the qualities accepted with 0.99 and with 0.80.
    """
    for code in LETTERS:
        for aql in AQLS[: AQLS.index("10") + 1]:
            plan = single_plan(code, aql, severity)
            if plan.code != code or plan.ac == 0:
                continue
            expected = float(aql) / 100
            if severity == "normal":
                surely, mostly = quality_accepted(plan.n, plan.ac, [0.9945, 0.86])
                assert surely <= expected <= mostly, (code, aql, plan)


def test_tightened_inspection_is_never_more_lenient_than_normal():
    for code in LETTERS:
        for aql in AQLS:
            normal, tightened = (single_plan(code, aql, severity) for severity in SEVERITIES[:2])
            if tightened.ac < tightened.n and normal.ac < normal.n:
                half = float(quality_accepted(normal.n, normal.ac, 0.5))
                assert acceptance_probability(tightened.n, tightened.ac, half) <= 0.5 + 1e-9, (code, aql)


def test_a_double_plan_has_the_curve_of_its_single_one():
    """One column of the table off, the quality accepted with one half would be 1.6 times another."""
    for severity in SEVERITIES:
        for code in LETTERS:
            for aql in AQLS[: AQLS.index("10") + 1]:
                single, double = single_plan(code, aql, severity), double_plan(code, aql, severity)
                if not isinstance(double, DoublePlan):
                    assert double == single
                    assert single.ac == 0 or single.n == 2
                    continue
                assert double.n[0] < single.n <= 2 * double.n[0]
                if single.ac >= 1 and single.n >= 20:
                    half = float(quality_accepted(single.n, single.ac, 0.5))
                    pa = double_acceptance(double.n, double.ac, double.re, half).pa
                    assert pa == pytest.approx(0.5, abs=0.09), (code, aql, severity)


def test_beside_acceptance_number_zero_there_is_no_double_plan():
    assert double_plan("J", "0.15") == single_plan("J", "0.15") == ("J", 80, 0, 1)
    assert double_plan("K", "1.0") == ("K", (80, 80), (1, 4), (3, 5))


def test_the_switching_score_asks_for_the_number_one_aql_tighter():
    assert tighter_acceptance(single_plan("J", "1.0"), "1.0") == 1
    assert tighter_acceptance(single_plan("J", "2.5"), "2.5") == 3
    assert tighter_acceptance(single_plan("J", "0.15"), "0.15") is None
    for code in LETTERS:
        for aql in AQLS:
            plan = single_plan(code, aql)
            if plan.ac >= 2:
                assert tighter_acceptance(plan, aql) < plan.ac


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"lot_size": 1}, "at least two"),
        ({"lot_size": 100, "level": "IV"}, "inspection level"),
        ({"lot_size": 100, "aql": "1"}, "AQL"),
        ({"lot_size": 100, "severity": "strict"}, "severity"),
    ],
)
def test_a_word_the_standard_does_not_know_is_refused(asked, message):
    with pytest.raises(ValueError, match=message):
        plans_for_lots(**asked)


def test_all_levels_have_a_letter_for_the_smallest_and_the_largest_lot():
    assert [code_letters(2, level).item() for level in LEVELS] == list("AAAAAAB")
    assert [code_letters(10**9, level).item() for level in LEVELS] == list("DEHKNQR")
