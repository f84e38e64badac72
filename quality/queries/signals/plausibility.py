"""Questions about reported data: fewer found than the customer finds in the same lots, values of another lot."""

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from core import copy
from core.scope import must_hold
from quality.formulas.plausibility import fewer_found
from quality.models import Stage
from quality.queries.signals.cells import Cell, Signal, cell_columns

PAIRS = 12  # lots seen by both between two looks, of a year together
CHANCE = 0.001  # of honest data that look at least so odd, at each look
LEAST_VALUES = 10  # of a lot whose values are compared as a whole
LEAST_DISTINCT = 6  # of them: fewer steps of the scale would agree by chance
COPY_DAYS = 182
PAIR_COLUMNS = {
    "part": "bigint", "lot": "bigint", "day": "date", "found": "bigint", "inspected": "bigint",
    "found_again": "bigint", "inspected_again": "bigint",
}  # fmt: skip
SEEN_BY_BOTH = """
SELECT again.part_id, again.lot_id, again.inspection_date, own.nonconforming, own.inspected,
    again.nonconforming, again.inspected
FROM unnest(%(parts)s::bigint[], %(stages)s::text[], %(days)s::date[]) AS cell (part, stage, since)
JOIN quality_inspection again ON again.part_id = cell.part AND again.stage = cell.stage
    AND again.inspection_date >= date_trunc('year', cell.since)
JOIN quality_inspection own ON own.lot_id = again.lot_id AND own.stage = 'outgoing' AND own.submission = 1
    AND own.withdrawn_at IS NULL AND own.inspected > 0
WHERE again.partnership_id = %(partnership)s AND again.withdrawn_at IS NULL AND again.submission = 1
    AND again.inspected > 0
ORDER BY again.part_id, again.inspection_date, again.lot_id
"""
COPY_COLUMNS = {
    "part": "bigint", "stage": "text", "lot": "bigint", "day": "date", "values": "bigint", "earlier": "text",
    "earlier_day": "date",
}  # fmt: skip
COPIES = """
SELECT s.part_id, s.stage, s.lot_id, s.measured_date, s.value_count, l.number, e.measured_date
FROM unnest(%(parts)s::bigint[], %(stages)s::text[], %(days)s::date[]) AS cell (part, stage, since)
JOIN quality_measurementset s ON s.part_id = cell.part AND s.stage = cell.stage
    AND s.measured_date >= cell.since AND s.withdrawn_at IS NULL AND s.value_count >= %(least)s
JOIN LATERAL (
    SELECT lot_id, measured_date FROM quality_measurementset e
    WHERE e.partnership_id = %(partnership)s AND e.part_id = s.part_id AND e.stage = s.stage
        AND e.withdrawn_at IS NULL AND e.values_hash = s.values_hash
        AND e.measured_date >= s.measured_date - %(within)s
        AND (e.measured_date, e.lot_id) < (s.measured_date, s.lot_id)
    ORDER BY e.measured_date DESC, e.lot_id DESC LIMIT 1
) e ON true
JOIN quality_lot l ON l.id = e.lot_id
WHERE s.partnership_id = %(partnership)s AND (
    SELECT count(DISTINCT m.value) FROM quality_measurement m
    WHERE m.lot_id = s.lot_id AND m.measurement_set_id = s.id) >= %(distinct)s
ORDER BY s.measured_date, s.lot_id
"""


def signals(partnership_id: int, cells: Sequence[Cell]) -> list[Signal]:
    """Return what honest data show about once in a thousand looks; two queries."""
    must_hold(partnership_id)
    return [*_fewer(partnership_id, cells), *_copies(partnership_id, cells)]


def _fewer(partnership_id: int, cells: Sequence[Cell]) -> Iterable[Signal]:
    """Look at every twelfth lot that both sides inspected, at all of its year so far.

    Also at lots that the supplier rejected: these were sorted before the customer saw them, which can only
    hide a difference, while leaving them out would make one.
    """
    asked = [one for one in cells if one.stage == Stage.INCOMING]
    if not asked:
        return
    parts, stages, days = cell_columns(asked)
    told = {"partnership": partnership_id, "parts": parts, "stages": stages, "days": days}
    at = {one.part: one for one in asked}
    for part, lots in copy.read(SEEN_BY_BOTH, told, PAIR_COLUMNS).groupby("part", sort=False):
        cell = at[int(part)]
        day = lots["day"].to_numpy().astype("datetime64[D]")
        for year in np.unique(day.astype("datetime64[Y]")):
            own = lots[day.astype("datetime64[Y]") == year]
            for last in range(PAIRS, len(own) + 1, PAIRS):
                signal = _of_pairs(cell, own.iloc[:last])
                if signal is not None and signal.day >= cell.since:
                    yield signal


def _of_pairs(cell: Cell, lots: pd.DataFrame) -> Signal | None:
    counts = {name: int(lots[name].sum()) for name in list(PAIR_COLUMNS)[3:]}
    chance = float(fewer_found(**counts))
    if chance >= CHANCE:
        return None
    days = [pd.Timestamp(lots["day"].iloc[place]).date() for place in (0, -1)]
    return Signal(
        rule="plausibility",
        part=cell.part,
        stage=cell.stage,
        version=None,
        lot=int(lots["lot"].iloc[-1]),
        day=days[1],
        since=days[0],
        details={"kind": "fewer_found", "lots": len(lots), "chance": chance, **counts},
    )


def _copies(partnership_id: int, cells: Sequence[Cell]) -> Iterable[Signal]:
    """Find reported lots whose values are all those of an earlier lot of the part, by the hashes of their sets."""
    asked = [one for one in cells if one.stage == Stage.OUTGOING]
    if not asked:
        return
    parts, stages, days = cell_columns(asked)
    told = {
        "partnership": partnership_id, "parts": parts, "stages": stages, "days": days, "least": LEAST_VALUES,
        "within": COPY_DAYS, "distinct": LEAST_DISTINCT,
    }  # fmt: skip
    for row in copy.read(COPIES, told, COPY_COLUMNS).to_dict("records"):
        day = pd.Timestamp(row["day"]).date()
        yield Signal(
            rule="plausibility",
            part=int(row["part"]),
            stage=str(row["stage"]),
            version=None,
            lot=int(row["lot"]),
            day=day,
            since=day,
            details={"kind": "copied", "values": int(row["values"]), "earlier": str(row["earlier"])},
        )
