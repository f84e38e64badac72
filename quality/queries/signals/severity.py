"""Switches of acceptance sampling to more inspection, by the rules of ISO 2859-1."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from quality.models import Inspection, SamplingDecision
from quality.queries.next_lot import SIZE, TOLD, USUAL_SIZE, SeenLot, seen_lots, terms_of
from quality.queries.signals.cells import Cell, Signal
from suppliers.queries.parts import parts_by_id

RANKS = {"reduced": 0, "normal": 1, "tightened": 2}


def signals(partnership_id: int, cells: Sequence[Cell]) -> list[Signal]:
    """Return the lots after which inspection became tighter, or was discontinued; three queries."""
    at = {(one.part, one.stage): one for one in cells}
    parts = parts_by_id({one.part for one in cells})
    rows, decisions = _rows(partnership_id, at), _decisions(partnership_id, at)
    found = []
    for (part, stage), own in rows.items():
        seen, _run = seen_lots(
            own, decisions[part, stage], terms_of(parts[part]), usual_size=_usual_size(own)
        )
        cell = at[part, stage]
        found += [
            _signal(cell, one, seen[: place + 1])
            for place, one in enumerate(seen)
            if one.inspected_on >= cell.since and one.switched and _is_tighter(one)
        ]
    return found


def _rows(
    partnership_id: int, at: dict[tuple[int, str], Cell]
) -> dict[tuple[int, str], list[dict[str, Any]]]:
    """Return the lots with a verdict of each cell, in order of inspection: of its whole history."""
    every = Inspection.objects.counting().exclude(verdict="").filter(
        partnership=partnership_id, part__in={part for part, _stage in at}
    )  # fmt: skip
    ordered = every.order_by("inspection_date", "pk").annotate(size=SIZE)
    rows = defaultdict(list)
    for row in ordered.values(*TOLD, "part_id", "stage"):
        if (key := (row["part_id"], row["stage"])) in at:
            rows[key].append(row)
    return rows


def _decisions(
    partnership_id: int, at: dict[tuple[int, str], Cell]
) -> defaultdict[tuple[int, str], list[SamplingDecision]]:
    found = defaultdict(list)
    for one in SamplingDecision.objects.filter(partnership=partnership_id, undone_at=None):
        if (one.part_id, one.stage) in at:
            found[one.part_id, one.stage].append(one)
    return found


def _usual_size(rows: Sequence[dict[str, Any]]) -> int:
    return next((row["size"] for row in reversed(rows) if (row["size"] or 0) >= 2), USUAL_SIZE)


def _is_tighter(one: SeenLot) -> bool:
    return one.state.discontinued or RANKS[one.state.severity] > RANKS[one.was]


def _signal(cell: Cell, one: SeenLot, until: Sequence[SeenLot]) -> Signal:
    rejected = [lot for lot in until if lot.first and not lot.accepted]
    # Two of five make a switch to tightened inspection, five since then end it, one ends reduced inspection.
    most = 5 if one.state.discontinued else 2 if one.state.severity == "tightened" else 1
    return Signal(
        rule="severity",
        part=cell.part,
        stage=cell.stage,
        version=None,
        lot=one.lot_id,
        day=one.inspected_on,
        since=rejected[-most:][0].inspected_on if rejected else one.inspected_on,
        details={
            "was": one.was,
            "severity": one.state.severity,
            "discontinued": one.state.discontinued,
            "lots": [lot.number for lot in rejected[-most:]],
        },
    )
