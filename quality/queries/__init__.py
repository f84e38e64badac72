from quality.queries.defects import defect_codes
from quality.queries.inspections import compare_inspections
from quality.queries.lots import lots_called
from quality.queries.measurements import compare_measurements

__all__ = [
    "compare_inspections",
    "compare_measurements",
    "defect_codes",
    "lots_called",
]
