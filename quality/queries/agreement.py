"""Do both sides find the same? Verdicts of lots that supplier and customer inspected."""

from dataclasses import dataclass

from django.db.models import Count, F, FilteredRelation, Q

from core.period import Period
from quality.models import Inspection, Stage, Verdict
from suppliers.queries.selection import Selection


@dataclass(frozen=True, slots=True)
class Agreement:
    """Lots judged at both stages, first submissions; `slipped` were accepted at outgoing alone."""

    both: int
    same: int
    slipped: int
    stricter: int  # rejected at outgoing alone


def agreement(selection: Selection, period: Period) -> Agreement:
    """Compare the verdicts of lots whose outgoing inspection lies in the period; one query."""
    rows = selection.narrow(
        Inspection.objects.counting().filter(
            stage=Stage.OUTGOING, submission=1, inspection_date__range=(period.first, period.last)
        )
    )
    theirs = Q(
        lot__inspections__stage=Stage.INCOMING,
        lot__inspections__submission=1,
        lot__inspections__withdrawn_at=None,
    )
    rows = rows.annotate(seen=FilteredRelation("lot__inspections", condition=theirs))
    rows = rows.exclude(verdict="").filter(seen__verdict__in=Verdict.values)
    accepted, rejected = Verdict.ACCEPTED, Verdict.REJECTED
    found = rows.aggregate(
        both=Count("pk"),
        same=Count("pk", filter=Q(verdict=F("seen__verdict"))),
        slipped=Count("pk", filter=Q(verdict=accepted, seen__verdict=rejected)),
        stricter=Count("pk", filter=Q(verdict=rejected, seen__verdict=accepted)),
    )
    return Agreement(**found)
