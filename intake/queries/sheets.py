"""The list of uploads as a sheet: what was handed in, by whom, and what became of its rows."""

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from core.workbook import CODE, COUNT, LONG, MOMENT, Heading, Sheet
from intake.models import Kind, Upload
from intake.queries import uploads
from intake.queries.pages import outcome_in_words


def upload_sheet(rows: QuerySet[Upload]) -> Sheet:
    """Return uploads with their counts: those read are new, the same, changed, contradicting, wrong,
    elsewhere or left out."""
    counts = {
        "read": _("Rows read"),
        "new": _("New"),
        "same": _("Same"),
        "changed": _("Changed"),
        "conflicting": _("Contradicting"),
        "wrong": _("To mend"),
        "elsewhere": _("Elsewhere"),
        "left_out_by_hand": _("Left out by a person"),
    }
    headings = [
        Heading(_("Number"), CODE),
        Heading(_("File"), LONG),
        Heading(_("Kind of data")),
        Heading(_("Sent at"), MOMENT),
        Heading(_("Sent by")),
        Heading(_("What became of it"), LONG),
        *(Heading(name, COUNT) for name in counts.values()),
    ]
    return Sheet(_("Your files"), headings, _rows(rows, list(counts)))


def _rows(rows: QuerySet[Upload], names: list[str]) -> Iterator[list[Any]]:
    for upload in rows.iterator(chunk_size=1_000):
        counts = uploads.counts_of(upload)
        yield [
            str(upload.pk),
            upload.file_name,
            str(Kind(upload.kind).label) if upload.kind else "",
            upload.created_at,
            str(upload.sent_by.user) if upload.sent_by else "",
            outcome_in_words(upload),
            *(counts[name] for name in names),
        ]
