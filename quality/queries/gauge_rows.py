"""What readings of a gauge study in a file say against what is stored."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from core import copy
from core.commits import rule_of
from core.scope import must_hold
from core.text import folded

STUDY = ["partnership_id", "part_id", "holder_id", "gauge_key", "characteristic_key", "kind", "study_date"]
READING = ["study", "appraiser", "piece", "trial"]
SAID = ["value", "accepted", "reference", "reference_accepted"]
LIMITS = ["lsl", "usl"]
STORED = """
SELECT s.id, s.partnership_id, s.part_id, g.organisation_id, g.key, s.characteristic_key, s.kind, s.study_date,
    s.lsl, s.usl, s.unit
FROM quality_gaugestudy s JOIN quality_gauge g ON g.id = s.gauge_id
WHERE s.partnership_id = ANY(%s) AND s.part_id = ANY(%s) AND s.withdrawn_at IS NULL
"""
READINGS = """
SELECT study_id, appraiser, piece, trial, value, accepted, reference, reference_accepted
FROM quality_gaugereading WHERE partnership_id = ANY(%s) AND study_id = ANY(%s)
"""


@dataclass(frozen=True)
class StudyMatch:
    """Readings of a file beside what is stored.

    Attributes
    ----------
    readings : DataFrame
        By position of the row: `study` (int, as in `studies`), `appraiser`, `piece` (str), `trial` (int), `value`,
        `reference` (float), `accepted`, `reference_accepted` (boolean).
    studies : DataFrame
        A row a study of the file, by `study`: `STUDY`, the words of the file (`gauge`, `characteristic`, `unit`),
        `lsl`, `usl`, and `stored_id` (Int64) of the one that stands.
    stored : DataFrame
        The readings of those that stand, with `study`.
    status : ndarray of str
        new, same, changed (limits alone) or conflicting.
    held : DataFrame
        What is held of the same reading, by position; NaN where there is none.
    repeats : ndarray of int
        Position of an earlier row of the file about the same reading, else -1.
    """

    readings: pd.DataFrame
    studies: pd.DataFrame
    stored: pd.DataFrame
    status: np.ndarray
    held: pd.DataFrame
    repeats: np.ndarray


def compare_gauge_studies(
    *, partnership_id: int | None, rows: pd.DataFrame, stage: str | None = None
) -> pd.DataFrame:
    """Compare the readings of a file with what is stored.

    Parameters
    ----------
    partnership_id : int or None
        Whose rows; None: each row has its `partnership_id`. All must be in the open scope.
    rows : DataFrame
        `part_id`, `holder_id`, `gauge`, `characteristic`, `study_date`, `piece`, `trial`, and `value` (float) or
        `rating` (accepted, rejected) in every row; optional `appraiser`, `reference`, `reference_rating`, `lsl`,
        `usl`, `unit`. The index is unique.

    Returns
    -------
    DataFrame
        Along the index of `rows`: `status` (new; same; changed: other limits; conflicting: another reading),
        `stored_id` (Int64, the study), `stored` (dict of what is held, or None), `rule` (None, or
        ``contradicts_row``).
    """
    match = match_gauge_studies(partnership_id=partnership_id, rows=rows)
    in_file = (match.status == "conflicting") & (match.repeats >= 0)
    return pd.DataFrame(
        {
            "status": pd.array(match.status, dtype="str"),
            "stored_id": match.studies["stored_id"].reindex(match.readings["study"]).to_numpy(),
            "stored": _told(match, in_file, rows.index),
            "rule": rule_of(in_file, rows.index).to_numpy(),
        },
        index=rows.index,
    ).astype({"stored_id": "Int64"})


def _told(match: StudyMatch, in_file: np.ndarray, index: pd.Index) -> np.ndarray:
    """What stands beside each row that differs."""
    told = np.full(len(match.status), None, dtype=object)
    for row in np.flatnonzero(match.status == "conflicting"):
        held = match.readings.iloc[match.repeats[row]] if in_file[row] else match.held.iloc[row]
        told[row] = _word(held)
        if in_file[row]:
            told[row]["row"] = index[match.repeats[row]]
    for row in np.flatnonzero(match.status == "changed"):
        study = match.studies.loc[match.readings["study"].iloc[row]]
        told[row] = {
            name: None if pd.isna(study[f"held_{name}"]) else float(study[f"held_{name}"]) for name in LIMITS
        }
    return told


def _word(held: pd.Series) -> dict:
    if pd.notna(held["value"]):
        return {"value": float(held["value"])}
    return {"rating": "accepted" if held["accepted"] else "rejected"}


def match_gauge_studies(*, partnership_id: int | None, rows: pd.DataFrame) -> StudyMatch:
    """Match readings of a file with what is stored, for `compare_gauge_studies` and for the service."""
    if partnership_id is not None:
        rows = rows.assign(partnership_id=partnership_id)
    for one in rows["partnership_id"].unique():
        must_hold(int(one))
    readings, studies = _given(rows)
    studies = _with_stored(studies)
    stored = _stored_readings(studies)
    repeats = _earlier(readings)
    held = readings[READING].merge(stored, on=READING, how="left")[SAID]
    known = held["value"].notna() | held["accepted"].notna()
    status = np.where(~known, "new", np.where(_alike(readings, held), "same", "conflicting")).astype("U11")
    later = repeats >= 0
    agree = _alike(readings, readings.iloc[repeats].reset_index(drop=True)).to_numpy()
    status[later & agree & (status == "new")] = "same"
    status[later & ~agree] = "conflicting"
    repeats[~later | agree] = -1
    other_limits = studies["other_limits"].reindex(readings["study"]).to_numpy()
    status[(status == "same") & other_limits & ~later] = "changed"
    return StudyMatch(readings, studies, stored, status, held, repeats)


def _given(rows: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Bring the canonical columns to those of the tables, by position, and number the studies."""
    rows = rows.reset_index(drop=True)
    words = {name: _texts(rows, name) for name in ("gauge", "characteristic", "unit", "appraiser", "piece")}
    judged = rows["rating"].notna() if "rating" in rows else pd.Series(False, index=rows.index)
    keyed = pd.DataFrame(
        {
            **{name: rows[name].astype("int64") for name in ("partnership_id", "part_id", "holder_id")},
            **{f"{name}_key": words[name].map(_folds(words[name])) for name in ("gauge", "characteristic")},
            "kind": np.where(judged, "judged", "measured"),
            "study_date": rows["study_date"].astype("datetime64[s]"),
        }
    )
    study = keyed.groupby(STUDY, sort=False).ngroup()
    readings = pd.DataFrame(
        {
            "study": study,
            "appraiser": words["appraiser"],
            "piece": words["piece"],
            "trial": rows["trial"].astype("int64"),
            "value": _floats(rows, "value").where(~judged),
            "accepted": _verdicts(rows, "rating"),
            "reference": _floats(rows, "reference").where(~judged),
            "reference_accepted": _verdicts(rows, "reference_rating").where(judged),
        }
    )
    said = {name: words[name].where(words[name] != "") for name in ("gauge", "characteristic", "unit")}
    told = pd.DataFrame({**said, **{name: _floats(rows, name) for name in LIMITS}})
    studies = keyed.groupby(study).first().join(told.groupby(study).first()).fillna({"unit": ""})
    return readings, studies.rename_axis("study")


def _texts(rows: pd.DataFrame, name: str) -> pd.Series:
    return (
        rows[name].fillna("").astype("str") if name in rows else pd.Series("", index=rows.index, dtype="str")
    )


def _floats(rows: pd.DataFrame, name: str) -> pd.Series:
    return rows[name].astype("float64") if name in rows else pd.Series(np.nan, index=rows.index)


def _folds(words: pd.Series) -> dict[str, str]:
    return {word: folded(word) for word in words.unique()}


def _verdicts(rows: pd.DataFrame, name: str) -> pd.Series:
    told = rows[name] if name in rows else pd.Series(None, index=rows.index, dtype="object")
    return told.map({"accepted": True, "rejected": False}).astype("boolean")


def _with_stored(studies: pd.DataFrame) -> pd.DataFrame:
    columns = dict.fromkeys(("id", "partnership_id", "part_id", "holder_id"), "bigint")
    columns |= dict.fromkeys(("gauge_key", "characteristic_key", "kind"), "text") | {"study_date": "date"}
    columns |= dict.fromkeys(("held_lsl", "held_usl"), "double precision") | {"held_unit": "text"}
    found = copy.read(
        STORED, [copy.array_of(studies[name].unique()) for name in ("partnership_id", "part_id")], columns
    ).rename(columns={"id": "stored_id"})
    found = found.astype({name: studies[name].dtype for name in STUDY})
    beside = studies.reset_index().merge(found, on=STUDY, how="left").set_index("study")
    beside["stored_id"] = beside["stored_id"].astype("Int64")
    # A file that tells a limit tells both: the one it does not name is not there.
    told = beside[LIMITS].notna().any(axis=1)
    held = beside[["held_lsl", "held_usl"]].set_axis(LIMITS, axis=1)
    differs = ~((beside[LIMITS] == held) | (beside[LIMITS].isna() & held.isna())).all(axis=1)
    beside["other_limits"] = beside["stored_id"].notna() & told & differs
    beside[LIMITS] = beside[LIMITS].where(told, held, axis=0)
    return beside


def _stored_readings(studies: pd.DataFrame) -> pd.DataFrame:
    there = studies[studies["stored_id"].notna()]
    columns = {
        "study_id": "bigint", "appraiser": "text", "piece": "text", "trial": "integer", "value": "double precision",
        "accepted": "boolean", "reference": "double precision", "reference_accepted": "boolean",
    }  # fmt: skip
    found = copy.read(
        READINGS,
        [copy.array_of(there["partnership_id"].unique()), copy.array_of(there["stored_id"])],
        columns,
    )
    number = pd.Series(there.index, index=there["stored_id"].astype("int64"))
    found["study"] = found["study_id"].map(number).astype("int64")
    found = found.astype({"trial": "int64", "appraiser": "str", "piece": "str"})
    return found.astype({"accepted": "boolean", "reference_accepted": "boolean"})[[*READING, *SAID]]


def _alike(one: pd.DataFrame, other: pd.DataFrame) -> pd.Series:
    """Whether two readings say the same: value, judgement, and what is known of the piece."""
    same = pd.Series(True, index=one.index)
    for name in SAID:
        both_blank = one[name].isna() & other[name].isna()
        same &= both_blank | (one[name] == other[name]).fillna(False).astype(bool)
    return same


def _earlier(readings: pd.DataFrame) -> np.ndarray:
    """Return the position of the first row about the same reading, -1 for that row itself."""
    first = pd.Series(np.arange(len(readings))).groupby(readings.groupby(READING).ngroup()).transform("first")
    return np.where(first == np.arange(len(readings)), -1, first).astype("int64")
