"""Counts of lots and pieces for rates: from the sums, and pairs of inspections from the lots."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import (
    Count,
    Exists,
    F,
    FilteredRelation,
    FloatField,
    Max,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Sum,
)
from django.db.models.functions import Cast, Coalesce

from core.period import Period
from quality.formulas.proportion import LotSums
from quality.formulas.two_phase import PairSums
from quality.models import DispositionKind, Inspection, LotSum, Stage, Verdict
from suppliers.queries.selection import Selection, grouping


@dataclass(frozen=True, slots=True)
class LotTotals:
    """First submissions of one stage: lots and pieces, with the sums that an interval needs."""

    lots: int
    judged: int
    accepted: int
    conceded: int
    inspected: int
    nonconforming: int
    sums: LotSums
    last_day: date

    def __add__(self, other: "LotTotals") -> "LotTotals":
        """Both together, of lots that are not the same."""
        return LotTotals(
            lots=self.lots + other.lots,
            judged=self.judged + other.judged,
            accepted=self.accepted + other.accepted,
            conceded=self.conceded + other.conceded,
            inspected=self.inspected + other.inspected,
            nonconforming=self.nonconforming + other.nonconforming,
            sums=LotSums(*(one + more for one, more in zip(self.sums, other.sums, strict=True))),  # type: ignore[operator]  # numbers here
            last_day=max(self.last_day, other.last_day),
        )


@dataclass(frozen=True, slots=True)
class ChargedLot:
    """A lot rejected at incoming inspection: the pieces that its supplier answers for."""

    key: tuple
    pieces: int
    sorted_out: bool  # counted by a sort; else the whole lot


def lot_totals(
    selection: Selection, period: Period, *, stage: str, by: Sequence[str] = ()
) -> dict[tuple, LotTotals]:
    """Totals of first submissions by group, in one query over the daily sums.

    Returns a dict from the values of `by` (ids of supplier, customer and part, first day of a month)
    to the totals; a group without lots is absent.
    """
    rows = selection.narrow(LotSum.objects.filter(stage=stage, day__range=(period.first, period.last)))
    names = "lots", "judged", "accepted", "conceded", "inspected", "nonconforming"
    squares = "inspected_squared", "inspected_nonconforming", "nonconforming_squared"
    found = _grouped(rows, grouping(by, day="day"), last=Max("day"), **{
        f"sum_{name}": Sum(name) for name in names + squares
    })  # fmt: skip
    return {key: _totals(row) for key, row in found if row["sum_lots"]}


def pair_totals(selection: Selection, period: Period, *, by: Sequence[str] = ()) -> dict[tuple, PairSums]:
    """Sums over the lots of outgoing inspections in a period that were inspected at incoming too.

    First submissions on both sides; the incoming one may be of any day. One query.
    """
    rows = _first_submissions(selection, period, Stage.OUTGOING)
    theirs = {"stage": Stage.INCOMING, "submission": 1, "withdrawn_at": None}
    condition = Q(**{f"lot__inspections__{name}": value for name, value in theirs.items()})
    rows = rows.annotate(seen=FilteredRelation("lot__inspections", condition=condition))
    rows = rows.filter(seen__isnull=False)
    n, x = _real("inspected"), _real("nonconforming")
    n_in, x_in = _real("seen__inspected"), _real("seen__nonconforming")
    y = n * x_in / n_in
    found = _grouped(rows, grouping(by, day="inspection_date"), pairs=Count("pk"), **{
        name: Sum(term) for name, term in {
            "n": n, "x": x, "nn": n * n, "nx": n * x, "xx": x * x, "y": y, "yy": y * y,
            "ny": n * y, "xy": x * y, "n_in": n_in, "x_in": x_in,
        }.items()
    })  # fmt: skip
    return {key: PairSums(*(row[name] for name in PairSums._fields)) for key, row in found if row["pairs"]}


def unreported_totals(
    selection: Selection, period: Period, *, by: Sequence[str] = ()
) -> dict[tuple, LotSums]:
    """Sums over incoming inspections, by their own day, of lots that came without an outgoing one."""
    reported = Inspection.objects.counting().filter(lot=OuterRef("lot"), stage=Stage.OUTGOING)
    rows = _first_submissions(selection, period, Stage.INCOMING).filter(~Exists(reported))
    n, x = _real("inspected"), _real("nonconforming")
    found = _grouped(rows, grouping(by, day="inspection_date"), lots=Count("pk"), **{
        name: Sum(term) for name, term in {"n": n, "x": x, "nn": n * n, "nx": n * x, "xx": x * x}.items()
    })  # fmt: skip
    return {key: LotSums(*(row[name] for name in LotSums._fields)) for key, row in found if row["lots"]}


def charged_lots(selection: Selection, period: Period, *, by: Sequence[str] = ()) -> list[ChargedLot]:
    """Lots rejected at incoming inspection in a period, at first submission, each with its charged pieces.

    The pieces that a sort found, else the whole lot. A conceded lot is used as it is and not charged; one
    whose size nobody wrote down counts with the pieces inspected.
    """
    columns = grouping(by, day="inspection_date")
    rows = _first_submissions(selection, period, Stage.INCOMING).filter(verdict=Verdict.REJECTED)
    rows = rows.annotate(
        found_by_sort=Sum("dispositions__quantity", filter=Q(dispositions__kind=DispositionKind.SORTED)),
        conceded=Count("dispositions", filter=Q(dispositions__kind=DispositionKind.CONCEDED)),
        whole=Coalesce("lot_size", "lot__lot_size", "inspected"),
    ).filter(conceded=0)
    found = rows.values("found_by_sort", "whole", **columns).order_by("pk")
    return [
        ChargedLot(
            key=tuple(row[name] for name in columns),
            pieces=row["whole"] if row["found_by_sort"] is None else row["found_by_sort"],
            sorted_out=row["found_by_sort"] is not None,
        )
        for row in found
    ]


@dataclass(frozen=True, slots=True)
class Corrections:
    """What corrections of inspections changed: how many, and by how many pieces."""

    count: int
    inspected: int
    nonconforming: int


def corrections(selection: Selection, period: Period, *, stage: str) -> Corrections:
    """Corrections of first submissions of a period that still hold: later figures less earlier ones."""
    corrected_again = Inspection.objects.filter(corrects=OuterRef("pk"))
    days = (period.first, period.last)
    rows = selection.narrow(
        Inspection.objects.filter(
            # One that was undone has given its place back, or to a correction beside it.
            Q(withdrawn_at=None) | Exists(corrected_again),
            stage=stage,
            submission=1,
            inspection_date__range=days,
            corrects__withdrawn_at__isnull=False,
        )
    )
    found = rows.aggregate(
        count=Count("pk"),
        inspected=Sum(F("inspected") - F("corrects__inspected"), default=0),
        nonconforming=Sum(F("nonconforming") - F("corrects__nonconforming"), default=0),
    )
    return Corrections(**found)


def reported_lots() -> QuerySet:
    """Lots with an outgoing inspection that counts, to be compared with lots named elsewhere."""
    return Inspection.objects.counting().filter(stage=Stage.OUTGOING)


def last_day(selection: Selection) -> date | None:
    """Last day with an inspection of either stage."""
    return selection.narrow(LotSum.objects.all()).aggregate(last=Max("day"))["last"]


def first_day(selection: Selection, *, stage: str) -> date | None:
    """First day with an inspection of one stage."""
    return selection.narrow(LotSum.objects.filter(stage=stage)).aggregate(first=Min("day"))["first"]


def _first_submissions(selection: Selection, period: Period, stage: str) -> QuerySet:
    days = (period.first, period.last)
    rows = Inspection.objects.counting().filter(stage=stage, submission=1, inspection_date__range=days)
    return selection.narrow(rows)


def _grouped(rows: QuerySet, columns: dict[str, Any], **sums: Any) -> Iterator[tuple[tuple, dict[str, Any]]]:
    if not columns:
        yield (), rows.aggregate(**sums)
        return
    for row in rows.values(**columns).annotate(**sums).order_by(*columns):
        yield tuple(row[name] for name in columns), row


def _totals(row: dict[str, Any]) -> LotTotals:
    return LotTotals(
        lots=row["sum_lots"],
        judged=row["sum_judged"],
        accepted=row["sum_accepted"],
        conceded=row["sum_conceded"],
        inspected=int(row["sum_inspected"]),
        nonconforming=int(row["sum_nonconforming"]),
        sums=LotSums(
            row["sum_lots"],
            float(row["sum_inspected"]),
            float(row["sum_nonconforming"]),
            float(row["sum_inspected_squared"]),
            float(row["sum_inspected_nonconforming"]),
            float(row["sum_nonconforming_squared"]),
        ),
        last_day=row["last"],
    )


def _real(name: str) -> Cast:
    """A count as a real number: products of int4 columns overflow."""
    return Cast(F(name), FloatField())
