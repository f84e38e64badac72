"""What a person decides about an understood file: commit it, or take it back."""

from datetime import datetime

from django.db import transaction

from core.commits import BuiltUpon
from core.lease import unheld
from intake.models import Upload, UploadState
from intake.services import undoing, work
from intake.services.receive import NotYours
from suppliers.access import Person

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
    if upload.repairs and undoing.PLAN in (upload.repairs.planned or {}):
        raise NotReady(upload.repairs.state)
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

    Raises NotReady if it is being worked on, was refused or undone, or was worked on since it was read.
    """
    _set_going(upload, state=UploadState.RECEIVED, planned=None, **columns)
    work.begin(upload, now=now, seconds=seconds)
    return Upload.objects.get(pk=upload.pk)


def _set_going(upload: Upload, **columns) -> None:
    # What is written was made of what was read: an attempt since then means that somebody else was quicker.
    free = Upload.objects.filter(
        unheld(), pk=upload.pk, state__in=LISTENING, identical_to=None, attempts=upload.attempts
    )
    if not free.update(**columns, refusal=None, crashes=0):
        raise NotReady(Upload.objects.values_list("state", flat=True).get(pk=upload.pk))


def undo(
    *, upload_id: int, person: Person, now: datetime, seconds: float | None = work.SECONDS_AT_ONCE
) -> Upload:
    """Take back all commits of an upload, its repairs included, or nothing.

    An upload without a commit is put away. Undoing a repair undoes what it repaired. A large upload is
    `committing` when this returns, and undone, or what it was, when its worker is done.

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
    root = asked.repairs or asked
    _plan_undo(root, person)
    work.begin(root, now=now, seconds=seconds)
    root = Upload.objects.get(pk=root.pk)
    if root.state != UploadState.UNDONE and root.refusal:
        if root.refusal["rule"] == undoing.NOT_YOURS:
            raise NotYours
        raise BuiltUpon(root.refusal["rule"], **root.refusal["params"])
    return Upload.objects.get(pk=asked.pk)


@transaction.atomic
def _plan_undo(asked: Upload, person: Person) -> None:
    root = Upload.objects.select_for_update(no_key=True).get(pk=asked.pk)
    busy = undoing.family_of(root).filter(work.TO_DO).first()
    if busy or root.state not in LISTENING or root.identical_to_id:
        raise NotReady((busy or root).state)
    if not undoing.may_take_back(person, root, undoing.standing_commits(root)):
        raise NotYours
    _set_going(root, state=UploadState.COMMITTING, planned={undoing.PLAN: root.state, "by": person.pk})


__all__ = ["BuiltUpon", "NotReady", "NotYours", "again", "commit", "undo", "upload_of"]
