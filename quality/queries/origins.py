"""By which commits of intake rows came, and whose rows a commit replaced."""

from collections.abc import Collection

import pandas as pd

from core import copy

REPLACED = (
    "SELECT DISTINCT partnership_id, commit_id FROM {table}"
    " WHERE withdrawn_by_commit_id = %s AND commit_id <> %s"
)
PAIRS = {"partnership_id": "bigint", "commit_id": "bigint"}


def commits_of_inspections(inspection_ids: Collection[int]) -> dict[int, int]:
    """Return the commit of each inspection, by its id."""
    return _commits_of("quality_inspection", inspection_ids)


def commits_of_measurement_sets(set_ids: Collection[int]) -> dict[int, int]:
    """Return the commit of each set of measured values, by its id."""
    return _commits_of("quality_measurementset", set_ids)


def commits_replaced_in_inspections(commit_id: int) -> pd.DataFrame:
    """Return `partnership_id` and `commit_id` of inspections in whose place a commit put others."""
    return copy.read(REPLACED.format(table="quality_inspection"), [commit_id, commit_id], PAIRS)


def commits_replaced_in_measurement_sets(commit_id: int) -> pd.DataFrame:
    """Return `partnership_id` and `commit_id` of sets in whose place a commit put others."""
    return copy.read(REPLACED.format(table="quality_measurementset"), [commit_id, commit_id], PAIRS)


def _commits_of(table: str, ids: Collection[int]) -> dict[int, int]:
    statement = f"SELECT id, commit_id FROM {table} WHERE id = ANY(%s)"  # noqa: S608 - a name of ours
    found = copy.read(statement, [list(ids)], {"id": "bigint", "commit_id": "bigint"})
    return dict(zip(found["id"].astype("int64"), found["commit_id"].astype("int64"), strict=True))
