"""Recording inspections, correcting them, and taking them back."""

from collections.abc import Collection, Hashable
from datetime import datetime

import pandas as pd
from django.db import connection, transaction

from core import copy
from core.commits import BuiltUpon, Contradicts, counts_of
from core.scope import must_hold
from quality.formulas.presentations import number_presentations
from quality.queries.inspection_rows import FIELDS, WORDS
from quality.queries.inspections import Match, match_inspections
from quality.services.lots import make_lots
from quality.services.sums import refresh_lot_sums
from suppliers.services import lock_partnerships

INSPECTION_COLUMNS = {
    "id": "bigint", "partnership_id": "bigint", "lot_id": "bigint", "part_id": "bigint", "stage": "text",
    "submission": "smallint", "stated_submission": "smallint", "inspection_date": "date",
    "received_date": "date", "inspection_no": "text", "lot_size": "integer", "inspected": "integer",
    "nonconforming": "integer", "critical": "integer", "major": "integer", "minor": "integer",
    "verdict": "text", "inspection_type": "text", "inspector": "text", "shift": "text", "machine": "text",
    "cavity": "text", "remark": "text", "commit_id": "bigint", "recorded_at": "timestamptz",
    "corrects_id": "bigint",
}  # fmt: skip
WITHDRAW = """
UPDATE quality_inspection SET withdrawn_at = %s, withdrawn_by_commit_id = %s WHERE id = ANY(%s::bigint[])
"""
# Two steps, since the database asks after every row whether a number is taken.
PARK = """
UPDATE quality_inspection SET submission = submission + 10000 WHERE id = ANY(%s::bigint[]) AND withdrawn_at IS NULL
"""
NUMBER = """
UPDATE quality_inspection i
SET submission = asked.number, withdrawn_at = NULL, withdrawn_by_commit_id = NULL
FROM unnest(%s::bigint[], %s::int[]) AS asked (id, number) WHERE i.id = asked.id
"""
LIVE_OF_LOTS = """
SELECT i.id, i.partnership_id, i.lot_id, i.part_id, i.stage, i.inspection_date,
    coalesce(i.stated_submission, 0), i.submission
FROM unnest(%s::bigint[]) AS asked (lot) JOIN quality_inspection i ON i.lot_id = asked.lot
WHERE i.withdrawn_at IS NULL
"""
MADE = """
SELECT id, partnership_id, lot_id, part_id, stage, inspection_date, coalesce(stated_submission, 0), submission
FROM quality_inspection WHERE partnership_id = ANY(%s) AND commit_id = %s AND withdrawn_at IS NULL
"""
REPLACED = """
SELECT id, partnership_id, lot_id, part_id, stage, inspection_date, coalesce(stated_submission, 0), submission
FROM quality_inspection WHERE partnership_id = ANY(%s) AND withdrawn_by_commit_id = %s AND commit_id <> %s
"""
CELL = ["partnership_id", "part_id", "day"]
CHAIN = {
    "id": "bigint", "partnership_id": "bigint", "lot_id": "bigint", "part_id": "bigint", "stage": "text",
    "day": "date", "stated": "bigint", "submission": "bigint",
}  # fmt: skip


@transaction.atomic
def record_inspections(
    *,
    partnership_id: int | None,
    rows: pd.DataFrame,
    stage: str,
    commit_id: int,
    now: datetime,
    replacing: Collection[Hashable] = frozenset(),
) -> dict[str, int]:
    """Store the inspections of a file that are not stored yet, and correct those that it says otherwise.

    Parameters
    ----------
    partnership_id, rows, stage
        As for `quality.queries.compare_inspections`, which is asked again under the lock.
    commit_id : int
        Stands on every row that is made or withdrawn.
    now : datetime
        When it is recorded.
    replacing : collection of labels
        Conflicting rows that are to replace what they contradict.

    Returns
    -------
    dict
        Number of rows `new`, `same`, `changed` and `replaced` (conflicting ones that were chosen).

    Raises
    ------
    Contradicts
        If a conflicting row is not in `replacing`, or contradicts another row; nothing is stored.
    """
    lock_partnerships(
        [int(one) for one in rows["partnership_id"].unique()] if partnership_id is None else [partnership_id]
    )
    match = match_inspections(partnership_id=partnership_id, rows=rows, stage=stage)
    _refuse_contradictions(match, rows.index, replacing)
    counts = counts_of(match.status)
    given = match.given.rows
    given["lot_id"] = make_lots(rows=given, now=now)
    written = given[match.status != "same"].copy()
    if written.empty:
        return counts
    written["id"] = copy.next_ids("quality_inspection", len(written))
    changed = pd.Series(match.place, index=given.index)[match.status == "changed"]
    _keep_unsaid(written, changed, match)
    old = _withdraw_replaced(written, match, commit_id, now)
    renumbered = _number(written, stage)
    copy.append(
        "quality_inspection",
        written.assign(stage=stage, commit_id=commit_id, recorded_at=pd.Timestamp(now)),
        INSPECTION_COLUMNS,
    )
    _write_lists(written, changed, match)
    fresh = written[["partnership_id", "part_id", "inspection_date"]].set_axis(CELL, axis=1)
    cells = pd.concat([fresh, old, renumbered[CELL]]).assign(stage=stage)
    refresh_lot_sums(cells=cells, now=now)
    return counts


@transaction.atomic
def withdraw_inspections(*, commit_id: int, now: datetime) -> dict[str, int]:
    """Take back what a commit stored, and revive what it had replaced; again changes nothing.

    Returns
    -------
    dict
        Number of inspections `withdrawn` and `revived`.

    Raises
    ------
    BuiltUpon
        ``corrected_later`` with `commits`, if later commits corrected what this one stored.
    """
    partnerships = _partnerships_of(commit_id)
    for partnership_id in partnerships:
        must_hold(partnership_id)
    lock_partnerships(partnerships)
    _refuse_if_corrected(partnerships, commit_id)
    made = _chain(MADE, [partnerships, commit_id])
    revived = _chain(REPLACED, [partnerships, commit_id, commit_id])
    _execute(WITHDRAW, [now, commit_id, copy.array_of(made["id"])])
    lots = pd.concat([made["lot_id"], revived["lot_id"]]).unique()
    live = _chain(LIVE_OF_LOTS, [copy.array_of(lots)])
    numbers = _numbers(pd.concat([live, revived]))
    moved = live[live["submission"] != live["id"].map(numbers)]
    _set_numbers(pd.concat([moved["id"], revived["id"]]), numbers)
    refresh_lot_sums(cells=pd.concat([made, revived, moved]), now=now)
    return {"withdrawn": len(made), "revived": len(revived)}


def _refuse_contradictions(match: Match, labels: pd.Index, replacing: Collection[Hashable]) -> None:
    conflicting = (match.status == "conflicting").to_numpy()
    stuck = conflicting & (~labels.isin(list(replacing)) | (match.repeats >= 0))
    if stuck.any():
        raise Contradicts(labels[stuck])


def _keep_unsaid(written: pd.DataFrame, changed: pd.Series, match: Match) -> None:
    """Let rows that tell more keep what they do not mention; in place. A replacement stands alone."""
    if changed.empty:
        return
    held = match.stored.rows.iloc[changed].set_axis(changed.index)
    for name in FIELDS:
        silent = written.loc[changed.index, name]
        silent = silent[silent == "" if name in WORDS else silent.isna()].index
        written.loc[silent, name] = held.loc[silent, name]
    stated = written.loc[changed.index, "stated"]
    written.loc[changed.index, "stated"] = stated.where(stated > 0, held["stated"])


def _withdraw_replaced(written: pd.DataFrame, match: Match, commit_id: int, now: datetime) -> pd.DataFrame:
    """Withdraw what the rows replace, point to it by `corrects_id`, and return its `CELL`."""
    place = pd.Series(match.place, index=match.status.index)[written.index]
    place = place[place >= 0]
    old = match.stored.rows.iloc[place].set_axis(place.index)
    written["corrects_id"] = old["id"].astype("Int64").reindex(written.index)
    if len(old):
        _execute(WITHDRAW, [now, commit_id, copy.array_of(old["id"])])
    return written.loc[old.index, CELL[:2]].assign(day=old["inspection_date"])


def _number(written: pd.DataFrame, stage: str) -> pd.DataFrame:
    """Number the rows to write, in place, and renumber the stored ones beside them; return the latter."""
    live = _chain(LIVE_OF_LOTS, [copy.array_of(written.loc[written["lot"] >= 0, "lot_id"].unique())])
    live = live[live["stage"] == stage]
    fresh = written[["id", "lot_id", "stated"]].assign(stage=stage, day=written["inspection_date"])
    numbers = _numbers(pd.concat([live, fresh]))
    written["submission"] = written["id"].map(numbers)
    written["stated_submission"] = written["stated"].where(written["stated"] > 0).astype("Int64")
    moved = live[live["submission"] != live["id"].map(numbers)]
    _set_numbers(moved["id"], numbers)
    return moved


def _numbers(chain: pd.DataFrame) -> pd.Series:
    """Return the number of each presentation by inspection id."""
    chain = chain.sort_values(["lot_id", "stage", "day", "stated", "id"])
    lot = chain.groupby(["lot_id", "stage"], sort=False).ngroup()
    return pd.Series(number_presentations(lot=lot, stated=chain["stated"]), index=chain["id"])


def _set_numbers(ids: pd.Series, numbers: pd.Series) -> None:
    """Give live inspections another number, and bring withdrawn ones back to life with theirs."""
    if len(ids):
        _execute(PARK, [copy.array_of(ids)])
        _execute(NUMBER, [copy.array_of(ids), copy.array_of(numbers[ids])])


def _write_lists(written: pd.DataFrame, changed: pd.Series, match: Match) -> None:
    found = _merge_list(match.given.found, match.stored.found, changed)
    done = _merge_list(match.given.done, match.stored.done, changed)
    for table, children, columns in (
        ("quality_nonconformity", found, {"what": "defect", "count": "count"}),
        ("quality_disposition", done, {"what": "kind", "count": "quantity"}),
    ):
        rows = children[children["row"].isin(written.index)].rename(columns=columns)
        parents = written[["partnership_id", "id"]].rename(columns={"id": "inspection_id"})
        rows = rows.join(parents, on="row")
        copy.append(
            table,
            rows,
            {"partnership_id": "bigint", "inspection_id": "bigint"}
            | dict(zip(columns.values(), ("text", "integer"), strict=True)),
        )


def _merge_list(mine: pd.DataFrame, theirs: pd.DataFrame, changed: pd.Series) -> pd.DataFrame:
    """Let rows that tell more keep the list that they do not give, and counts that their list leaves out."""
    if changed.empty:
        return mine
    places = pd.DataFrame({"row": changed.index, "place": changed.to_numpy()})
    held = places.merge(theirs.rename(columns={"row": "place"}), on="place").drop(columns="place")
    said = mine.merge(held, on=["row", "what"], how="left", suffixes=("", "_held"))
    said["count"] = said["count"].fillna(said["count_held"])
    return pd.concat([said.drop(columns="count_held"), held[~held["row"].isin(mine["row"])]])


def _refuse_if_corrected(partnerships: list[int], commit_id: int) -> None:
    later = copy.read(
        "SELECT DISTINCT withdrawn_by_commit_id FROM quality_inspection WHERE partnership_id = ANY(%s)"
        " AND commit_id = %s AND withdrawn_by_commit_id <> %s ORDER BY 1 DESC",
        [partnerships, commit_id, commit_id],
        {"id": "bigint"},
    )
    if len(later):
        raise BuiltUpon("corrected_later", commits=later["id"].tolist())


def _partnerships_of(commit_id: int) -> list[int]:
    found = copy.read(
        "SELECT partnership_id FROM quality_inspection WHERE commit_id = %s OR withdrawn_by_commit_id = %s"
        " GROUP BY 1 ORDER BY 1",
        [commit_id, commit_id],
        {"id": "bigint"},
    )
    return found["id"].tolist()


def _chain(query: str, params: list) -> pd.DataFrame:
    chain = copy.read(query, params, CHAIN)
    return chain.astype({name: "int64" for name, kind in CHAIN.items() if kind == "bigint"})


def _execute(statement: str, params: list) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
