"""What a person chose where a row says something else than what is stored."""

from typing import Any

import pandas as pd

from intake.services.routing import WRONG

REPLACE, KEEP = "replace", "keep"
ALL_OTHERS = "*"  # in place of SHEET!ROW


def choices_of(rows: pd.DataFrame, answers: dict[str, Any]) -> pd.Series:
    """Return for each row what was chosen of a conflict: replace, keep, or blank.

    Choices are kept by place, SHEET!ROW; the place `*` answers for all that have none of their own. What the
    other side sent of itself is never replaced, whatever was chosen before it came.
    """
    chosen = answers.get("choices", {})
    rest = chosen.get(ALL_OTHERS, "")
    if not chosen:
        return pd.Series("", index=rows.index, dtype="str")
    places = rows["sheet"].astype("str") + "!" + rows["row"].astype("str")
    choices = places.map(chosen).fillna(rest).astype("str")
    return choices.mask(rows["theirs"].astype(bool) & (choices == REPLACE), "")


def undecided(rows: pd.DataFrame, answers: dict[str, Any]) -> int:
    """Return how many conflicts nobody decided."""
    return int(((rows["status"] == "conflicting") & (choices_of(rows, answers) == "")).sum())


def taking_new(rows: pd.DataFrame, answers: dict[str, Any]) -> pd.Series:
    """Return which rows are to take the place of what they contradict."""
    return (rows["status"] == "conflicting") & (choices_of(rows, answers) == REPLACE)


def open_rows_of(rows: pd.DataFrame, answers: dict[str, Any]) -> int:
    """Return how many rows still wait for a person: wrong ones, and conflicts that nobody decided."""
    return int((rows["status"] == WRONG).sum()) + undecided(rows, answers)
