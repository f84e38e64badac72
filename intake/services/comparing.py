"""What checked rows say against what is stored: new, same, changed or conflicting."""

import json

import pandas as pd
from django.core.serializers.json import DjangoJSONEncoder

from intake.models import Kind
from intake.services.checking import Checked, Context
from intake.services.guarding import sent_by_other_side
from intake.services.nouns import NOUNS
from intake.services.routing import WRONG
from suppliers import access

CHOOSABLE = "contradicts_stored"  # the one rule of a conflict that leaves a person the choice
COMPARED = ["stored_id", "stored", "theirs"]


def compare(checked: Checked, context: Context) -> None:
    """Fill `status` of rows that nothing is in the way of, and what is stored beside them.

    `status` becomes new, same, changed or conflicting, `stored_id` the id of what is stored, `stored` JSON of
    what is held where a changed or conflicting row differs. A row that differs from what the other side sent
    of itself is conflicting and `theirs`: that row can only be kept.
    """
    _unseen(checked)
    rows, noun = checked.rows, NOUNS[Kind(context.kind)]
    rows.loc[(rows["status"] == "") & (rows["creates"] != ""), "status"] = "new"
    fine = rows[rows["status"] == ""]
    with access.looking_as(context.person):
        if noun.is_list and len(fine):
            _take_answer(checked, noun.compare(customer_id=context.person.organisation_id, rows=fine))
        elif len(fine):
            stage = context.stage if noun.has_stage else None
            _take_answer(checked, noun.compare(partnership_id=None, rows=fine, stage=stage))
        rows["theirs"] = sent_by_other_side(
            noun, rows, sender_id=context.person.organisation_id, stage=context.stage
        )
    rows.loc[rows["theirs"], "status"] = "conflicting"


def take_for_new(checked: Checked) -> None:
    """Take every faultless row for new: the commit that follows at once compares for itself."""
    _unseen(checked)
    checked.rows.loc[checked.rows["status"] == "", "status"] = "new"


def _unseen(checked: Checked) -> None:
    rows = checked.rows
    rows["stored_id"] = pd.Series(pd.NA, index=rows.index, dtype="Int64")
    rows["stored"] = pd.Series(pd.NA, index=rows.index, dtype="str")
    rows["theirs"] = False


def _take_answer(checked: Checked, answer: pd.DataFrame) -> None:
    rows = checked.rows
    rows.loc[answer.index, "status"] = answer["status"].astype("str")
    rows.loc[answer.index, "stored_id"] = answer["stored_id"].astype("Int64")
    beside = answer["stored"].dropna()
    beside = beside[beside.map(bool)]
    rows.loc[beside.index, "stored"] = beside.map(lambda held: json.dumps(held, cls=DjangoJSONEncoder))
    if "rule" in answer:
        _refuse(checked, answer[answer["rule"].notna() & (answer["rule"] != CHOOSABLE)])


def _refuse(checked: Checked, answer: pd.DataFrame) -> None:
    """What cannot be stored whatever a person chooses is wrong, not a conflict."""
    rows = checked.rows
    rows.loc[answer.index, "status"] = WRONG
    others = [held.get("row") if isinstance(held, dict) else None for held in answer["stored"]]
    problems = pd.DataFrame(
        {
            "at": answer.index,
            "field": "lot_no" if "lot_no" in rows else "",
            "rule": answer["rule"].to_numpy(),
            "params": [
                {"row": int(rows.at[other, "row"])} if other in rows.index else {} for other in others
            ],
        }
    )
    checked.problems = pd.concat([checked.problems, problems], ignore_index=True)
