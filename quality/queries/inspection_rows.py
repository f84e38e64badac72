"""Inspections as frames: from a file's canonical columns, and from the database."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from core import copy
from quality.queries.defects import code_words
from quality.queries.lots import match_lots

# Where both sides give one and they differ, a person decides. All else is text.
FIGURES = [
    "inspection_date", "inspected", "nonconforming", "verdict", "lot_size", "critical", "major", "minor",
]  # fmt: skip
TEXTS = [
    "received_date", "inspection_no", "inspection_type", "inspector", "shift", "machine", "cavity", "remark",
]  # fmt: skip
FIELDS = [*FIGURES, *TEXTS]
COUNTS = ["inspected", "nonconforming", "lot_size", "critical", "major", "minor"]
DATES = ["inspection_date", "received_date"]
WORDS = ["verdict", *TEXTS[1:]]
# Columns of a file that give the quantity of a disposition.
QUANTITIES = {"sorted": "sorted_qty", "reworked": "reworked", "scrapped": "scrapped", "conceded": "conceded"}
DEFECT_LENGTH = 80


@dataclass(frozen=True)
class Inspections:
    """Inspections with what was found and done, from a file or from the database.

    Attributes
    ----------
    rows : DataFrame
        The columns `FIELDS`, and `lot` (int) and `stated` (int, 0: not said) by which they are matched; one
        row an inspection, by position from 0. Missing words are "".
    found, done : DataFrame
        Nonconformities and dispositions: `row` (position), `what` (str), `count` (Int64).
    """

    rows: pd.DataFrame
    found: pd.DataFrame
    done: pd.DataFrame


def stored_inspections(lot_ids: Sequence[int], stage: str) -> Inspections:
    """Return the inspections that count of these lots at one stage, with `id` and `lot_id`."""
    rows = copy.read(
        """
        SELECT i.id, i.lot_id, coalesce(i.stated_submission, 0), i.inspection_date, i.inspected,
            i.nonconforming, i.verdict, i.lot_size, i.critical, i.major, i.minor, i.received_date,
            i.inspection_no, i.inspection_type, i.inspector, i.shift, i.machine, i.cavity, i.remark
        FROM unnest(%s::bigint[]) AS asked (lot) JOIN quality_inspection i ON i.lot_id = asked.lot
        WHERE i.stage = %s AND i.withdrawn_at IS NULL
        ORDER BY i.lot_id, i.submission
        """,
        [copy.array_of(lot_ids), stage],
        {"id": "bigint", "lot": "bigint", "stated": "bigint"} | {name: _kind(name) for name in FIELDS},
    )
    rows[["id", "lot", "stated"]] = rows[["id", "lot", "stated"]].astype("int64")
    if rows.empty:
        return Inspections(rows, _no_children(), _no_children())
    places = pd.Series(rows.index, index=rows["id"])
    return Inspections(rows, _stored_found(places), _stored_done(places))


def _no_children() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "row": pd.Series(dtype="int64"),
            "what": pd.Series(dtype="str"),
            "count": pd.Series(dtype="Int64"),
        }
    )


def _stored_found(places: pd.Series) -> pd.DataFrame:
    found = copy.read(
        "SELECT n.inspection_id, n.defect, n.count FROM unnest(%s::bigint[]) AS asked (id)"
        " JOIN quality_nonconformity n ON n.inspection_id = asked.id",
        [copy.array_of(places.index)],
        {"row": "bigint", "what": "text", "count": "bigint"},
    )
    return found.assign(row=found["row"].map(places).astype("int64"))


def _stored_done(places: pd.Series) -> pd.DataFrame:
    done = copy.read(
        "SELECT d.inspection_id, d.kind, d.quantity FROM unnest(%s::bigint[]) AS asked (id)"
        " JOIN quality_disposition d ON d.inspection_id = asked.id",
        [copy.array_of(places.index)],
        {"row": "bigint", "what": "text", "count": "bigint"},
    )
    return done.assign(row=done["row"].map(places).astype("int64"))


def _kind(name: str) -> str:
    return "date" if name in DATES else "bigint" if name in COUNTS else "text"


def given_inspections(rows: pd.DataFrame, stage: str) -> Inspections:
    """Bring the canonical columns of a file, and `partnership_id`, to those of the model, by position."""
    rows = rows.reset_index(drop=True)
    taken = pd.DataFrame(
        {name: _column(rows, name, "Int64") for name in COUNTS}
        | {name: _column(rows, name, "datetime64[s]") for name in DATES}
        | {name: _words(rows, name) for name in WORDS}
    )
    conforming = _column(rows, "conforming", "Int64")
    taken["inspected"] = taken["inspected"].fillna(conforming + taken["nonconforming"])
    taken["nonconforming"] = taken["nonconforming"].fillna(taken["inspected"] - conforming)
    if taken[["inspection_date", "inspected", "nonconforming"]].isna().any(axis=None):
        raise ValueError("Every inspection needs a day, what was inspected and what of it did not conform.")
    taken["stated"] = _column(rows, "submission", "Int64").fillna(0).astype("int64")
    lots = match_lots(
        partnership_id=rows["partnership_id"], part_id=rows["part_id"], lot_no=rows["lot_no"], stage=stage
    )
    taken = taken.join(lots)
    return Inspections(taken, _found(rows, taken["part_id"]), _done(rows))


def _words(rows: pd.DataFrame, name: str) -> pd.Series:
    if name not in rows:
        return pd.Series("", index=rows.index, dtype="str")
    return rows[name].astype("str").fillna("").str.strip()


def _column(rows: pd.DataFrame, name: str, dtype: str) -> pd.Series:
    if name not in rows:
        return pd.Series(pd.NaT if dtype.startswith("date") else None, index=rows.index, dtype=dtype)
    return rows[name].astype(dtype)


def _found(rows: pd.DataFrame, part_id: pd.Series) -> pd.DataFrame:
    """Return the nonconformities that rows list, by code where the word is known."""
    lists = rows["defects"].explode().dropna() if "defects" in rows else pd.Series(dtype="object")
    lists = lists[lists.map(bool)]
    if lists.empty:
        return _no_children()
    named = pd.DataFrame(lists.tolist(), index=lists.index)
    words = named.reindex(columns=["code", "name", "count"])
    said = words[["code", "name"]].astype("str")
    words["written"] = said["code"].fillna(said["name"]).str.strip().str[:DEFECT_LENGTH]
    words["part"] = part_id.reindex(words.index)
    pairs = words[["part", "written"]].drop_duplicates()
    codes = code_words(pairs["part"].unique(), pairs["written"].unique())
    pairs["what"] = [codes.get(pair, pair[1]) for pair in pairs.itertuples(index=False, name=None)]
    words = words.rename_axis("row").reset_index().merge(pairs, on=["part", "written"])
    words["count"] = words["count"].astype("Int64")
    return words.groupby(["row", "what"], as_index=False)["count"].sum(min_count=1)


def _done(rows: pd.DataFrame) -> pd.DataFrame:
    """Return what rows say was done, a kind once a row, with its quantity where one is given."""
    frames = []
    if "disposition" in rows:
        named = rows["disposition"].astype("str").dropna()
        nothing = pd.array([pd.NA] * len(named), "Int64")
        frames.append(pd.DataFrame({"row": named.index, "what": named, "count": nothing}))
    for kind, name in QUANTITIES.items():
        if name in rows:
            quantity = rows[name].astype("Int64")
            quantity = quantity[quantity.notna() & (quantity > 0)]
            frames.append(pd.DataFrame({"row": quantity.index, "what": kind, "count": quantity}))
    if not any(map(len, frames)):
        return _no_children()
    done = pd.concat(frames, ignore_index=True).astype({"row": "int64", "what": "str", "count": "Int64"})
    return done[done["what"] != ""].groupby(["row", "what"], as_index=False)["count"].max()
