"""Which days each partnership has stock and goods for: for the question whether the data is complete.

Every function is one query and returns tuples of a partnership, the latest day of a bucket and a count; a
bucket is a day, or with `by_month` a month. Stock is told apart by who holds it, which is who writes it down.
"""

from collections.abc import Collection
from datetime import date
from typing import Any

from django.db.models import Count, DateField, Exists, F, Max, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import TruncMonth

from core.period import Period
from inventory.models import Balance, Delivery, DeliverySum, ReturnSum, StockDay

Days = list[tuple[int, date, int]]
HeldDays = list[tuple[int, int, date, int]]


def stated_days(partnerships: Collection[int], period: Period, by_month: bool = False) -> HeldDays:
    """Return partnership, holder, day and number of the balances that statements give."""
    rows = Balance.objects.counting().filter(partnership__in=partnerships)
    return _bucketed(rows, "balance_date", period, Count("pk"), by_month, "stock_item__holder")


def moved_days(partnerships: Collection[int], period: Period, by_month: bool = False) -> HeldDays:
    """Return partnership, holder, day and number of the stock items that moved."""
    rows = StockDay.objects.filter(partnership__in=partnerships)
    return _bucketed(rows, "day", period, Count("pk"), by_month, "stock_item__holder")


def delivered_days(partnerships: Collection[int], period: Period, *, by_month: bool = False) -> Days:
    """Return the days with goods received, and how many lines."""
    rows = DeliverySum.objects.filter(partnership__in=partnerships, lines__gt=0)
    return _bucketed(rows, "day", period, Sum("lines"), by_month)


def returned_days(partnerships: Collection[int], period: Period, *, by_month: bool = False) -> Days:
    """Return the days with pieces found bad after acceptance, and how many events."""
    rows = ReturnSum.objects.filter(partnership__in=partnerships, events__gt=0)
    return _bucketed(rows, "day", period, Sum("events"), by_month)


def deliveries_with_lots(partnerships: Collection[int], period: Period | None = None) -> QuerySet:
    """Return the deliveries, of a period or all, that name their lot, to be compared with lots inspected."""
    rows = Delivery.objects.counting().filter(partnership__in=partnerships, received_quantity__gt=0)
    if period is not None:
        rows = rows.filter(received_date__range=(period.first, period.last))
    return rows.exclude(lot_number_key="")


def first_of_lots(rows: QuerySet, *, since: date | None = None) -> QuerySet:
    """Return of deliveries those that were the first of their lot, ever or since a day: one row a lot."""
    same = {name: OuterRef(name) for name in ("partnership", "part", "lot_number_key")}
    earlier = Delivery.objects.counting().filter(
        Q(received_date__lt=OuterRef("received_date"))
        | Q(received_date=OuterRef("received_date"), pk__lt=OuterRef("pk")),
        received_quantity__gt=0,
        **same,
    )
    if since is not None:
        earlier = earlier.filter(received_date__gte=since)
    return rows.filter(~Exists(earlier))


def lots_received(
    deliveries: Collection[Delivery], period: Period | None = None
) -> dict[int, tuple[int, int]]:
    """Return of the lots of some deliveries of a period how many deliveries and pieces came in it, or ever.

    By the id of each delivery given; one query.
    """
    rows = deliveries_with_lots({one.partnership_id for one in deliveries}, period)
    found = rows.filter(lot_number_key__in={one.lot_number_key for one in deliveries})
    counted = found.values("partnership", "part", "lot_number_key").annotate(
        count=Count("pk"), pieces=Sum("received_quantity")
    )
    sums = {
        (row["partnership"], row["part"], row["lot_number_key"]): (row["count"], int(row["pieces"]))
        for row in counted.order_by()
    }
    return {one.pk: sums[one.partnership_id, one.part_id, one.lot_number_key] for one in deliveries}


def _bucketed(rows: QuerySet, day: str, period: Period, count: Any, by_month: bool, *also: str) -> list:
    rows = rows.filter(**{f"{day}__range": (period.first, period.last)})
    bucket = TruncMonth(day, output_field=DateField()) if by_month else F(day)
    found = rows.values("partnership", *also, bucket=bucket).annotate(last=Max(day), n=count)
    return list(found.order_by().values_list("partnership", *also, "last", "n"))
