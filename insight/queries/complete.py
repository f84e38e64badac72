"""Is the data complete? Who handed in what in the last month of a period, of those who ever did."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from core.period import Period
from inventory.queries.arrivals import last_stock_days
from quality.queries.arrivals import last_inspections, last_measurements
from suppliers.queries.selection import Relation, Selection

KINDS = ("outgoing", "measurements", "stock", "incoming")


@dataclass(frozen=True, slots=True)
class Arrival:
    """One kind of data: who has it for the last month, who stopped earlier and when."""

    kind: str
    here: tuple[Relation, ...]
    missing: tuple[tuple[Relation, date], ...]  # with the last day that is known


def arrivals(selection: Selection, period: Period) -> list[Arrival]:
    """Return for each kind of data that anybody ever handed in how far it reaches."""
    inspections = last_inspections(selection, until=period.last)
    last_days: dict[str, Mapping[int, date]] = {
        "outgoing": {pk: day for (pk, stage), day in inspections.items() if stage == "outgoing"},
        "measurements": last_measurements(selection, until=period.last),
        "stock": last_stock_days(selection, until=period.last),
        "incoming": {pk: day for (pk, stage), day in inspections.items() if stage == "incoming"},
    }
    last_month = period.last.replace(day=1)
    found = []
    for kind in KINDS:
        known = [(one, last_days[kind][one.partnership]) for one in selection.relations
                 if one.partnership in last_days[kind]]  # fmt: skip
        here = tuple(one for one, day in known if day >= last_month)
        missing = tuple((one, day) for one, day in known if day < last_month)
        if known:
            found.append(Arrival(kind, here, missing))
    return found
