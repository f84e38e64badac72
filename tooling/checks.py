"""`dev.py check`: everything that needs no test to be known, each with its own command."""

import subprocess
import time
from collections.abc import Mapping

from tooling import trial
from tooling.environment import PYTHON, ROOT
from tooling.terminal import say
from tooling.trial import Trial

LINT_IMPORTS = "from importlinter.cli import lint_imports_command; lint_imports_command()"
# As in production, where alone these settings can be judged.
DEPLOYED = {
    "TONGPIN_TRIAL": "0",
    "SECRET_KEY": "only-for-this-check-" + "k4Zr" * 12,
    "SITE_URL": "https://tongpin.example",
    "ALLOWED_HOSTS": "tongpin.example",
}


def run(open_trial: Trial) -> int:
    """Run every check, even after one failed, and return 0 only if all passed."""
    env = open_trial.env(role=trial.OWNER)
    checks: list[tuple[str, list[str], Mapping[str, str]]] = [
        ("lint", ["-m", "ruff", "check"], env),
        ("format", ["-m", "ruff", "format", "--check"], env),
        ("types", ["-m", "mypy"], env),
        ("contracts", ["-c", LINT_IMPORTS], env),
        ("migrations", ["manage.py", "makemigrations", "--check", "--dry-run"], env),
        ("translations", ["manage.py", "translations", "check"], env),
        ("settings", ["manage.py", "check", "--deploy", "--fail-level", "WARNING"], env | DEPLOYED),
    ]
    failed = []
    for name, command, environment in checks:
        started = time.monotonic()
        done = subprocess.run(
            [PYTHON, *command],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        verdict = "failed" if done.returncode else "passed"
        say(f"  {name:<14}{verdict}  ({time.monotonic() - started:.1f} s)")
        if done.returncode:
            failed.append(name)
            say("\n" + done.stdout)
    say(f"\nFailed: {', '.join(failed)}." if failed else "\nAll checks passed.")
    return 1 if failed else 0
