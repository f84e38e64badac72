"""Bytes of files in Django's storage, each named by what it holds."""

import hashlib
import re
import unicodedata
from typing import BinaryIO

from django.core.files import File
from django.core.files.storage import default_storage

CHUNK = 1024 * 1024
BIDI_AND_CONTROL = {"Cc", "Cf", "Co", "Cs"}


class TooLarge(Exception):
    """More bytes than one file may have."""


def keep(content: BinaryIO, *, folder: str, limit: int) -> tuple[str, int]:
    """Store a file and return its SHA-256 and its size in bytes; the same bytes are stored once.

    Raises TooLarge, and stores nothing, beyond `limit` bytes.
    """
    digest, size = hashlib.sha256(), 0
    content.seek(0)
    while chunk := content.read(CHUNK):
        size += len(chunk)
        if size > limit:
            raise TooLarge
        digest.update(chunk)
    sha256 = digest.hexdigest()
    if not default_storage.exists(path_of(folder, sha256)):
        content.seek(0)
        default_storage.save(path_of(folder, sha256), File(content))
    return sha256, size


def path_of(folder: str, sha256: str) -> str:
    return f"{folder}/{sha256[:2]}/{sha256}"


def tidy_name(name: str) -> str:
    """Return a file's own name as it is shown: no folders, nothing invisible, at most 255 characters."""
    last = re.split(r"[\\/]", unicodedata.normalize("NFC", name))[-1]
    seen = "".join(char for char in last if unicodedata.category(char) not in BIDI_AND_CONTROL)
    seen = " ".join(seen.split()).strip(". ") or "file"
    if len(seen) <= 255:
        return seen
    stem, dot, end = seen.rpartition(".")
    return f"{stem[: 254 - len(end)]}.{end}" if dot and len(end) < 10 else seen[:255]
