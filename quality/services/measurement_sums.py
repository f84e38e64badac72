"""Sums of measured values by characteristic version and month."""

import numpy as np
import pandas as pd
from django.db import connection

from core import copy
from quality.formulas.moments import Moments, merge_moments, moments_of_groups
from suppliers.queries import limits_of_versions

CELL = ["partnership_id", "part_id", "characteristic_version_id", "month"]
SUMS = {
    "n": "bigint", "mean": "double precision", "m2": "double precision", "minimum": "double precision",
    "maximum": "double precision", "out_of_limits": "bigint",
}  # fmt: skip
CELL_TYPES = {
    "partnership_id": "bigint", "part_id": "bigint", "characteristic_version_id": "bigint", "month": "date",
}  # fmt: skip
STORED = """
SELECT t.partnership_id, t.part_id, t.characteristic_version_id, t.month,
    s.n, s.mean, s.m2, s.minimum, s.maximum, s.out_of_limits
FROM touched_months t JOIN quality_measurementsum s ON s.partnership_id = t.partnership_id AND s.part_id = t.part_id
    AND s.characteristic_version_id = t.characteristic_version_id AND s.stage = %s AND s.month = t.month
WHERE s.partnership_id = ANY(%s)
"""
PUT = """
INSERT INTO quality_measurementsum (
    partnership_id, part_id, characteristic_version_id, stage, month, n, mean, m2, minimum, maximum,
    out_of_limits)
SELECT partnership_id, part_id, characteristic_version_id, %s, month, n, mean, m2, minimum, maximum, out_of_limits
FROM merged_months
ON CONFLICT (partnership_id, part_id, characteristic_version_id, stage, month) DO UPDATE SET
    n = EXCLUDED.n, mean = EXCLUDED.mean, m2 = EXCLUDED.m2, minimum = EXCLUDED.minimum,
    maximum = EXCLUDED.maximum, out_of_limits = EXCLUDED.out_of_limits
"""
CELLS_OF_SETS = """
SELECT DISTINCT s.partnership_id, s.part_id, m.characteristic_version_id,
    date_trunc('month', s.measured_date)::date, s.stage
FROM unnest(%s::bigint[]) AS asked (id) JOIN quality_measurementset s ON s.id = asked.id
JOIN quality_measurement m ON m.lot_id = s.lot_id AND m.measurement_set_id = s.id
WHERE s.partnership_id = ANY(%s)
"""
DROP = """
DELETE FROM quality_measurementsum s USING touched_months t
WHERE s.partnership_id = t.partnership_id AND s.partnership_id = ANY(%(all)s) AND s.part_id = t.part_id
    AND s.stage = t.stage AND s.characteristic_version_id = t.characteristic_version_id AND s.month = t.month
"""
COUNT = """
INSERT INTO quality_measurementsum (
    partnership_id, part_id, characteristic_version_id, stage, month, n, mean, m2, minimum, maximum,
    out_of_limits)
SELECT s.partnership_id, t.part_id, t.characteristic_version_id, t.stage, t.month, count(*), avg(m.value),
    var_pop(m.value) * count(*), min(m.value), max(m.value),
    count(*) FILTER (WHERE m.value < t.lsl OR m.value > t.usl)
FROM touched_months t
JOIN quality_measurementset s ON s.partnership_id = t.partnership_id AND s.part_id = t.part_id
    AND s.stage = t.stage AND s.measured_date >= t.month AND s.measured_date < t.month + interval '1 month'
    AND s.withdrawn_at IS NULL
JOIN quality_measurement m ON m.lot_id = s.lot_id AND m.measurement_set_id = s.id
    AND m.characteristic_version_id = t.characteristic_version_id
WHERE s.partnership_id = ANY(%(all)s)
GROUP BY s.partnership_id, t.part_id, t.characteristic_version_id, t.stage, t.month
"""


def add_to_measurement_sums(*, stage: str, values: pd.DataFrame) -> None:
    """Add values of new sets to the sums of their months, merging moments.

    `values`: `partnership_id`, `part_id`, `characteristic_version_id`, `day` (of the set), `value`.
    """
    if values.empty:
        return
    month = values["day"].astype("datetime64[s]").to_numpy().astype("datetime64[M]")
    codes, cells = _cells(values, month)
    order = np.argsort(codes, kind="stable")
    starts = np.flatnonzero(np.diff(codes[order], prepend=-1))
    limits = limits_of_versions(cells["characteristic_version_id"].unique())
    limits = limits.reindex(cells["characteristic_version_id"])
    fresh = moments_of_groups(starts, values["value"].to_numpy()[order], limits["lsl"], limits["usl"])
    with copy.temporary("touched_months", cells, CELL_TYPES):
        whose = cells["partnership_id"].unique().tolist()
        stored = copy.read(STORED, [stage, whose], CELL_TYPES | SUMS)
    known = cells.merge(stored.astype(dict.fromkeys(CELL[:3], "int64")), how="left")
    held = Moments(*(known[name].to_numpy(dtype="float64", na_value=0.0) for name in SUMS))
    absent = known["n"].isna().to_numpy()
    merged = merge_moments(
        held._replace(
            n=held.n.astype(np.int64),
            minimum=np.where(absent, np.inf, held.minimum),
            maximum=np.where(absent, -np.inf, held.maximum),
            out_of_limits=held.out_of_limits.astype(np.int64),
        ),
        fresh,
    )
    sums = cells.assign(**merged._asdict())
    with copy.temporary("merged_months", sums, CELL_TYPES | SUMS), connection.cursor() as cursor:
        cursor.execute(PUT, [stage])


def refresh_measurement_sums(*, partnerships: list[int], set_ids: list[int]) -> None:
    """Count anew the months of all characteristics of these sets, whether they count or were withdrawn."""
    if not set_ids:
        return
    months = copy.read(
        CELLS_OF_SETS, [[int(pk) for pk in set_ids], partnerships], CELL_TYPES | {"stage": "text"}
    )
    refresh_measurement_months(months=months)


def refresh_measurement_months(*, months: pd.DataFrame) -> None:
    """Count these cells anew: `partnership_id`, `part_id`, `characteristic_version_id`, `month`, `stage`."""
    if months.empty:
        return
    months = months.join(
        limits_of_versions(months["characteristic_version_id"].unique()), on="characteristic_version_id"
    )
    whose = months["partnership_id"].astype("int64").unique().tolist()
    columns = CELL_TYPES | {"stage": "text", "lsl": "double precision", "usl": "double precision"}
    with copy.temporary("touched_months", months, columns), connection.cursor() as cursor:
        for statement in (DROP, COUNT):
            cursor.execute(statement, {"all": whose})


def _cells(values: pd.DataFrame, month: np.ndarray) -> tuple[np.ndarray, pd.DataFrame]:
    """Return the cell of each value by number, and the cells."""
    frame = pd.DataFrame(
        {
            "partnership_id": values["partnership_id"].to_numpy(dtype=np.int64),
            "part_id": values["part_id"].to_numpy(dtype=np.int64),
            "characteristic_version_id": values["characteristic_version_id"].to_numpy(dtype=np.int64),
            "month": month.astype("datetime64[s]"),
        }
    )
    groups = frame.groupby(CELL, sort=True)
    codes = groups.ngroup().to_numpy()
    cells = frame.loc[~pd.Series(codes).duplicated().to_numpy()]
    order = np.argsort(codes[cells.index.to_numpy()])
    return codes, cells.iloc[order].reset_index(drop=True)
