"""Reads of uploads: the sending organisation's own, whatever is asked."""

from typing import Any

from django.db.models import QuerySet

from intake.models import Problem, Upload
from intake.queries.words import Said, field_name, say

PARTS_OF_READ = ("new", "same", "changed", "conflicting", "wrong", "elsewhere")


def uploads_to_list() -> QuerySet[Upload]:
    """Return the uploads of the organisation that looks, the latest first."""
    return Upload.objects.select_related("sent_by__user", "sent_by__organisation", "partnership").order_by("-pk")


def upload_or_none(upload_id: int) -> Upload | None:
    return uploads_to_list().filter(pk=upload_id).first()


def problems_of(upload: Upload) -> QuerySet[Problem]:
    """Return what is wrong in a file, in the order of its rows: the first hundred of each rule and column."""
    return upload.problems.filter(settled_at=None).order_by("sheet", "row", "pk")


def counts_of(upload: Upload) -> dict[str, int]:
    """Return the counts of an upload: `read` is the sum of `PARTS_OF_READ`; `gone` and `left_out` beside it."""
    names = ("read", *PARTS_OF_READ, "gone", "left_out")
    return {name: int(upload.counts.get(name, 0)) for name in names}


def problem_in_words(problem: Problem) -> dict[str, Any]:
    """Return a problem as page, command and API show it, in the reader's language."""
    said = say(problem.rule, {"field": problem.field, "value": problem.value} | problem.params)
    return {
        "sheet": problem.sheet,
        "row": problem.row,
        "column": problem.column,
        "field": field_name(problem.field) if problem.field else "",
        "value": problem.value,
        "code": problem.rule,
        "rule": said.rule,
        "remedy": said.remedy,
        "count": problem.count,
    }


def refusal_in_words(upload: Upload) -> Said | None:
    """Return why a file was refused, or None."""
    return say(upload.refusal["rule"], upload.refusal["params"]) if upload.refusal else None
