"""Until when each partnership has handed in what: for the question whether the data is complete."""

from datetime import date

from django.db.models import Max

from quality.models import LotSum, MeasurementSum
from suppliers.queries.selection import Selection


def last_inspections(selection: Selection, *, until: date) -> dict[tuple[int, str], date]:
    """Return the latest inspection day up to `until`, by partnership and stage."""
    rows = selection.narrow(LotSum.objects.filter(day__lte=until))
    found = rows.values_list("partnership", "stage").annotate(last=Max("day")).order_by()
    return {(partnership, stage): last for partnership, stage, last in found}


def last_measurements(selection: Selection, *, until: date) -> dict[int, date]:
    """Return the first day of the latest month with measurements up to `until`, by partnership."""
    rows = selection.narrow(MeasurementSum.objects.filter(month__lte=until))
    found = rows.values_list("partnership").annotate(last=Max("month")).order_by()
    return dict(found)
