"""Comments and attachments: seen by both sides, or kept to one's own organisation."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO

from django.db import transaction

from improvement import access
from improvement.models import EventKind, Task, TaskAttachment, TaskComment
from improvement.services import files, letters
from improvement.services.history import note
from improvement.services.locking import lock_task
from suppliers.access import Person


@dataclass(frozen=True, slots=True)
class Sent:
    """A file as it was handed in."""

    name: str
    content: BinaryIO
    size: int


def add_comment(
    *,
    task_id: int,
    text: str,
    by: Person,
    now: datetime,
    own_only: bool = False,
    file: Sent | None = None,
) -> TaskComment:
    """Say something on a task, with a file or without, and write to those concerned.

    With `own_only` the comment, its file, its line in the history and its letters are one's own
    organisation's alone.

    Raises TaskNotYours, MayNotWrite, NotAttachable (then nothing is said either).
    """
    kept = _kept(file)
    with transaction.atomic():
        task = lock_task(task_id, by=by, may=access.may_comment)
        comment = TaskComment.objects.create(
            **_whose(task, by), written_by=by, written_at=now, text=text, own_only=own_only
        )
        note(task, EventKind.COMMENTED, by=by, now=now, own_only=own_only)
        if kept:
            _attach(task, kept, by=by, now=now, own_only=own_only, comment=comment)
        letters.tell_commented(task, comment, by=by, now=now)
    return comment


def add_attachment(
    *,
    task_id: int,
    file: Sent,
    by: Person,
    now: datetime,
    own_only: bool = False,
) -> TaskAttachment:
    """Attach a file. Raises TaskNotYours, MayNotWrite, NotAttachable."""
    kept = _kept(file)
    assert kept is not None
    with transaction.atomic():
        task = lock_task(task_id, by=by, may=access.may_comment)
        return _attach(task, kept, by=by, now=now, own_only=own_only, comment=None)


@dataclass(frozen=True, slots=True)
class _Kept:
    checked: files.Checked
    sha256: str
    size: int


def _kept(file: Sent | None) -> _Kept | None:
    """Check a file and store its bytes, before any row says so."""
    if file is None:
        return None
    files.refuse_too_large(file.size)
    checked = files.check(file.content, file.name)
    return _Kept(checked, *files.keep(file.content))


def _attach(
    task: Task,
    kept: _Kept,
    *,
    by: Person,
    now: datetime,
    own_only: bool,
    comment: TaskComment | None,
) -> TaskAttachment:
    attachment = TaskAttachment.objects.create(
        **_whose(task, by),
        comment=comment,
        added_by=by,
        added_at=now,
        own_only=own_only,
        file_name=kept.checked.name,
        content_type=kept.checked.content_type,
        sha256=kept.sha256,
        size=kept.size,
    )
    note(task, EventKind.ATTACHED, by=by, now=now, after=kept.checked.name, own_only=own_only)
    return attachment


def _whose(task: Task, by: Person) -> dict[str, Any]:
    return {
        "partnership_id": task.partnership_id,
        "task": task,
        "organisation_id": by.organisation_id,
    }
