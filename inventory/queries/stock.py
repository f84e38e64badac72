"""What stock cost, and since and until when it is known."""

from datetime import date
from typing import NamedTuple

import numpy as np
from django.db.models import Max, Min

from inventory.models import Balance, StockDay, UnitCost
from suppliers.queries.selection import Selection


class UnitCosts(NamedTuple):
    """What a piece cost from a month on: arrays of one length, ordered by partnership, part and month."""

    partnership: np.ndarray  # ids
    part: np.ndarray
    month: np.ndarray  # numbered as `month_number` does
    cost: np.ndarray  # float


def month_number(day: date) -> int:
    """Return the number of a day's month, counted from year 0."""
    return day.year * 12 + day.month


def unit_costs(selection: Selection, *, until: date) -> UnitCosts:
    """Return the unit costs of parts by partnership and month, up to a day."""
    rows = selection.narrow(UnitCost.objects.filter(month__lte=until), own_books=True)
    found = rows.order_by("partnership", "part", "month").values_list(
        "partnership", "part", "month", "unit_cost"
    )
    partnership, part, month, cost = zip(*found, strict=True) if found else ((), (), (), ())
    return UnitCosts(
        np.array(partnership, dtype=np.int64),
        np.array(part, dtype=np.int64),
        np.array([month_number(day) for day in month], dtype=np.int64),
        np.array(cost, dtype=float),
    )


def last_stock_day(selection: Selection):
    """Last day of which stock is known."""
    moved = selection.narrow(StockDay.objects.all(), part="stock_item__part", own_books=True)
    stated = selection.narrow(Balance.objects.counting(), part="stock_item__part", own_books=True)
    days = moved.aggregate(last=Max("day"))["last"], stated.aggregate(last=Max("balance_date"))["last"]
    return max((day for day in days if day), default=None)


def first_stock_day(selection: Selection) -> date | None:
    """First day of which stock is known."""
    moved = selection.narrow(StockDay.objects.all(), part="stock_item__part", own_books=True)
    stated = selection.narrow(Balance.objects.counting(), part="stock_item__part", own_books=True)
    days = moved.aggregate(first=Min("day"))["first"], stated.aggregate(first=Min("balance_date"))["first"]
    return min((day for day in days if day), default=None)
