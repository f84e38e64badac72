from core.commits import BuiltUpon, Contradicts
from quality.services.inspections import record_inspections, withdraw_inspections

__all__ = [
    "BuiltUpon",
    "Contradicts",
    "record_inspections",
    "withdraw_inspections",
]
