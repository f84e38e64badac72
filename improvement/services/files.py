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
from django.utils.translation import gettext as _

from core import formatting, vault

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
BYTE_ORDER_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
MARKUP = re.compile(r"<\s*(!doctype|html|svg|script|\?xml|iframe|body|head)", re.I)


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
    text = _text_of(content)
    if text is None or "\0" in text or MARKUP.search(text):
        return None
    return "text/csv" if ending == ".csv" else "text/plain"


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
    except (zipfile.BadZipFile, OSError, RuntimeError, ValueError):  # RuntimeError: of a later version of zip
        return None
    if "[Content_Types].xml" not in names or any(name.endswith("vbaProject.bin") for name in names):
        return None
    return next((kind for part, kind in INSIDE.items() if part in names), None)


def _text_of(content: BinaryIO) -> str | None:
    """Return a whole text, which the limit of attachments bounds; None if it is none.

    UTF-16 counts only behind its byte order mark: without one, almost all bytes are letters of it.
    """
    content.seek(0)
    written = content.read(settings.ATTACHMENT_MAX_BYTES + 1)
    encodings = ("utf-16",) if written.startswith(BYTE_ORDER_MARKS) else ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            return written.decode(encoding)
        except UnicodeError:
            continue
    return None
