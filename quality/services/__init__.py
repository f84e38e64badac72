from quality.services.inspections import record_inspections, withdraw_inspections
from quality.services.measurements import record_measurements, withdraw_measurements

__all__ = [
    "record_inspections",
    "record_measurements",
    "withdraw_inspections",
    "withdraw_measurements",
]
