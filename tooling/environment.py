"""Make `.venv` and keep it in step with a requirements file.

A stamp inside `.venv` names the requirements files that were installed completely. It is
taken away before anything changes, so that a set-up that stopped half-way is seen and redone.
"""

import hashlib
import importlib.util
import json
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from tooling import locks, registry
from tooling.terminal import Step, Trouble, step

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "tongpin.json"
RUNTIME = ROOT / "requirements.txt"
DEVELOPMENT = ROOT / "requirements-dev.txt"  # holds every runtime package too
LOG = ROOT / ".tongpin" / "log" / "pip.log"
LOCK = ROOT / ".tongpin" / "environment.lock"

# What pip writes, and what that means for the reader. The first that is found wins.
PIP_TROUBLES = (
    (
        ("No space left on device",),
        "The disk is full. Make room (about 1.5 GB), then run the command again.",
    ),
    (
        ("DO NOT MATCH THE HASHES",),
        "A downloaded package is not the one that was pinned. If a mirror is set for pip, try another one.",
    ),
    (
        ("CERTIFICATE_VERIFY_FAILED",),
        "The registry's certificate is not trusted here. Set PIP_CERT to your organisation's"
        " certificate file, then run the command again.",
    ),
    (
        (
            *("NewConnectionError", "NameResolutionError", "Temporary failure in name resolution"),
            *("Failed to establish a new connection", "ConnectTimeout", "ReadTimeout", "ProxyError"),
        ),
        "The package registry cannot be reached. Connect to the network (or set PIP_INDEX_URL to a mirror"
        " that answers), then run the command again.",
    ),
    (
        ("No matching distribution found",),
        "The registry has no package for this Python or machine. Try Python 3.11 to 3.13 on Linux or"
        " macOS, or another mirror.",
    ),
)


def ensure(requirements: Path) -> None:
    """Make `.venv` hold what `requirements` pins, if it does not yet.

    Raises
    ------
    Trouble
        If the environment cannot be made or a package cannot be had.
    """
    if _is_complete(requirements):
        return
    with step("Python environment") as line:
        line.progress("waiting for another set-up of this folder")
        with locks.alone(LOCK) as lock:
            if not _is_complete(requirements):
                _make(requirements, line, lock)
        line.outcome = f"ready in {VENV.name}"


def _is_complete(requirements: Path) -> bool:
    return _hash(requirements) in (_stamped() or ()) and _works()


def _make(requirements: Path, line: Step, lock: int) -> None:
    if _stamped() is None or not _works():
        _create(line)
    STAMP.unlink(missing_ok=True)
    _install(requirements, line, lock)
    _stamp([requirements] if requirements == RUNTIME else [RUNTIME, DEVELOPMENT])


def _hash(requirements: Path) -> str:
    version = "{}.{}".format(*sys.version_info[:2])
    return hashlib.sha256(version.encode() + requirements.read_bytes()).hexdigest()


def _stamped() -> list[str] | None:
    try:
        return json.loads(STAMP.read_text())["complete"]
    except (OSError, ValueError, KeyError):
        return None


def _stamp(complete: Iterable[Path]) -> None:
    STAMP.write_text(json.dumps({"complete": [_hash(each) for each in complete]}))


def _works() -> bool:
    """Whether `.venv` runs: the Python below it may have been taken away or replaced."""
    if not PYTHON.exists():
        return False
    same_version = f"import sys; sys.exit(sys.version_info[:2] != {sys.version_info[:2]!r})"
    return subprocess.run([PYTHON, "-c", same_version], capture_output=True).returncode == 0


def _create(line: Step) -> None:
    line.progress("making .venv")
    if importlib.util.find_spec("venv") is None:
        raise Trouble(
            "This Python has no `venv` module. On Debian or Ubuntu run `apt-get install python3-venv`,"
            " then run the command again."
        )
    # Without a pip of its own: making one takes seconds, and Debian often lacks ensurepip, which makes it.
    made = subprocess.run(
        [sys.executable, "-m", "venv", "--clear", "--without-pip", str(VENV)], capture_output=True, text=True
    )
    if made.returncode:
        reason = (made.stderr or made.stdout).strip().splitlines()[-1:]
        raise Trouble(f"No Python environment could be made in {VENV}: {' '.join(reason)}")


def _pip(line: Step) -> list[str]:
    """Return a command that runs some pip on `.venv`: this Python's, that of ensurepip, or a fetched one."""
    outer = [sys.executable, "-m", "pip", "--python", str(PYTHON)]  # `--python` came with pip 22.3
    if _succeeds([*outer, "--version"]):
        return outer
    own = [str(PYTHON), "-m", "pip"]
    if _succeeds([*own, "--version"]) or _succeeds([str(PYTHON), "-m", "ensurepip"]):
        return own
    line.progress("fetching pip")
    return [str(PYTHON), str(registry.pip_wheel(VENV) / "pip")]


def _succeeds(command: list[str]) -> bool:
    return subprocess.run(command, capture_output=True).returncode == 0


def _install(requirements: Path, line: Step, lock: int) -> None:
    command = [
        *_pip(line),
        # What is imported is compiled then; compiling all the rest would take longer than fetching it.
        *("install", "--no-compile", "--require-hashes", "--progress-bar", "off", "--no-input"),
        *("--disable-pip-version-check", "-r", str(requirements)),
    ]
    total = sum(not row.startswith((" ", "#")) for row in requirements.read_text().splitlines())
    LOG.parent.mkdir(parents=True, exist_ok=True)
    fetched = 0
    with (
        LOG.open("w") as log,
        subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            pass_fds=(lock,),  # if we are killed, the next set-up waits until this pip has ended
        ) as pip,
    ):
        assert pip.stdout is not None
        for row in pip.stdout:
            log.write(row)
            if row.startswith(("Collecting ", "Requirement already satisfied")):
                fetched += 1
                line.progress(f"fetching packages, {fetched} of about {total}")
            elif row.startswith("Installing collected"):
                line.progress("installing packages")
    if pip.returncode:
        raise Trouble(f"{_reason(LOG.read_text())} (All that pip said: {LOG.relative_to(ROOT)})")


def _reason(output: str) -> str:
    for signs, sentence in PIP_TROUBLES:
        if any(sign in output for sign in signs):
            return sentence
    errors = [row for row in output.splitlines() if row.startswith("ERROR")]
    return f"pip could not install the packages: {(errors or ['no reason given'])[-1]}"
