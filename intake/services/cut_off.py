"""A table that ends at the last row of a spreadsheet is mostly cut off there: a person says whether it is whole."""

from typing import Any

from intake.models import Upload
from intake.readers.refusals import Refused
from intake.services.whole_file import question

RULE = "cut_off"  # of the readers
QUESTION, KIND = RULE, "may_be_cut_off"  # id of the question, and where its answer is kept with the upload
WHOLE, CUT = "whole", "cut"


def is_whole(upload: Upload) -> bool:
    return bool(upload.answers.get(QUESTION) == WHOLE)


def asks(upload: Upload, refused: Refused) -> bool:
    """Whether a reader's refusal is a question first: nobody said yet that the table was cut off."""
    return refused.rule == RULE and QUESTION not in upload.answers


def question_about(refused: Refused) -> dict[str, Any]:
    return question(QUESTION, [WHOLE, CUT], refused.params, kind=KIND, sheet=refused.params["sheet"])
