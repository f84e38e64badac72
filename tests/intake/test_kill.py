"""kill -9 at every step: what the next worker finds is finished, once."""

import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.db import connection

from intake.models import Commit, Upload
from intake.services import answer, commit, work
from quality.models import Inspection
from suppliers.access import looking_as, looking_as_house
from tests.factories import LONG_AGO
from tests.intake.files import NOW, book, hand_in
from tests.intake.kill import STEPS

ROOT = Path(__file__).resolve().parents[2]
BEFORE_THE_ROW = {"bytes kept"}


def kill_at(step: str, person, what: Path | int, database_url: str) -> None:
    env = os.environ | {"DATABASE_URL": database_url, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    told = [sys.executable, "-m", "tests.intake.kill", step, str(person.pk), str(what)]
    ended = subprocess.run(told, cwd=ROOT, env=env, capture_output=True, timeout=120)
    assert ended.returncode == -signal.SIGKILL, ended.stderr.decode()[-3000:]


def carry_on(upload_id: int) -> None:
    """What the sweep does once the lease of the dead has run out."""
    deadline = time.monotonic() + 20
    with looking_as_house("test what the next worker does"):
        while time.monotonic() < deadline:
            work.work_on(upload_id=upload_id, now=NOW)
            if Upload.objects.get(pk=upload_id).state not in ("received", "committing"):
                return
            time.sleep(0.1)
    pytest.fail("nobody finished it")


@pytest.mark.parametrize("step", list(STEPS))
def test_a_worker_killed_at_any_step_leaves_what_the_next_one_finishes(
    chain, durable, database_url, tmp_path, step
):
    path = tmp_path / "5月.csv"
    path.write_bytes(book(("J1", 1), ("J2", 0)))
    kill_at(step, chain.clerk, path, database_url)
    with looking_as(chain.clerk):
        uploads = list(Upload.objects.all())
    if step in BEFORE_THE_ROW:
        assert uploads == []  # nothing was promised; the bytes alone lie there
        upload = hand_in(chain.clerk, path.read_bytes(), name=path.name)
    else:
        (upload,) = uploads
        carry_on(upload.pk)
    with looking_as(chain.clerk):
        upload.refresh_from_db()
        assert (upload.state, upload.open_rows) == ("committed", 0)
        assert Commit.objects.count() == 1
        assert sorted(Inspection.objects.values_list("lot__number", "submission")) == [("J1", 1), ("J2", 1)]
    again = hand_in(chain.clerk, path.read_bytes(), name=path.name)
    assert again.identical_to_id == upload.pk


def test_what_kills_every_worker_is_refused_in_the_end(chain, transactional_db, monkeypatch):
    def broken(**_: object) -> None:
        raise MemoryError

    upload = hand_in(chain.clerk, book(("J1", 1)), dry_run=True)
    monkeypatch.setattr(work, "understand", broken)
    with looking_as_house("test a file that kills"):
        rows = Upload.objects.filter(pk=upload.pk)
        rows.update(state="received")
        for _ in range(work.CRASHES_ALLOWED + 1):
            with pytest.raises(MemoryError):
                work.work_on(upload_id=upload.pk, now=NOW)
            work.work_on(upload_id=upload.pk, now=NOW)  # the lease of the dead is respected
            rows.update(lease_until=LONG_AGO)
        work.work_on(upload_id=upload.pk, now=NOW)
        upload.refresh_from_db()
    assert (upload.state, upload.refusal["rule"]) == ("refused", "our_fault")


def test_two_uploads_of_the_same_lots_at_once_count_them_once(chain, transactional_db):
    """One of the two waits for the other under the partnership's lock, and then finds its rows there."""
    files = [book(("J1", 1), ("J2", 0)), b"\xef\xbb\xbf" + book(("J1", 1), ("J2", 0))]
    gate = threading.Barrier(2)

    def run(content: bytes) -> str:
        gate.wait()
        try:
            return hand_in(chain.clerk, content).state
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(run, files)) == ["committed", "committed"]
    with looking_as(chain.clerk):
        assert sorted(Inspection.objects.values_list("lot__number", "submission")) == [("J1", 1), ("J2", 1)]


def test_two_uploads_that_contradict_each_other_leave_one_to_a_person(chain, transactional_db):
    """The one that came second is understood again and waits; it never overwrites."""
    first = hand_in(chain.clerk, book(("J1", 1)), dry_run=True)
    second = hand_in(chain.clerk, book(("J1", 3)), dry_run=True)
    assert (first.counts["new"], second.counts["new"]) == (1, 1)
    rest = {"person": chain.clerk, "now": NOW, "seconds": None}
    with looking_as(chain.clerk):
        first = commit.commit(upload_id=first.pk, **rest)
        second = commit.commit(upload_id=second.pk, **rest)
        assert (first.state, second.state, second.counts["conflicting"]) == ("committed", "waiting", 1)
        assert Inspection.objects.get().nonconforming == 1
        answer.answer(upload_id=second.pk, choices={"*": "replace"}, **rest)
        assert commit.commit(upload_id=second.pk, **rest).state == "committed"
        assert Inspection.objects.counting().get().nonconforming == 3
