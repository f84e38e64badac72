from quality.queries.defects import defect_codes
from quality.queries.gauge_rows import compare_gauge_studies
from quality.queries.inspections import compare_inspections
from quality.queries.lots import lots_called
from quality.queries.measurements import compare_measurements
from quality.queries.origins import (
    commits_of_inspections,
    commits_of_measurement_sets,
    commits_replaced_in_inspections,
    commits_replaced_in_measurement_sets,
)

__all__ = [
    "commits_of_inspections",
    "commits_of_measurement_sets",
    "commits_replaced_in_inspections",
    "commits_replaced_in_measurement_sets",
    "compare_gauge_studies",
    "compare_inspections",
    "compare_measurements",
    "defect_codes",
    "lots_called",
]
