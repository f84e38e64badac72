from inventory.models.goods import Delivery, FoundAt, Liability, Return
from inventory.models.stock import Balance, Grain, Movement, MovementKind, Ownership, StockItem
from inventory.models.sums import DeliverySum, ReturnSum, StockDay, UnitCost

__all__ = [
    "Balance",
    "Delivery",
    "DeliverySum",
    "FoundAt",
    "Grain",
    "Liability",
    "Movement",
    "MovementKind",
    "Ownership",
    "Return",
    "ReturnSum",
    "StockDay",
    "StockItem",
    "UnitCost",
]
