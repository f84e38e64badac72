"""What rows of inspections say against what is stored."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from core.commits import rule_of
from core.scope import must_hold
from quality.formulas.presentations import match_presentations
from quality.queries.inspection_rows import (
    FIELDS,
    FIGURES,
    WORDS,
    Inspections,
    given_inspections,
    stored_inspections,
)


@dataclass(frozen=True)
class Match:
    """Rows of a file beside what is stored.

    Attributes
    ----------
    given, stored : Inspections
        Both by position. `given.rows` also has what `match_lots` answers, `stored.rows` also `id`.
    status : Series of str
        new, same, changed or conflicting.
    submission : ndarray of int
        Which presentation of its lot each row is.
    place : ndarray of int
        Position in `stored` of the inspection that a row repeats, else -1.
    repeats : ndarray of int
        Position of an earlier row of this file that a row contradicts, else -1.
    differs : DataFrame of bool
        In which fields, and whether in `defects` or `dispositions`, a row differs.
    """

    given: Inspections
    stored: Inspections
    status: pd.Series
    submission: np.ndarray
    place: np.ndarray
    repeats: np.ndarray
    differs: pd.DataFrame


def compare_inspections(*, partnership_id: int | None, rows: pd.DataFrame, stage: str) -> pd.DataFrame:
    """Compare inspections of a file with what is stored.

    Parameters
    ----------
    partnership_id : int or None
        Whose rows; None: each row has its `partnership_id`. All must be in the open scope.
    rows : DataFrame
        Canonical columns of inspections with `part_id`; `lot_no`, `inspection_date`, `inspected` and
        `nonconforming` (or `conforming`) are given in every row. The index is unique. An absent column or
        a missing value says nothing.
    stage : str
        ``outgoing`` or ``incoming``.

    Returns
    -------
    DataFrame
        Along the index of `rows`: `status` (new; same; changed: the figures are the same and a text is
        not, or the file tells more; conflicting: other figures), `submission` (int), `stored_id` (Int64),
        `stored` (of changed and conflicting rows a dict of what is held where it differs, by field; None
        else), `rule` (None; of a row that can never be stored ``contradicts_row``: an earlier row of the
        same file says otherwise of the same presentation, and ``row`` in `stored` is its label).
    """
    match = match_inspections(partnership_id=partnership_id, rows=rows, stage=stage)
    answer = pd.DataFrame(
        {
            "status": match.status,
            "submission": match.submission,
            "stored_id": _ids_at(match.stored.rows["id"], match.place),
            "stored": _held(match, rows.index),
            "rule": rule_of(match.repeats >= 0, match.status.index),
        }
    )
    return answer.set_axis(rows.index)


def match_inspections(*, partnership_id: int | None, rows: pd.DataFrame, stage: str) -> Match:
    """Match rows of a file with what is stored, for `compare_inspections` and for the service."""
    if partnership_id is not None:
        rows = rows.assign(partnership_id=partnership_id)
    for one in rows["partnership_id"].unique():
        must_hold(int(one))
    given = given_inspections(rows, stage)
    stored = stored_inspections(given.rows["lot_id"].dropna().unique(), stage)
    repeats, submission = _presentations(given.rows, stored.rows)
    conflicts, changes = _differences(given, stored, repeats)
    in_file = np.where(repeats >= len(stored.rows), repeats - len(stored.rows), -1)
    place = np.where(repeats < len(stored.rows), repeats, -1)
    status = pd.Series("new", index=given.rows.index)
    status[repeats >= 0] = "same"
    status[changes.any(axis=1)] = "changed"
    # Rows of one file that tell different things about one presentation are for a person to choose from.
    status[conflicts.any(axis=1) | ((status == "changed") & (in_file >= 0))] = "conflicting"
    _settle_rivals(given, status, place, in_file)
    in_file[status != "conflicting"] = -1
    return Match(given, stored, status, submission, place, in_file, conflicts | changes)


def _presentations(given: pd.DataFrame, stored: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Return what each given row repeats (a position in stored, then given rows, else -1) and its number."""
    names = ["lot", "inspection_date", "stated", "verdict", "inspected", "nonconforming"]
    both = pd.concat([stored[names], given[names]], ignore_index=True)
    is_stored = np.arange(len(both)) < len(stored)
    order = np.lexsort((~is_stored, both["stated"], both["inspection_date"], both["lot"]))
    ordered = both.iloc[order]
    found = match_presentations(
        lot=ordered["lot"],
        day=ordered["inspection_date"].astype("int64"),
        stated=ordered["stated"],
        stored=is_stored[order],
        rejected=ordered["verdict"] == "rejected",
        inspected=ordered["inspected"].astype("int64"),
        nonconforming=ordered["nonconforming"].astype("int64"),
    )
    repeats, number = np.empty(len(both), np.int64), np.empty(len(both), np.int64)
    repeats[order] = np.where(found.repeats >= 0, order[found.repeats], -1)
    number[order] = found.number
    return repeats[len(stored) :], number[len(stored) :]


def _differences(
    given: Inspections, stored: Inspections, repeats: np.ndarray
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return, by row and field, where both sides say different things, and where the row only tells more."""
    known = pd.Series(repeats >= 0, index=given.rows.index)
    if not known.any():
        nothing = pd.DataFrame(False, index=known.index, columns=[*FIELDS, "defects", "dispositions"])
        return nothing, nothing
    both = pd.concat([stored.rows[FIELDS], given.rows[FIELDS]], ignore_index=True)
    held = both.iloc[repeats].set_axis(given.rows.index)  # of new rows some row: left out below
    conflicts, changes = {}, {}
    for name in FIELDS:
        mine, theirs = given.rows[name], held[name]
        said, told = (mine != "", theirs != "") if name in WORDS else (mine.notna(), theirs.notna())
        differ = known & said & (~told | (mine != theirs).fillna(False)).astype("bool")
        conflicts[name] = differ & told & (name in FIGURES)
        changes[name] = differ & ~conflicts[name]
    for name, mine, theirs in (
        ("defects", given.found, stored.found),
        ("dispositions", given.done, stored.done),
    ):
        pool = pd.concat([theirs, mine.assign(row=mine["row"] + len(stored.rows))])
        conflicts[name], changes[name] = _list_differences(mine, pool, repeats)
    return pd.DataFrame(conflicts), pd.DataFrame(changes)


def _list_differences(
    mine: pd.DataFrame, pool: pd.DataFrame, repeats: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Compare lists of rows with the lists of what they repeat; a row without a list says nothing."""
    conflicts, changes = np.zeros(len(repeats), bool), np.zeros(len(repeats), bool)
    asked = pd.DataFrame({"row": mine["row"].unique()})
    asked["held"] = repeats[asked["row"].to_numpy(dtype=np.int64)]
    asked = asked[asked["held"] >= 0]
    if asked.empty:
        return conflicts, changes
    theirs = asked.merge(pool.rename(columns={"row": "held"}), on="held").drop(columns="held")
    pairs = mine[mine["row"].isin(asked["row"])].merge(
        theirs, on=["row", "what"], how="outer", suffixes=("", "_held"), indicator=True
    )
    both_count = pairs["count"].notna() & pairs["count_held"].notna()
    conflict = (both_count & (pairs["count"] != pairs["count_held"])).astype("bool")
    more = (pairs["_merge"] != "both") | (pairs["count"].notna() & pairs["count_held"].isna())
    conflicts[pairs.loc[conflict, "row"].to_numpy(dtype=np.int64)] = True
    changes[pairs.loc[more & ~conflict, "row"].to_numpy(dtype=np.int64)] = True
    return conflicts, changes


def _settle_rivals(given: Inspections, status: pd.Series, place: np.ndarray, repeats: np.ndarray) -> None:
    """Of several rows that would take the place of one stored inspection, let the first; in place.

    The others are the same if they say the same, else they contradict it.
    """
    places = pd.Series(place, index=status.index)
    rivals = places[status.isin(["changed", "conflicting"]) & (places >= 0)]
    rivals = rivals[rivals.duplicated(keep=False)]
    if rivals.empty:
        return
    said = given.rows.loc[rivals.index, FIELDS].assign(place=rivals)
    for name, children in (("found", given.found), ("done", given.done)):
        of_rivals = children[children["row"].isin(rivals.index)].sort_values(["row", "what"])
        listed = of_rivals["what"] + "=" + of_rivals["count"].astype("str").fillna("")
        said[name] = listed.groupby(of_rivals["row"]).agg(";".join).reindex(said.index).fillna("")
    later = rivals.duplicated()
    again = said.duplicated()
    status[rivals.index[later & again]] = "same"
    contradicting = rivals.index[later & ~again]
    status[contradicting] = "conflicting"
    first = pd.Series(rivals.index, index=rivals.to_numpy()).groupby(level=0).first()
    repeats[contradicting] = rivals[contradicting].map(first)


def _ids_at(ids: pd.Series, place: np.ndarray) -> pd.Series:
    found = pd.Series(pd.NA, index=range(len(place)), dtype="Int64")
    found[place >= 0] = ids.to_numpy()[place[place >= 0]]
    return found


def _held(match: Match, labels: pd.Index) -> list[dict[str, Any] | None]:
    """Return a dict of what is held for each row that differs from it."""
    rows = np.flatnonzero(match.status.isin(["changed", "conflicting"]))
    held: list[dict[str, Any] | None] = [None] * len(match.status)
    if not len(rows):
        return held
    for row in rows:
        earlier = match.repeats[row]
        held[row] = {"row": labels[earlier]} if earlier >= 0 else {}
    in_file = match.repeats[rows] >= 0
    source = np.where(in_file, match.repeats[rows] + len(match.stored.rows), match.place[rows])
    both = pd.concat([match.stored.rows[FIELDS], match.given.rows[FIELDS]], ignore_index=True)
    differs = match.differs.iloc[rows]
    for name in FIELDS:
        where = np.flatnonzero(differs[name])
        for row, value in zip(rows[where], both[name].iloc[source[where]], strict=True):
            held[row][name] = plain(value)
    lists = {"defects": (match.stored.found, match.given.found)}
    lists["dispositions"] = (match.stored.done, match.given.done)
    for name, (stored, given) in lists.items():
        where = np.flatnonzero(differs[name])
        by_row = _lists_by_row(pd.concat([stored, given.assign(row=given["row"] + len(match.stored.rows))]))
        for row, place in zip(rows[where], source[where], strict=True):
            held[row][name] = by_row.get(place, {})
    return held


def _lists_by_row(children: pd.DataFrame) -> dict[int, dict[str, int | None]]:
    lists: dict[int, dict[str, int | None]] = {}
    for row, what, count in children.itertuples(index=False):
        lists.setdefault(row, {})[what] = None if pd.isna(count) else int(count)
    return lists


def plain(value: Any) -> Any:
    """Return a cell as JSON can say it: counts as int, days as ISO text, what is missing as None."""
    if isinstance(value, (dict, str)):
        return value
    if value is None or pd.isna(value):
        return None
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat()
    return int(value) if isinstance(value, (int, np.integer)) else value
