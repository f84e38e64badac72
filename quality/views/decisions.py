"""A decision in its history, as words: the same for charts and for sampling."""

from typing import Any

from django.utils.translation import gettext as _

from core import formatting
from quality.models import ChartDecision, SamplingDecision


def told(row: ChartDecision | SamplingDecision) -> dict[str, Any]:
    """Return what every decision says: its kind and reason, who made it and when, and who took it back."""
    own = row.made_by.organisation
    return {
        "id": row.pk,
        "kind": row.get_kind_display(),
        "reason": row.reason,
        "by": f"{row.made_by.user}, {formatting.in_language(own.name, own.name_en)}",
        "at": formatting.moment(row.made_at),
        "undone": undone(row),
    }


def undone(row: ChartDecision | SamplingDecision) -> str:
    """Say who took a decision back and when; nothing of one that stands."""
    if row.undone_by is None:
        return ""
    words = {"who": row.undone_by.user, "when": formatting.moment(row.undone_at)}
    return _("undone by %(who)s, %(when)s") % words
