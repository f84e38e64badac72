from inventory.queries.comparing import (
    compare_deliveries,
    compare_movements,
    compare_returns,
    compare_stock,
)
from inventory.queries.lots import lots_called
from inventory.queries.statements import deliveries_gone, movements_gone, nothing_gone, stock_gone

__all__ = [
    "compare_deliveries",
    "compare_movements",
    "compare_returns",
    "compare_stock",
    "deliveries_gone",
    "lots_called",
    "movements_gone",
    "nothing_gone",
    "stock_gone",
]
