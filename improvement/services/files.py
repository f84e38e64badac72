"""What may be attached to a task: told by what a file holds, never by what it is called."""

import codecs
import re
import zipfile
from dataclasses import dataclass
from pathlib import PurePath
from typing import BinaryIO

import puremagic
from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage
from django.http import FileResponse
from django.utils.translation import gettext as _

from core import formatting, vault
from improvement.models import TaskAttachment

FOLDER = "attachments"
HEAD = 4096  # bytes that tell what a file is
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCUMENT = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
ENDINGS = {
    "application/pdf": (".pdf",),
    "image/png": (".png",),
    "image/jpeg": (".jpg", ".jpeg"),
    WORKBOOK: (".xlsx",),
    DOCUMENT: (".docx",),
    "text/csv": (".csv",),
    "text/plain": (".txt",),
}
ACCEPTED = ",".join(ending for endings in ENDINGS.values() for ending in endings)
BY_SIGNATURE = ("application/pdf", "image/png", "image/jpeg")
INSIDE = {"xl/workbook.xml": WORKBOOK, "word/document.xml": DOCUMENT}
ENCODINGS = ("utf-8-sig", "utf-16", "gb18030")
MARKUP = re.compile(rb"<\s*(!doctype|html|svg|script|\?xml|iframe|body|head)", re.I)


class NotAttachable(ValueError):
    """A file of the wrong kind, or too large: the sentence that says so, in the reader's language."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A file whose content is one of those allowed."""

    name: str
    content_type: str


def refuse_too_large(size: int) -> None:
    """Refuse by the size alone, before anything is read. Raises NotAttachable."""
    if size > settings.ATTACHMENT_MAX_BYTES:
        told = _("The file has %(size)s; an attachment has at most %(limit)s.")
        raise NotAttachable(
            told
            % {
                "size": formatting.file_size(size),
                "limit": formatting.file_size(settings.ATTACHMENT_MAX_BYTES),
            }
        )


def check(content: BinaryIO, file_name: str) -> Checked:
    """Return a file's shown name and type, if its content is allowed and its ending is that of its content.

    Raises NotAttachable.
    """
    name = vault.tidy_name(file_name)
    ending = PurePath(name).suffix.lower()
    found = _type_of(content, ending)
    if found is None or ending not in ENDINGS[found]:
        told = _(
            "“%(name)s” cannot be attached: it does not hold what its name says. "
            "Send PDF, PNG, JPEG, xlsx, docx, csv or txt."
        )
        raise NotAttachable(told % {"name": name})
    return Checked(name, found)


def keep(content: BinaryIO) -> tuple[str, int]:
    """Store the bytes and return their SHA-256 and size. Raises NotAttachable beyond the limit."""
    try:
        return vault.keep(content, folder=FOLDER, limit=settings.ATTACHMENT_MAX_BYTES)
    except vault.TooLarge:
        refuse_too_large(settings.ATTACHMENT_MAX_BYTES + 1)
        raise


def opened(sha256: str) -> File:
    """Open the stored bytes for reading."""
    return default_storage.open(vault.path_of(FOLDER, sha256), "rb")


def download(attachment: TaskAttachment) -> FileResponse:
    """Return a file to be saved, whatever it may hold: no browser is to show it as a page of ours."""
    response = FileResponse(
        opened(attachment.sha256),
        as_attachment=True,
        filename=attachment.file_name,
        content_type=attachment.content_type,
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


def _type_of(content: BinaryIO, ending: str) -> str | None:
    content.seek(0)
    head = content.read(HEAD)
    if not head:
        return None
    signatures = _signatures(head)
    known = next((one for one in BY_SIGNATURE if one in signatures), None)
    if known:
        return known
    if head.startswith(b"PK\x03\x04"):
        return _office_type(content)
    if MARKUP.search(head):
        return None
    return _text_type(content, ending)


def _signatures(head: bytes) -> set[str]:
    try:
        return {match.mime_type for match in puremagic.magic_string(head)}
    except (puremagic.PureError, ValueError):
        return set()


def _office_type(content: BinaryIO) -> str | None:
    """Tell a workbook from a document by its main part; one that carries macros is neither."""
    content.seek(0)
    try:
        names = set(zipfile.ZipFile(content).namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return None
    if "[Content_Types].xml" not in names or any(name.endswith("vbaProject.bin") for name in names):
        return None
    return next((kind for part, kind in INSIDE.items() if part in names), None)


def _text_type(content: BinaryIO, ending: str) -> str | None:
    if not any(_is_text(content, encoding) for encoding in ENCODINGS):
        return None
    return "text/csv" if ending == ".csv" else "text/plain"


def _is_text(content: BinaryIO, encoding: str) -> bool:
    content.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        while chunk := content.read(vault.CHUNK):
            if "\0" in decoder.decode(chunk):
                return False
        decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    return True
