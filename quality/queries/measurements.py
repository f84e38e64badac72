"""What measured values of a file say against what is stored."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from core import copy
from core.commits import rule_of
from core.scope import must_hold
from quality.formulas.fingerprints import fingerprint_values
from quality.queries.lots import match_lots
from suppliers.queries import zones_of_each

VALUE_COLUMNS = {
    "partnership_id": "bigint", "measurement_set_id": "bigint", "lot_id": "bigint",
    "characteristic_version_id": "bigint", "piece": "integer", "value": "double precision",
    "measured_date": "date", "measured_at": "timestamptz", "cavity": "text",
}  # fmt: skip
KEY = ["lot", "characteristic_version_id", "piece"]


@dataclass(frozen=True)
class MeasurementMatch:
    """Values of a file beside what is stored.

    Attributes
    ----------
    values : DataFrame
        By position of the row: `lot` (int, as in `lots`), `characteristic_version_id`, `piece` (int), `value`
        (float), `day` (datetime64), `measured_at` (aware, NaT where only a day is known), `cavity` (str).
    lots : DataFrame
        What `match_lots` answers, a row a lot, by `lot`; and the set that counts of it at this stage, where
        there is one: `set_id` (Int64), `measured_date`; `inspector` (str) as the file has it.
    status : ndarray of str
        new, same or conflicting.
    held : ndarray of float
        The stored value of the same piece, NaN where there is none.
    repeats : ndarray of int
        Position of an earlier row of the file about the same piece, else -1.
    stored : DataFrame
        The stored values of those lots that the file has more or other values of: `lot` and the columns of
        the table.
    """

    values: pd.DataFrame
    lots: pd.DataFrame
    status: np.ndarray
    held: np.ndarray
    repeats: np.ndarray
    stored: pd.DataFrame


def compare_measurements(*, partnership_id: int | None, rows: pd.DataFrame, stage: str) -> pd.DataFrame:
    """Compare measured values of a file with what is stored.

    Parameters
    ----------
    partnership_id : int or None
        Whose rows; None: each row has its `partnership_id`. All must be in the open scope.
    rows : DataFrame
        Long: `part_id`, `lot_no`, `characteristic_version_id`, `value` (float, in that version's unit) and
        `measured_at` (naive, in the customer's calendar; midnight means that only the day is known) in every
        row; optional `piece` (a number, or any name of a piece; without it values are counted in their
        order), `cavity`, `inspector`. The index is unique.
    stage : str
        ``outgoing`` or ``incoming``.

    Returns
    -------
    DataFrame
        Along the index of `rows`: `status` (new; same; conflicting: another value of this piece), `stored_id`
        (Int64, the measurement set), `stored` (of conflicting rows a dict with the `value` that is held, None
        else), `rule` (None, or ``contradicts_row``: an earlier row of the file gives another value).
    """
    match = match_measurements(partnership_id=partnership_id, rows=rows, stage=stage)
    conflicting = match.status == "conflicting"
    stored = np.full(len(rows), None, dtype="object")
    in_file = conflicting & (match.repeats >= 0)
    values = match.values["value"].to_numpy()
    held = np.where(in_file, values[match.repeats], match.held)
    for row in np.flatnonzero(conflicting):
        stored[row] = {"value": float(held[row])}
    for row in np.flatnonzero(in_file):
        stored[row]["row"] = rows.index[match.repeats[row]]
    return pd.DataFrame(
        {
            "status": pd.array(match.status, dtype="str"),
            "stored_id": match.values["lot"].map(match.lots["set_id"]).to_numpy(),
            "stored": stored,
            "rule": rule_of(in_file, rows.index),
        },
        index=rows.index,
    ).astype({"stored_id": "Int64"})


def match_measurements(*, partnership_id: int | None, rows: pd.DataFrame, stage: str) -> MeasurementMatch:
    """Match values of a file with what is stored, for `compare_measurements` and for the service."""
    if partnership_id is not None:
        rows = rows.assign(partnership_id=partnership_id)
    for one in rows["partnership_id"].unique():
        must_hold(int(one))
    values, lots = _given(rows, stage)
    repeats = _earlier(values)
    status = np.full(len(values), "new", dtype="U11")
    held = np.full(len(values), np.nan)
    lots = lots.join(_sets_of(lots["lot_id"].dropna(), stage), on="lot_id")
    stored = _values_of_sets(lots[_has_other_values(values[repeats < 0], lots)])
    status[values["lot"].map(lots["set_id"].notna()).to_numpy()] = "same"
    there = values["lot"].isin(stored["lot"]).to_numpy()
    if there.any():
        found = values.loc[there, KEY].merge(stored[[*KEY, "value"]], on=KEY, how="left")["value"].to_numpy()
        held[there] = found
        given = values["value"].to_numpy()[there]
        status[there] = np.select([np.isnan(found), found != given], ["new", "conflicting"], "same")
    later = repeats >= 0
    given = values["value"].to_numpy()
    agree = given == given[repeats]
    status[later & agree & (status == "new")] = "same"
    status[later & ~agree] = "conflicting"
    repeats[~later | agree] = -1
    return MeasurementMatch(values, lots, status, held, repeats, stored)


def _given(rows: pd.DataFrame, stage: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Bring the canonical columns to those of the table, by position, and find the lots."""
    names = ["partnership_id", "part_id", "lot_no"]
    codes = np.zeros(len(rows), dtype=np.int64)
    for name in names:
        own, found_values = pd.factorize(rows[name])
        codes, _ = pd.factorize(codes.astype(np.int64) * max(len(found_values), 1) + own)
    asked = rows.loc[~pd.Series(codes).duplicated().to_numpy(), names].reset_index(drop=True)
    found = match_lots(**{name: asked[name] for name in names}, stage=stage)
    moment = rows["measured_at"].astype("datetime64[us]").reset_index(drop=True)
    if moment.isna().any() or rows["value"].isna().any():
        raise ValueError("Every measured value needs its day.")
    values = pd.DataFrame(
        {
            "lot": found["lot"].to_numpy()[codes],
            "characteristic_version_id": rows["characteristic_version_id"].to_numpy(dtype=np.int64),
            "value": rows["value"].to_numpy(dtype=np.float64),
            "day": moment.dt.normalize().astype("datetime64[s]"),
            "measured_at": _moments(moment, rows["partnership_id"].reset_index(drop=True)),
        }
    )
    cavity = rows["cavity"].fillna("").astype("str") if "cavity" in rows else pd.Series("", rows.index)
    values["cavity"] = cavity.to_numpy()
    values["piece"] = _pieces(values, rows["piece"].reset_index(drop=True) if "piece" in rows else None)
    lots = found.drop_duplicates("lot").set_index("lot", drop=False)
    lots["inspector"] = ""
    if "inspector" in rows:
        said = rows["inspector"].reset_index(drop=True).groupby(values["lot"]).first()
        lots["inspector"] = said.reindex(lots.index).fillna("")
    return values, lots


def _moments(moment: pd.Series, partnerships: pd.Series) -> pd.Series:
    """Return the moments in time, each in its customer's zone; where only a day is known there is none."""
    timed = moment.where(moment != moment.dt.normalize())
    told = pd.Series(pd.NaT, index=moment.index, dtype="datetime64[us, UTC]")
    if timed.notna().any():
        zones = partnerships.map(zones_of_each(partnerships.unique()))
        for zone in zones.unique():
            here = timed[zones == zone].dt.tz_localize(zone, ambiguous="NaT", nonexistent="shift_forward")
            told[here.index] = here.dt.tz_convert("UTC")
    return told


def _pieces(values: pd.DataFrame, piece: pd.Series | None) -> np.ndarray:
    """Number the pieces of each lot: as written, else in the order in which their names or values come."""
    if piece is None or piece.isna().any():
        return values.groupby(["lot", "characteristic_version_id"]).cumcount().to_numpy() + 1
    number = pd.to_numeric(piece, errors="coerce").astype("float64")
    if (number.notna() & (number >= 0) & (number % 1 == 0) & (number < 2**31)).all():
        return number.to_numpy().astype(np.int64)
    first = ~pd.DataFrame({"lot": values["lot"], "piece": piece}).duplicated()
    order = first.astype(np.int64).groupby(values["lot"]).cumsum()
    names = pd.DataFrame({"lot": values["lot"], "piece": piece, "order": order})
    return names.groupby(["lot", "piece"])["order"].transform("min").to_numpy()


def _earlier(values: pd.DataFrame) -> np.ndarray:
    """Return the position of the first row about the same piece, -1 for that row itself."""
    codes, _ = pd.factorize(values["lot"])
    for name in KEY[1:]:
        own, found = pd.factorize(values[name])
        codes = codes.astype(np.int64) * max(len(found), 1) + own
    earlier = np.full(len(values), -1, dtype=np.int64)
    later = pd.Series(codes).duplicated().to_numpy()
    if later.any():
        first = pd.Series(np.arange(len(codes))).groupby(codes).transform("first").to_numpy()
        earlier[later] = first[later]
    return earlier


def _sets_of(lot_ids: Sequence[int], stage: str) -> pd.DataFrame:
    """Return the set that counts of each lot, by lot id."""
    found = copy.read(
        "SELECT s.lot_id, s.id, s.values_hash, s.measured_date, s.inspector"
        " FROM unnest(%s::bigint[]) AS asked (lot) JOIN quality_measurementset s ON s.lot_id = asked.lot"
        " WHERE s.stage = %s AND s.withdrawn_at IS NULL",
        [copy.array_of(lot_ids), stage],
        {"lot_id": "bigint", "set_id": "bigint", "hash": "text", "measured_date": "date", "said": "text"},
    )
    return found.set_index("lot_id")


def _has_other_values(values: pd.DataFrame, lots: pd.DataFrame) -> pd.Series:
    """Return which lots have a set with other values than the file gives, more or less of them included."""
    known = lots["set_id"].notna()
    values = values[values["lot"].isin(lots.index[known])]
    values = values.sort_values("lot", kind="stable")
    prints = fingerprint_values(
        values["lot"], values["characteristic_version_id"], values["piece"], values["value"]
    )
    given = pd.Series(prints, index=values["lot"].drop_duplicates())
    return known & (lots["hash"] != given.reindex(lots.index))


def _values_of_sets(lots: pd.DataFrame) -> pd.DataFrame:
    found = copy.read(
        """
        SELECT m.partnership_id, m.measurement_set_id, m.lot_id, m.characteristic_version_id, m.piece,
            m.value, m.measured_date, m.measured_at, m.cavity
        FROM unnest(%s::bigint[], %s::bigint[]) AS asked (lot, id)
        JOIN quality_measurement m ON m.lot_id = asked.lot AND m.measurement_set_id = asked.id
        """,
        [copy.array_of(lots["lot_id"]), copy.array_of(lots["set_id"])],
        VALUE_COLUMNS,
    )
    found["lot"] = found["lot_id"].astype("int64")  # a stored lot is its own label
    return found.astype({"characteristic_version_id": "int64", "piece": "int64"})
