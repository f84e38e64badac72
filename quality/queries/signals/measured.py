"""What measured values say lot by lot: signals of control charts, and capability of blocks of lots."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from core import copy
from core.scope import must_hold
from quality.formulas.block_capability import block_ppk
from quality.formulas.capability import LEAST_VALUES
from quality.formulas.false_alarms import BLOCK, Plan
from quality.formulas.predictions import next_value
from quality.formulas.run_rules import SPANS, Rule, run_rules
from quality.models import ChartDecision
from quality.queries.chart_decisions import NOTHING_DECIDED, Decided, Frozen, decided
from quality.queries.signals.cells import Cell, Signal, cell_columns
from quality.queries.signals.quarters import (
    LEAST_LOTS,
    quarter_after,
    quarter_of,
    quarter_places,
    read_since,
)
from suppliers.queries import limits_of_versions

LEAST_PPK = 1.0  # below it the spread of what is delivered is wider than its tolerance
COLUMNS = {
    "part": "bigint", "stage": "text", "version": "bigint", "lot": "bigint", "day": "date", "n": "bigint",
    "mean": "double precision", "m2": "double precision",
}  # fmt: skip
LOTS = """
SELECT s.part_id, s.stage, m.characteristic_version_id, s.lot_id, s.measured_date, count(*), avg(m.value),
    var_pop(m.value) * count(*)
FROM unnest(%(parts)s::bigint[], %(stages)s::text[], %(days)s::date[]) AS cell (part, stage, since)
JOIN quality_measurementset s ON s.part_id = cell.part AND s.stage = cell.stage
    AND s.measured_date >= cell.since AND s.withdrawn_at IS NULL
JOIN quality_measurement m ON m.lot_id = s.lot_id AND m.measurement_set_id = s.id
WHERE s.partnership_id = %(partnership)s
GROUP BY s.id, s.part_id, s.stage, m.characteristic_version_id, s.lot_id, s.measured_date
ORDER BY s.part_id, s.stage, m.characteristic_version_id, s.measured_date, s.lot_id
"""


@dataclass(frozen=True, slots=True)
class Lots:
    """Lots of one characteristic version in order of time: size, mean, squared deviations of each."""

    cell: Cell
    version: int
    ids: np.ndarray
    days: np.ndarray  # datetime64[D]
    n: np.ndarray
    mean: np.ndarray
    m2: np.ndarray

    def of(self, places: np.ndarray) -> "Lots":
        columns = (self.ids, self.days, self.n, self.mean, self.m2)
        return Lots(self.cell, self.version, *(column[places] for column in columns))


def measured_lots(partnership_id: int, cells: Sequence[Cell]) -> list[Lots]:
    """Return the lots of each characteristic version that judging the cells needs; one query."""
    must_hold(partnership_id)
    at = {(one.part, one.stage): one for one in cells}
    parts, stages, _days = cell_columns(cells)
    days = [read_since(quarter_of(one.since)) for one in cells]
    asked = {"partnership": partnership_id, "parts": parts, "stages": stages, "days": days}
    rows = copy.read(LOTS, asked, COLUMNS)
    if rows.empty:
        return []
    part, version = (rows[name].to_numpy(dtype=np.int64) for name in ("part", "version"))
    stage = rows["stage"].to_numpy(dtype=object)
    ids, n = (rows[name].to_numpy(dtype=np.int64) for name in ("lot", "n"))
    mean, m2 = (rows[name].to_numpy(dtype=np.float64) for name in ("mean", "m2"))
    days_of = rows["day"].to_numpy().astype("datetime64[D]")
    new = np.flatnonzero((np.diff(version, prepend=-1) != 0) | (stage != np.concatenate([[""], stage[:-1]])))
    return [
        Lots(
            at[int(part[first]), str(stage[first])], int(version[first]),
            *(column[first:last] for column in (ids, days_of, n, mean, m2)),
        )
        for first, last in zip(new, [*new[1:], len(ids)], strict=True)
    ]  # fmt: skip


def signals(partnership_id: int, cells: Sequence[Cell], *, plan: Plan) -> list[Signal]:
    """Return signals of control charts and blocks of lots that are surely not capable; three queries."""
    found = measured_lots(partnership_id, cells)
    if not found:
        return []
    limits = limits_of_versions({one.version for one in found})
    standing = _decided(partnership_id, {one.version for one in found})
    signals: list[Signal] = []
    for one in found:
        lsl, usl = limits.loc[one.version, ["lsl", "usl"]]
        signals += _chart(one, standing.get((one.version, one.cell.stage), NOTHING_DECIDED), plan)
        signals += _capability(one, float(lsl), float(usl), plan.confidence)
    return signals


def _decided(partnership_id: int, versions: set[int]) -> dict[tuple[int, str], Decided]:
    rows = defaultdict(list)
    for row in ChartDecision.objects.filter(
        partnership=partnership_id, characteristic_version__in=versions, undone_at=None
    ):
        rows[row.characteristic_version_id, row.stage].append(row)
    return {key: decided(own) for key, own in rows.items()}


def _chart(every: Lots, standing: Decided, plan: Plan) -> list[Signal]:
    """Hold the lots of the last segment against limits that somebody froze, else against those of the past."""
    begun = standing.starts[-1] if standing.starts else (None, None)
    keep = ~np.isin(every.ids, list(standing.excluded))
    if begun[1] is not None:
        keep &= every.days >= np.datetime64(begun[1])
    lots = every.of(np.flatnonzero(keep))
    frozen = next((limits for (_chart, key), limits in standing.frozen.items() if key == begun[0]), None)
    if frozen is not None:
        centre, sigma = np.full(len(lots.n), frozen.centre), frozen.sigma / np.sqrt(lots.n)
        own = np.flatnonzero(lots.days > np.datetime64(frozen.until))
        rules = [Rule.NELSON_1, Rule.NELSON_2] if plan.runs else [Rule.NELSON_1]
        return _marked(lots, own, centre, sigma, rules, frozen)
    return [signal for known, own in _quarters(lots) for signal in _of_quarter(lots, known, own, plan.chance)]


def _quarters(lots: Lots) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Give the lots known before each quarter since the cell's day, and the quarter's own."""
    quarter = quarter_of(lots.cell.since)
    while len(lots.days) and quarter <= lots.days[-1].astype(date):
        places = quarter_places(lots.days, quarter)
        if len(places.known) >= LEAST_LOTS and len(places.own):
            yield places.known, places.own
        quarter = quarter_after(quarter)


def _of_quarter(lots: Lots, known: np.ndarray, own: np.ndarray, chance: float) -> list[Signal]:
    """Hold means of lots against what is to be expected of the next one; runs wait for frozen limits.

    Means are read as single values, so what lots differ by on good days is part of the limits.
    """
    expected = next_value(lots.mean[known], chance=chance)
    if not float(expected.sigma) > 0:
        return []
    centre, sigma = (np.full(len(own), float(line)) for line in expected)
    return _marked(lots.of(own), np.arange(len(own)), centre, sigma, [Rule.NELSON_1], None)


def _marked(
    lots: Lots,
    own: np.ndarray,
    centre: np.ndarray,
    sigma: np.ndarray,
    rules: Sequence[Rule],
    frozen: Frozen | None,
) -> list[Signal]:
    marks = run_rules(lots.mean, centre, sigma, rules=rules)
    if Rule.NELSON_2 in marks:  # of a long run the lot that completes it
        nine = marks[Rule.NELSON_2]
        marks[Rule.NELSON_2] = nine & ~np.concatenate([[False], nine[:-1]])
    counted = own[lots.days[own] >= np.datetime64(lots.cell.since)]
    signals = []
    for place in counted:
        said = [rule for rule, at in marks.items() if at[place]]
        if said:
            first = max(0, place + 1 - max(SPANS[rule] for rule in said))
            signals.append(
                _signal(
                    lots, "run_rule", place, first,
                    rules=[str(rule) for rule in said],
                    mean=float(lots.mean[place]),
                    centre=float(centre[place]),
                    low=float(centre[place] - 3 * sigma[place]),
                    high=float(centre[place] + 3 * sigma[place]),
                    frozen=frozen is not None,
                )
            )  # fmt: skip
    return signals


def _capability(lots: Lots, lsl: float, usl: float, confidence: float) -> list[Signal]:
    """Judge each block of lots of a calendar year once, by Ppk and the upper end of its interval."""
    signals = []
    years = lots.days.astype("datetime64[Y]")
    for year in np.unique(years):
        places = np.flatnonzero(years == year)
        for last in range(BLOCK, len(places) + 1, BLOCK):
            block = places[last - BLOCK : last]
            if lots.days[block[-1]] < np.datetime64(lots.cell.since):
                continue
            own = lots.of(block)
            found = block_ppk(own.n, own.mean, own.m2, lsl=lsl, usl=usl, confidence=confidence)
            # An index that is not defined lies below nothing.
            if found.values >= LEAST_VALUES and found.high < LEAST_PPK:
                signals.append(
                    _signal(
                        lots, "capability", block[-1], block[0],
                        ppk=found.ppk, high=found.high, threshold=LEAST_PPK, block=len(block), values=found.values,
                        mean=found.mean,
                    )
                )  # fmt: skip
    return signals


def _signal(lots: Lots, rule: str, place: int, first: int, **details: object) -> Signal:
    return Signal(
        rule=rule,
        part=lots.cell.part,
        stage=lots.cell.stage,
        version=lots.version,
        lot=int(lots.ids[place]),
        day=lots.days[place].astype(date),
        since=lots.days[first].astype(date),
        details=details,
    )
