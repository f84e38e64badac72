"""Lists of lots, inspections and measured values, within the open scope."""

from collections.abc import Collection

from django.db.models import OuterRef, Prefetch, QuerySet, Subquery

from core.text import folded
from quality.models import Disposition, Inspection, Lot, Measurement, MeasurementSet, Nonconformity


def lots_to_list() -> QuerySet[Lot]:
    return Lot.objects.select_related("part")


def inspections_to_list() -> QuerySet[Inspection]:
    """Return inspections, withdrawn ones too, with what was found and what was done about it."""
    return Inspection.objects.select_related("lot", "part").prefetch_related(
        Prefetch("nonconformities", Nonconformity.objects.order_by("pk")),
        Prefetch("dispositions", Disposition.objects.order_by("pk")),
    )


def measurements_to_list() -> QuerySet[Measurement]:
    """Return the values that count, lot by lot, with `part_id` and `stage` of their set."""
    counting = MeasurementSet.objects.counting()
    their_set = counting.filter(pk=OuterRef("measurement_set_id"))
    return Measurement.objects.filter(
        lot_id__in=Lot.objects.values("pk"), measurement_set_id__in=counting.values("pk")
    ).annotate(part_id=Subquery(their_set.values("part")), stage=Subquery(their_set.values("stage")))


def sets_of(
    *,
    lot: Collection[str] = (),
    part: Collection[str] = (),
    part_id: int | None = None,
    supplier: Collection[str] = (),
    customer: Collection[str] = (),
    stage: str = "",
) -> QuerySet:
    """Return the ids of the measurement sets of lots, parts, partners (numbers and codes) or of a stage."""
    wanted = {
        "lot__number_key__in": [folded(number) for number in lot],
        "part__number_key__in": [folded(number) for number in part],
        "part": part_id,
        "partnership__supplier__code__in": supplier,
        "partnership__customer__code__in": customer,
        "stage": stage,
    }
    return MeasurementSet.objects.filter(**{key: value for key, value in wanted.items() if value}).values(
        "pk"
    )
