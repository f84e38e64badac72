"""The filesystem broker, with messages that are there whole or not at all.

kombu's own writes a message where workers already look for it, and they take it without asking for its lock:
one that met a half-written message ended. It also takes messages by a copy where the folder for temporary
files lies on another disk, so that two workers could take the same.
"""

import logging
import os
from pathlib import Path
from queue import Empty
from time import monotonic
from typing import Any
from uuid import uuid4

from kombu.exceptions import ChannelError
from kombu.transport import filesystem
from kombu.utils.json import dumps, loads

logger = logging.getLogger(__name__)


class Channel(filesystem.Channel):
    """Messages come and go by renaming inside their folder, which is one step."""

    def _put(self, queue: Any, payload: Any, **kwargs: Any) -> None:  # type: ignore[override]
        name = f"{round(monotonic() * 1000)}_{uuid4()}.{queue}.msg"
        try:
            _write_whole(Path(self.data_folder_out, name), dumps(payload))
        except OSError as full:
            raise ChannelError(f"Cannot add a message to {self.data_folder_out}") from full

    def _get(self, queue: str, timeout: Any = None) -> Any:
        for place in sorted(Path(self.data_folder_in).iterdir()):
            if place.name.partition(".")[2] != f"{queue}.msg":
                continue
            taken = place.with_suffix(".taken")
            try:
                place.rename(taken)
                text = taken.read_bytes()
                taken.unlink()
            except FileNotFoundError:  # another worker was quicker
                continue
            try:
                return loads(text.decode())
            except ValueError:  # the disk was full or the machine fell; the sweep finds what it rang for
                logger.warning("A message that was cut off is left aside: %s", place.name)
        raise Empty

    def _queue_bind(self, exchange: str, routing_key: str, pattern: str, queue: str) -> None:
        self.control_folder.mkdir(exist_ok=True)
        table = self._exchange_file(exchange)
        if not table.exists():  # kombu makes it empty first, and whoever sends meanwhile cannot read it
            _write_whole(table, "[]", replace=False)
        super()._queue_bind(exchange, routing_key, pattern, queue)


def _write_whole(place: Path, text: str, *, replace: bool = True) -> None:
    """Write a file under another name and then give it its own; without `replace`, one that is there stays."""
    part = place.with_name(f".{uuid4()}.part")
    try:
        part.write_text(text, encoding="utf-8")
        if replace:
            part.rename(place)
        else:
            os.link(part, place)
    except FileExistsError:
        pass
    finally:
        part.unlink(missing_ok=True)


class Transport(filesystem.Transport):
    """Where messages are files."""

    Channel = Channel
