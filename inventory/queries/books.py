"""Stock of a period by item and month, from movements day by day or from monthly statements."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import numpy as np
from django.db import connection

from core.period import Period
from inventory.formulas.carrying import carry_back, carry_forward, first_known, shifted
from suppliers.queries.selection import Selection

EPOCH = date(1970, 1, 1)


class Item(NamedTuple):
    """What stock is of: a part in somebody's books, with whose it is."""

    item: int
    partnership: int
    part: int
    holder: int
    ownership: str


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
        sum(issues) AS issues
    FROM moved GROUP BY stock_item_id, month
)
SELECT item.id, partnership_id, part_id, holder_id, ownership, month, earlier.closing,
    first_day - DATE 'epoch', last_day - DATE 'epoch', held::float8, by_month.closing, before_first,
    issues::float8
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

# The last statement of each month, and what was issued by all of its statements.
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
    sum(issues_quantity)::float8 AS issues
FROM inventory_balance b
JOIN item ON item.id = b.stock_item_id AND item.partnership_id = b.partnership_id
WHERE withdrawn_at IS NULL AND balance_date BETWEEN %(first)s AND %(last)s
GROUP BY item.id, item.partnership_id, part_id, holder_id, ownership, month
ORDER BY item.id, month
"""


@dataclass(frozen=True, slots=True)
class StockMonths:
    """Stock of every selected item in every month of a period, in pieces.

    Attributes
    ----------
    partnership, part, holder : ndarray of int, shape (items,)
        Ids.
    ownership : ndarray of str, shape (items,)
    stated : ndarray of bool, shape (items,)
        Whether statements alone are known; else movements.
    months : tuple of date
        First days of the months.
    days : ndarray of float, shape (months,)
        Days of each month inside the period.
    opening, closing, issues : ndarray of float, shape (items, months)
    average : ndarray of float, shape (items, months)
        Weighted by time over the days; NaN where only a statement is known.
    last_day : ndarray of datetime64[D], shape (items, months)
        With data; NaT where there is none.
    """

    partnership: np.ndarray
    part: np.ndarray
    holder: np.ndarray
    ownership: np.ndarray
    stated: np.ndarray
    months: tuple[date, ...]
    days: np.ndarray
    opening: np.ndarray
    closing: np.ndarray
    average: np.ndarray
    issues: np.ndarray
    last_day: np.ndarray


class Books:
    """What is known of stock over some months, to be cut to the periods that are made of them."""

    def __init__(self, selection: Selection, span: Period, moved: "_Grid", stated: "_Grid") -> None:
        self._own_books = frozenset(selection.own_books)
        self._span = span
        self._moved = moved
        self._stated = stated

    def months(self, period: Period) -> StockMonths:
        """Return the stock of a period, as if nothing else had been read.

        Where movements of a part and ownership are known, statements of it are a check and are left out.

        Raises
        ------
        ValueError
            If the period is not made of months of these books.
        """
        columns = period.months_of(self._span)
        if columns is None:
            raise ValueError(f"{period} is not made of months of {self._span}.")
        moved, stated = self._moved.cut(columns, carried=True), self._stated.cut(columns, carried=False)
        stated = stated.of(~_known(stated.items, moved.items, self._own_books))
        items = moved.items + stated.items

        def ids(of: Callable[[Item], int]) -> np.ndarray:
            return np.array([of(one) for one in items], dtype=np.int64)

        figures = [
            np.concatenate(both)
            for both in zip(_from_movements(moved), _from_statements(stated), strict=True)
        ]
        return StockMonths(
            ids(lambda one: one.partnership),
            ids(lambda one: one.part),
            ids(lambda one: one.holder),
            np.array([one.ownership for one in items], dtype=str),
            np.arange(len(items)) >= len(moved.items),
            tuple(first.replace(day=1) for first in moved.firsts),
            moved.days,
            *figures,
        )


def read_books(selection: Selection, span: Period) -> Books:
    """Read the stock of a period, or of all that a page looks at. Two queries."""
    names = ("earlier", "first_day", "last_day", "held", "closing", "before_first", "issues")
    moved = _Grid.read(MOVED, selection, span, names)
    stated = _Grid.read(STATED, selection, span, ("last_day", "opening_said", "closing", "issues"))
    return Books(selection, span, moved, stated)


def _known(stated: Sequence[Item], moved: Sequence[Item], own_books: frozenset[int]) -> np.ndarray:
    """Say which statements repeat stock whose movements are known.

    On a partnership that is the same part and ownership, whoever of both writes it down: consigned goods
    stand in the books of customer and supplier. On a customer's own books any supplier's movements do.
    """
    here = {(one.partnership, one.part, one.ownership) for one in moved}
    anywhere = {(one.part, one.ownership) for one in moved}
    return np.array(
        [
            (one.partnership, one.part, one.ownership) in here
            or (one.partnership in own_books and (one.part, one.ownership) in anywhere)
            for one in stated
        ],
        dtype=bool,
    )


def _from_movements(grid: "_Grid") -> tuple[np.ndarray, ...]:
    """Opening, closing, average, issues and last days."""
    # In the month of its first movement an item began with what that movement left less what it moved;
    # of the months before nothing is known, and nothing is counted.
    begun = np.nan_to_num(grid["before_first"])
    carried = carry_forward(grid["closing"])
    opening = first_known(shifted(carried), grid.earlier[:, None], begun)
    still = first_known(grid["first_day"] - grid.starts, grid.days)
    held = np.nan_to_num(grid["held"])
    return (
        opening,
        first_known(carried, opening),
        (held + opening * still) / grid.days,
        np.nan_to_num(grid["issues"]),
        _as_days(grid["last_day"]),
    )


def _from_statements(grid: "_Grid") -> tuple[np.ndarray, ...]:
    """Opening, closing, average, issues and last days.

    A month without a statement (sheets leave idle parts out) holds what the next one opens with.
    """
    begun = ~np.isnan(carry_forward(grid["closing"]))  # before its first row nothing is counted
    next_opening = carry_back(grid["opening_said"])[:, 1:]
    closing = grid["closing"].copy()
    closing[:, :-1] = first_known(closing[:, :-1], np.where(begun[:, :-1], next_opening, np.nan))
    closing = carry_forward(closing)
    opening = first_known(grid["opening_said"], shifted(closing), closing)
    return (
        np.where(begun, opening, 0.0),
        np.where(begun, closing, 0.0),
        np.full(closing.shape, np.nan),
        np.nan_to_num(grid["issues"]),
        _as_days(grid["last_day"]),
    )


@dataclass(frozen=True, slots=True)
class _Grid:
    """What is known of items by month, as matrices: a line an item, a column a month of the period."""

    items: list[Item]
    firsts: list[date]  # of each month inside the period
    days: np.ndarray
    earlier: np.ndarray  # closing balance before the first column, shape (items,); NaN where there was none
    known: dict[str, np.ndarray]

    @classmethod
    def read(cls, statement: str, selection: Selection, period: Period, names: Sequence[str]) -> "_Grid":
        """Read a statement that gives `Item`, the month, then `names`.

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
        return cls.of_rows(rows, period, names)

    @classmethod
    def of_rows(cls, rows: list[tuple], period: Period, names: Sequence[str]) -> "_Grid":
        width = len(Item._fields)
        months = list(period.months())
        items = {row[0]: row[:width] for row in rows}
        line_of = {item: line for line, item in enumerate(items)}
        column_of = {month.first.replace(day=1): column for column, month in enumerate(months)}
        known = {name: np.full((len(items), len(months)), np.nan) for name in names}
        lines = [line_of[row[0]] for row in rows]
        # An item that did not move in the period has one row, without a month: it says what was there before.
        columns = [column_of.get(row[width], 0) for row in rows]
        for name, values in zip(names, list(zip(*rows, strict=True))[width + 1 :], strict=bool(rows)):
            known[name][lines, columns] = np.array(values, dtype=float)
        before = known.pop("earlier", np.full((len(items), 1), np.nan))  # one number an item, on all its rows
        return cls(
            items=[Item(*one) for one in items.values()],
            firsts=[month.first for month in months],
            days=np.array([float(month.days) for month in months]),
            earlier=np.fmax.reduce(before, axis=1),
            known=known,
        )

    def __getitem__(self, name: str) -> np.ndarray:
        return self.known[name]

    @property
    def starts(self) -> np.ndarray:
        """First days of the columns, in days since 1970."""
        return np.array([float((first - EPOCH).days) for first in self.firsts])

    def cut(self, columns: slice, *, carried: bool) -> "_Grid":
        """Return some months, with the items of which anything is known in them.

        Or before them, if what was held then is `carried` into them.
        """
        earlier = self.earlier
        if columns.start and carried:
            earlier = first_known(carry_forward(self["closing"])[:, columns.start - 1], earlier)
        cut = _Grid(
            items=self.items,
            firsts=self.firsts[columns],
            days=self.days[columns],
            earlier=earlier,
            known={name: values[:, columns] for name, values in self.known.items()},
        )
        return cut.of(~np.isnan(earlier) | ~np.isnan(cut["closing"]).all(axis=1))

    def of(self, wanted: np.ndarray) -> "_Grid":
        """Return the lines of some items."""
        return _Grid(
            items=[one for one, is_wanted in zip(self.items, wanted, strict=True) if is_wanted],
            firsts=self.firsts,
            days=self.days,
            earlier=self.earlier[wanted],
            known={name: values[wanted] for name, values in self.known.items()},
        )


def _as_days(since_epoch: np.ndarray) -> np.ndarray:
    """Days since 1970 as datetime64; NaN as NaT."""
    unknown = np.isnan(since_epoch)
    days = np.where(unknown, 0, since_epoch).astype("int64")
    return np.where(unknown, np.datetime64("NaT", "D"), days.astype("datetime64[D]"))
