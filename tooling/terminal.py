"""What `dev.py` says on the terminal: steps with their time, and trouble in one sentence."""

import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager


class Trouble(Exception):
    """Something the reader can mend: one sentence that says what, and a way on."""


def say(text: str = "") -> None:
    print(text, flush=True)


def warn(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


LOG_SECONDS = 15


class Step:
    """A line that grows: what is being done, how far it is, and what came of it.

    On a terminal the line is rewritten in place; a log gets one line every `LOG_SECONDS`.
    """

    def __init__(self, title: str) -> None:
        self.title = title
        self.outcome = "done"
        self._live = sys.stdout.isatty()
        self._started = time.monotonic()
        self._told = self._started

    def progress(self, text: str) -> None:
        if self._live:
            self._rewrite(f"  {self.title}: {text}")
        elif time.monotonic() - self._told > LOG_SECONDS:
            self._told = time.monotonic()
            say(f"  {self.title}: {text}")

    def finish(self) -> None:
        seconds = time.monotonic() - self._started
        line = f"  {self.title}: {self.outcome} ({seconds:.1f} s)"
        if self._live:
            self._rewrite(line)
            say()
        else:
            say(line)

    def abandon(self) -> None:
        if self._live:
            say()

    def _rewrite(self, line: str) -> None:
        columns = shutil.get_terminal_size().columns
        shown = "".join(each for each in line if each.isprintable())[: columns - 1]
        print(f"\r\033[K{shown}", end="", flush=True)


@contextmanager
def step(title: str) -> Iterator[Step]:
    """Show one step of a longer work, with the seconds it took."""
    line = Step(title)
    line.progress("…")
    try:
        yield line
    except BaseException:
        line.abandon()
        raise
    line.finish()
