"""The two halves of a Q-DAS file, .dfd and .dfx, sent as files of their own: the first waits for the second.

They need no request of their own: whoever sends both, at once or one after the other, by page, API or command,
has them read together, as if they had come in one zip.
"""

import io
import zipfile
from datetime import datetime
from pathlib import PurePath

from django.db import connection, models, transaction
from django.db.models import Q

from core.lease import Lease
from intake.models import Upload, UploadState
from intake.services import vault
from intake.services.whole_file import question

# Ending of a half: that of the other one, and why it is refused alone.
HALVES = {".dfd": (".dfx", "aqdef_no_values"), ".dfx": (".dfd", "aqdef_no_description")}
QUESTION = "other_half"  # id and kind of what a half waits with
OTHER, OTHER_NAME = "other_half", "other_name"  # options of the one that was read with its other half
JOINED = "joined"  # of the other one's understanding: the name that it was read with


def is_half(upload: Upload, rule: str) -> bool:
    """Whether a file that is refused by a rule lacks nothing but its other half."""
    return OTHER not in upload.options and HALVES.get(_ending(upload.file_name), ("", ""))[1] == rule


@transaction.atomic
def join(*, lease: Lease, upload: Upload, now: datetime) -> bool:
    """Take the other half of a file if it is there, and return whether it is; else let the file wait for it.

    A half that was read with another one before, and comes again, is nothing new; it serves a new other half.
    """
    wanted = str(PurePath(upload.file_name).with_suffix(HALVES[_ending(upload.file_name)][0]))
    stem = PurePath(upload.file_name).stem.casefold()
    with connection.cursor() as cursor:  # two halves that come at once must not both wait
        key = f"intake_pair {upload.sender_id} {upload.partnership_id} {stem}"
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])
    other = _halves(upload).filter(file_name__iexact=wanted).order_by("-pk").first()
    if other is None:
        _wait(lease, upload, wanted, now)
        return False
    upload.options = upload.options | {OTHER: other.sha256, OTHER_NAME: other.file_name}
    upload.save(update_fields=["options"])
    told = {
        "state": UploadState.COMMITTED,
        "identical_to": upload,
        "understanding": {JOINED: upload.file_name},
        "counts": {},
        "finished_at": now,
    }
    Upload.objects.filter(pk=other.pk).update(**told)
    return True


def _halves(upload: Upload) -> models.QuerySet[Upload]:
    """Halves of the sender that were not read with another one yet."""
    waiting = Q(state=UploadState.WAITING) | Q(state=UploadState.COMMITTED, identical_to__isnull=False)
    mine = Upload.objects.filter(waiting, sender=upload.sender_id, partnership=upload.partnership_id)
    return mine.filter(understanding__questions__0__kind=QUESTION).exclude(pk=upload.pk)


def _wait(lease: Lease, upload: Upload, wanted: str, now: datetime) -> None:
    told = {"questions": [question(QUESTION, [], {"lacks": wanted})], "to_mend": 1}
    before = Upload.objects.filter(
        sender=upload.sender_id,
        partnership=upload.partnership_id,
        sha256=upload.sha256,
        understanding__has_key=JOINED,
        identical_to__state=UploadState.COMMITTED,
    ).first()
    if before is not None:
        counts = {"read": 0}
        state = {"state": UploadState.COMMITTED, "identical_to": before.identical_to, "counts": counts}
        lease.settle(understanding=told, planned=None, finished_at=now, crashes=0, **state)
        return
    lease.settle(state=UploadState.WAITING, understanding=told, planned=None, refusal=None, crashes=0)


def content_of(upload: Upload) -> bytes:
    """Return the bytes that are read: those of the file, or a zip of both halves."""
    own = vault.bytes_of(upload.sha256)
    if OTHER not in upload.options:
        return own
    ending = _ending(upload.file_name)
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr(f"pair{ending}", own)
        archive.writestr(f"pair{HALVES[ending][0]}", vault.bytes_of(upload.options[OTHER]))
    return target.getvalue()


def _ending(name: str) -> str:
    return PurePath(name).suffix.lower()
