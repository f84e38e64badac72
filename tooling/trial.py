"""The trial installation in `.tongpin/`: its database, its environment, what was done to it already."""

import hashlib
import json
import os
import secrets
import subprocess
import urllib.parse
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tooling import environment, postgres
from tooling.environment import ROOT
from tooling.terminal import Trouble, step

FOLDER = ROOT / ".tongpin"
ENV_FILE = FOLDER / "env"
DATABASE = "tongpin"
OWNER = "tongpin_owner"  # owns the schema and migrates
RUNTIME = "tongpin"  # runs web and workers
ROLES = ROOT / "tooling" / "roles.sql"
DEFAULT_PORT = 8000
CLOCK_DATE = "2026-06-30"  # the sample ends here; its clock keeps this date
OWNERS_COMMANDS = frozenset({"makemigrations", "migrate", "sqlmigrate", "optimizemigration"})


class Trial:
    """The trial installation while its database is up (see `opened`)."""

    def __init__(self, cluster: postgres.Cluster) -> None:
        self.cluster = cluster
        self._done = cluster.home / "done.json"

    def env(
        self, *, role: str = RUNTIME, database: str = DATABASE, port: int = DEFAULT_PORT
    ) -> dict[str, str]:
        """Return the environment for a process of the trial."""
        mails = urllib.parse.quote(str(FOLDER / "mails"))
        own = {
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "PYTHONUTF8": "1",
            "TONGPIN_TRIAL": "1",
            "TONGPIN_VAR_DIR": str(FOLDER),
            "TONGPIN_STATIC_ROOT": str(FOLDER / "static"),
            "DATABASE_URL": self.cluster.url(role, database),
            "REDIS_URL": "",
            "SITE_URL": f"http://127.0.0.1:{port}",
            "EMAIL_URL": f"filemail:///{mails}",
        }
        return os.environ | own | _kept()

    def manage(self, *command: str) -> int:
        """Run a management command on the terminal and return its exit code."""
        return subprocess.call(_manage(command), cwd=ROOT, env=self.env(role=_role_for(command)))

    def must_manage(self, title: str, *command: str) -> None:
        """Run a management command as a step; the last line that it prints is its progress.

        Raises
        ------
        Trouble
            If it fails, with its last words.
        """
        log = FOLDER / "log" / f"{command[0]}.log"
        log.parent.mkdir(exist_ok=True)
        with (
            step(title) as line,
            log.open("w") as kept,
            subprocess.Popen(
                _manage(command),
                cwd=ROOT,
                env=self.env(role=_role_for(command)),
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            ) as process,
        ):
            assert process.stdout is not None
            last = ""
            for row in process.stdout:
                kept.write(row)
                last = row.strip() or last
                line.progress(last)
            if process.wait():
                raise Trouble(f"{title}: failed. {last} (All of it: {log.relative_to(ROOT)})")

    def once(self, what: str, inputs: Iterable[Path], do: Callable[[], None]) -> None:
        """Do something unless it was completed before with the same content of `inputs`."""
        digest = hashlib.sha256()
        for path in inputs:
            digest.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
        if self._completed().get(what) != digest.hexdigest():
            do()
            self.note_done(what, digest.hexdigest())

    def was_done(self, what: str) -> bool:
        return what in self._completed()

    def note_done(self, what: str, digest: str = "") -> None:
        unfinished = self._done.with_suffix(".unfinished")
        unfinished.write_text(json.dumps(self._completed() | {what: digest}))
        unfinished.rename(self._done)

    def _completed(self) -> dict[str, str]:
        try:
            return json.loads(self._done.read_text())
        except (OSError, ValueError):
            return {}


@contextmanager
def opened() -> Iterator[Trial]:
    """Have the trial's database up inside the block, with its roles made."""
    FOLDER.mkdir(exist_ok=True)
    cluster = postgres.Cluster(FOLDER, postgres.programs(environment.PYTHON))
    with cluster.running():
        trial = Trial(cluster)
        trial.once("roles", [ROLES], lambda: prepare_database(cluster, DATABASE))
        yield trial


def prepare_database(cluster: postgres.Cluster, database: str) -> None:
    """Make the database and its two roles, if they are missing."""
    if not cluster.sql(f"SELECT 1 FROM pg_database WHERE datname = '{database}'"):
        cluster.sql(f"CREATE DATABASE {database}")
    cluster.sql(ROLES.read_text(), database=database)


def make_ready(trial: Trial) -> None:
    """Migrate, compile the translations, collect static files: each only where something changed."""
    migrations = [environment.RUNTIME, *sorted(ROOT.glob("[!.]*/migrations/*.py"))]
    trial.once("schema", migrations, lambda: trial.must_manage("Database schema", "migrate", "--no-input"))
    if any(_is_stale(catalogue) for catalogue in ROOT.glob("[!.]*/locale/*/LC_MESSAGES/*.po")):
        trial.must_manage("Translations", "translations", "compile")
    static = sorted(path for path in ROOT.glob("[!.]*/static/**/*") if path.is_file())
    collect = ("collectstatic", "--no-input", "--clear")
    trial.once("static", [environment.RUNTIME, *static], lambda: trial.must_manage("Static files", *collect))


def _is_stale(catalogue: Path) -> bool:
    compiled = catalogue.with_suffix(".mo")
    return not compiled.exists() or compiled.stat().st_mtime < catalogue.stat().st_mtime


def _manage(command: Sequence[str]) -> list[str]:
    return [str(environment.PYTHON), "manage.py", *command]


def _role_for(command: Sequence[str]) -> str:
    return OWNER if command and command[0] in OWNERS_COMMANDS else RUNTIME


def keep_clock() -> None:
    """From now on the trial lives on the sample's last day."""
    _keep({"TONGPIN_CLOCK_DATE": CLOCK_DATE})


def _kept() -> dict[str, str]:
    """Return what `.tongpin/env` holds; it is made with a secret of its own."""
    if not ENV_FILE.exists():
        _keep({"SECRET_KEY": secrets.token_urlsafe(50)})
    rows = (row.partition("=") for row in ENV_FILE.read_text().splitlines() if "=" in row)
    return {name: value for name, _, value in rows}


def _keep(values: dict[str, str]) -> None:
    kept = _kept() if ENV_FILE.exists() else {}
    unfinished = ENV_FILE.with_suffix(".unfinished")
    unfinished.touch(mode=0o600)
    unfinished.write_text("".join(f"{name}={value}\n" for name, value in (kept | values).items()))
    unfinished.rename(ENV_FILE)
