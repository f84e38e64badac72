"""Recording measured values, adding to them, and taking them back."""

from collections.abc import Collection, Hashable
from datetime import datetime

import numpy as np
import pandas as pd
from django.db import connection, transaction

from core import copy
from core.commits import BuiltUpon, Contradicts, counts_of
from core.scope import must_hold
from quality.formulas.fingerprints import fingerprint_values
from quality.queries.measurements import KEY, VALUE_COLUMNS, MeasurementMatch, match_measurements
from quality.services.lots import make_lots
from quality.services.measurement_sums import add_to_measurement_sums, refresh_measurement_sums
from quality.services.sums import touch_cells
from suppliers.services import lock_partnerships

SET_COLUMNS = {
    "id": "bigint", "partnership_id": "bigint", "lot_id": "bigint", "part_id": "bigint", "stage": "text",
    "measured_date": "date", "values_hash": "text", "value_count": "integer", "inspector": "text",
    "commit_id": "bigint", "recorded_at": "timestamptz", "corrects_id": "bigint",
}  # fmt: skip
WITHDRAW = (
    "UPDATE quality_measurementset SET withdrawn_at = %s, withdrawn_by_commit_id = %s WHERE id = ANY(%s)"
)
REVIVE = (
    "UPDATE quality_measurementset SET withdrawn_at = NULL, withdrawn_by_commit_id = NULL WHERE id = ANY(%s)"
)
MADE = """
SELECT id, partnership_id, part_id, stage, measured_date FROM quality_measurementset
WHERE partnership_id = ANY(%s) AND commit_id = %s AND withdrawn_at IS NULL
"""
REPLACED = """
SELECT id, partnership_id, part_id, stage, measured_date FROM quality_measurementset
WHERE partnership_id = ANY(%s) AND withdrawn_by_commit_id = %s AND commit_id <> %s
"""
SETS = {"id": "bigint", "partnership_id": "bigint", "part_id": "bigint", "stage": "text", "day": "date"}


@transaction.atomic
def record_measurements(
    *,
    partnership_id: int | None,
    rows: pd.DataFrame,
    stage: str,
    commit_id: int,
    now: datetime,
    replacing: Collection[Hashable] = frozenset(),
) -> dict[str, int]:
    """Store the measured values of a file that are not stored yet.

    The values of one lot at one stage are one set. A lot that has a set already gets a new one of the old
    values and the new ones together, which corrects it: so a second file, or a repair, adds to the first.

    Parameters
    ----------
    partnership_id, rows, stage
        As for `quality.queries.compare_measurements`, which is asked again under the lock.
    commit_id : int
        Stands on every set that is made or withdrawn.
    now : datetime
        When it is recorded.
    replacing : collection of labels
        Conflicting rows whose value is to replace the one that is held.

    Returns
    -------
    dict
        Number of values `new`, `same`, `changed` (none ever) and `replaced`.

    Raises
    ------
    Contradicts
        If a conflicting row is not in `replacing`, or contradicts another row; nothing is stored.
    """
    lock_partnerships(
        [int(one) for one in rows["partnership_id"].unique()] if partnership_id is None else [partnership_id]
    )
    match = match_measurements(partnership_id=partnership_id, rows=rows, stage=stage)
    conflicting = match.status == "conflicting"
    stuck = conflicting & (~rows.index.isin(list(replacing)) | (match.repeats >= 0))
    if stuck.any():
        raise Contradicts(rows.index[stuck])
    counts = counts_of(pd.Series(match.status))
    fresh = match.status != "same"
    values = match.values if fresh.all() else match.values[fresh]
    if values.empty:
        return counts
    lots = match.lots.loc[values["lot"].unique()].copy()
    lots["lot_id"] = make_lots(rows=lots, now=now)
    lots["id"] = copy.next_ids("quality_measurementset", len(lots))
    values = _with_stored(values, match, lots)
    _make_sets(values, lots, stage=stage, commit_id=commit_id, now=now)
    _load(values, lots)
    _sum_up(values, lots, stage=stage, now=now)
    return counts


@transaction.atomic
def withdraw_measurements(*, commit_id: int, now: datetime) -> dict[str, int]:
    """Take back what a commit stored, and revive the sets that it had added to; again changes nothing.

    Returns
    -------
    dict
        Number of measurement sets `withdrawn` and `revived`.

    Raises
    ------
    BuiltUpon
        ``corrected_later`` with `commits`, if later commits added to or corrected what this one stored.
    """
    partnerships = _partnerships_of(commit_id)
    for partnership_id in partnerships:
        must_hold(partnership_id)
    lock_partnerships(partnerships)
    _refuse_if_corrected(partnerships, commit_id)
    made = copy.read(MADE, [partnerships, commit_id], SETS)
    revived = copy.read(REPLACED, [partnerships, commit_id, commit_id], SETS)
    _execute(WITHDRAW, [now, commit_id, made["id"].tolist()])
    _execute(REVIVE, [revived["id"].tolist()])
    sets = pd.concat([made, revived])
    refresh_measurement_sums(partnerships=partnerships, set_ids=sets["id"].tolist())
    touch_cells(cells=sets, now=now)
    return {"withdrawn": len(made), "revived": len(revived)}


def _with_stored(values: pd.DataFrame, match: MeasurementMatch, lots: pd.DataFrame) -> pd.DataFrame:
    """Put the stored values of the same lots beside the new ones, but for those that are replaced; lot by lot."""
    stored = match.stored[match.stored["lot"].isin(lots.index[lots["set_id"].notna()])]
    if stored.empty:
        return _by_lot(values, lots)
    stored = stored.rename(columns={"measured_date": "day"})[values.columns]
    stored["cavity"] = stored["cavity"].fillna("")
    stored["measured_at"] = stored["measured_at"].astype(values["measured_at"].dtype)
    return _by_lot(pd.concat([values, stored]).drop_duplicates(KEY), lots)


def _by_lot(values: pd.DataFrame, lots: pd.DataFrame) -> pd.DataFrame:
    """Put values in the order of their lots' ids: an index of rising keys grows at its end alone."""
    ids = lots["lot_id"].to_numpy()[lots.index.get_indexer(values["lot"])]
    if (ids[1:] >= ids[:-1]).all():
        return values.reset_index(drop=True)
    return values.take(np.argsort(ids, kind="stable")).reset_index(drop=True)


def _make_sets(
    values: pd.DataFrame,
    lots: pd.DataFrame,
    *,
    stage: str,
    commit_id: int,
    now: datetime,
) -> None:
    """Withdraw the sets that are added to and make the new ones, each on the day of its first value."""
    by_lot = values.groupby("lot", sort=False)
    prints = fingerprint_values(
        values["lot"], values["characteristic_version_id"], values["piece"], values["value"]
    )
    lots["values_hash"] = pd.Series(prints, index=values["lot"].drop_duplicates())
    lots["value_count"] = by_lot.size()
    lots["old_date"] = lots["measured_date"]
    lots["measured_date"] = by_lot["day"].min()
    lots["inspector"] = lots["inspector"].where(lots["inspector"] != "", lots["said"].fillna(""))
    _execute(WITHDRAW, [now, commit_id, lots["set_id"].dropna().astype("int64").tolist()])
    copy.append(
        "quality_measurementset",
        lots.assign(
            stage=stage,
            commit_id=commit_id,
            recorded_at=pd.Timestamp(now),
            corrects_id=lots["set_id"],
        ),
        SET_COLUMNS,
    )


def _load(values: pd.DataFrame, lots: pd.DataFrame) -> None:
    """Load the values, lot by lot, so that those of a lot lie together on disk."""
    place = lots.index.get_indexer(values["lot"])
    copy.append(
        "quality_measurement",
        values.assign(
            partnership_id=lots["partnership_id"].to_numpy()[place],
            measurement_set_id=lots["id"].to_numpy()[place],
            lot_id=lots["lot_id"].to_numpy()[place],
            measured_date=lots["measured_date"].to_numpy()[place],
        ),
        VALUE_COLUMNS,
        exact=True,
    )


def _sum_up(values: pd.DataFrame, lots: pd.DataFrame, *, stage: str, now: datetime) -> None:
    """Add what is new to the sums; where a set was replaced, count its months anew."""
    place = lots.index.get_indexer(values["lot"])
    fresh = lots["set_id"].isna().to_numpy()[place]
    add_to_measurement_sums(
        stage=stage,
        values=pd.DataFrame(
            {
                "partnership_id": lots["partnership_id"].to_numpy()[place],
                "part_id": lots["part_id"].to_numpy()[place],
                "characteristic_version_id": values["characteristic_version_id"].to_numpy(),
                "day": lots["measured_date"].to_numpy()[place],
                "value": values["value"].to_numpy(),
            }
        )[fresh],
    )
    replaced = lots[lots["set_id"].notna()]
    refresh_measurement_sums(
        partnerships=replaced["partnership_id"].unique().tolist(),
        set_ids=[*replaced["id"], *replaced["set_id"].astype("int64")],
    )
    own = ["partnership_id", "part_id", "day"]
    days = pd.concat(
        [
            lots.rename(columns={"measured_date": "day"})[own],
            replaced.rename(columns={"old_date": "day"})[own],
        ]
    )
    touch_cells(cells=days.assign(stage=stage), now=now)


def _refuse_if_corrected(partnerships: list[int], commit_id: int) -> None:
    later = copy.read(
        "SELECT DISTINCT withdrawn_by_commit_id FROM quality_measurementset WHERE partnership_id = ANY(%s)"
        " AND commit_id = %s AND withdrawn_by_commit_id <> %s ORDER BY 1 DESC",
        [partnerships, commit_id, commit_id],
        {"id": "bigint"},
    )
    if len(later):
        raise BuiltUpon("corrected_later", commits=later["id"].tolist())


def _partnerships_of(commit_id: int) -> list[int]:
    found = copy.read(
        "SELECT DISTINCT partnership_id FROM quality_measurementset"
        " WHERE commit_id = %s OR withdrawn_by_commit_id = %s ORDER BY 1",
        [commit_id, commit_id],
        {"id": "bigint"},
    )
    return found["id"].tolist()


def _execute(statement: str, params: list) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
