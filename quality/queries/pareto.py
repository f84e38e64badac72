"""Counts of nonconformities by what they are, from the daily sums."""

from collections.abc import Collection

from django.db.models import Q, Sum

from core.period import Period
from quality.models import DefectCode, DefectSum
from suppliers.queries.selection import Selection


def defect_counts(selection: Selection, period: Period, *, stage: str) -> dict[str, int]:
    """Return how often each nonconformity was found at first submissions, the most frequent first.

    Keys are codes of the trade's list, or the words of the sheet where no code is known.
    """
    rows = selection.narrow(DefectSum.objects.filter(stage=stage, day__range=(period.first, period.last)))
    found = (
        rows.values("defect").annotate(total=Sum("count")).filter(total__gt=0).order_by("-total", "defect")
    )
    return {row["defect"]: row["total"] for row in found}


def defect_names(codes: Collection[str]) -> dict[str, tuple[str, str]]:
    """Return name and English name of what is in the trade's list, by its code or, written as words, by its name.

    Words that several codes share have their English name only where those agree on it.
    """
    known = DefectCode.objects.filter(Q(code__in=codes) | Q(name__in=codes))
    found: dict[str, tuple[str, str]] = {}
    for code, name, name_en in known.values_list("code", "name", "name_en"):
        if code in codes:
            found[code] = (name, name_en)
        if name in codes:
            found[name] = (name, name_en if found.get(name, (name, name_en))[1] == name_en else "")
    return found
