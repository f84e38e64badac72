"""Where the bytes of files and their checked rows lie: Django's storage, named by what they hold."""

import io
import uuid
from typing import BinaryIO

import numpy as np
import pandas as pd
from django.core.files import File
from django.core.files.storage import default_storage
from pyarrow.parquet import ParquetFile

from core import vault

FOLDER = "uploads"
TooLarge = vault.TooLarge
tidy_name = vault.tidy_name


def keep(content: BinaryIO, *, limit: int) -> tuple[str, int]:
    """Store a file and return its SHA-256 and its size in bytes; the same bytes are stored once.

    Raises TooLarge, and stores nothing, beyond `limit` bytes.
    """
    return vault.keep(content, folder=FOLDER, limit=limit)


def path_of(sha256: str) -> str:
    return vault.path_of(FOLDER, sha256)


def bytes_of(sha256: str) -> bytes:
    """Return the bytes of a stored file. Raises FileNotFoundError once they were thrown away."""
    with default_storage.open(path_of(sha256), "rb") as file:
        return file.read()


def forget(sha256: str) -> None:
    default_storage.delete(path_of(sha256))


def keep_frame(upload_id: int, rows: pd.DataFrame) -> str:
    """Store checked rows beside the file, and return their name: a new one each time, never overwritten."""
    name = f"checked/{upload_id}/{uuid.uuid4().hex}.parquet"
    buffer = io.BytesIO()
    texts = list(rows.select_dtypes(["string", "str"]))  # numbers differ from row to row
    rows.to_parquet(buffer, index=True, use_dictionary=texts, write_statistics=False)
    buffer.seek(0)
    default_storage.save(name, File(buffer))
    return name


def frame_at(name: str, columns: list[str] | None = None) -> pd.DataFrame:
    """Return stored checked rows: all their columns, or those of the named ones that they have."""
    with default_storage.open(name, "rb") as file:
        held = set(ParquetFile(file).schema_arrow.names) if columns else set()
        rows = pd.read_parquet(file, columns=[one for one in columns if one in held] if columns else None)
    for column in [name for name, kind in rows.dtypes.items() if kind == "object"]:
        # Lists, of defects or of names, come back as arrays, which answer to no yes or no.
        rows[column] = rows[column].map(lambda held: list(held) if isinstance(held, np.ndarray) else held)
    return rows


def forget_frame(name: str) -> None:
    if name:
        default_storage.delete(name)
