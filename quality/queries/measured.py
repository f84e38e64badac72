"""Measured values by characteristic, from the monthly sums."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from core.period import Period
from quality.models import MeasurementSum
from suppliers.queries.selection import Selection


@dataclass(frozen=True, slots=True)
class Measured:
    """Values of one characteristic at one stage: how many, their mean, extremes, those out of limits."""

    n: int
    mean: float
    minimum: float
    maximum: float
    out_of_limits: int


def measured(
    selection: Selection, period: Period, *, stage: str, versions: Collection[int]
) -> dict[int, Measured]:
    """Return what was measured in the months that touch a period, by characteristic version; one query."""
    rows = selection.narrow(
        MeasurementSum.objects.filter(
            stage=stage,
            month__range=(period.first.replace(day=1), period.last),
            characteristic_version__in=versions,
        )
    )
    names = ("characteristic_version", "n", "mean", "minimum", "maximum", "out_of_limits")
    months = defaultdict(list)
    for version, *sums in rows.values_list(*names):
        months[version].append(sums)
    return {version: _merged(sums) for version, sums in months.items()}


def _merged(months: list[list]) -> Measured:
    count, mean, lowest, highest, outside = zip(*months, strict=True)
    n = sum(count)
    weighted = sum(k * m for k, m in zip(count, mean, strict=True)) / n
    return Measured(n, weighted, min(lowest), max(highest), sum(outside))
