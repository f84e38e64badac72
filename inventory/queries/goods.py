"""Deliveries and returns for figures: from the daily sums."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Max, Min, Sum

from core.period import Period
from inventory.models import DeliverySum, FoundAt, Liability, ReturnSum
from suppliers.queries.selection import Selection, grouping


@dataclass(frozen=True, slots=True)
class DeliveryTotals:
    """Goods received: pieces and lines, and those of them that had a promised date and kept it."""

    delivered: int
    lines: int
    promised_lines: int
    promised_quantity: int
    on_time_lines: int
    on_time_quantity: int
    last_day: date

    def __add__(self, other: "DeliveryTotals") -> "DeliveryTotals":
        """Both together, of goods that are not the same."""
        return DeliveryTotals(
            **{name: getattr(self, name) + getattr(other, name) for name in DELIVERED},
            last_day=max(self.last_day, other.last_day),
        )


@dataclass(frozen=True, slots=True)
class ChargedReturn:
    """Pieces of one part that came back on one day and that the supplier answers for: one event."""

    key: tuple
    pieces: int


DELIVERED = (
    "delivered", "lines", "promised_lines", "promised_quantity", "on_time_lines", "on_time_quantity",
)  # fmt: skip


def delivery_totals(
    selection: Selection, period: Period, *, by: Sequence[str] = ()
) -> dict[tuple, DeliveryTotals]:
    """Goods received in a period by group, in one query; a group without goods is absent."""
    rows = selection.narrow(DeliverySum.objects.filter(day__range=(period.first, period.last)))
    names = DELIVERED
    sums = {f"sum_{name}": Sum(name) for name in names} | {"last": Max("day")}
    columns = grouping(by, day="day")
    if columns:
        found = rows.values(**columns).annotate(**sums).order_by(*columns)
    else:
        found = [rows.aggregate(**sums)]
    return {
        tuple(row[name] for name in columns): DeliveryTotals(
            **{name: int(row[f"sum_{name}"]) for name in names}, last_day=row["last"]
        )
        for row in found
        if row["sum_lines"]
    }


def charged_returns(selection: Selection, period: Period, *, by: Sequence[str] = ()) -> list[ChargedReturn]:
    """Returns from line and field that are charged to the supplier.

    The returns of one part on one day at one place are one event. What incoming inspection sends back is
    a rejected lot and counted there.
    """
    columns = grouping(by, day="day")
    rows = ReturnSum.objects.filter(
        day__range=(period.first, period.last),
        found_at__in=(FoundAt.LINE, FoundAt.FIELD),
        liability=Liability.CHARGED,
    )
    found = selection.narrow(rows).values_list("quantity", *columns.values()).order_by("pk")
    return [ChargedReturn(tuple(key), quantity) for quantity, *key in found]


def last_delivery_day(selection: Selection) -> date | None:
    """Last day on which goods were received."""
    return selection.narrow(DeliverySum.objects.all()).aggregate(last=Max("day"))["last"]


def first_delivery_day(selection: Selection) -> date | None:
    """First day on which goods were received."""
    return selection.narrow(DeliverySum.objects.all()).aggregate(first=Min("day"))["first"]
