import numpy as np
import pytest

from quality.formulas.earned import Earned, Ended, LotCompared, Terms, after, escape_risk, history

AGREED = LotCompared(agreed=True)


def last(*events, terms=None):
    return list(history(events, terms=terms))[-1]


def test_agreeing_lots_in_a_row_earn_one_step_after_another():
    state = last(*[AGREED] * 6)
    assert (state.one_in, state.still_missing) == (1, 4)
    assert [last(*[AGREED] * lots).one_in for lots in (9, 10, 20, 30, 40)] == [1, 2, 3, 5, 5]
    assert last(*[AGREED] * 40).still_missing == 0


def test_a_difference_costs_what_was_paid_in_and_one_step():
    state = last(*[AGREED] * 25, LotCompared(agreed=False))
    assert (state.one_in, state.agreeing, state.fell_by) == (2, 0, "difference")
    assert last(LotCompared(agreed=False)).one_in == 1


@pytest.mark.parametrize("end", [LotCompared(agreed=False, escaped=True), Ended("complaint")])
def test_an_escape_or_another_end_brings_every_lot_back(end):
    state = last(*[AGREED] * 35, end)
    assert (state.one_in, state.agreeing) == (1, 0)
    assert state.fell_by in ("escape", "complaint")


def test_why_it_fell_is_forgotten_with_the_next_step():
    fallen = last(*[AGREED] * 10, Ended("complaint"))
    assert last(*[AGREED] * 10, Ended("complaint"), *[AGREED] * 9).fell_by == "complaint"
    for _ in range(10):
        fallen = after(fallen, AGREED)
    assert fallen == Earned(step=1)


def test_partners_may_agree_on_other_terms():
    terms = Terms(one_in=(1, 4), agreeing=3)
    assert last(*[AGREED] * 3, terms=terms).one_in == 4
    assert last(*[AGREED] * 3, Ended("pause"), terms=terms).terms == terms
    for impossible in ({"one_in": (2, 3)}, {"one_in": (1, 3, 2)}, {"agreeing": 0}):
        with pytest.raises(ValueError, match="steps begin"):
            Terms(**impossible)


def test_the_risk_grows_with_the_lots_skipped_and_shrinks_with_the_lots_compared():
    risk = escape_risk([0, 0, 0, 1], [30, 30, 300, 30], [1, 5, 5, 5])
    # None in 30: at most 1 - 0.05^(1/30) = 9.5 % of lots; four in five are skipped.
    assert risk.upper[:2] == pytest.approx([0, 0.8 * (1 - 0.05 ** (1 / 30))])
    assert risk.upper[2] < risk.upper[1] < risk.upper[3]
    assert risk.estimate.tolist() == pytest.approx([0, 0, 0, 0.8 / 30])


def test_without_a_lot_compared_the_risk_is_not_known():
    risk = escape_risk(0, 0, 2)
    assert np.isnan(risk.estimate)
    assert risk.upper == 0.5
    with pytest.raises(ValueError, match="one lot in one"):
        escape_risk(0, 10, 0)
