from inventory.services.rebuilding import rebuild_sums
from inventory.services.recording import (
    let_deliveries_go,
    let_movements_go,
    let_stock_go,
    record_deliveries,
    record_movements,
    record_returns,
    record_stock,
    withdraw_deliveries,
    withdraw_movements,
    withdraw_returns,
    withdraw_stock,
)

__all__ = [
    "let_deliveries_go",
    "let_movements_go",
    "let_stock_go",
    "rebuild_sums",
    "record_deliveries",
    "record_movements",
    "record_returns",
    "record_stock",
    "withdraw_deliveries",
    "withdraw_movements",
    "withdraw_returns",
    "withdraw_stock",
]
