"""Pieces measured in several characteristics, lot by lot: what a chart of them together is drawn of."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from quality.models import Lot, Measurement
from quality.queries.processes import MOST_VALUES, counting_sets


@dataclass(frozen=True, slots=True)
class JointValues:
    """Whole pieces of lots in order of time, one set of characteristic versions at one stage.

    Attributes
    ----------
    versions
        Characteristic versions that have a value, in the order of the columns of `values`.
    lots, numbers, days
        Id, number and first day of measuring of each lot with a whole piece.
    values : ndarray of float, shape (pieces, characteristics)
        Lot after lot, piece after piece.
    sizes : ndarray of int, shape (lots,)
        How many of the pieces are each lot's; one or more.
    incomplete : int
        Pieces that miss a value of some characteristic, so that no point can be made of them.
    partnerships
        Those that the values come from.
    cut : bool
        Whether there are older values than these.
    """

    versions: Sequence[int]
    lots: list[int]
    numbers: list[str]
    days: list[date]
    values: np.ndarray
    sizes: np.ndarray
    incomplete: int
    partnerships: list[int]
    cut: bool


def joint_values(
    versions: Sequence[int],
    *,
    stage: str,
    partnership: int | None = None,
    first: date | None = None,
    last: date | None = None,
    most: int = MOST_VALUES,
) -> JointValues:
    """Return the newest values that count of characteristics of one part, piece by piece, under the open scope.

    Values of one lot belong to one piece by the number that the sheet gives it. Three queries.
    """
    sets = counting_sets(versions[0], stage=stage, partnership=partnership, first=first, last=last)
    every = Measurement.objects.filter(
        characteristic_version_id__in=versions,
        measurement_set_id__in=[pk for pk, _lot in sets],
        lot_id__in=[lot for _pk, lot in sets],
    ).order_by("-measured_date", "-lot_id", "-piece")
    names = ("lot_id", "piece", "characteristic_version_id", "partnership_id", "measured_date", "value")
    rows = list(every.values_list(*names)[: most + 1])
    cut = len(rows) > most
    if cut:  # the oldest lot may miss pieces
        rows = [row for row in rows if row[0] != rows[-1][0]] or rows[:most]
    column = {version: place for place, version in enumerate(versions)}
    pieces: dict[tuple[int, int], list[float]] = {}
    days: dict[int, date] = {}
    for lot, piece, version, _partnership, day, value in reversed(rows):
        pieces.setdefault((lot, piece), [np.nan] * len(versions))[column[version]] = value
        days.setdefault(lot, day)
    values = np.array(list(pieces.values()), dtype=float).reshape(-1, len(versions))
    told = np.isfinite(values).any(axis=0)
    values = values[:, told]
    whole = np.isfinite(values).all(axis=1)
    sizes: dict[int, int] = {}
    for (lot, _piece), complete in zip(pieces, whole.tolist(), strict=True):
        sizes[lot] = sizes.get(lot, 0) + complete
    lots = [lot for lot, size in sizes.items() if size]
    numbers = dict(Lot.objects.filter(pk__in=lots).values_list("pk", "number"))
    return JointValues(
        versions=[version for version, has in zip(versions, told.tolist(), strict=True) if has],
        lots=lots,
        numbers=[numbers[lot] for lot in lots],
        days=[days[lot] for lot in lots],
        values=values[whole],
        sizes=np.array([sizes[lot] for lot in lots], dtype=np.int64),
        incomplete=int((~whole).sum()),
        partnerships=sorted({row[3] for row in rows}),
        cut=cut,
    )
