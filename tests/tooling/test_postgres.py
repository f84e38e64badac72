"""The embedded PostgreSQL lives in any folder, and only as long as somebody uses it."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.conf import settings

from tests.fixtures.choice import not_tried
from tooling import postgres, trial
from tooling.terminal import Trouble

PROGRAMS = postgres.programs(Path(sys.executable))


@pytest.fixture
def folder() -> Iterator[Path]:
    """A short folder that the server's own user can enter, unlike pytest's."""
    place = Path(tempfile.mkdtemp(prefix="tp"))
    place.chmod(0o755)
    yield place
    shutil.rmtree(place)


def make(home: Path) -> postgres.Cluster:
    return postgres.Cluster(home, PROGRAMS, postgres.HASTY)


@pytest.mark.parametrize(
    "name", ["plain", "with a space, a comma", "质量协同", "quote ' and \" too", "很长" * 30]
)
def test_any_folder_will_do(folder, name):
    cluster = make(folder / name)
    with cluster.running():
        assert cluster.sql("SELECT 'yes'") == "yes"
        with psycopg.connect(cluster.url(postgres.SUPERUSER, "postgres")) as connection:
            assert connection.execute("SELECT lower('ÄÖÜ')").fetchone() == ("äöü",)
    assert cluster.pid() is None


def test_the_last_user_stops_the_server_and_no_earlier_one(folder):
    first, second = make(folder), make(folder)
    with first.running():
        with second.running():
            pid = first.pid()
        assert first.answers()
        assert first.pid() == pid
    assert not first.answers()


def test_a_killed_server_comes_back_with_its_data(folder):
    cluster = make(folder)
    with cluster.running():
        cluster.sql("CREATE TABLE kept AS SELECT 42 AS value; CHECKPOINT")
        os.kill(cluster.pid(), signal.SIGKILL)
        cluster._server.wait()
        with cluster.running():
            assert cluster.sql("SELECT value FROM kept") == "42"


def test_a_cluster_that_was_half_made_is_made_anew(folder):
    (folder / "pgdata.unfinished" / "base").mkdir(parents=True)
    cluster = make(folder)
    with cluster.running():
        assert cluster.sql("SELECT 1") == "1"
    assert not (folder / "pgdata.unfinished").exists()


def test_data_of_another_version_is_refused_in_one_sentence(folder):
    (folder / "pgdata").mkdir()
    (folder / "pgdata" / "PG_VERSION").write_text("9\n")
    with pytest.raises(Trouble, match="made by PostgreSQL 9"), make(folder).running():
        pytest.fail("it ran")


def test_no_folder_above_is_opened_to_others(folder):
    if os.geteuid() != 0:
        not_tried("a checkout that is closed to others (only root can hand it to another user)")
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    cluster = make(closed / "home")
    with cluster.running():
        assert cluster.sql("SELECT 1") == "1"
    assert closed.stat().st_mode & 0o777 == 0o700
    assert make(closed / "home").data == cluster.data
    shutil.rmtree(cluster.home)


def test_the_runtime_role_reads_and_writes_but_makes_no_table(folder):
    cluster = make(folder)
    with cluster.running():
        trial.prepare_database(cluster, "tongpin")
        trial.prepare_database(cluster, "tongpin")  # again: nothing is lost, nothing fails
        env = os.environ | {
            "DATABASE_URL": cluster.url(trial.OWNER, "tongpin"),
            "DJANGO_SETTINGS_MODULE": "tests.settings",
        }
        migrate = [sys.executable, "manage.py", "migrate", "--no-input", "-v", "0"]
        subprocess.run(migrate, cwd=settings.BASE_DIR, env=env, check=True)
        with psycopg.connect(cluster.url(trial.RUNTIME, "tongpin"), autocommit=True) as runtime:
            runtime.execute("INSERT INTO django_session VALUES ('a', 'b', now())")
            runtime.execute("DELETE FROM django_session")
            for forbidden in (
                "CREATE TABLE mine ()",
                "ALTER TABLE django_session ADD x int",
                "DROP TABLE django_session",
            ):
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    runtime.execute(forbidden)
