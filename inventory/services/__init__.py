from inventory.services.rebuilding import rebuild_sums
from inventory.services.recording import (
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
