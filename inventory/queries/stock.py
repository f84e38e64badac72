"""Stock of a period by item and month, from movements day by day or from monthly statements."""

from datetime import date

import pandas as pd
from django.db import connection
from django.db.models import Max, Min

from core.period import Period
from inventory.models import Balance, StockDay, UnitCost
from suppliers.queries.selection import Selection

ITEM = ["item", "partnership", "part", "holder", "ownership"]
MONTH = ["month", "days", "opening", "closing", "average", "receipts", "issues", "adjustments"]
MONTH += ["last_day", "source"]

# What was held on the days from one moving day to the next, within a month, as piece-days; the days
# before the first moving day of a month are added afterwards, when its opening balance is known.
MOVED = """
WITH item AS (
    SELECT id, partnership_id, part_id, holder_id, ownership FROM inventory_stockitem
    WHERE partnership_id = ANY(%(partnerships)s)
        AND (%(parts)s::bigint[] IS NULL OR part_id = ANY(%(parts)s))
), moved AS (
    SELECT d.*, date_trunc('month', day)::date AS month,
        least((date_trunc('month', day) + interval '1 month')::date, %(last)s::date + 1) AS month_over,
        lead(day) OVER (PARTITION BY stock_item_id, date_trunc('month', day) ORDER BY day) AS next_day
    FROM inventory_stockday d
    JOIN item ON item.id = d.stock_item_id AND item.partnership_id = d.partnership_id
    WHERE day BETWEEN %(first)s AND %(last)s
), by_month AS (
    SELECT stock_item_id, month, min(day) AS first_day, max(day) AS last_day,
        sum(closing * (coalesce(next_day, month_over) - day)) AS held,
        (array_agg(closing ORDER BY day DESC))[1] AS closing,
        (array_agg(closing - receipts + issues - adjustments ORDER BY day))[1] AS before_first,
        sum(receipts) AS receipts, sum(issues) AS issues, sum(adjustments) AS adjustments
    FROM moved GROUP BY stock_item_id, month
)
SELECT item.id, partnership_id, part_id, holder_id, ownership, earlier.closing, month, first_day, last_day,
    held, by_month.closing, before_first, receipts, issues, adjustments
FROM item
LEFT JOIN LATERAL (
    SELECT closing FROM inventory_stockday d
    WHERE d.partnership_id = item.partnership_id AND d.stock_item_id = item.id AND day < %(first)s
    ORDER BY day DESC LIMIT 1
) earlier ON true
LEFT JOIN by_month ON by_month.stock_item_id = item.id
WHERE earlier.closing IS NOT NULL OR by_month.month IS NOT NULL
ORDER BY item.id, month
"""


def stock_months(selection: Selection, period: Period) -> pd.DataFrame:
    """Stock of every selected item in every month of a period, in pieces.

    Returns a frame with a row per item and month: item, partnership, part, holder, ownership; month (its
    first day), days (of the month inside the period), opening, closing, average (time-weighted over the
    days; missing where only a statement is known), receipts, issues, adjustments, last_day (with data),
    source ("movements" or "statement"). Where movements of a part and ownership are known, statements of
    it are a check and are left out. Two queries.
    """
    moved = _from_movements(selection, period)
    stated = _from_statements(selection, period)
    if not (moved.empty or stated.empty):
        stated = stated[~_known(stated, moved, selection)]
    frames = [frame for frame in (moved, stated) if not frame.empty]
    return pd.concat(frames, ignore_index=True) if frames else _nothing()


def unit_costs(selection: Selection, *, until: date) -> pd.DataFrame:
    """Unit cost of parts by partnership, part and month up to a day.

    Returns a frame with columns partnership, part, month (its first day), unit_cost (float).
    """
    rows = selection.narrow(UnitCost.objects.filter(month__lte=until), own_books=True)
    found = rows.order_by("partnership", "part", "month").values_list(
        "partnership", "part", "month", "unit_cost"
    )
    costs = pd.DataFrame(list(found), columns=["partnership", "part", "month", "unit_cost"])
    return costs.astype({"unit_cost": float})


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


def _known(stated: pd.DataFrame, moved: pd.DataFrame, selection: Selection) -> pd.Series:
    """Say which statements repeat stock whose movements are known.

    On a partnership that is the same part and ownership, whoever of both writes it down: consigned goods
    stand in the books of customer and supplier. On a customer's own books any supplier's movements do.
    """
    cell = ["partnership", "part", "ownership"]
    here = pd.MultiIndex.from_frame(stated[cell]).isin(pd.MultiIndex.from_frame(moved[cell]))
    anywhere = pd.MultiIndex.from_frame(stated[cell[1:]]).isin(pd.MultiIndex.from_frame(moved[cell[1:]]))
    return pd.Series(here | (anywhere & stated["partnership"].isin(selection.own_books)), index=stated.index)


def _from_movements(selection: Selection, period: Period) -> pd.DataFrame:
    """Raw SQL, so nothing but the selection keeps other partnerships out: it holds open ones alone."""
    with connection.cursor() as cursor:
        cursor.execute(
            MOVED,
            {
                "partnerships": [*selection.partnerships, *selection.own_books],
                "parts": None if selection.parts is None else list(selection.parts),
                "first": period.first,
                "last": period.last,
            },
        )
        found = cursor.fetchall()
    names = "earlier month first_day last_day held closing before_first receipts issues adjustments"
    rows = pd.DataFrame(found, columns=ITEM + names.split())
    if rows.empty:
        return _nothing()
    items = rows.drop_duplicates("item")[[*ITEM, "earlier"]]
    months = _months(period)
    grid = items.merge(months, how="cross").merge(rows.drop(columns=[*ITEM[1:], "earlier"]), how="left")
    return _fill(grid, source="movements")


def _fill(grid: pd.DataFrame, *, source: str) -> pd.DataFrame:
    """Carry closing balances over months in which an item did not move, and weigh the days."""
    flows = ["held", "receipts", "issues", "adjustments"]
    grid[flows] = grid[flows].fillna(0).astype(float)
    grid[["earlier", "closing", "before_first"]] = grid[["earlier", "closing", "before_first"]].astype(float)
    by_item = grid.groupby("item", sort=False)
    carried = by_item["closing"].ffill()
    # In the month of its first movement an item began with what that movement left less what it moved;
    # of the months before nothing is known, and nothing is counted.
    begun = grid["before_first"].fillna(0)
    opening = by_item["closing"].shift().groupby(grid["item"], sort=False).ffill()
    grid["opening"] = opening.fillna(grid["earlier"]).fillna(begun)
    grid["closing"] = carried.fillna(grid["opening"])
    start = pd.to_datetime(grid["starts"])
    still = (pd.to_datetime(grid["first_day"]) - start).dt.days
    still = still.fillna(grid["days"])
    grid["average"] = (grid["held"] + grid["opening"] * still) / grid["days"]
    grid["source"] = source
    return grid[ITEM + MONTH]


def _from_statements(selection: Selection, period: Period) -> pd.DataFrame:
    """Months that statements close: the last balance of each month, and what moved by all of them."""
    rows = selection.narrow(
        Balance.objects.counting().filter(balance_date__range=(period.first, period.last)),
        part="stock_item__part",
        own_books=True,
    )
    names = [
        "opening_quantity",
        "receipts_quantity",
        "issues_quantity",
        "adjustment_quantity",
        "closing_quantity",
    ]
    item = ["stock_item", "partnership", "stock_item__part", "stock_item__holder", "stock_item__ownership"]
    found = rows.order_by("stock_item", "balance_date").values_list(*item, "balance_date", *names)
    stated = pd.DataFrame(
        list(found), columns=[*ITEM, "last_day", "opening", "receipts", "issues", "adjustments", "closing"]
    )
    if stated.empty:
        return _nothing()
    days = pd.to_datetime(stated["last_day"])
    stated["month"] = days.dt.to_period("M").dt.start_time.dt.date
    closing = stated.groupby([*ITEM, "month"], sort=False).agg(
        opening_said=("opening", "first"),
        closing=("closing", "last"),
        receipts=("receipts", "sum"),
        issues=("issues", "sum"),
        adjustments=("adjustments", "sum"),
        last_day=("last_day", "max"),
    )
    items = stated.drop_duplicates("item")[ITEM]
    grid = items.merge(_months(period), how="cross").merge(closing.reset_index(), how="left")
    return _fill_statements(grid)


def _fill_statements(grid: pd.DataFrame) -> pd.DataFrame:
    """A month without a row (sheets leave idle parts out) holds what the next row opens with."""
    numbers = ["opening_said", "closing", "receipts", "issues", "adjustments"]
    grid[numbers] = grid[numbers].astype(float)
    by_item = grid.groupby("item", sort=False)
    begun = by_item["closing"].ffill().notna()  # before its first row nothing is counted
    next_opening = by_item["opening_said"].shift(-1).groupby(grid["item"], sort=False).bfill()
    grid["closing"] = grid["closing"].fillna(next_opening.where(begun))
    grid["closing"] = grid.groupby("item", sort=False)["closing"].ffill()
    previous = grid.groupby("item", sort=False)["closing"].shift()
    grid["opening"] = grid["opening_said"].fillna(previous).fillna(grid["closing"]).where(begun, 0.0)
    grid["closing"] = grid["closing"].where(begun, 0.0)
    flows = ["receipts", "issues", "adjustments"]
    grid[flows] = grid[flows].fillna(0)
    grid["average"] = float("nan")
    grid["source"] = "statement"
    return grid[ITEM + MONTH]


def _months(period: Period) -> pd.DataFrame:
    rows = [(month.first.replace(day=1), month.first, month.days) for month in period.months()]
    return pd.DataFrame(rows, columns=["month", "starts", "days"])


def _nothing() -> pd.DataFrame:
    return pd.DataFrame(columns=ITEM + MONTH)
