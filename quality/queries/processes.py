"""Measured values of a characteristic in order of time, lot by lot: what control charts are drawn of."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from quality.models import Lot, Measurement, MeasurementSet

MOST_VALUES = 50_000  # the newest; a chart of more is read by nobody


@dataclass(frozen=True, slots=True)
class LotValues:
    """Values of lots, one characteristic version at one stage.

    Attributes
    ----------
    lots, numbers, days
        Id, number and first day of measuring of each lot, in order of time.
    values : ndarray of float, shape (lots, pieces)
        NaN where a lot has fewer pieces than others.
    partnerships
        Those that the values come from.
    cut : bool
        Whether there are older values than these.
    """

    lots: list[int]
    numbers: list[str]
    days: list[date]
    values: np.ndarray
    partnerships: list[int]
    cut: bool


def lot_values(
    version: int,
    *,
    stage: str,
    partnership: int | None = None,
    first: date | None = None,
    last: date | None = None,
    most: int = MOST_VALUES,
) -> LotValues:
    """Return the values that count of a characteristic version, under the open scope; two queries."""
    counting = MeasurementSet.objects.counting().filter(stage=stage)
    if partnership is not None:
        counting = counting.filter(partnership=partnership)
    if first is not None:
        counting = counting.filter(measured_date__gte=first)
    if last is not None:
        counting = counting.filter(measured_date__lte=last)
    rows = list(
        Measurement.objects.filter(
            characteristic_version_id=version,
            measurement_set_id__in=counting.values("pk"),
            lot_id__in=counting.values("lot"),
        )
        .order_by("-measured_date", "-lot_id", "-piece")
        .values_list("lot_id", "measured_date", "partnership_id", "value")[: most + 1]
    )
    cut = len(rows) > most
    if cut:  # the oldest lot may miss pieces
        rows = [row for row in rows if row[0] != rows[-1][0]]
    rows.reverse()
    by_lot: dict[int, list[float]] = {}
    for lot, _day, _partnership, value in rows:
        by_lot.setdefault(lot, []).append(value)
    values = np.full((len(by_lot), max(map(len, by_lot.values()), default=0)), np.nan)
    for place, own in enumerate(by_lot.values()):
        values[place, : len(own)] = own
    first_days = {lot: day for lot, day, *_ in reversed(rows)}
    numbers = dict(Lot.objects.filter(pk__in=by_lot).values_list("pk", "number"))
    return LotValues(
        lots=list(by_lot),
        numbers=[numbers[lot] for lot in by_lot],
        days=[first_days[lot] for lot in by_lot],
        values=values,
        partnerships=sorted({row[2] for row in rows}),
        cut=cut,
    )
