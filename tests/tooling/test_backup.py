"""What the README says about backup and restore is true."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.conf import settings

from tooling import postgres, trial


@pytest.fixture
def cluster() -> Iterator[postgres.Cluster]:
    home = Path(tempfile.mkdtemp(prefix="tp"))
    home.chmod(0o755)
    cluster = postgres.Cluster(home, postgres.programs(Path(sys.executable)), postgres.HASTY)
    with cluster.running():
        yield cluster
    shutil.rmtree(home)


def manage(cluster: postgres.Cluster, database: str, *command: str, role: str) -> None:
    env = os.environ | {
        "DATABASE_URL": cluster.url(role, database),
        "DJANGO_SETTINGS_MODULE": "tests.settings",
    }
    subprocess.run([sys.executable, "manage.py", *command], cwd=settings.BASE_DIR, env=env, check=True)


@pytest.mark.soak
def test_a_dump_restores_into_an_empty_server_with_both_roles(cluster, tmp_path):
    trial.prepare_database(cluster, "before")
    manage(cluster, "before", "migrate", "--no-input", "-v", "0", role=trial.OWNER)
    manage(cluster, "before", "organisation", "LEAD", "示例·总装", role=trial.RUNTIME)
    dump = tmp_path / "tongpin.dump"
    dump_it = [cluster.bin_folder / "pg_dump", "--format=custom", f"--file={dump}"]
    subprocess.run([*dump_it, cluster.url(trial.OWNER, "before")], check=True)

    trial.prepare_database(cluster, "after")
    restore = [cluster.bin_folder / "pg_restore", "--no-owner", "--exit-on-error", dump]
    subprocess.run([*restore, "--dbname", cluster.url(trial.OWNER, "after")], check=True)

    with psycopg.connect(cluster.url(trial.RUNTIME, "after")) as runtime:
        assert runtime.execute("SELECT code FROM suppliers_organisation").fetchall() == [("LEAD",)]
    manage(cluster, "after", "migrate", "--check", role=trial.OWNER)
    manage(cluster, "after", "organisation", "CUST2", "示例·配电", role=trial.RUNTIME)
