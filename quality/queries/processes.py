"""Measured values of a characteristic in order of time, lot by lot: what control charts are drawn of."""

from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from quality.formulas.chart_choice import Chart
from quality.models import Lot, Measurement, MeasurementSet

MOST_POINTS = 5000  # that a page draws
MOST_VALUES = 50_000  # the newest; a chart of more is read by nobody


@dataclass(frozen=True, slots=True)
class LotValues:
    """Values of lots, one characteristic version at one stage.

    Attributes
    ----------
    lots, numbers, days
        Id, number and first day of measuring of each lot, in order of time.
    values : ndarray of float, shape (values,)
        Lot after lot, piece after piece.
    sizes : ndarray of int, shape (lots,)
        How many of the values are each lot's; one or more.
    partnerships
        Those that the values come from, the older ones too.
    cut : bool
        Whether there are older values than these.
    """

    lots: list[int]
    numbers: list[str]
    days: list[date]
    values: np.ndarray
    sizes: np.ndarray
    partnerships: list[int]
    cut: bool

    def newest(self, *, lots: int | None = None, values: int | None = None) -> "LotValues":
        """Return the last lots: at most so many, or of at most so many values together; one at least."""
        first = 0 if lots is None else max(0, len(self.lots) - lots)
        if values is not None:
            beyond = int((self.sizes[::-1].cumsum() > values).sum())
            first = max(first, beyond)
        first = min(first, max(0, len(self.lots) - 1))
        if not first:
            return self
        return replace(
            self,
            lots=self.lots[first:],
            numbers=self.numbers[first:],
            days=self.days[first:],
            values=self.values[int(self.sizes[:first].sum()) :],
            sizes=self.sizes[first:],
            cut=True,
        )

    def pieces_of(self, places: np.ndarray) -> np.ndarray:
        """Return which values are those of the lots at some places, of bool and shape (values,)."""
        return np.isin(np.arange(len(self.lots)).repeat(self.sizes), places)

    def only(self, places: np.ndarray) -> "LotValues":
        """Return the lots at some places, which are in order."""
        at = places.tolist()
        return replace(
            self,
            lots=[self.lots[place] for place in at],
            numbers=[self.numbers[place] for place in at],
            days=[self.days[place] for place in at],
            values=self.values[self.pieces_of(places)],
            sizes=self.sizes[places],
        )


def shown(found: LotValues, chart: Chart) -> LotValues:
    """Return the newest lots that a page draws: single values or lots, as the chart plots them."""
    if chart is Chart.I_MR:
        return found.newest(values=MOST_POINTS)
    return found.newest(lots=MOST_POINTS)


def counting_sets(
    version: int, *, stage: str, partnership: int | None, first: date | None, last: date | None
) -> list[tuple[int, int]]:
    """Return id and lot of the measurement sets that count of the part of a characteristic version; one query.

    By their ids values are read, not by a subquery: the planner takes the sets for many and reads other parts'
    values, too. By the part, or the sets of every part are read to find those of one.
    """
    counting = MeasurementSet.objects.counting().filter(stage=stage, part__characteristics__versions=version)
    if partnership is not None:
        counting = counting.filter(partnership=partnership)
    if first is not None:
        counting = counting.filter(measured_date__gte=first)
    if last is not None:
        counting = counting.filter(measured_date__lte=last)
    return list(counting.values_list("pk", "lot_id"))


def lot_values(
    version: int,
    *,
    stage: str,
    partnership: int | None = None,
    first: date | None = None,
    last: date | None = None,
    most: int = MOST_VALUES,
) -> LotValues:
    """Return the newest values that count of a characteristic version, under the open scope.

    The oldest lot goes where the cut took pieces of it, unless it is the only one: of that its last pieces
    are given. Three queries, and one more to learn whose the older values are.
    """
    sets = counting_sets(version, stage=stage, partnership=partnership, first=first, last=last)
    every = Measurement.objects.filter(
        characteristic_version_id=version,
        measurement_set_id__in=[pk for pk, _lot in sets],
        lot_id__in=[lot for _pk, lot in sets],
    )
    newest_first = every.order_by("-measured_date", "-lot_id", "-piece")
    rows = list(newest_first.values_list("lot_id", "measured_date", "partnership_id", "value")[: most + 1])
    cut = len(rows) > most
    partnerships = {row[2] for row in rows}
    if cut:
        if partnership is None:
            partnerships = set(every.values_list("partnership_id", flat=True).distinct())
        whole = [row for row in rows if row[0] != rows[-1][0]]  # the oldest lot may miss pieces
        rows = whole or rows[:most]
    rows.reverse()
    by_lot: dict[int, list[float]] = {}
    for lot, _day, _partnership, value in rows:
        by_lot.setdefault(lot, []).append(value)
    first_days = {lot: day for lot, day, *_ in reversed(rows)}
    numbers = dict(Lot.objects.filter(pk__in=by_lot).values_list("pk", "number"))
    return LotValues(
        lots=list(by_lot),
        numbers=[numbers[lot] for lot in by_lot],
        days=[first_days[lot] for lot in by_lot],
        values=np.array([value for own in by_lot.values() for value in own], dtype=float),
        sizes=np.array([len(own) for own in by_lot.values()], dtype=np.int64),
        partnerships=sorted(partnerships),
        cut=cut,
    )
