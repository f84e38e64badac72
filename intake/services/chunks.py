"""Large files in chunks: what has come stays when the connection is cut, and the sender goes on behind it.

The bytes of an unfinished file lie in the storage under the id of its row, the row says how many of them are
on the disk. A block is written while its row is locked, by whoever's turn it is.
"""

import errno
import os
import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.db.models import F, Sum
from django.db.models.functions import Now

from intake.models import ChunkedFile, Upload
from intake.services import receive, vault
from suppliers import access
from suppliers.access import Person

FOLDER = "chunks"
BLOCK = 4 * 1024 * 1024  # flushed to the disk, then noted
PIECE = 64 * 1024  # read from the connection at once
KEPT = timedelta(hours=48)  # since the last block
SPARE = 256 * 1024 * 1024  # of the disk, for everything else
AT_A_TIME = 100
ONE_AT_A_TIME = 20_611  # of the advisory locks: counting what is open and adding to it


class TooLarge(Exception):
    """A file of more bytes than an upload may have, or more bytes than were announced."""


class NoRoom(Exception):
    """The unfinished files of an organisation would fill more than its share, or the disk."""


class WrongOffset(Exception):
    """A chunk that does not begin where the last one ended.

    Attributes
    ----------
    received : int
        Bytes that are there: where to go on.
    """

    def __init__(self, received: int) -> None:
        super().__init__(received)
        self.received = received


class Incomplete(WrongOffset):
    """A file that is to be read and has not come as a whole."""


class OtherBytes(Exception):
    """A whole file that is not the one of the announced SHA-256: it is to be sent from its beginning again."""


class _TakenAlready(Exception):
    """Somebody else made an upload of the file at the same time."""


@transaction.atomic
def begin(*, person: Person, file_name: str, size: int, sha256: str = "") -> ChunkedFile:
    """Announce a file of `size` bytes.

    Raises
    ------
    receive.NotYours
        If the person may not hand in files.
    TooLarge
        If no upload may have so many bytes.
    NoRoom
        If there is no room for it now.
    """
    if not person.may_upload:
        raise receive.NotYours
    if size > settings.UPLOAD_MAX_BYTES:
        raise TooLarge
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [ONE_AT_A_TIME, person.organisation_id])
    open_files = ChunkedFile.objects.filter(sender=person.organisation_id, upload=None)
    announced = open_files.aggregate(bytes=Sum("size"))["bytes"] or 0
    # Once as it comes, once as it is kept.
    if announced + size > settings.CHUNKED_MAX_BYTES or 2 * size + SPARE > _free():
        raise NoRoom
    return ChunkedFile.objects.create(
        sender_id=person.organisation_id,
        sent_by=person,
        file_name=vault.tidy_name(file_name),
        size=size,
        sha256=sha256.lower(),
    )


def files_of(person: Person) -> Any:
    """Return the files that a person sends in chunks; the scope must be theirs."""
    return ChunkedFile.objects.filter(sent_by=person)


def append(*, file: ChunkedFile, offset: int, content: BinaryIO, length: int) -> int:
    """Write what comes, at most `length` bytes, behind the `offset` bytes that are there.

    Returns how many are there then: fewer than `offset + length` if the connection was cut. Call it outside
    any transaction.

    Raises
    ------
    TooLarge
        If the file would have more bytes than announced; nothing was read.
    WrongOffset
        If other than `offset` bytes are there, another chunk began meanwhile, or the file was handed in.
    ChunkedFile.DoesNotExist
        If it was cancelled meanwhile.
    NoRoom
        If the disk became full.
    """
    if offset + length > file.size:
        raise TooLarge
    turn = _take_turn(file.pk, offset)
    for block in _blocks(content, length):
        _write(file.pk, turn, offset, block)
        offset += len(block)
    return offset


def finish(
    *,
    file: ChunkedFile,
    person: Person,
    asked: receive.Asked,
    now: datetime,
    repairs_id: int | None = None,
    note_made: Any = None,
) -> Upload:
    """Hand a whole file in, and return its upload; again is the same upload. See `receive.receive_file`.

    Raises
    ------
    receive.NotYours
        As `receive.receive_file`.
    Incomplete
        If bytes are missing.
    OtherBytes
        If it is not the file of the announced SHA-256.
    """

    def take(upload_id: int) -> None:
        sha256 = Upload.objects.values_list("sha256", flat=True).get(pk=upload_id)
        if file.sha256 not in ("", sha256):
            raise OtherBytes
        if not ChunkedFile.objects.filter(pk=file.pk, upload=None).update(upload=upload_id, touched_at=Now()):
            raise _TakenAlready
        if note_made:
            note_made(upload_id)

    file.refresh_from_db()
    if file.upload_id is None:
        if file.received < file.size:
            raise Incomplete(file.received)
        try:
            with _path_of(file.pk).open("rb") as content:
                receive.receive_file(
                    person=person,
                    content=content,
                    file_name=file.file_name,
                    asked=asked,
                    now=now,
                    repairs_id=repairs_id,
                    note_made=take,
                )
        except _TakenAlready:
            pass
        except OtherBytes:
            ChunkedFile.objects.filter(pk=file.pk, upload=None).update(received=0, turn=F("turn") + 1)
            raise
        file.refresh_from_db()
    transaction.on_commit(lambda: _path_of(file.pk).unlink(missing_ok=True))
    assert file.upload_id is not None
    return Upload.objects.get(pk=file.upload_id)


def drop(file: ChunkedFile) -> None:
    """Throw an unfinished file away, or the note of a finished one."""
    # The row first: bytes without a row are swept, a row without its bytes would lie.
    ChunkedFile.objects.filter(pk=file.pk).delete()
    transaction.on_commit(lambda: _path_of(file.pk).unlink(missing_ok=True))


def throw_away() -> int:
    """Drop files to which nothing was added for long, and bytes without a row; return how many files."""
    with access.looking_as_house("throw away files that never came as a whole"):
        old = list(ChunkedFile.objects.filter(touched_at__lt=Now() - KEPT)[:AT_A_TIME])
        for file in old:
            drop(file)
        folder = Path(default_storage.path(FOLDER))
        lying = {int(path.name) for path in folder.glob("[0-9]*")}
        # Of those that stand by now: a row is there before the first of its bytes.
        for pk in lying - set(ChunkedFile.objects.filter(pk__in=lying).values_list("pk", flat=True)):
            _path_of(pk).unlink(missing_ok=True)
    return len(old)


def _path_of(pk: int) -> Path:
    return Path(default_storage.path(f"{FOLDER}/{pk}"))


def _free() -> int:
    """Return how many bytes the disk of the storage has left."""
    root = Path(default_storage.path(""))
    root.mkdir(parents=True, exist_ok=True)
    return shutil.disk_usage(root).free


def _take_turn(pk: int, offset: int) -> int:
    with transaction.atomic():
        row = ChunkedFile.objects.select_for_update().get(pk=pk)
        if row.upload_id is not None:
            raise WrongOffset(row.size)  # handed in: nothing is behind its end
        if row.received and not _has_bytes(pk, row.received):
            row.received = 0  # the disk is another one than the database knew
        row.turn += 1
        row.save(update_fields=["received", "turn"])
    if row.received != offset:
        raise WrongOffset(row.received)
    return row.turn


def _has_bytes(pk: int, count: int) -> bool:
    path = _path_of(pk)
    return path.exists() and path.stat().st_size >= count


def _blocks(content: BinaryIO, length: int) -> Iterator[bytes]:
    """Yield what comes in blocks, until `length` bytes are there or the connection is cut."""
    block = bytearray()
    while length > 0:
        try:
            piece = content.read(min(PIECE, length))
        except OSError:
            piece = b""
        if not piece:
            break
        block += piece
        length -= len(piece)
        if len(block) >= BLOCK:
            yield bytes(block)
            block.clear()
    if block:
        yield bytes(block)


@transaction.atomic
def _write(pk: int, turn: int, offset: int, block: bytes) -> None:
    row = ChunkedFile.objects.select_for_update().get(pk=pk)
    if (row.turn, row.received) != (turn, offset):
        raise WrongOffset(row.received)
    try:
        _put(_path_of(pk), offset, block)
    except OSError as trouble:
        if trouble.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise NoRoom from trouble
        raise
    row.received = offset + len(block)
    row.touched_at = Now()
    row.save(update_fields=["received", "touched_at"])


def _put(path: Path, offset: int, block: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT, 0o640)
    with os.fdopen(handle, "wb") as out:
        out.seek(offset)
        out.write(block)
        out.flush()
        os.fsync(out.fileno())
