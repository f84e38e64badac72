"""NA, None and nan where a value would stand: asked once, remembered, never a guess."""

import pytest

from intake.services import answer
from suppliers.access import looking_as
from tests.intake.files import INSPECTIONS, NOW, VALUES, hand_in, sheet
from tests.intake.sheets import typed
from tests.intake.test_road import lots_of

MEASURED = sheet(VALUES, *(f"0201002,L1,总长,{value},mm,2026-05-01" for value in ("74.03", "NA", "nan", "-")))


def lots(*told: tuple[str, str]) -> bytes:
    return sheet(INSPECTIONS, *(f"2026-05-04,0201002,{lot},3200,125,{found},合格," for lot, found in told))


def test_measured_values_that_are_words_are_asked_about_together():
    result = typed(MEASURED)
    (question,) = result.questions
    assert (question.code, question.options) == ("no_value", ["blank", "mend"])
    assert question.params == {"of": "values", "words": ["na", "nan"], "value": "NA, nan", "fields": ["value"], "count": 2}  # fmt: skip
    blank = typed(MEASURED, reading={"no_value": {"values:na": "blank", "values:nan": "blank"}})
    assert (blank.questions, blank.frame["value"].tolist(), blank.wrong) == ([], [74.03], 0)
    mend = typed(MEASURED, reading={"no_value": {"values:na": "mend", "values:nan": "blank"}})
    assert mend.problems[["row", "rule"]].to_numpy().tolist() == [[3, "not_a_number"]]


@pytest.mark.parametrize(("choice", "found"), [("zero", 0), ("blank", None)])
def test_a_count_that_is_a_word_is_zero_or_nothing_as_was_said(choice, found):
    data = lots(("J1", "None"), ("J2", "1"))
    assert [one.params["fields"] for one in typed(data).questions] == [["nonconforming"]]
    result = typed(data, reading={"no_value": {"counts:none": choice}})
    first = result.frame["nonconforming"].iloc[0]
    assert (result.questions, first if found == 0 else None) == ([], found)
    assert result.wrong == (1 if choice == "blank" else 0)


def test_a_lot_may_really_be_called_so():
    data = lots(("NA", "0"), ("J2", "1"))
    assert [one.options for one in typed(data).questions] == [["blank", "text"]]
    assert typed(data, reading={"no_value": {"numbers:na": "text"}}).frame["lot_no"].tolist() == ["NA", "J2"]


def test_a_dash_and_a_stroke_ask_nothing():
    assert typed(lots(("J1", "/"), ("J2", "—"))).questions == []


def test_it_is_asked_once_and_remembered(chain):
    upload = hand_in(chain.clerk, lots(("J1", "None"), ("J2", "1")))
    (question,) = upload.understanding["questions"]
    assert (upload.state, question["id"]) == ("waiting", "no_value:nonconforming")
    assert lots_of(chain.ours) == {}
    with looking_as(chain.clerk):
        answer.answer(
            upload_id=upload.pk, person=chain.clerk, now=NOW, answers={question["id"]: "zero"}, seconds=None
        )
    later = hand_in(chain.clerk, lots(("J3", "None"), ("J4", "1")), name="6月.csv")
    assert later.state == "committed"
    assert set(lots_of(chain.ours)) == {"J3", "J4"}
