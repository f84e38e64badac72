"""Whatever was started is kept running, and nothing of it is left behind."""

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tooling import supervisor
from tooling.supervisor import Child, Supervisor
from tooling.terminal import Trouble

# A leader with a fork, as gunicorn and Celery have; it writes down both and sleeps.
PARENT = """
import os, time
child = os.fork()
if child:
    open("pids", "w").write(f"{os.getpid()} {child}")
time.sleep(600)
"""
STUBBORN = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
open("pids", "w").write("1")
time.sleep(600)
"""


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[[str], Supervisor]]:
    """Start one child that runs a piece of Python; whatever happens, it is killed at the end."""
    started: list[Supervisor] = []

    def start_child(source: str) -> Supervisor:
        started.append(Supervisor())
        started[-1].keep(Child("child", [sys.executable, "-c", source], os.environ, tmp_path, tmp_path))
        return started[-1]

    yield start_child
    for each in started:
        each.children[0].kill()


def pids(folder: Path) -> list[int]:
    wait_until(lambda: (folder / "pids").exists() and (folder / "pids").read_text() != "")
    return [int(pid) for pid in (folder / "pids").read_text().split()]


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 15
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_stopping_ends_the_forks_too(start, tmp_path):
    watched = start(PARENT)
    family = pids(tmp_path)
    watched.stop()
    assert not any(map(lives, family))


def test_who_does_not_listen_is_killed(start, tmp_path, monkeypatch):
    monkeypatch.setattr(supervisor, "GRACE_SECONDS", 0.3)
    watched = start(STUBBORN)
    pids(tmp_path)
    watched.stop()
    assert watched.children[0].process.returncode == -signal.SIGKILL


def test_a_dead_child_is_started_again_after_its_orphans_are_gone(start, tmp_path, monkeypatch):
    monkeypatch.setattr(supervisor, "GRACE_SECONDS", 0.3)
    watched = start(PARENT)
    leader, fork = pids(tmp_path)
    (tmp_path / "pids").unlink()
    os.kill(leader, signal.SIGKILL)
    wait_until(lambda: watched.look_after() or (tmp_path / "pids").exists())
    assert not lives(fork)
    assert leader not in pids(tmp_path)


def test_what_an_earlier_run_left_behind_is_ended(start, tmp_path, monkeypatch):
    monkeypatch.setattr(supervisor, "GRACE_SECONDS", 0.3)
    start(PARENT)  # its supervisor was killed: nobody looks after it
    left = pids(tmp_path)
    (tmp_path / "pids").unlink()
    start(PARENT)
    assert not any(map(lives, left))
    assert all(map(lives, pids(tmp_path)))


def test_who_dies_again_and_again_is_told_of(start, monkeypatch):
    monkeypatch.setattr(supervisor, "FIRST_PAUSE_SECONDS", 0.01)
    monkeypatch.setattr(supervisor, "LONGEST_PAUSE_SECONDS", 0.01)
    watched = start("raise SystemExit(3)")
    with pytest.raises(Trouble, match="dies as soon as it starts"):
        wait_until(lambda: watched.look_after() is not None)
