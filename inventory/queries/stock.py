"""Stock of a period by item and month, from movements day by day or from monthly statements."""

from collections.abc import Sequence
from datetime import date

import numpy as np
import pandas as pd
from django.db import connection
from django.db.models import Max, Min

from core.period import Period
from inventory.formulas.carrying import carry_back, carry_forward, first_known, shifted
from inventory.models import Balance, StockDay, UnitCost
from suppliers.queries.selection import Selection

EPOCH = date(1970, 1, 1)
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
    SELECT d.*, month, least((month + interval '1 month')::date, %(last)s::date + 1) AS month_over,
        lead(day) OVER (PARTITION BY stock_item_id, month ORDER BY day) AS next_day
    FROM inventory_stockday d
    JOIN item ON item.id = d.stock_item_id AND item.partnership_id = d.partnership_id,
        LATERAL CAST(date_trunc('month', day::timestamp) AS date) AS month  -- of a date it would ask the time zone
    WHERE day BETWEEN %(first)s AND %(last)s
), by_month AS (
    SELECT stock_item_id, month, min(day) AS first_day, max(day) AS last_day,
        sum(closing * (coalesce(next_day, month_over) - day)) AS held,
        (array_agg(closing ORDER BY day DESC))[1] AS closing,
        (array_agg(closing - receipts + issues - adjustments ORDER BY day))[1] AS before_first,
        sum(receipts) AS receipts, sum(issues) AS issues, sum(adjustments) AS adjustments
    FROM moved GROUP BY stock_item_id, month
)
SELECT item.id, partnership_id, part_id, holder_id, ownership, month, earlier.closing,
    first_day - DATE 'epoch', last_day - DATE 'epoch', held::float8, by_month.closing, before_first,
    receipts::float8, issues::float8, adjustments::float8
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

# The last statement of each month, and what moved by all of its statements.
STATED = """
WITH item AS (
    SELECT id, partnership_id, part_id, holder_id, ownership FROM inventory_stockitem
    WHERE partnership_id = ANY(%(partnerships)s)
        AND (%(parts)s::bigint[] IS NULL OR part_id = ANY(%(parts)s))
)
SELECT item.id, item.partnership_id, part_id, holder_id, ownership,
    date_trunc('month', balance_date::timestamp)::date AS month, max(balance_date) - DATE 'epoch' AS last_day,
    (array_agg(opening_quantity ORDER BY balance_date) FILTER (WHERE opening_quantity IS NOT NULL))[1]
        AS opening_said,
    (array_agg(closing_quantity ORDER BY balance_date DESC))[1] AS closing,
    sum(receipts_quantity)::float8 AS receipts, sum(issues_quantity)::float8 AS issues,
    sum(adjustment_quantity)::float8 AS adjustments
FROM inventory_balance b
JOIN item ON item.id = b.stock_item_id AND item.partnership_id = b.partnership_id
WHERE withdrawn_at IS NULL AND balance_date BETWEEN %(first)s AND %(last)s
GROUP BY item.id, item.partnership_id, part_id, holder_id, ownership, month
ORDER BY item.id, month
"""


def stock_months(selection: Selection, period: Period) -> pd.DataFrame:
    """Stock of every selected item in every month of a period, in pieces.

    Returns a frame with a row per item and month: item, partnership, part, holder, ownership; month (its
    first day), days (of the month inside the period), opening, closing, average (time-weighted over the
    days; missing where only a statement is known), receipts, issues, adjustments, last_day (with data, datetime64),
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
    flows = ("receipts", "issues", "adjustments")
    names = ("earlier", "first_day", "last_day", "held", "closing", "before_first", *flows)
    grid = _Grid.read(MOVED, selection, period, names)
    if grid is None:
        return _nothing()
    # In the month of its first movement an item began with what that movement left less what it moved;
    # of the months before nothing is known, and nothing is counted.
    begun = np.nan_to_num(grid["before_first"])
    earlier = np.fmax.reduce(grid["earlier"], axis=1, keepdims=True)  # one number an item, on all its rows
    carried = carry_forward(grid["closing"])
    opening = first_known(shifted(carried), earlier, begun)
    still = first_known(grid["first_day"] - grid.starts, grid.days)
    held = np.nan_to_num(grid["held"])
    return grid.frame(
        opening=opening,
        closing=first_known(carried, opening),
        average=(held + opening * still) / grid.days,
        **{name: np.nan_to_num(grid[name]) for name in flows},
        source="movements",
    )


def _from_statements(selection: Selection, period: Period) -> pd.DataFrame:
    """A month without a statement (sheets leave idle parts out) holds what the next one opens with."""
    flows = ("receipts", "issues", "adjustments")
    grid = _Grid.read(STATED, selection, period, ("last_day", "opening_said", "closing", *flows))
    if grid is None:
        return _nothing()
    begun = ~np.isnan(carry_forward(grid["closing"]))  # before its first row nothing is counted
    next_opening = carry_back(grid["opening_said"])[:, 1:]
    closing = grid["closing"].copy()
    closing[:, :-1] = first_known(closing[:, :-1], np.where(begun[:, :-1], next_opening, np.nan))
    closing = carry_forward(closing)
    opening = first_known(grid["opening_said"], shifted(closing), closing)
    return grid.frame(
        opening=np.where(begun, opening, 0.0),
        closing=np.where(begun, closing, 0.0),
        average=np.nan,
        **{name: np.nan_to_num(grid[name]) for name in flows},
        source="statement",
    )


class _Grid:
    """What is known of items by month, as matrices: a line an item, a column a month of the period."""

    def __init__(self, rows: list[tuple], period: Period, names: Sequence[str]) -> None:
        months = list(period.months())
        self.months = np.array([month.first.replace(day=1) for month in months])
        self.starts = np.array([float((month.first - EPOCH).days) for month in months])
        self.days = np.array([float(month.days) for month in months])
        items = {row[0]: row[: len(ITEM)] for row in rows}
        line_of = {item: line for line, item in enumerate(items)}
        column_of = {month: column for column, month in enumerate(self.months)}
        self.items = list(items.values())
        self._known = {name: np.full((len(items), len(months)), np.nan) for name in names}
        lines = [line_of[row[0]] for row in rows]
        # An item that did not move in the period has one row, without a month: it says what was there before.
        columns = [column_of.get(row[len(ITEM)], 0) for row in rows]
        for name, values in zip(names, list(zip(*rows, strict=True))[len(ITEM) + 1 :], strict=True):
            self._known[name][lines, columns] = np.array(values, dtype=float)

    @classmethod
    def read(
        cls, statement: str, selection: Selection, period: Period, names: Sequence[str]
    ) -> "_Grid | None":
        """Read a statement that gives `ITEM`, the month, then `names`; None where it finds nothing.

        Raw SQL, so nothing but the selection keeps other partnerships out: it holds open ones alone.
        """
        with connection.cursor() as cursor:
            cursor.execute(
                statement,
                {
                    "partnerships": [*selection.partnerships, *selection.own_books],
                    "parts": None if selection.parts is None else list(selection.parts),
                    "first": period.first,
                    "last": period.last,
                },
            )
            rows = cursor.fetchall()
        return cls(rows, period, names) if rows else None

    def __getitem__(self, name: str) -> np.ndarray:
        return self._known[name]

    def frame(self, **columns: np.ndarray | float | str) -> pd.DataFrame:
        """Return one row an item and month, with what was read of them and these columns beside it."""
        shape = len(self.items), len(self.months)
        items = pd.DataFrame(self.items, columns=ITEM)
        rows = items.loc[np.repeat(items.index.to_numpy(), shape[1])].reset_index(drop=True)
        rows["month"] = np.tile(self.months, shape[0])
        rows["days"] = np.tile(self.days, shape[0]).astype("int64")
        for name, values in columns.items():
            rows[name] = values if isinstance(values, str) else np.broadcast_to(values, shape).ravel()
        rows["last_day"] = _as_days(self["last_day"].ravel())
        return rows[ITEM + MONTH]


def _as_days(since_epoch: np.ndarray) -> np.ndarray:
    """Days since 1970 as datetime64; NaN as NaT."""
    unknown = np.isnan(since_epoch)
    days = np.where(unknown, 0, since_epoch).astype("int64")
    return np.where(unknown, np.datetime64("NaT", "s"), days.astype("datetime64[D]").astype("datetime64[s]"))


def _nothing() -> pd.DataFrame:
    return pd.DataFrame(columns=ITEM + MONTH)
