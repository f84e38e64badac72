from quality.services.gauge_studies import record_gauge_studies, withdraw_gauge_studies
from quality.services.inspections import record_inspections, withdraw_inspections
from quality.services.measurements import record_measurements, withdraw_measurements
from quality.services.rebuilding import rebuild_sums

__all__ = [
    "rebuild_sums",
    "record_gauge_studies",
    "record_inspections",
    "record_measurements",
    "withdraw_gauge_studies",
    "withdraw_inspections",
    "withdraw_measurements",
]
