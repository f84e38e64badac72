"""Lots as pages show them: a list of presentations, and one lot with all that is known about it."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Case, Count, Exists, OuterRef, Q, QuerySet, Sum, When

from core.period import Period
from quality.models import (
    Disposition,
    Inspection,
    Lot,
    Measurement,
    MeasurementSet,
    Nonconformity,
    Stage,
    Verdict,
)
from suppliers.queries.selection import Selection

RELATED = ("lot", "part", "partnership__supplier", "partnership__customer")


@dataclass(frozen=True, slots=True)
class Totals:
    """What a list holds of one stage."""

    inspections: int
    rejected: int
    inspected: int
    nonconforming: int


@dataclass(frozen=True, slots=True)
class Values:
    """Measured values of one characteristic version in one set, in order of pieces."""

    version: int
    stage: str
    measured_date: date
    values: Sequence[float]


def presentations(
    selection: Selection,
    *,
    period: Period | None = None,
    stage: str | None = None,
    verdict: str | None = None,
    lot: str = "",
    every_submission: bool = False,
    seen_by_both: bool = False,
    commits: Collection[int] | None = None,
) -> QuerySet[Inspection]:
    """Return inspections that count, the latest first: what figures of pieces and lots are made of.

    Parameters
    ----------
    lot : str
        A piece of a lot number, compared as `core.text.folded` compares.
    every_submission : bool
        Also presentations after a rejection; figures count the first alone.
    seen_by_both : bool
        Only lots that the other stage inspected too.
    commits : collection of int or None
        Only what came by these commits of intake, or lots whose measured values did.
    """
    rows = selection.narrow(Inspection.objects.counting())
    if period is not None:
        rows = rows.filter(inspection_date__range=(period.first, period.last))
    if stage:
        rows = rows.filter(stage=stage)
    if verdict:
        rows = rows.filter(verdict=verdict)
    if lot:
        rows = rows.filter(Q(lot__number_key__contains=lot) | Q(lot__customer_number_key__contains=lot))
    if commits is not None:
        measured = MeasurementSet.objects.counting().filter(commit_id__in=commits)
        rows = rows.filter(Q(commit_id__in=commits) | Q(lot__in=measured.values("lot")))
    if not every_submission:
        rows = rows.filter(submission=1)
    if seen_by_both:
        other = Inspection.objects.counting().filter(lot=OuterRef("lot"), submission=1)
        rows = rows.filter(Exists(other.exclude(stage=OuterRef("stage"))))
    return rows.select_related(*RELATED).order_by("-inspection_date", "-pk")


def totals(rows: QuerySet[Inspection]) -> dict[str, Totals]:
    """Add up a list by stage, outgoing first, in one query: stages are never pooled."""
    found = (
        rows.order_by()
        .values("stage")
        .annotate(
            inspections=Count("pk"),
            rejected=Count("pk", filter=Q(verdict=Verdict.REJECTED)),
            pieces=Sum("inspected", default=0),
            bad_pieces=Sum("nonconforming", default=0),
        )
    )
    by_stage = {
        row["stage"]: Totals(row["inspections"], row["rejected"], row["pieces"], row["bad_pieces"])
        for row in found
    }
    return {stage: by_stage[stage] for stage in Stage.values if stage in by_stage}


def dispositions_of(inspections: Sequence[int]) -> dict[int, list[Disposition]]:
    """Return what was done about each of some inspections; one query."""
    found = defaultdict(list)
    for one in Disposition.objects.filter(inspection__in=inspections).order_by("pk"):
        found[one.inspection_id].append(one)
    return dict(found)


def lot_or_none(lot_id: int) -> Lot | None:
    """Return a visible lot with its part and the two ends of its partnership."""
    related = ("part", "partnership__supplier", "partnership__customer")
    return Lot.objects.select_related(*related).filter(pk=lot_id).first()


def inspections_of(lot_id: int) -> list[Inspection]:
    """Return all presentations of a lot, withdrawn ones too: outgoing first, then by submission and time."""
    rows = Inspection.objects.filter(lot=lot_id)
    return sorted(rows, key=lambda one: (one.stage != "outgoing", one.submission, one.recorded_at))


def nonconformities_of(inspections: Sequence[int]) -> dict[int, list[Nonconformity]]:
    """Return what was found at each of some inspections; one query."""
    found = defaultdict(list)
    for one in Nonconformity.objects.filter(inspection__in=inspections).order_by("-count", "pk"):
        found[one.inspection_id].append(one)
    return dict(found)


def values_of(lot_id: int) -> list[Values]:
    """Return the measured values of a lot that count, by stage and characteristic version; two queries."""
    sets = {one.pk: one for one in MeasurementSet.objects.counting().filter(lot=lot_id)}
    rows = Measurement.objects.filter(lot_id=lot_id, measurement_set_id__in=list(sets))
    ordered = rows.order_by("measurement_set_id", "characteristic_version_id", "piece")
    found: dict[tuple[int, int], list[float]] = defaultdict(list)
    for measurement_set, version, value in ordered.values_list(
        "measurement_set_id", "characteristic_version_id", "value"
    ):
        found[measurement_set, version].append(value)
    return [
        Values(version, sets[key].stage, sets[key].measured_date, values)
        for (key, version), values in found.items()
    ]


def lots_called(selection: Selection, key: str, *, at_most: int) -> list[Lot]:
    """Return lots whose number, or the customer's for it, holds a folded key; the exact ones first."""
    rows = selection.narrow(Lot.objects.all())
    rows = rows.filter(Q(number_key__contains=key) | Q(customer_number_key__contains=key))
    exact = Case(When(Q(number_key=key) | Q(customer_number_key=key), then=0), default=1)
    related = ("part", "partnership__supplier", "partnership__customer")
    return list(rows.select_related(*related).order_by(exact, "-created_at", "-pk")[:at_most])
