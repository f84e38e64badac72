"""A share nonconforming that rises: CUSUM of first submissions, against the half year before the quarter."""

from collections.abc import Sequence
from datetime import date

import numpy as np
import pandas as pd

from core import copy
from core.scope import must_hold
from quality.formulas.count_cusum import count_cusum
from quality.formulas.expected_counts import Expected, expected_of
from quality.queries.signals.cells import Cell, Signal, cell_columns
from quality.queries.signals.quarters import (
    LEAST_LOTS,
    quarter_after,
    quarter_before,
    quarter_of,
    quarter_places,
    read_since,
)

COLUMNS = {
    "part": "bigint", "stage": "text", "lot": "bigint", "day": "date", "inspected": "bigint", "found": "bigint",
}  # fmt: skip
LOTS = """
SELECT i.part_id, i.stage, i.lot_id, i.inspection_date, i.inspected, i.nonconforming
FROM unnest(%(parts)s::bigint[], %(stages)s::text[], %(days)s::date[]) AS cell (part, stage, since)
JOIN quality_inspection i ON i.part_id = cell.part AND i.stage = cell.stage AND i.inspection_date >= cell.since
WHERE i.partnership_id = %(partnership)s AND i.withdrawn_at IS NULL AND i.submission = 1 AND i.inspected > 0
ORDER BY i.part_id, i.stage, i.inspection_date, i.lot_id
"""


def signals(partnership_id: int, cells: Sequence[Cell], *, run_length: int) -> list[Signal]:
    """Return the lots at which a sum crossed its decision interval; one query.

    A sum runs from the quarter before, so that what builds up across its end is found.
    """
    lots = read_lots(partnership_id, [(one, read_since(quarter_of(one.since), before=1)) for one in cells])
    at = {(one.part, one.stage): one for one in cells}
    return [
        signal
        for key, own in lots.groupby(["part", "stage"], sort=False)
        for signal in _of_cell(at[int(key[0]), str(key[1])], own, run_length)
    ]


def read_lots(partnership_id: int, since: Sequence[tuple[Cell, date]]) -> pd.DataFrame:
    """Return the first submissions of cells from a day on, in order of part, stage, day and lot."""
    must_hold(partnership_id)
    parts, stages, _days = cell_columns([cell for cell, _first in since])
    days = [first for _cell, first in since]
    asked = {"partnership": partnership_id, "parts": parts, "stages": stages, "days": days}
    return copy.read(LOTS, asked, COLUMNS)


def _of_cell(cell: Cell, lots: pd.DataFrame, run_length: float) -> list[Signal]:
    days = lots["day"].to_numpy().astype("datetime64[D]")
    if len(days) <= LEAST_LOTS:
        return []
    found, inspected = (lots[name].to_numpy(dtype=np.int64) for name in ("found", "inspected"))
    ids = lots["lot"].to_numpy(dtype=np.int64)
    signals, quarter = [], quarter_of(cell.since)
    last = days[-1].astype(date)
    held: dict[date, tuple[np.ndarray, Expected | None]] = {}
    while quarter <= last:
        run: list[tuple[int, Expected]] = []
        for first in (quarter_before(quarter), quarter):
            if first not in held:
                places = quarter_places(days, first)
                enough = len(places.known) >= LEAST_LOTS and len(places.own)
                held[first] = (
                    places.own,
                    (
                        expected_of(found[places.known], inspected[places.known], run_length=run_length)
                        if enough
                        else None
                    ),
                )
            own, expected = held[first]
            if expected is not None:
                run += [(int(place), expected) for place in own]
        signals += _of_run(cell, run, quarter, days, found, inspected, ids)
        quarter = quarter_after(quarter)
    return signals


def _of_run(
    cell: Cell,
    run: Sequence[tuple[int, Expected]],
    quarter: date,
    days: np.ndarray,
    found: np.ndarray,
    inspected: np.ndarray,
    ids: np.ndarray,
) -> list[Signal]:
    """Run the sum over lots with what is expected at each; those of the quarter itself, since the cell's day, count."""
    if not run:
        return []
    places = np.array([place for place, _expected in run])
    sums = count_cusum(
        found[places],
        inspected[places],
        usual_size=[one.size for _place, one in run],
        reference=[one.design.reference for _place, one in run],
        decision=[one.design.decision for _place, one in run],
    )
    counted = max(np.datetime64(quarter), np.datetime64(cell.since))
    signals = []
    for point in np.flatnonzero(sums.signals & (days[places] >= counted)):
        own = places[sums.began[point] : point + 1]
        expected = run[int(point)][1]
        signals.append(
            Signal(
                rule="pass_rate",
                part=cell.part,
                stage=cell.stage,
                version=None,
                lot=int(ids[places[point]]),
                day=days[places[point]].astype(date),
                since=days[own[0]].astype(date),
                details={
                    "lots": len(own),
                    "inspected": int(inspected[own].sum()),
                    "nonconforming": int(found[own].sum()),
                    "expected_rate": expected.rate,
                    "known_lots": expected.lots,
                    "dispersion": expected.dispersion,
                    "run_length": round(expected.design.run_length),
                },
            )
        )
    return signals
