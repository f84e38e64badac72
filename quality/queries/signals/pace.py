"""How many lots a month the rules of a partnership look at."""

from datetime import date, timedelta

from django.db.models import Count, Max, Sum

from quality.formulas.false_alarms import Pace
from quality.models import ChartDecision, DecisionKind, LotSum, MeasurementSet, MeasurementSum

DAYS = 91
A_MONTH = 30.44 / DAYS


def pace_of(partnership_id: int) -> Pace:
    """Return the lots a month of a partnership's last quarter of a year with data; six queries."""
    return Pace(_inspected(partnership_id), *_measured(partnership_id))


def _inspected(partnership_id: int) -> float:
    rows = LotSum.objects.filter(partnership=partnership_id)
    last: date | None = rows.aggregate(last=Max("day"))["last"]
    if last is None:
        return 0.0
    lots = rows.filter(day__gt=last - timedelta(days=DAYS)).aggregate(n=Sum("lots"))["n"]
    return float(lots or 0) * A_MONTH


def _measured(partnership_id: int) -> tuple[float, float]:
    """Return lots times characteristics a month, without and with frozen limits."""
    sets = MeasurementSet.objects.counting().filter(partnership=partnership_id)
    last: date | None = sets.aggregate(last=Max("measured_date"))["last"]
    if last is None:
        return 0.0, 0.0
    since = last - timedelta(days=DAYS)
    lots = {
        (part, stage): n
        for part, stage, n in sets.filter(measured_date__gt=since)
        .values_list("part", "stage")
        .annotate(n=Count("pk"))
        .order_by()
    }
    frozen = set(
        ChartDecision.objects.filter(
            partnership=partnership_id, kind=DecisionKind.FREEZE, undone_at=None
        ).values_list("characteristic_version", "stage")
    )
    sums = MeasurementSum.objects.filter(partnership=partnership_id, month__gte=since.replace(day=1))
    plain = locked = 0.0
    for part, stage, version in set(sums.values_list("part", "stage", "characteristic_version")):
        if (version, stage) in frozen:
            locked += lots.get((part, stage), 0) * A_MONTH
        else:
            plain += lots.get((part, stage), 0) * A_MONTH
    return plain, locked
