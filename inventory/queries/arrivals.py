"""Until when each partnership's stock is known."""

from collections.abc import Mapping
from datetime import date

from django.db.models import Max

from inventory.models import Balance, StockDay
from suppliers.queries.selection import Selection


def last_stock_days(selection: Selection, *, until: date) -> Mapping[int, date]:
    """Return the latest day up to `until` on which stock moved or was stated, by partnership."""
    moved = StockDay.objects.filter(day__lte=until).values_list("partnership").annotate(last=Max("day"))
    stated = Balance.objects.counting().filter(balance_date__lte=until)
    stated = stated.values_list("partnership").annotate(last=Max("balance_date"))
    latest: dict[int, date] = {}
    for rows in (moved, stated):
        narrowed = selection.narrow(rows, part="stock_item__part", own_books=True).order_by()
        for partnership, day in narrowed:
            latest[partnership] = max(day, latest.get(partnership, day))
    return latest
