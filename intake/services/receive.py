"""Take a file in: its bytes first, then its row, then as much of the work as three seconds allow."""

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, BinaryIO

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from intake.models import Kind, Upload, UploadState
from intake.services import vault, work
from intake.services.leaving import LEFT_OUT
from suppliers import access
from suppliers.access import Person

MOST_KEYS = 200  # of rows told to the API: each row is written with all of them
STAGES = {"", "outgoing", "incoming"}


class NotYours(Exception):
    """A partnership or upload that this person may not fill, or that is not there: both answer alike."""


@dataclass(frozen=True, slots=True)
class Asked:
    """How a file is to be taken: the options of page, API and command."""

    kind: str = ""  # blank: to be recognised
    stage: str = ""
    partnership_id: int | None = None  # blank: rows are routed one by one
    mapping: str = ""
    encoding: str = ""
    create: bool = False
    partial: bool = False
    dry_run: bool = False  # stop before the commit, for a person to look

    def __post_init__(self) -> None:
        if self.kind and self.kind not in Kind.values:
            kinds = {"name": self.kind, "kinds": ", ".join(Kind.values)}
            raise ValueError(_("There is no kind “%(name)s”; the kinds are %(kinds)s.") % kinds)
        if self.stage not in STAGES:
            said = _("There is no stage “%(name)s”; the stages are outgoing and incoming.")
            raise ValueError(said % {"name": self.stage})

    def options(self) -> dict[str, Any]:
        rest = asdict(self)
        return {name: rest[name] for name in ("mapping", "encoding", "create", "partial", "dry_run")}


def receive_file(
    *,
    person: Person,
    content: BinaryIO,
    file_name: str,
    asked: Asked,
    now: datetime,
    repairs_id: int | None = None,
    note_made: Callable[[int], None] | None = None,
    seconds: float | None = work.SECONDS_AT_ONCE,
) -> Upload:
    """Take one file in and return its upload.

    A file of up to 1 MiB is understood, and committed unless it waits for somebody, before this returns,
    as far as three seconds allow; the rest, and every larger file, is a task. Bytes that this sender
    committed before change nothing. Without `seconds` all is done here. The scope of `person` must be open.
    `note_made` is told the upload's id in the transaction that makes it.

    Raises
    ------
    NotYours
        If the person may not hand in files, or not on this partnership, or `repairs_id` is not theirs.
    """
    _check_leave(person, asked, repairs_id)
    name = vault.tidy_name(file_name)
    try:
        sha256, size = vault.keep(content, limit=settings.UPLOAD_MAX_BYTES)
    except vault.TooLarge:
        refused = _refused_as_too_large(person, content, name, asked, now)
        _make(refused, note_made)
        return refused
    upload = Upload(
        sender_id=person.organisation_id,
        sent_by=person,
        partnership_id=asked.partnership_id,
        kind=asked.kind,
        stage=asked.stage,
        file_name=name,
        sha256=sha256,
        size=size,
        options=asked.options(),
        planned=None if asked.dry_run else {"by": person.pk, "partial": asked.partial},
        repairs_id=repairs_id,
        created_at=now,
    )
    if twin := _same_bytes_committed(upload):
        _nothing_new(upload, twin, now)
    _make(upload, note_made)
    if upload.state == UploadState.RECEIVED:
        work.begin(upload, now=now, seconds=seconds)
    return Upload.objects.get(pk=upload.pk)


def receive_rows(*, rows: Sequence[Mapping[str, Any]], file_name: str, **rest: Any) -> Upload:
    """Take rows of an API call or of a form in, as a file whose header is their keys.

    `rest` as for `receive_file`, which says what is raised. Also raises ValueError without a row, or if a
    value is neither text, number, true, false nor null.
    """
    header = list(dict.fromkeys(key for row in rows for key in row))
    if not header:
        raise ValueError(_("There is no row with a value."))
    if len(header) > MOST_KEYS:
        raise ValueError(_("The rows have more than %(n)s different keys.") % {"n": MOST_KEYS})
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(header)
    writer.writerows([_as_cell(row.get(key)) for key in header] for row in rows)
    return receive_file(content=_as_file(text.getvalue()), file_name=file_name, **rest)


def receive_paste(*, text: str, file_name: str, **rest: Any) -> Upload:
    """Take cells pasted from a spreadsheet in, as a tab-separated file. `rest` as for `receive_file`."""
    return receive_file(content=_as_file(text), file_name=file_name, **rest)


def _as_file(text: str) -> io.BytesIO:
    try:
        return io.BytesIO(b"\xef\xbb\xbf" + text.encode())
    except UnicodeEncodeError as half:
        raise ValueError(_("There are halves of characters in the text.")) from half


def _as_cell(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if not isinstance(value, str | int | float):
        raise ValueError(_("A cell holds text, a number, true, false or nothing."))
    return value


def _check_leave(person: Person, asked: Asked, repairs_id: int | None) -> None:
    open_to_fill = access.partnerships_to_fill(person)
    if not person.may_upload:
        raise NotYours
    if asked.partnership_id is not None and asked.partnership_id not in open_to_fill:
        raise NotYours
    if repairs_id is not None and not Upload.objects.filter(pk=repairs_id).exists():
        raise NotYours


def _same_bytes_committed(upload: Upload) -> Upload | None:
    """Return the upload of this sender that brought the same bytes for the same purpose, wholly taken."""
    twins = Upload.objects.filter(
        sender=upload.sender_id,
        sha256=upload.sha256,
        partnership=upload.partnership_id,
        state=UploadState.COMMITTED,
        open_rows=0,
        identical_to=None,
    )
    for field in ("kind", "stage"):
        if value := getattr(upload, field):
            twins = twins.filter(**{field: value})
    twin = twins.order_by("pk").first()
    return None if twin is None or _was_replaced(twin) else twin


def _was_replaced(upload: Upload) -> bool:
    """Whether a later statement took rows away, so that the same bytes may bring them back."""
    later = Upload.objects.filter(sender=upload.sender_id, kind=upload.kind, pk__gt=upload.pk)
    return later.filter(state=UploadState.COMMITTED, understanding__statement__goes=True).exists()


def _nothing_new(upload: Upload, twin: Upload, now: datetime) -> None:
    upload.state = UploadState.COMMITTED
    upload.identical_to = twin
    upload.kind, upload.stage = twin.kind, twin.stage
    upload.finished_at = now
    taken = sum(twin.counts.get(part, 0) for part in ("new", "same", "changed", "conflicting"))
    upload.counts = {
        **dict.fromkeys(twin.counts, 0),
        "read": twin.counts.get("read", 0),
        "same": taken,
        "elsewhere": twin.counts.get("elsewhere", 0),
        "left_out": twin.counts.get("left_out", 0),
        LEFT_OUT: twin.counts.get(LEFT_OUT, 0),
    }


@transaction.atomic
def _make(upload: Upload, note_made: Callable[[int], None] | None) -> None:
    upload.save(force_insert=True)
    if note_made:
        note_made(upload.pk)


def _refused_as_too_large(
    person: Person, content: BinaryIO, name: str, asked: Asked, now: datetime
) -> Upload:
    size = content.seek(0, io.SEEK_END)
    return Upload(
        sender_id=person.organisation_id,
        sent_by=person,
        partnership_id=asked.partnership_id,
        kind=asked.kind,
        stage=asked.stage,
        file_name=name,
        size=size,
        options=asked.options(),
        state=UploadState.REFUSED,
        refusal={"rule": "too_large", "params": {"size": size, "limit": settings.UPLOAD_MAX_BYTES}},
        created_at=now,
        finished_at=now,
    )
