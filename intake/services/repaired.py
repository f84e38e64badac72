"""Workbooks that come back mended: known by their marker, taken up where the first file left off."""

import copy
from typing import Any

import pandas as pd
from django.core.signing import BadSignature, Signer
from django.db import connection
from django.db.models import Q

from core.lease import unheld
from intake.models import Upload, UploadState
from intake.readers.workbook import Workbook
from intake.services import vault
from suppliers import access

SALT = "intake.repaired"
# What tells one row from another, so far as a kind has it.
IDENTITY = [
    "part_no", "part_name", "lot_no", "characteristic_no", "characteristic", "piece", "inspection_no",
    "movement_no", "receipt_no", "order_no", "return_no", "warehouse", "supplier_code", "supplier",
]  # fmt: skip
ENOUGH = 0.5  # of the first file's rows; a marked workbook may also be next month's file, saved over this one
SETTLED = [UploadState.WAITING, UploadState.UNDERSTOOD, UploadState.COMMITTED]
TOLD = ("reading", "constants", "side", "answers", "left_out", "long_ago")
INHERITED = ("kind", "stage", "partnership_id")


def marker_for(upload: Upload) -> str:
    """Return what a marked workbook carries, so that it is known when it comes back."""
    return Signer(salt=SALT).sign(str(upload.pk))


def original_of(upload: Upload, book: Workbook) -> Upload | None:
    """Return the upload that a file mends: the one that was named with it, else the one that its marker names.

    A marker that is not ours, or is of a file that another organisation sent, says nothing.
    """
    original_id = upload.repairs_id or _marked(book.marker)
    if original_id is None:
        return None
    mine = Upload.objects.select_related("repairs").filter(pk=original_id, identical_to=None)
    original = mine.exclude(pk=upload.pk).first()
    if original is None or (original.repairs or original).state not in SETTLED:
        return None
    return original


def _marked(marker: str) -> int | None:
    try:
        return int(Signer(salt=SALT).unsign(marker))
    except (BadSignature, ValueError):
        return None


def continuing(upload: Upload, original: Upload) -> Upload:
    """Return the upload with what was told of the first file, wherever nothing else was told of this one."""
    taken_up = copy.copy(upload)
    taken_up.repairs = original.repairs or original
    told = {name: value for name, value in original.answers.items() if name in TOLD}
    taken_up.answers = told | upload.answers
    taken_up.options = {"mapping": original.options.get("mapping", "")} | _said(upload.options)
    for name in INHERITED:
        if not getattr(upload, name):
            setattr(taken_up, name, getattr(original, name))
    if taken_up.partnership_id not in (None, *access.partnerships_to_fill(upload.sent_by)):
        taken_up.partnership_id = upload.partnership_id
    return taken_up


def _said(options: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in options.items() if name != "mapping" or value}


def columns_of(upload: Upload) -> dict[str, Any]:
    """Return what is written on an upload that was found to mend another one."""
    names = ("repairs_id", "answers", "options", "partnership_id")
    return {name: getattr(upload, name) for name in names}


def holds_rows_of(original: Upload, rows: pd.DataFrame) -> bool:
    """Whether rows are those of an earlier file, apart from what was mended.

    A workbook that lost them, or was filled with another month, is a file of its own.
    """
    if not original.frame:
        return True  # it came to no rows: its columns were not understood
    before = vault.frame_at(original.frame)
    names = [name for name in IDENTITY if name in before and name in rows]
    names = names or [name for name in ("sheet", "row") if name in before]
    mine, theirs = _keys(rows, names), _keys(before, names)
    return len(mine & theirs) >= ENOUGH * len(theirs)


def _keys(rows: pd.DataFrame, names: list[str]) -> set[tuple[str, ...]]:
    return set(rows[names].astype("str").itertuples(index=False, name=None))


def lock_family(root_id: int) -> None:
    """Let the commits of one upload, and its undo, wait for each other until the end of the transaction.

    Not by a lock on its row, which the heart-beat of whoever works on it has to write.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"intake_upload {root_id}"])


def hand_over(upload: Upload, open_rows: int) -> None:
    """Let the first file, and earlier mended ones, wait no more: what is still open, the latest one holds."""
    family = Q(pk=upload.repairs_id) | Q(repairs=upload.repairs_id, pk__lt=upload.pk)
    earlier = Upload.objects.filter(family, unheld(), state__in=SETTLED).exclude(pk=upload.pk)
    earlier.update(open_rows=open_rows, state=UploadState.COMMITTED, planned=None)
