"""All sums of quality counted anew from their rows."""

from typing import Any

from django.db import transaction

from core import copy
from core.sums import SumTable, recount
from quality.services.measurement_sums import CELL_TYPES, SUMS, refresh_measurement_months
from quality.services.sums import count_lot_sums
from suppliers.services import lock_partnerships

_DAY = {"part_id": "bigint", "stage": "text", "day": "date"}
LOT_SUMS = SumTable(
    "quality_lotsum",
    _DAY,
    dict.fromkeys(("lots", "judged", "accepted", "conceded", "inspected", "nonconforming"), "bigint")
    | dict.fromkeys(("inspected_squared", "inspected_nonconforming", "nonconforming_squared"), "bigint"),
)
DEFECT_SUMS = SumTable(
    "quality_defectsum", _DAY | {"defect": "text"}, {"count": "bigint", "uncounted_lots": "bigint"}
)
MEASUREMENT_SUMS = SumTable(
    "quality_measurementsum",
    {name: kind for name, kind in CELL_TYPES.items() if name != "partnership_id"} | {"stage": "text"},
    SUMS,
    rounding=lambda stored: 1e-12 * stored["n"].astype("float64") * (1 + stored["mean"] ** 2),
)
TABLES = (LOT_SUMS, DEFECT_SUMS, MEASUREMENT_SUMS)
# Also cells that no row stands behind any more.
CELLS = """
SELECT part_id, stage, inspection_date FROM quality_inspection WHERE partnership_id = %(partnership)s
UNION SELECT part_id, stage, day FROM quality_lotsum WHERE partnership_id = %(partnership)s
UNION SELECT part_id, stage, day FROM quality_defectsum WHERE partnership_id = %(partnership)s
"""
MONTHS = """
SELECT s.partnership_id, s.part_id, m.characteristic_version_id, date_trunc('month', s.measured_date)::date, s.stage
FROM quality_measurementset s
JOIN quality_measurement m ON m.lot_id = s.lot_id AND m.measurement_set_id = s.id
WHERE s.partnership_id = %(partnership)s
UNION SELECT partnership_id, part_id, characteristic_version_id, month, stage FROM quality_measurementsum
WHERE partnership_id = %(partnership)s
"""
PARTNERSHIPS = """
SELECT partnership_id FROM quality_lot
UNION SELECT partnership_id FROM quality_lotsum UNION SELECT partnership_id FROM quality_measurementsum
ORDER BY 1
"""


def rebuild_sums(*, check: bool = False) -> list[dict[str, Any]]:
    """Count all sums anew, one partnership after the other, and return the cells that were wrong.

    For the house alone. With `check` nothing is changed; the rows of a partnership cannot change while it is
    looked at.

    Returns
    -------
    list of dict
        ``partnership``, ``table``, ``cell`` (its key) and ``differs`` (by field ``stored`` and ``counted``).
    """
    partnerships = copy.read(PARTNERSHIPS, {}, {"id": "bigint"})["id"].tolist()
    found: list[dict[str, Any]] = []
    for partnership_id in partnerships:
        with transaction.atomic():
            lock_partnerships([partnership_id])
            found += recount(partnership_id, TABLES, _count, check=check)
    return found


def _count(partnership_id: int) -> None:
    whose = {"partnership": partnership_id}
    count_lot_sums(cells=copy.read(CELLS, whose, _DAY).assign(partnership_id=partnership_id))
    months = copy.read(MONTHS, whose, CELL_TYPES | {"stage": "text"})
    refresh_measurement_months(months=months)
