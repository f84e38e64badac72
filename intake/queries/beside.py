"""What the page of an upload says of rows beside those that are saved: left out, not counted, gone."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import formatting
from intake.models import Upload, UploadState
from intake.queries import uploads
from intake.queries.groups import place_of


def rows_in_words(count: int) -> str:
    return ngettext("%(n)s row", "%(n)s rows", count) % {"n": f"{count:,}"}


def may_change(upload: Upload) -> bool:
    return upload.state in {UploadState.UNDERSTOOD, UploadState.WAITING}


def left_out(upload: Upload) -> list[dict[str, Any]]:
    may_take_in = may_change(upload) or upload.state == UploadState.COMMITTED
    return [
        {
            "number": one["number"],
            "why": one["why"],
            "rows": rows_in_words(one["rows"]),
            "place": place_of("", [int(place.rpartition("!")[2]) for place in one["places"]]),
            "who": _("%(name)s, %(when)s") % {"name": one["by"], "when": formatting.moment(one["at"])},
            "may_take_in": may_take_in and not upload.identical_to_id,
        }
        for one in uploads.left_out_of(upload)
    ]


def documents(upload: Upload) -> list[dict[str, Any]]:
    """Documents that may not count: how many, whether they do, and what a press makes of that."""
    rules = {
        "leave": (_("not counted"), "take", _("Count them")),
        "take": (_("counted"), "leave", _("Do not count them")),
    }
    shown = []
    for one in uploads.documents_of(upload):
        state, value, label = rules[one["rule"]]
        state = _("counted with their sign") if one["sort"] == "red" and one["rule"] == "take" else state
        rows = [int(place.rpartition("!")[2]) for place in one["places"]]
        shown.append(
            {
                "id": f"d{one['sort']}",
                "word": one["word"],
                "rows": rows_in_words(one["rows"]),
                "place": place_of("", rows),
                "state": state,
                "value": value,
                "label": label,
                "may_change": (may_change(upload) or upload.state == UploadState.COMMITTED)
                and not upload.identical_to_id,
            }
        )
    return shown


def gone(upload: Upload) -> dict[str, Any] | None:
    """The rows of the earlier statement that this one does not have."""
    rows = uploads.gone_of(upload)
    if not rows:
        return None
    more = upload.counts["gone"] - len(rows)
    return {
        "title": _("In the earlier statement, not in this file"),
        "rows": [one | {"day": formatting.day(date.fromisoformat(one["day"]))} for one in rows],
        "more": _("and %(rows)s more") % {"rows": rows_in_words(more)} if more > 0 else "",
    }
