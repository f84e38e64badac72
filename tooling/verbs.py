"""The verbs of `dev.py`."""

import argparse
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence

from tooling import checks, demo, environment, trial
from tooling.environment import DEVELOPMENT, PYTHON, ROOT, RUNTIME
from tooling.postgres import SUPERUSER
from tooling.terminal import Trouble, say, warn

USAGE = """\
python3 dev.py demo [--no-serve] [--port N]    set up, load the sample, print its KPIs, serve them
python3 dev.py test [--soak] [pytest options]  run the tests
python3 dev.py check                           linters, types, contracts, migrations, translations
python3 dev.py bench [NAME ...]                timings
python3 dev.py manage COMMAND ...              a management command, with the database up
python3 dev.py shell                           Django's shell

Everything made lies in .venv/ and .tongpin/; delete them to begin afresh."""


def main(arguments: Sequence[str]) -> int:
    """Run one verb and return the exit code; trouble is one sentence on stderr."""
    verb, rest = (arguments[0], arguments[1:]) if arguments else ("--help", ())
    if verb in ("-h", "--help", "help"):
        say(USAGE)
        return 0
    if verb not in VERBS:
        warn(f"There is no verb {verb!r}.\n\n{USAGE}")
        return 2
    os.chdir(ROOT)
    for ending in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(
            ending, lambda number, _frame: sys.exit(128 + number)
        )  # so that what was started is stopped
    try:
        return VERBS[verb](rest)
    except Trouble as trouble:
        warn(f"\n{trouble}")
        return 1
    except KeyboardInterrupt:
        warn("\nStopped.")
        return 130


def run_demo(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="dev.py demo", description="Set up, load the sample, serve it.")
    parser.add_argument("--no-serve", action="store_true", help="end after the table")
    parser.add_argument(
        "--port", type=int, help=f"of the web server (else {trial.DEFAULT_PORT} or the next free)"
    )
    options = parser.parse_args(arguments)
    environment.ensure(RUNTIME)
    return demo.run(port=options.port, serve=not options.no_serve)


def run_tests(arguments: Sequence[str]) -> int:
    environment.ensure(DEVELOPMENT)
    # Two workers and more only pay for the whole; a named file or test runs in this process.
    named = any(not each.startswith("-") for each in arguments)
    spread = () if named or "-n" in arguments else ("-n", "auto")
    return subprocess.call([PYTHON, "-m", "pytest", *spread, *arguments], cwd=ROOT)


def run_checks(arguments: Sequence[str]) -> int:
    argparse.ArgumentParser(prog="dev.py check", description="What CI runs before the tests.").parse_args(
        arguments
    )
    environment.ensure(DEVELOPMENT)
    with trial.opened() as open_trial:
        return checks.run(open_trial)


def run_benches(arguments: Sequence[str]) -> int:
    known = sorted(path.stem for path in (ROOT / "bench").glob("*.py") if not path.stem.startswith("_"))
    parser = argparse.ArgumentParser(prog="dev.py bench", description="Run timings; without a name, all.")
    parser.add_argument("name", nargs="*", help=", ".join(known))
    parser.add_argument("--json", action="store_true", help="print one JSON document each, for machines")
    options = parser.parse_args(arguments)
    names = options.name or known
    if unknown := sorted(set(names) - set(known)):
        raise Trouble(f"There is no bench {', '.join(unknown)}; there are {', '.join(known)}.")
    environment.ensure(DEVELOPMENT)
    with trial.opened() as open_trial:
        # Each makes and drops a database of its own, which takes a superuser; the trial's data stays as it is.
        env = open_trial.env(role=SUPERUSER)
        for name in names:
            command: list[str] = [str(PYTHON), "-m", f"bench.{name}", *(["--json"] if options.json else [])]
            if code := subprocess.call(command, cwd=ROOT, env=env):
                return code
    return 0


def run_manage(arguments: Sequence[str]) -> int:
    environment.ensure(RUNTIME)
    with trial.opened() as open_trial:
        trial.make_ready(open_trial)
        if arguments[:1] == ["load_demo"]:
            trial.keep_clock()
        return open_trial.manage(*arguments)


def run_shell(arguments: Sequence[str]) -> int:
    return run_manage(["shell", *arguments])


VERBS: dict[str, Callable[[Sequence[str]], int]] = {
    "demo": run_demo,
    "test": run_tests,
    "check": run_checks,
    "bench": run_benches,
    "manage": run_manage,
    "shell": run_shell,
}
