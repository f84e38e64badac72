"""Measured values beyond the limits of the version that they were judged by."""

from collections.abc import Sequence

import pandas as pd
from django.db.models import Q

from core import copy
from core.scope import must_hold
from quality.models import MeasurementSum
from quality.queries.signals.cells import Cell, Signal, cell_columns
from suppliers.queries import limits_of_versions

COLUMNS = {
    "part": "bigint", "stage": "text", "version": "bigint", "lot": "bigint", "day": "date", "values": "bigint",
    "beyond": "bigint", "low": "double precision", "high": "double precision",
}  # fmt: skip
BEYOND = """
SELECT s.part_id, s.stage, m.characteristic_version_id, s.lot_id, s.measured_date, count(*),
    count(*) FILTER (WHERE m.value < v.lsl OR m.value > v.usl), min(m.value), max(m.value)
FROM unnest(%(parts)s::bigint[], %(stages)s::text[], %(days)s::date[]) AS cell (part, stage, since)
JOIN quality_measurementset s ON s.part_id = cell.part AND s.stage = cell.stage
    AND s.measured_date >= cell.since AND s.withdrawn_at IS NULL
JOIN quality_measurement m ON m.lot_id = s.lot_id AND m.measurement_set_id = s.id
JOIN unnest(%(versions)s::bigint[], %(lsl)s::float8[], %(usl)s::float8[]) AS v (id, lsl, usl)
    ON v.id = m.characteristic_version_id
WHERE s.partnership_id = %(partnership)s
GROUP BY s.id, s.part_id, s.stage, m.characteristic_version_id, s.lot_id, s.measured_date
HAVING count(*) FILTER (WHERE m.value < v.lsl OR m.value > v.usl) > 0
ORDER BY s.measured_date, s.lot_id, m.characteristic_version_id
"""


def signals(partnership_id: int, cells: Sequence[Cell]) -> list[Signal]:
    """Return the lots with values beyond a limit; where the monthly sums know of none, no value is read."""
    must_hold(partnership_id)
    suspects, versions = _suspects(partnership_id, cells)
    if not suspects:
        return []
    limits = limits_of_versions(versions)
    parts, stages, days = cell_columns(suspects)
    found = copy.read(
        BEYOND,
        {
            "partnership": partnership_id,
            "parts": parts,
            "stages": stages,
            "days": days,
            "versions": [int(one) for one in limits.index],
            "lsl": limits["lsl"].astype(object).where(limits["lsl"].notna(), None).tolist(),
            "usl": limits["usl"].astype(object).where(limits["usl"].notna(), None).tolist(),
        },
        COLUMNS,
    )
    return [_signal(row) for row in found.to_dict("records")]


def _suspects(partnership_id: int, cells: Sequence[Cell]) -> tuple[list[Cell], set[int]]:
    """Return the cells with values beyond limits since their day's month, and those characteristic versions."""
    first = min(one.since for one in cells).replace(day=1)
    rows = MeasurementSum.objects.filter(
        Q(out_of_limits__gt=0), partnership=partnership_id, month__gte=first,
        part__in={one.part for one in cells},
    )  # fmt: skip
    known = set(rows.values_list("part", "stage", "characteristic_version"))
    there = {(part, stage) for part, stage, _version in known}
    return (
        [one for one in cells if (one.part, one.stage) in there],
        {version for _part, _stage, version in known},
    )


def _signal(row: dict) -> Signal:
    day = pd.Timestamp(row["day"]).date()
    return Signal(
        rule="out_of_limits",
        part=int(row["part"]),
        stage=str(row["stage"]),
        version=int(row["version"]),
        lot=int(row["lot"]),
        day=day,
        since=day,
        details={
            "beyond": int(row["beyond"]),
            "values": int(row["values"]),
            "low": float(row["low"]),
            "high": float(row["high"]),
        },
    )
