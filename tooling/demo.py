"""`dev.py demo`: from nothing to a served sample."""

import csv
import http.client
import os
import socket
import time
from contextlib import closing

from tooling import locks, trial
from tooling.environment import PYTHON, ROOT
from tooling.supervisor import Child, Supervisor
from tooling.terminal import Trouble, say, step
from tooling.trial import DEFAULT_PORT, FOLDER, Trial

HOST = "127.0.0.1"
PORTS_TO_TRY = 50
ANSWER_SECONDS = 60
LOGINS = ROOT / "sample" / "plan" / "logins.csv"


def run(*, port: int | None, serve: bool) -> int:
    """Set up, load the sample, print its KPI table and, if `serve`, serve until Ctrl-C."""
    lock = locks.open_lock(FOLDER / "demo.lock")
    if not locks.take(lock):
        where = os.pread(lock, 200, 0).decode() or "and is being set up"
        raise Trouble(f"A demo of this folder is already running {where}. Stop it there with Ctrl-C first.")
    try:
        with trial.opened() as open_trial:
            load(open_trial)
            if not serve:
                return open_trial.manage("headline")
            with closing(_listen(port)) as listener:
                address = f"http://{HOST}:{listener.getsockname()[1]}/"
                os.pwrite(lock, f"at {address}".encode(), 0)
                return _serve(open_trial, listener, address)
    finally:
        os.ftruncate(lock, 0)
        os.close(lock)


def load(open_trial: Trial) -> None:
    """Bring the schema up to date and load the sample, unless that was done."""
    trial.make_ready(open_trial)
    if not open_trial.was_done("sample"):
        # Before the first row: an interrupted load, too, leaves rows of the sample's days.
        trial.keep_clock()
        open_trial.must_manage("Sample", "load_demo")
        open_trial.note_done("sample")


def _listen(port: int | None) -> socket.socket:
    """Return a listening socket, on `port` or on the first free one from the default on.

    The servers inherit it, so that nobody can take the port between a look and the start.
    """
    wanted = [port] if port is not None else list(range(DEFAULT_PORT, DEFAULT_PORT + PORTS_TO_TRY))
    for candidate in wanted:
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, candidate))
            listener.listen(128)
        except OSError as error:
            listener.close()
            reason = error.strerror
            continue
        except OverflowError:
            listener.close()
            reason = "no such port"
            continue
        if candidate != wanted[0]:
            say(f"Port {wanted[0]} is in use by another program; this demo takes {candidate}.")
        return listener
    if port is not None:
        raise Trouble(f"Port {port} cannot be used ({reason}). Choose another, or leave --port away.")
    raise Trouble(f"No port from {wanted[0]} to {wanted[-1]} is free. Choose one with --port.")


def _serve(open_trial: Trial, listener: socket.socket, address: str) -> int:
    web, *workers = _children(open_trial, listener)
    with Supervisor() as supervisor:
        supervisor.keep(web)
        code = open_trial.manage("headline")
        if code:
            return code
        with step("Web server") as line:
            _wait_for_answer(listener.getsockname()[1])
            line.outcome = "answers"
        say(f"\nTongpin serves the sample at {address}  (Ctrl-C stops it)\n")
        _print_logins()
        say(f"\nLogs: {FOLDER / 'log'}    Mails: {FOLDER / 'mails'}")
        for worker in workers:  # only now: they would compete with the first page for the processor
            supervisor.keep(worker)
        supervisor.watch()
        say("\nStopping …")
    say("Stopped.")
    return 0


def _children(open_trial: Trial, listener: socket.socket) -> list[Child]:
    """Web, one worker for small work and one for large files, and beat."""
    env = open_trial.env(port=listener.getsockname()[1])
    python = str(PYTHON)
    celery = [python, "-m", "celery", "-A", "config", "--quiet"]
    worker = [
        *celery,
        "worker",
        "--loglevel",
        "WARNING",
        "--without-gossip",
        "--without-mingle",
        "--without-heartbeat",
    ]
    web = [
        *(python, "-m", "gunicorn", "config.wsgi", "--preload", "--workers", "2", "--threads", "4"),
        *("--bind", f"fd://{listener.fileno()}", "--worker-tmp-dir", str(FOLDER / "run")),
        *("--timeout", "60", "--graceful-timeout", "5", "--log-level", "warning"),
    ]
    beat = [
        *celery,
        "beat",
        "--loglevel",
        "WARNING",
        "--schedule",
        str(FOLDER / "run" / "beat"),
        "--pidfile=",
    ]
    commands = {
        "web server": (web, (listener.fileno(),)),
        "worker": ([*worker, "--queues", "small", "--concurrency", "2", "--hostname", "small@tongpin"], ()),
        "worker for large files": (
            [*worker, "--queues", "large", "--concurrency", "1", "--hostname", "large@tongpin"],
            (),
        ),
        "beat": (beat, ()),
    }
    return [
        Child(name=name, command=command, env=env, cwd=ROOT, run_folder=FOLDER, pass_fds=descriptors)
        for name, (command, descriptors) in commands.items()
    ]


def _wait_for_answer(port: int) -> None:
    deadline = time.monotonic() + ANSWER_SECONDS
    while time.monotonic() < deadline:
        connection = http.client.HTTPConnection(HOST, port, timeout=5)
        try:
            connection.request("GET", "/account/login/")
            if connection.getresponse().status < 500:
                return
            time.sleep(0.5)
        except OSError:
            time.sleep(0.2)
        finally:
            connection.close()
    raise Trouble(
        f"The web server does not answer; the reason is at the end of {FOLDER / 'log' / 'web server.log'}"
    )


def _print_logins() -> None:
    """Print one login a role, from the file that `load_demo` makes them from."""
    with LOGINS.open(encoding="utf-8", newline="") as file:
        rows = [(row["who"], row["email"], row["password"]) for row in csv.DictReader(file)]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    for row in rows:
        say("  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
