"""The parent's side of the child process: start it, ask it, and turn its death into a refusal.

A few idle children wait for the next file, since a sample or a drop of many files would else pay
the start of an interpreter for each. One child serves one thread at a time. After a fork the new
process has children of its own.
"""

import atexit
import json
import os
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from intake.readers.refusals import Limits, Refused
from intake.readers.workbook import Merge, Sheet, Workbook

PROJECT = Path(__file__).resolve().parents[2]
MOST_IDLE = 2
# What an interpreter needs to start; no addresses and passwords of databases.
ENVIRONMENT = ("PATH", "LD_LIBRARY_PATH", "SYSTEMROOT", "TMPDIR")

_idle: list["Child"] = []
_locks = [threading.Lock()]  # in a list, so that a forked process can have its own


class _LeftBefore(Exception):
    """The child had ended by itself before it took the request; another one may be asked."""


class Child:
    """One running child process."""

    def __init__(self) -> None:
        environment = {name: os.environ[name] for name in ENVIRONMENT if name in os.environ}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "intake.readers.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=PROJECT,
            env={**environment, "PYTHONUTF8": "1"},
        )
        assert self.process.stdin and self.process.stdout
        self.requests: Any = self.process.stdin
        self.answers: Any = self.process.stdout
        self.slow = False

    def ask(
        self, kind: str, data: bytes, limits: Limits, encoding: str | None = None
    ) -> tuple[Workbook, bool]:
        """Have one file read; also return whether this child takes no more.

        Raises
        ------
        Refused
            What the reader refuses, and ``too_slow`` or ``too_much_memory`` when it died.
        """
        watch = threading.Timer(limits.wall_seconds, self._stop_the_slow)
        watch.daemon = True
        watch.start()
        try:
            request = {"kind": kind, "size": len(data), "limits": limits.as_json(), "encoding": encoding}
            self.requests.write(json.dumps(request).encode() + b"\n")
            self.requests.write(data)
            self.requests.flush()
            return _receive(self.answers)
        except (BrokenPipeError, EOFError, json.JSONDecodeError) as gone:
            raise self._reason_of_death(limits) from gone
        finally:
            watch.cancel()

    def _stop_the_slow(self) -> None:
        self.slow = True
        self.process.kill()

    def _reason_of_death(self, limits: Limits) -> Exception:
        code = self.process.wait()
        if self.slow or code == -signal.SIGXCPU:
            limit = limits.wall_seconds if self.slow else limits.cpu_seconds
            return Refused("too_slow", {"limit": limit})
        if code == 0:
            return _LeftBefore()
        # Rust aborts when an allocation fails; the kernel kills what eats the machine.
        if code in (-signal.SIGABRT, -signal.SIGKILL):
            return Refused("too_much_memory", {"limit": limits.memory})
        return Refused("unreadable")

    def alive(self) -> bool:
        return self.process.poll() is None

    def stop(self) -> None:
        """End the process and wait for it."""
        self.process.kill()
        self.close_pipes()
        self.process.wait()

    def close_pipes(self) -> None:
        for pipe in (self.requests, self.answers):
            with suppress(OSError):  # bytes for a child that is gone
                pipe.close()


def read_in_child(kind: str, data: bytes, limits: Limits, encoding: str | None = None) -> Workbook:
    """Have a child process read a file of a kind that `sniff.looks_like` names.

    The encoding is that of an AQDEF file, when a person says so; workbooks know their own.

    Raises
    ------
    Refused
        As the reader says, or because the child died of a limit.
    """
    while True:
        child = _borrow()
        try:
            workbook, last = child.ask(kind, data, limits, encoding)
        except _LeftBefore:
            child.stop()
            continue
        except Refused:
            _give_back(child)
            raise
        except BaseException:
            child.stop()
            raise
        if last:
            child.stop()
        else:
            _give_back(child)
        return workbook


def stop_all() -> None:
    """End every idle child."""
    with _locks[0]:
        children, _idle[:] = list(_idle), []
    for child in children:
        child.stop()


def _borrow() -> Child:
    with _locks[0]:
        while _idle:
            child = _idle.pop()
            if child.alive():
                return child
            child.stop()
    return Child()


def _give_back(child: Child) -> None:
    with _locks[0]:
        if child.alive() and len(_idle) < MOST_IDLE:
            _idle.append(child)
            return
    child.stop()


def _forget() -> None:
    """In a forked process: the idle children belong to the one that was forked."""
    _locks[0] = threading.Lock()
    for child in _idle:
        child.close_pipes()
        child.process.returncode = 0
    _idle.clear()


os.register_at_fork(after_in_child=_forget)
atexit.register(stop_all)


def _receive(answers: BinaryIO) -> tuple[Workbook, bool]:
    head = json.loads(_line(answers))
    if "refused" in head:
        raise Refused(head["refused"], head["params"])
    sheets = [_sheet(told, answers) for told in head["sheets"]]
    book = Workbook(
        head["format"], head["encoding"], sheets, date1904=head["date1904"], marker=head["marker"]
    )
    return book, head["last"]


def _line(answers: BinaryIO) -> bytes:
    line = answers.readline()
    if not line.endswith(b"\n"):
        raise EOFError
    return line


def _sheet(told: dict[str, Any], answers: BinaryIO) -> Sheet:
    cells = np.empty((told["rows"], told["columns"]), dtype=object, order="F")
    for index in range(told["columns"]):
        known: dict[str, str | None] = {"": None}  # equal texts of a column are one object
        cells[:, index] = [
            known.setdefault(cell, cell) if isinstance(cell, str) else cell
            for cell in json.loads(_line(answers), object_hook=_moment)
        ]
    return Sheet(
        told["name"],
        cells,
        told["first_row"],
        told["first_column"],
        [Merge(*ends) for ends in told["merged"]],
        frozenset(told["hidden_rows"]),
        told["hidden"],
        [(int(first), int(last), width) for first, last, width in told["widths"]],
        None if told["numbers"] is None else np.array(told["numbers"], dtype=np.int64),
    )


def _moment(told: dict[str, str]) -> date | datetime:
    if "d" in told:
        return date.fromisoformat(told["d"])
    return datetime.fromisoformat(told["t"])
