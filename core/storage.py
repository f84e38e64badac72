"""Files that are on the disk before any row says so."""

import os
import tempfile
from pathlib import Path

from django.core.files import File
from django.core.files.storage import FileSystemStorage


class DurableStorage(FileSystemStorage):
    """Saves beside the goal, flushes to the disk, then renames: a file is there whole or not at all.

    Names are made from what the file holds, so a name that exists holds the same bytes and is kept.
    """

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        return name

    def _save(self, name: str, content: File) -> str:
        goal = Path(self.path(name))
        goal.parent.mkdir(parents=True, exist_ok=True)
        handle, part = tempfile.mkstemp(dir=goal.parent, prefix=".part-")
        try:
            with os.fdopen(handle, "wb") as out:
                for chunk in content.chunks():
                    out.write(chunk)
                out.flush()
                os.fsync(out.fileno())
            Path(part).chmod(self.file_permissions_mode or 0o640)
            Path(part).replace(goal)
        except BaseException:
            Path(part).unlink(missing_ok=True)
            raise
        _flush_directory(goal.parent)
        return name


def _flush_directory(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
