"""Sums of inspections: counted anew for the days whose rows changed, in the transaction that changed them.

A cell is one part on one day, a handful of lots: counting it anew costs what adding to it does, and is right
also where a row left it or a later file made a first submission a second one.
"""

from datetime import datetime

import pandas as pd
from django.db import connection

from core import copy
from core.wake import wake

DROP_LOT_SUMS = """
DELETE FROM quality_lotsum s USING touched_cells t
WHERE s.partnership_id = t.partnership_id AND s.partnership_id = ANY(%(all)s) AND s.part_id = t.part_id
    AND s.stage = t.stage AND s.day = t.day
"""
COUNT_LOT_SUMS = """
INSERT INTO quality_lotsum (
    partnership_id, part_id, stage, day, lots, judged, accepted, conceded, inspected, nonconforming,
    inspected_squared, inspected_nonconforming, nonconforming_squared)
SELECT i.partnership_id, i.part_id, i.stage, i.inspection_date, count(*),
    count(*) FILTER (WHERE verdict <> ''), count(*) FILTER (WHERE verdict = 'accepted'),
    count(*) FILTER (WHERE EXISTS (
        SELECT FROM quality_disposition d WHERE d.inspection_id = i.id AND d.kind = 'conceded')),
    sum(inspected), sum(nonconforming), sum(inspected::bigint * inspected),
    sum(inspected::bigint * nonconforming), sum(nonconforming::bigint * nonconforming)
FROM touched_cells t JOIN quality_inspection i ON i.partnership_id = t.partnership_id
    AND i.part_id = t.part_id AND i.stage = t.stage AND i.inspection_date = t.day
WHERE i.partnership_id = ANY(%(all)s) AND i.withdrawn_at IS NULL AND i.submission = 1
GROUP BY i.partnership_id, i.part_id, i.stage, i.inspection_date
"""
DROP_DEFECT_SUMS = """
DELETE FROM quality_defectsum s USING touched_cells t
WHERE s.partnership_id = t.partnership_id AND s.partnership_id = ANY(%(all)s) AND s.part_id = t.part_id
    AND s.stage = t.stage AND s.day = t.day
"""
COUNT_DEFECT_SUMS = """
INSERT INTO quality_defectsum (partnership_id, part_id, stage, day, defect, count, uncounted_lots)
SELECT i.partnership_id, i.part_id, i.stage, i.inspection_date, n.defect, coalesce(sum(n.count), 0),
    count(*) FILTER (WHERE n.count IS NULL)
FROM touched_cells t JOIN quality_inspection i ON i.partnership_id = t.partnership_id
    AND i.part_id = t.part_id AND i.stage = t.stage AND i.inspection_date = t.day
JOIN quality_nonconformity n ON n.inspection_id = i.id
WHERE i.partnership_id = ANY(%(all)s) AND i.withdrawn_at IS NULL AND i.submission = 1
GROUP BY i.partnership_id, i.part_id, i.stage, i.inspection_date, n.defect
"""
LOT_STATEMENTS = (DROP_LOT_SUMS, COUNT_LOT_SUMS, DROP_DEFECT_SUMS, COUNT_DEFECT_SUMS)
TOUCH = """
INSERT INTO quality_touchedcell (partnership_id, part_id, stage, first_day, last_day, touched_at, touches)
SELECT partnership_id, part_id, stage, min(day), max(day), %(now)s, 1 FROM touched_cells
GROUP BY partnership_id, part_id, stage
ON CONFLICT (partnership_id, part_id, stage) DO UPDATE SET
    first_day = least(quality_touchedcell.first_day, EXCLUDED.first_day),
    last_day = greatest(quality_touchedcell.last_day, EXCLUDED.last_day),
    touched_at = EXCLUDED.touched_at, touches = quality_touchedcell.touches + 1
"""
EVALUATE = "improvement.evaluate"  # knocked on by name: nobody is called upwards


def refresh_lot_sums(*, cells: pd.DataFrame, now: datetime) -> None:
    """Count the sums of lots and defects of these cells anew, and note that they were touched.

    `cells`: `partnership_id`, `part_id`, `stage`, `day`; repetitions are welcome.
    """
    _run(cells, (*LOT_STATEMENTS, TOUCH), now)


def count_lot_sums(*, cells: pd.DataFrame) -> None:
    """Count the sums of lots and defects of these cells anew, where no row changed."""
    _run(cells, LOT_STATEMENTS)


def touch_cells(*, cells: pd.DataFrame, now: datetime) -> None:
    """Note that these cells were touched, for warnings and proofs to look at."""
    _run(cells, (TOUCH,), now)


def _run(cells: pd.DataFrame, statements: tuple[str, ...], now: datetime | None = None) -> None:
    cells = cells.drop_duplicates(["partnership_id", "part_id", "stage", "day"])
    if cells.empty:
        return
    whose = [int(one) for one in cells["partnership_id"].unique()]
    columns = {"partnership_id": "bigint", "part_id": "bigint", "stage": "text", "day": "date"}
    with copy.temporary("touched_cells", cells, columns), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement, {"all": whose, "now": now})
    if TOUCH in statements:
        for partnership in whose:
            wake(EVALUATE, partnership_id=partnership)
