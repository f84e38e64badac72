import pytest

from quality.formulas.sampling.switching import (
    LotJudged,
    ProductionIrregular,
    Resumed,
    Switching,
    after,
    history,
    still_missing,
)
from tests.reference.cases import load

CASES = [case for case in load("acceptance_cases.json").values() if case["id"].startswith("as-switch-")]
GOOD, BAD = LotJudged(True), LotJudged(False)


def event(told):
    if "irregular" in told:
        return ProductionIrregular()
    if "resume" in told:
        return Resumed()
    return LotJudged(
        accepted=told["accepted"],
        ac=2 if told["ac_at_least_2"] else 0,
        accepted_tighter=told["would_be_accepted_one_aql_tighter"],
        resubmitted=told.get("resubmitted", False),
    )


def last(events, **conditions):
    return list(history(events, **conditions))[-1]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_a_series_of_lots_switches_as_the_standard_says(case):
    asked = case["input"]
    states = history(
        [event(told) for told in asked.get("lots") or asked["events"]],
        start=asked["start"],
        production_steady=asked["production_steady"],
        reduced_approved=asked["reduced_approved"],
    )
    got = [
        {"state_after": state.severity, "score": state.score, "discontinued": state.discontinued}
        for state in states
    ]
    assert got[: len(case["expected"]["after"])] == case["expected"]["after"]


def test_two_of_five_tighten_but_two_of_six_do_not():
    assert last([BAD, GOOD, GOOD, GOOD, BAD]).severity == "tightened"
    assert last([BAD, GOOD, GOOD, GOOD, GOOD, BAD]).severity == "normal"


def test_five_in_a_row_bring_normal_inspection_back_and_the_page_can_say_how_many_are_missing():
    state = last([BAD, BAD, GOOD, GOOD, GOOD])
    assert (state.severity, still_missing(state)) == ("tightened", 2)
    assert last([BAD, BAD, *[GOOD] * 5]) == Switching()
    assert still_missing(Switching()) == 0


def test_the_fifth_lot_not_accepted_on_tightened_inspection_ends_it_until_it_is_resumed():
    state = last([BAD, BAD, *[BAD, GOOD] * 4, BAD])
    assert (state.severity, state.discontinued) == ("tightened", True)
    assert still_missing(state) == 0
    assert after(state, GOOD) == state
    assert after(state, ProductionIrregular()) == state
    assert after(state, Resumed()) == Switching("tightened")
    assert after(Switching(), Resumed()) == Switching()


def test_reduced_inspection_takes_a_score_of_thirty_steady_production_and_a_word_of_approval():
    assert last([GOOD] * 14, reduced_approved=True).severity == "normal"
    assert last([GOOD] * 15, reduced_approved=True) == Switching("reduced", score=30)
    assert last([GOOD] * 15).severity == "normal"
    assert last([GOOD] * 15, reduced_approved=True, production_steady=False).severity == "normal"


def test_a_rejection_or_irregular_production_ends_reduced_inspection():
    reduced = Switching("reduced", score=30)
    assert after(reduced, GOOD) == reduced
    assert after(reduced, BAD) == after(reduced, ProductionIrregular()) == Switching()


def test_a_lot_presented_again_counts_for_nothing():
    again = LotJudged(False, resubmitted=True)
    assert last([BAD, again, again, GOOD, GOOD, GOOD, GOOD]).severity == "normal"
