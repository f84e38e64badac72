"""Comments and attachments: seen by both sides, or kept to one's own organisation."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO, TypeVar

from django.db import IntegrityError, transaction
from django.db.models import Model

from improvement.models import EventKind, Task, TaskAttachment, TaskComment
from improvement.services import files, letters
from improvement.services.history import note
from improvement.services.locking import lock_task
from improvement.services.opening import KeyReused
from suppliers.access import Person

Row = TypeVar("Row", bound=Model)


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
    idempotency_key: str = "",
) -> TaskComment:
    """Say something on a task, with a file or without, and write to those concerned.

    With `own_only` the comment, its file, its line in the history and its letters are one's own
    organisation's alone.

    Raises TaskNotYours, MayNotWrite, NotAttachable (then nothing is said either), KeyReused.
    """
    kept = _kept(file)

    def store() -> TaskComment:
        task = lock_task(task_id, by=by, to_comment=True)
        comment = TaskComment.objects.create(
            **_whose(task, by),
            written_by=by,
            written_at=now,
            text=text,
            own_only=own_only,
            idempotency_key=idempotency_key,
        )
        note(task, EventKind.COMMENTED, by=by, now=now, own_only=own_only)
        if kept:
            _attach(task, kept, by=by, now=now, own_only=own_only, comment=comment)
        letters.tell_commented(task, comment, by=by, now=now)
        return comment

    def the_first() -> TaskComment | None:
        return TaskComment.objects.filter(
            written_by=by, idempotency_key=idempotency_key, task=task_id, text=text, own_only=own_only
        ).first()

    return _once(store, the_first, idempotency_key)


def add_attachment(
    *,
    task_id: int,
    file: Sent,
    by: Person,
    now: datetime,
    own_only: bool = False,
    idempotency_key: str = "",
) -> TaskAttachment:
    """Attach a file. Raises TaskNotYours, MayNotWrite, NotAttachable, KeyReused."""
    kept = _kept(file)
    assert kept is not None

    def store() -> TaskAttachment:
        task = lock_task(task_id, by=by, to_comment=True)
        return _attach(
            task, kept, by=by, now=now, own_only=own_only, comment=None, idempotency_key=idempotency_key
        )

    def the_first() -> TaskAttachment | None:
        return TaskAttachment.objects.filter(
            added_by=by, idempotency_key=idempotency_key, task=task_id, sha256=kept.sha256, own_only=own_only
        ).first()

    return _once(store, the_first, idempotency_key)


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
    idempotency_key: str = "",
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
        idempotency_key=idempotency_key,
    )
    note(task, EventKind.ATTACHED, by=by, now=now, after=kept.checked.name, own_only=own_only)
    return attachment


def _whose(task: Task, by: Person) -> dict[str, Any]:
    return {
        "partnership_id": task.partnership_id,
        "task": task,
        "organisation_id": by.organisation_id,
    }


def _once(store: Callable[[], Row], the_first: Callable[[], Row | None], key: str) -> Row:
    """Store in one transaction; the same key with the same request returns what it made the first time."""
    try:
        with transaction.atomic():
            return store()
    except IntegrityError:
        first = the_first() if key else None
        if first is None:
            if key:
                raise KeyReused(key) from None
            raise
        return first
