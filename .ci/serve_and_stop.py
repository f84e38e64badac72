"""Start the demo of the current folder a second time, use it, kill its workers, stop it: nothing is left."""

import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from contextlib import suppress
from pathlib import Path

SECONDS_TO_SERVE = 10  # what is promised; said, and judged where nothing else runs
# Longer than this nothing is slow: it hangs.
SECONDS_TO_HANG = 60
SECONDS_TO_RESTART = 60
SECONDS_TO_STOP = 60


def main() -> None:
    started = time.monotonic()
    demo = subprocess.Popen([sys.executable, "dev.py", "demo"], stdout=subprocess.PIPE, text=True)
    assert demo.stdout is not None
    address = ""
    for line in demo.stdout:
        print(line, end="")
        if found := re.search(r"http://127\.0\.0\.1:\d+/", line):
            address = found[0]
            break
    took = time.monotonic() - started
    print(f"served after {took:.1f} s, of {SECONDS_TO_SERVE}")
    assert took <= SECONDS_TO_HANG, f"slower than {SECONDS_TO_HANG} s"
    open_login(address)
    killed = kill_children(demo.pid)
    print(f"killed {killed} processes")
    wait_until(lambda: len(descendants(demo.pid)) >= killed, SECONDS_TO_RESTART)
    open_login(address)
    demo.send_signal(signal.SIGINT)
    print(demo.communicate(timeout=SECONDS_TO_STOP)[0])
    assert demo.returncode == 0, f"exit {demo.returncode}"
    left = processes_in(Path.cwd())
    assert not left, f"left behind: {left}"


def open_login(address: str) -> None:
    with urllib.request.urlopen(f"{address}account/login/", timeout=20) as page:
        assert page.status == 200


def kill_children(parent: int) -> int:
    """Kill every process group of the demo but the database's, and return how many there were."""
    groups = [pid for pid in children(parent) if "postgres" not in command_of(pid)]
    for group in groups:
        with suppress(ProcessLookupError):
            os.killpg(group, signal.SIGKILL)
    return len(groups)


def children(parent: int) -> list[int]:
    return [int(pid) for pid in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()]


def descendants(parent: int) -> list[int]:
    return [pid for pid in children(parent) if "postgres" not in command_of(pid) and is_alive(pid)]


def command_of(pid: int) -> str:
    """Return the command line of a process; empty where it ended since it was listed."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    except OSError:
        return ""


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def processes_in(folder: Path) -> list[str]:
    """Return the commands of all processes that work in a folder or run a program of it."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) not in (os.getpid(), os.getppid()):
            try:
                place, command = (entry / "cwd").readlink(), command_of(int(entry.name))
            except OSError:
                continue
            if str(folder) in command or (place == folder and "python" in command):
                found.append(command)
    return found


def wait_until(condition, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.2)


if __name__ == "__main__":
    main()
