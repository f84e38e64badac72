"""Recording gauge studies, adding readings to them, and taking them back."""

from collections.abc import Collection, Hashable
from datetime import datetime

import pandas as pd
from django.db import connection, transaction

from core import copy
from core.commits import BuiltUpon, Contradicts, counts_of
from core.scope import must_hold
from quality.models import Gauge
from quality.queries.gauge_rows import READING, StudyMatch, match_gauge_studies
from suppliers.queries import characteristic_index
from suppliers.services import lock_partnerships

STUDY_COLUMNS = {
    **dict.fromkeys(("id", "partnership_id", "gauge_id", "part_id", "characteristic_version_id"), "bigint"),
    **dict.fromkeys(("characteristic_key", "characteristic_name", "kind", "unit"), "text"),
    **dict.fromkeys(("lsl", "usl"), "double precision"),
    **dict.fromkeys(("appraiser_count", "piece_count", "reading_count"), "integer"),
    "study_date": "date", "commit_id": "bigint", "recorded_at": "timestamptz", "corrects_id": "bigint",
}  # fmt: skip
READING_COLUMNS = {
    "partnership_id": "bigint", "study_id": "bigint", "appraiser": "text", "piece": "text", "trial": "integer",
    "value": "double precision", "accepted": "boolean", "reference": "double precision",
    "reference_accepted": "boolean",
}  # fmt: skip
WITHDRAW = "UPDATE quality_gaugestudy SET withdrawn_at = %s, withdrawn_by_commit_id = %s WHERE id = ANY(%s)"
REVIVE = "UPDATE quality_gaugestudy SET withdrawn_at = NULL, withdrawn_by_commit_id = NULL WHERE id = ANY(%s)"
OF_COMMIT = """
SELECT DISTINCT partnership_id FROM quality_gaugestudy
WHERE commit_id = %(commit)s OR withdrawn_by_commit_id = %(commit)s ORDER BY 1
"""
CORRECTED = """
SELECT DISTINCT withdrawn_by_commit_id AS id FROM quality_gaugestudy
WHERE partnership_id = ANY(%s) AND commit_id = %s AND withdrawn_by_commit_id <> %s ORDER BY 1 DESC
"""
MADE = """
SELECT id FROM quality_gaugestudy
WHERE partnership_id = ANY(%s) AND commit_id = %s AND withdrawn_at IS NULL
"""
REPLACED = """
SELECT id FROM quality_gaugestudy
WHERE partnership_id = ANY(%s) AND withdrawn_by_commit_id = %s AND commit_id <> %s
"""


@transaction.atomic
def record_gauge_studies(
    *,
    partnership_id: int | None,
    rows: pd.DataFrame,
    commit_id: int,
    now: datetime,
    stage: str | None = None,
    replacing: Collection[Hashable] = frozenset(),
) -> dict[str, int]:
    """Store the readings of a file that are not stored yet.

    A study that has readings already gets a new one of the old and the new together, which corrects it.

    Parameters
    ----------
    partnership_id, rows
        As for `quality.queries.compare_gauge_studies`, which is asked again under the lock.
    commit_id : int
        Stands on every study that is made or withdrawn.
    replacing : collection of labels
        Conflicting rows whose reading is to replace the one that is held.

    Returns
    -------
    dict
        Number of readings `new`, `same`, `changed` and `replaced`.

    Raises
    ------
    Contradicts
        If a conflicting row is not in `replacing`, or contradicts another row; nothing is stored.
    """
    lock_partnerships(
        [int(one) for one in rows["partnership_id"].unique()] if partnership_id is None else [partnership_id]
    )
    match = match_gauge_studies(partnership_id=partnership_id, rows=rows)
    conflicting = match.status == "conflicting"
    stuck = conflicting & (~rows.index.isin(list(replacing)) | (match.repeats >= 0))
    if stuck.any():
        raise Contradicts(rows.index[stuck])
    counts = counts_of(pd.Series(match.status))
    telling = match.readings[match.status != "same"]
    if telling.empty:
        return counts
    studies = match.studies.loc[telling["study"].unique()].copy()
    readings = _all_readings(telling, match, studies)
    _make_studies(readings, studies, commit_id=commit_id, now=now)
    place = studies.index.get_indexer(readings["study"])
    loaded = readings.assign(
        partnership_id=studies["partnership_id"].to_numpy()[place], study_id=studies["id"].to_numpy()[place]
    )
    copy.append("quality_gaugereading", loaded, READING_COLUMNS)
    return counts


def _all_readings(telling: pd.DataFrame, match: StudyMatch, studies: pd.DataFrame) -> pd.DataFrame:
    """Return the readings of the file and the stored ones of the same studies, but for those replaced."""
    stored = match.stored[match.stored["study"].isin(studies.index)]
    both = pd.concat([telling, stored]) if len(stored) else telling
    return both.drop_duplicates(READING).sort_values("study", kind="stable", ignore_index=True)


def _make_studies(readings: pd.DataFrame, studies: pd.DataFrame, *, commit_id: int, now: datetime) -> None:
    """Withdraw the studies that are added to and make the new ones."""
    of_study = readings.groupby("study")
    studies["id"] = copy.next_ids("quality_gaugestudy", len(studies))
    studies["appraiser_count"] = of_study["appraiser"].nunique()
    studies["piece_count"] = of_study["piece"].nunique()
    studies["reading_count"] = of_study.size()
    studies["gauge_id"] = _gauges(studies)
    studies["characteristic_version_id"] = _versions(studies)
    studies["unit"] = studies["unit"].where(studies["unit"] != "", studies["held_unit"].fillna(""))
    _execute(WITHDRAW, [now, commit_id, studies["stored_id"].dropna().astype("int64").tolist()])
    made = studies.assign(
        characteristic_name=studies["characteristic"],
        commit_id=commit_id,
        recorded_at=pd.Timestamp(now),
        corrects_id=studies["stored_id"],
    )
    copy.append("quality_gaugestudy", made, STUDY_COLUMNS)


def _gauges(studies: pd.DataFrame) -> list[int]:
    """Return the gauge of each study; one that its holder has not shown before is made."""
    named = studies.drop_duplicates(["holder_id", "gauge_key"])
    Gauge.objects.bulk_create(
        [
            Gauge(organisation_id=holder, key=key, name=name)
            for holder, key, name in named[["holder_id", "gauge_key", "gauge"]].itertuples(index=False)
        ],
        ignore_conflicts=True,
    )
    known = {
        (one.organisation_id, one.key): one.pk
        for one in Gauge.objects.filter(
            organisation__in=named["holder_id"].tolist(), key__in=named["gauge_key"].tolist()
        )
    }
    return [known[pair] for pair in studies[["holder_id", "gauge_key"]].itertuples(index=False, name=None)]


def _versions(studies: pd.DataFrame) -> pd.Series:
    """Return the version of each characteristic that was in force on the day, where one alone bears the name."""
    index = characteristic_index([int(one) for one in studies["part_id"].unique()])
    asked = studies.reset_index()[["study", "part_id", "characteristic_key", "study_date"]]
    found = asked.merge(
        index.astype({"part_id": "int64"}),
        left_on=["part_id", "characteristic_key"],
        right_on=["part_id", "key"],
    )
    day = found["study_date"]
    found = found[(found["valid_from"] <= day) & ~(found["valid_until"] <= day)]
    found = found.drop_duplicates(["study", "characteristic_version_id"])
    alone = found[~found["study"].duplicated(keep=False)].set_index("study")["characteristic_version_id"]
    return alone.reindex(studies.index).astype("Int64")


@transaction.atomic
def withdraw_gauge_studies(*, commit_id: int, now: datetime) -> dict[str, int]:
    """Take back what a commit stored, and revive the studies that it had added to; again changes nothing.

    Returns
    -------
    dict
        Number of studies `withdrawn` and `revived`.

    Raises
    ------
    BuiltUpon
        ``corrected_later`` with `commits`, if later commits added to or corrected what this one stored.
    """
    partnerships = copy.read(OF_COMMIT, {"commit": commit_id}, {"id": "bigint"})["id"].tolist()
    for partnership_id in partnerships:
        must_hold(partnership_id)
    lock_partnerships(partnerships)
    later = copy.read(CORRECTED, [partnerships, commit_id, commit_id], {"id": "bigint"})
    if len(later):
        raise BuiltUpon("corrected_later", commits=later["id"].tolist())
    made = copy.read(MADE, [partnerships, commit_id], {"id": "bigint"})
    revived = copy.read(REPLACED, [partnerships, commit_id, commit_id], {"id": "bigint"})
    _execute(WITHDRAW, [now, commit_id, made["id"].tolist()])
    _execute(REVIVE, [revived["id"].tolist()])
    return {"withdrawn": len(made), "revived": len(revived)}


def _execute(statement: str, params: list) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
