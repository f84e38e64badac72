"""All sums of inventory counted anew from their rows."""

from typing import Any

from django.db import transaction

from core import copy
from core.sums import SumTable, recount
from inventory.services import sums
from suppliers.services import lock_partnerships

_DAY = {"part_id": "bigint", "day": "date"}
TABLES = (
    SumTable(
        "inventory_stockday",
        {"stock_item_id": "bigint", "day": "date"},
        dict.fromkeys(("receipts", "issues", "adjustments", "closing"), "bigint"),
    ),
    SumTable(
        "inventory_deliverysum",
        _DAY,
        dict.fromkeys(("delivered", "lines", "promised_lines", "promised_quantity"), "bigint")
        | dict.fromkeys(("on_time_lines", "on_time_quantity"), "bigint"),
    ),
    SumTable(
        "inventory_returnsum",
        _DAY | {"found_at": "text", "liability": "text"},
        {"events": "bigint", "quantity": "bigint"},
    ),
    SumTable("inventory_unitcost", {"part_id": "bigint", "month": "date"}, {"unit_cost": "numeric"}),
)
# Also cells that no row stands behind any more.
ITEMS = """
SELECT stock_item_id, movement_date FROM inventory_movement WHERE partnership_id = %(partnership)s
UNION SELECT stock_item_id, day FROM inventory_stockday WHERE partnership_id = %(partnership)s
"""
GOODS = """
SELECT part_id, received_date FROM inventory_delivery WHERE partnership_id = %(partnership)s
UNION SELECT part_id, day FROM inventory_deliverysum WHERE partnership_id = %(partnership)s
UNION SELECT part_id, month FROM inventory_unitcost WHERE partnership_id = %(partnership)s
UNION SELECT i.part_id, b.balance_date FROM inventory_balance b
JOIN inventory_stockitem i ON i.id = b.stock_item_id WHERE b.partnership_id = %(partnership)s
"""
RETURNED = """
SELECT part_id, return_date FROM inventory_return WHERE partnership_id = %(partnership)s
UNION SELECT part_id, day FROM inventory_returnsum WHERE partnership_id = %(partnership)s
"""
PARTNERSHIPS = """
SELECT partnership_id FROM inventory_stockitem UNION SELECT partnership_id FROM inventory_delivery
UNION SELECT partnership_id FROM inventory_return UNION SELECT partnership_id FROM inventory_stockday
UNION SELECT partnership_id FROM inventory_deliverysum UNION SELECT partnership_id FROM inventory_returnsum
UNION SELECT partnership_id FROM inventory_unitcost ORDER BY 1
"""


def rebuild_sums(*, check: bool = False) -> list[dict[str, Any]]:
    """Count all sums anew, one partnership after the other, and return the cells that were wrong.

    As `quality.services.rebuild_sums` in all else.
    """
    partnerships = copy.read(PARTNERSHIPS, {}, {"id": "bigint"})["id"].tolist()
    found: list[dict[str, Any]] = []
    for partnership_id in partnerships:
        with transaction.atomic():
            lock_partnerships([partnership_id])
            found += recount(partnership_id, TABLES, _count, check=check)
    return found


def _count(partnership_id: int) -> None:
    whose = {"partnership": partnership_id}
    items = copy.read(ITEMS, whose, {"stock_item_id": "bigint", "day": "date"})
    sums.refresh_stock_days(items.assign(partnership_id=partnership_id))
    sums.refresh_deliveries(copy.read(GOODS, whose, _DAY).assign(partnership_id=partnership_id))
    sums.refresh_returns(copy.read(RETURNED, whose, _DAY).assign(partnership_id=partnership_id))
