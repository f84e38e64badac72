from inventory.queries.comparing import (
    compare_deliveries,
    compare_movements,
    compare_returns,
    compare_stock,
)
from inventory.queries.lots import lots_called

__all__ = [
    "compare_deliveries",
    "compare_movements",
    "compare_returns",
    "compare_stock",
    "lots_called",
]
