from quality.queries.defects import defect_codes
from quality.queries.inspections import compare_inspections

__all__ = [
    "compare_inspections",
    "defect_codes",
]
