"""What a person decides about an understood file: commit it, or take it back."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from core.commits import BuiltUpon
from core.lease import unheld
from intake.models import Kind, Upload, UploadState
from intake.services import work
from intake.services.nouns import NOUNS
from intake.services.receive import NotYours
from suppliers import access
from suppliers.access import Person
from suppliers.services import lock_partnerships

LISTENING = [UploadState.UNDERSTOOD, UploadState.WAITING, UploadState.COMMITTED]


class NotReady(Exception):
    """What was asked does not fit the upload's state, which is `state`."""

    def __init__(self, state: str) -> None:
        self.state = state
        super().__init__(state)


def upload_of(person: Person, upload_id: int) -> Upload:
    """Return an upload of the person's organisation.

    Raises NotYours if it is not there, is somebody else's, or the person may not hand in files.
    """
    upload = Upload.objects.select_related("repairs").filter(pk=upload_id).first()
    if upload is None or upload.sender_id != person.organisation_id or not person.may_upload:
        raise NotYours
    return upload


def commit(
    *,
    upload_id: int,
    person: Person,
    now: datetime,
    partial: bool = False,
    seconds: float | None = work.SECONDS_AT_ONCE,
) -> Upload:
    """Commit an upload: all its rows or none, with `partial` the faultless ones.

    What is committed already stays so. Rows that were wrong are looked at again first: somebody may have made
    the missing part meanwhile. Rows that are still wrong, or conflicts without a choice, leave the upload
    `waiting` unless `partial`. A large upload is `committing` when this returns.

    Raises NotYours, and NotReady if it is being worked on, was refused or undone.
    """
    upload = upload_of(person, upload_id)
    if upload.state == UploadState.COMMITTED and not upload.open_rows:
        return upload
    if upload.state not in LISTENING or upload.identical_to_id:
        raise NotReady(upload.state)
    again = bool(upload.open_rows) or upload.state == UploadState.WAITING
    _set_going(
        upload,
        state=UploadState.RECEIVED if again else UploadState.COMMITTING,
        planned={"by": person.pk, "partial": partial},
    )
    work.begin(upload, now=now, seconds=seconds)
    return Upload.objects.get(pk=upload.pk)


def again(
    *, upload: Upload, now: datetime, seconds: float | None = work.SECONDS_AT_ONCE, **columns
) -> Upload:
    """Understand an upload once more, with what is new in `columns`; nothing is committed by it.

    Raises NotReady if it is being worked on, was refused or undone.
    """
    _set_going(upload, state=UploadState.RECEIVED, planned=None, **columns)
    work.begin(upload, now=now, seconds=seconds)
    return Upload.objects.get(pk=upload.pk)


def _set_going(upload: Upload, **columns) -> None:
    free = Upload.objects.filter(unheld(), pk=upload.pk, state__in=LISTENING, identical_to=None)
    if not free.update(**columns, refusal=None, crashes=0):
        raise NotReady(Upload.objects.values_list("state", flat=True).get(pk=upload.pk))


@transaction.atomic
def undo(*, upload_id: int, person: Person, now: datetime) -> Upload:
    """Take back all commits of an upload, its repairs included, or nothing.

    An upload without a commit is put away. Undoing a repair undoes what it repaired.

    Raises
    ------
    NotYours
        If the person may not write on one of the partnerships.
    NotReady
        If it is being worked on, was refused or undone before.
    BuiltUpon
        If something later stands on its rows: nothing is changed.
    """
    asked = upload_of(person, upload_id)
    root = Upload.objects.select_for_update(no_key=True).get(pk=(asked.repairs or asked).pk)
    family = Upload.objects.filter(Q(pk=root.pk) | Q(repairs=root.pk))
    busy = family.filter(work.TO_DO).first()
    if busy or root.state not in LISTENING or root.identical_to_id:
        raise NotReady((busy or root).state)
    commits = list(root.commits.filter(undone_at=None).order_by("-number"))
    partnerships = sorted({pk for one in commits for pk in one.partnerships})
    if not set(partnerships) <= set(access.partnerships_to_fill(person)):
        raise NotYours
    if commits and NOUNS[Kind(root.kind)].is_list and not person.may_define:
        raise NotYours
    lock_partnerships(partnerships)
    for one in commits:
        NOUNS[Kind(root.kind)].withdraw(commit_id=one.pk, now=now)
    root.commits.filter(undone_at=None).update(undone_at=now)
    family.update(state=UploadState.UNDONE, planned=None, open_rows=0, finished_at=now)
    return Upload.objects.get(pk=upload_id)


__all__ = ["BuiltUpon", "NotReady", "NotYours", "again", "commit", "undo", "upload_of"]
