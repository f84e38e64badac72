"""Lots that are known otherwise and lack a record; a lot is one row."""

from collections.abc import Collection

from django.db.models import Exists, OuterRef, QuerySet

from core.period import Period
from inventory.queries.arrivals import deliveries_with_lots, first_of_lots
from quality.queries import arrivals, rates
from suppliers.queries.asking import parts_with_measured_characteristics
from suppliers.queries.selection import Selection


def uninspected(selection: Selection, period: Period | None = None) -> QuerySet:
    """Return the lots delivered in a period, or ever, of which no outgoing inspection came, whenever.

    Each lot is its first delivery of the period, however many came.
    """
    rows = selection.narrow(deliveries_with_lots(selection.partnerships, period))
    return first_of_lots(_without_inspection(rows), since=period.first if period else None)


def uninspected_arrivals(partnerships: Collection[int], period: Period | None = None) -> QuerySet:
    """Return the lots of which no outgoing inspection came, by their first delivery, in a period or ever."""
    return first_of_lots(_without_inspection(deliveries_with_lots(partnerships, period)))


def unmeasured(partnerships: Collection[int]) -> QuerySet:
    """Return the outgoing lots of which there was something to measure and nothing came."""
    return arrivals.unmeasured(partnerships, parts=parts_with_measured_characteristics())


def _without_inspection(deliveries: QuerySet) -> QuerySet:
    same = {
        "partnership": OuterRef("partnership"),
        "part": OuterRef("part"),
        "lot__number_key": OuterRef("lot_number_key"),
    }
    return deliveries.filter(~Exists(rates.reported_lots().filter(**same)))
