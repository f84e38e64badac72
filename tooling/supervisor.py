"""Keep a few processes running, each in a group of its own, and stop them all together.

A child that dies is started again: a killed worker's row is free when its lease runs out, but
somebody has to be there to take it up. Each child holds a locked file, passed to all it forks, so
that a later run finds what an earlier one, killed itself, has left behind.
"""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any, Self

from tooling import locks
from tooling.terminal import Trouble, say

LOOK_SECONDS = 0.2
GRACE_SECONDS = 8  # to finish what is in hand; what takes longer is taken up again by the sweep
FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 20.0
STEADY_SECONDS = 60.0  # having lived so long, a child's earlier deaths are forgotten
HOPELESS_DEATHS = 8


@dataclass
class Child:
    """A process to keep alive."""

    name: str
    command: Sequence[str]
    env: Mapping[str, str]
    cwd: Path
    run_folder: Path  # of its lock and its log
    pass_fds: tuple[int, ...] = ()
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    due_at: float = 0.0
    deaths: int = 0
    log: Path = field(init=False)
    lock: Path = field(init=False)

    def __post_init__(self) -> None:
        self.log = self.run_folder / "log" / f"{self.name}.log"
        self.lock = self.run_folder / "run" / f"{self.name}.lock"

    def start(self) -> None:
        self.end_leftover()
        self.log.parent.mkdir(parents=True, exist_ok=True)
        lock = locks.open_lock(self.lock)
        try:
            locks.take(lock)
            with self.log.open("ab") as log:
                self.process = subprocess.Popen(
                    self.command,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    env=self.env,
                    cwd=self.cwd,
                    start_new_session=True,
                    pass_fds=(*self.pass_fds, lock),
                )
            os.truncate(lock, 0)
            os.pwrite(lock, str(self.process.pid).encode(), 0)
        finally:
            os.close(lock)
        self.started_at = time.monotonic()

    def end_leftover(self) -> None:
        """End the process group that an earlier run left behind under this name, if it lives."""
        lock = locks.open_lock(self.lock)
        try:
            if locks.take(lock):
                return
            group = int(os.pread(lock, 32, 0) or 0)
            for number in (signal.SIGTERM, signal.SIGKILL):
                _signal_group(group, number)
                if _within(GRACE_SECONDS, lambda: locks.take(lock)):
                    return
            raise Trouble(f"An earlier {self.name} (process {group}) does not end. End it, then try again.")
        finally:
            os.close(lock)

    def is_left(self) -> bool:
        """Whether any process of the group lives: a dead leader may leave its forks behind."""
        if not self.has_ended():
            return True
        lock = locks.open_lock(self.lock)
        try:
            return not locks.take(lock)
        finally:
            os.close(lock)

    def ask_to_end(self) -> None:
        """Ask the leader alone: gunicorn and Celery end their own forks, in order."""
        if self.process is not None and not self.has_ended():
            self.process.terminate()

    def has_ended(self) -> bool:
        """Whether the leader has ended (and take it off the process table)."""
        return self.process is None or self.process.poll() is not None

    def kill(self) -> None:
        if self.process is not None:
            _signal_group(self.process.pid, signal.SIGKILL)


class Supervisor:
    """Starts children, starts them again when they die, and stops all of them at the end of the block."""

    def __init__(self) -> None:
        self.children: list[Child] = []
        self._stop_asked = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.stop()

    def keep(self, child: Child) -> None:
        """Start a child, and from now on look after it."""
        self.children.append(child)
        child.start()

    def watch(self) -> None:
        """Keep the children alive until Ctrl-C, SIGTERM or SIGHUP.

        Raises
        ------
        Trouble
            If a child dies again and again.
        """
        with _handled(self._ask_to_stop):
            while not self._stop_asked:
                self.look_after()
                time.sleep(LOOK_SECONDS)

    def look_after(self) -> None:
        """Start again what has died."""
        for child in self.children:
            _look_after(child)

    def stop(self) -> None:
        """End every group: its leader is asked first; what is left `GRACE_SECONDS` later is killed."""
        with _handled(signal.SIG_IGN):  # a second Ctrl-C must not leave half of them behind
            for child in reversed(self.children):
                child.ask_to_end()
            _within(GRACE_SECONDS, lambda: all(child.has_ended() for child in self.children))
            for child in self.children:
                child.kill()
            _within(GRACE_SECONDS, lambda: not any(map(Child.is_left, self.children)))

    def _ask_to_stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stop_asked = True


@contextmanager
def _handled(handler: Any) -> Iterator[None]:
    """Answer the signals that ask a program to end with `handler` inside the block."""
    ending = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {each: signal.signal(each, handler) for each in ending}
    try:
        yield
    finally:
        for each, earlier in before.items():
            signal.signal(each, earlier)


def _look_after(child: Child) -> None:
    assert child.process is not None
    if child.process.poll() is None:
        return
    now = time.monotonic()
    if not child.due_at:
        child.deaths = 1 if now - child.started_at > STEADY_SECONDS else child.deaths + 1
        if child.deaths >= HOPELESS_DEATHS:
            raise Trouble(
                f"The {child.name} dies as soon as it starts; the reason is at the end of {child.log}"
            )
        pause = min(FIRST_PAUSE_SECONDS * 2 ** (child.deaths - 1), LONGEST_PAUSE_SECONDS)
        child.due_at = now + pause
        say(f"The {child.name} ended (exit {child.process.returncode}); it is started again.")
    elif now >= child.due_at:
        child.due_at = 0.0
        child.start()


def _signal_group(group: int, number: int) -> None:
    if group <= 1:
        return
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)


def _within(seconds: float, condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True
