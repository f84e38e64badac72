"""Sums of stock and goods: counted anew where rows changed, in the transaction that changed them."""

import pandas as pd
from django.db import connection

from core import copy

STOCK_DAYS = (
    """
    DELETE FROM inventory_stockday d USING touched_items t
    WHERE d.partnership_id = t.partnership_id AND d.partnership_id = ANY(%(all)s)
        AND d.stock_item_id = t.stock_item_id AND d.day >= t.day
    """,
    """
    INSERT INTO inventory_stockday (partnership_id, stock_item_id, day, receipts, issues, adjustments,
        closing)
    SELECT moved.partnership_id, moved.stock_item_id, moved.day, receipts, issues, adjustments,
        coalesce((
            SELECT closing FROM inventory_stockday d
            WHERE d.partnership_id = moved.partnership_id AND d.stock_item_id = moved.stock_item_id
                AND d.day < moved.first
            ORDER BY d.day DESC LIMIT 1), 0)
        + sum(change) OVER (PARTITION BY moved.stock_item_id ORDER BY moved.day)
    FROM (
        SELECT m.partnership_id, m.stock_item_id, m.movement_date AS day, t.day AS first,
            coalesce(sum(quantity) FILTER (WHERE kind = 'receipt'), 0) AS receipts,
            coalesce(-sum(quantity) FILTER (WHERE kind = 'issue'), 0) AS issues,
            coalesce(sum(quantity) FILTER (WHERE kind IN ('adjustment', 'transfer')), 0) AS adjustments,
            sum(quantity) AS change
        FROM touched_items t JOIN inventory_movement m ON m.partnership_id = t.partnership_id
            AND m.stock_item_id = t.stock_item_id AND m.movement_date >= t.day
        WHERE m.partnership_id = ANY(%(all)s) AND m.withdrawn_at IS NULL
        GROUP BY 1, 2, 3, 4
    ) moved
    """,
)
DELIVERY_SUMS = (
    """
    DELETE FROM inventory_deliverysum s USING touched_cells t
    WHERE s.partnership_id = t.partnership_id AND s.partnership_id = ANY(%(all)s)
        AND s.part_id = t.part_id AND s.day = t.day
    """,
    # Red documents take goods back: their pieces count, their lines have no promise to keep.
    """
    INSERT INTO inventory_deliverysum (partnership_id, part_id, day, delivered, lines, promised_lines,
        promised_quantity, on_time_lines, on_time_quantity)
    SELECT d.partnership_id, d.part_id, d.received_date, sum(received_quantity), count(*),
        count(*) FILTER (WHERE promised), coalesce(sum(received_quantity) FILTER (WHERE promised), 0),
        count(*) FILTER (WHERE promised AND received_date <= promised_date),
        coalesce(sum(received_quantity) FILTER (WHERE promised AND received_date <= promised_date), 0)
    FROM touched_cells t JOIN inventory_delivery d ON d.partnership_id = t.partnership_id
        AND d.part_id = t.part_id AND d.received_date = t.day,
        LATERAL (SELECT promised_date IS NOT NULL AND received_quantity > 0 AS promised) one
    WHERE d.partnership_id = ANY(%(all)s) AND d.withdrawn_at IS NULL
    GROUP BY 1, 2, 3
    """,
)
RETURN_SUMS = (
    """
    DELETE FROM inventory_returnsum s USING touched_cells t
    WHERE s.partnership_id = t.partnership_id AND s.partnership_id = ANY(%(all)s)
        AND s.part_id = t.part_id AND s.day = t.day
    """,
    """
    INSERT INTO inventory_returnsum (partnership_id, part_id, day, found_at, liability, events, quantity)
    SELECT r.partnership_id, r.part_id, r.return_date, found_at, liability, count(*), sum(quantity)
    FROM touched_cells t JOIN inventory_return r ON r.partnership_id = t.partnership_id
        AND r.part_id = t.part_id AND r.return_date = t.day
    WHERE r.partnership_id = ANY(%(all)s) AND r.withdrawn_at IS NULL
    GROUP BY 1, 2, 3, 4, 5
    """,
)
UNIT_COSTS = (
    """
    DELETE FROM inventory_unitcost c USING (
        SELECT DISTINCT partnership_id, part_id, date_trunc('month', day)::date AS month FROM touched_cells
    ) t
    WHERE c.partnership_id = t.partnership_id AND c.partnership_id = ANY(%(all)s)
        AND c.part_id = t.part_id AND c.month = t.month
    """,
    """
    WITH t AS (
        SELECT DISTINCT partnership_id, part_id, date_trunc('month', day)::date AS month FROM touched_cells
    ), bought AS (
        SELECT t.partnership_id, t.part_id, t.month,
            sum(unit_price * received_quantity) / sum(received_quantity) AS cost
        FROM t JOIN inventory_delivery d ON d.partnership_id = t.partnership_id AND d.part_id = t.part_id
            AND d.received_date >= t.month AND d.received_date < t.month + interval '1 month'
        WHERE d.partnership_id = ANY(%(all)s) AND d.withdrawn_at IS NULL
            AND unit_price IS NOT NULL AND received_quantity > 0
        GROUP BY 1, 2, 3
    ), stated AS (
        SELECT t.partnership_id, t.part_id, t.month,
            coalesce(sum(unit_cost * closing_quantity) FILTER (WHERE closing_quantity > 0)
                / nullif(sum(closing_quantity) FILTER (WHERE closing_quantity > 0), 0),
                avg(unit_cost)) AS cost
        FROM t JOIN inventory_stockitem i ON i.partnership_id = t.partnership_id AND i.part_id = t.part_id
        JOIN inventory_balance b ON b.partnership_id = i.partnership_id AND b.stock_item_id = i.id
            AND b.balance_date >= t.month AND b.balance_date < t.month + interval '1 month'
        WHERE i.partnership_id = ANY(%(all)s) AND b.withdrawn_at IS NULL AND unit_cost IS NOT NULL
        GROUP BY 1, 2, 3
    )
    INSERT INTO inventory_unitcost (partnership_id, part_id, month, unit_cost)
    SELECT partnership_id, part_id, month, coalesce(bought.cost, stated.cost)
    FROM t LEFT JOIN bought USING (partnership_id, part_id, month)
        LEFT JOIN stated USING (partnership_id, part_id, month)
    WHERE coalesce(bought.cost, stated.cost) IS NOT NULL
    """,
)
_CELL = {"partnership_id": "bigint", "part_id": "bigint", "day": "date"}


def refresh_stock_days(touched: pd.DataFrame) -> None:
    """Count the days of stock items anew from the first touched day on.

    `touched`: `partnership_id`, `stock_item_id`, `day`.
    """
    first = touched.groupby(["partnership_id", "stock_item_id"], as_index=False)["day"].min()
    columns = {"partnership_id": "bigint", "stock_item_id": "bigint", "day": "date"}
    _run("touched_items", first, columns, STOCK_DAYS)


def refresh_deliveries(touched: pd.DataFrame) -> None:
    """Count goods and costs of touched days anew; `touched`: `partnership_id`, `part_id`, `day`."""
    _run("touched_cells", touched, _CELL, DELIVERY_SUMS + UNIT_COSTS)


def refresh_returns(touched: pd.DataFrame) -> None:
    """Count returns of touched days anew; `touched`: `partnership_id`, `part_id`, `day`."""
    _run("touched_cells", touched, _CELL, RETURN_SUMS)


def refresh_unit_costs(touched: pd.DataFrame) -> None:
    """Count costs of touched months anew; `touched`: `partnership_id`, `part_id`, `day`."""
    _run("touched_cells", touched, _CELL, UNIT_COSTS)


def _run(table: str, cells: pd.DataFrame, columns: dict[str, str], statements: tuple[str, ...]) -> None:
    cells = cells.drop_duplicates(list(columns))
    if cells.empty:
        return
    whose = [int(one) for one in cells["partnership_id"].unique()]
    with copy.temporary(table, cells, columns), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement, {"all": whose})
