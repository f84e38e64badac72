"""Which days each partnership has handed in: for the question whether the data is complete.

Every function is one query and returns tuples of a partnership, the latest day of a bucket and a count; a
bucket is a day, or with `by_month` a month.
"""

from collections.abc import Collection
from datetime import date
from typing import Any

from django.db.models import Count, DateField, Exists, F, Max, OuterRef, QuerySet, Sum
from django.db.models.functions import TruncMonth

from core.period import Period
from quality.models import Inspection, LotSum, MeasurementSet, Stage

Days = list[tuple[int, date, int]]


def inspected_days(
    partnerships: Collection[int], period: Period, *, stage: str, by_month: bool = False
) -> Days:
    """Return the days with lots inspected at a stage, and how many lots."""
    rows = LotSum.objects.filter(partnership__in=partnerships, stage=stage, lots__gt=0)
    return _bucketed(rows, "day", period, Sum("lots"), by_month)


def measured_days(partnerships: Collection[int], period: Period, *, by_month: bool = False) -> Days:
    """Return the days with lots measured before they left, and how many lots."""
    rows = MeasurementSet.objects.counting().filter(partnership__in=partnerships, stage=Stage.OUTGOING)
    return _bucketed(rows, "measured_date", period, Count("pk"), by_month)


def unmeasured(partnerships: Collection[int], *, parts: QuerySet) -> QuerySet[Inspection]:
    """Return the outgoing lots of some parts that have no measured values, by their first inspection."""
    same = {"partnership": OuterRef("partnership"), "lot": OuterRef("lot"), "stage": Stage.OUTGOING}
    return Inspection.objects.counting().filter(
        ~Exists(MeasurementSet.objects.counting().filter(**same)),
        partnership__in=partnerships,
        stage=Stage.OUTGOING,
        submission=1,
        part__in=parts,
    )


def unmeasured_days(partnerships: Collection[int], period: Period, *, parts: QuerySet) -> Days:
    """Return the days of outgoing lots of some parts that have no measured values, and how many lots."""
    rows = unmeasured(partnerships, parts=parts)
    return _bucketed(rows, "inspection_date", period, Count("pk"), by_month=False)


def _bucketed(rows: QuerySet, day: str, period: Period, count: Any, by_month: bool) -> Days:
    rows = rows.filter(**{f"{day}__range": (period.first, period.last)})
    bucket = TruncMonth(day, output_field=DateField()) if by_month else F(day)
    found = rows.values("partnership", bucket=bucket).annotate(last=Max(day), n=count)
    return list(found.order_by().values_list("partnership", "last", "n"))
