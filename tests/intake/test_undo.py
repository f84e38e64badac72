"""Taking a file back: at once if it is small, by a worker if it is large, and whole or not at all."""

import time

import pytest
from django.test import Client
from django.urls import reverse

from intake.models import Upload
from intake.services import answer, commit, undoing, work
from suppliers.access import looking_as, looking_as_house
from suppliers.models import Person
from tests.intake.files import NOW, book, hand_in
from tests.intake.test_road import BROKEN, lots_of

HERE = {"now": NOW, "seconds": None}


@pytest.fixture
def rung(monkeypatch) -> list[int]:
    """Every file is a large one; the uploads that workers were rung for."""
    uploads: list[int] = []
    monkeypatch.setattr(work, "SMALL_BYTES", 10)
    monkeypatch.setattr(work, "wake", lambda task, *, queue, upload_id: uploads.append(upload_id))
    return uploads


def as_a_worker(upload: Upload) -> Upload:
    with looking_as_house("test what a worker does"):
        work.work_on(upload_id=upload.pk, now=NOW)
        return Upload.objects.get(pk=upload.pk)


def undo(upload: Upload, person: Person) -> Upload:
    with looking_as(person):
        return commit.undo(upload_id=upload.pk, person=person, now=NOW)


def test_a_large_file_is_taken_back_by_a_worker(chain, rung):
    upload = hand_in(chain.clerk, book(("J1", 1), ("J2", 0)))
    asked = undo(upload, chain.clerk)
    assert (asked.state, rung) == ("committing", [upload.pk])
    assert len(lots_of(chain.ours)) == 2
    client = Client()
    client.force_login(chain.clerk.user)
    page = client.get(reverse("upload", args=[upload.pk])).content.decode()
    assert "正在撤回" in page
    with pytest.raises(commit.NotReady):
        undo(upload, chain.clerk)
    assert as_a_worker(upload).state == "undone"
    assert lots_of(chain.ours) == {}


def test_marked_workbooks_of_it_are_taken_back_with_it_and_cannot_be_saved_meanwhile(chain, rung):
    first = hand_in(chain.clerk, BROKEN, partial=True)
    mended = BROKEN.replace(b"2026-05-44", b"2026-05-04").replace(b"215", b"2")
    repair = hand_in(chain.clerk, mended, repairs_id=first.pk, dry_run=True)
    undo(first, chain.clerk)
    with looking_as(chain.clerk), pytest.raises(commit.NotReady):
        commit.commit(upload_id=repair.pk, person=chain.clerk, **HERE)
    as_a_worker(first)
    with looking_as(chain.clerk):
        assert set(Upload.objects.values_list("state", flat=True)) == {"undone"}
    assert lots_of(chain.ours) == {}


def test_what_something_stands_on_is_left_whole_and_says_why(chain, rung):
    first = hand_in(chain.clerk, book(("J1", 1)))
    later = hand_in(chain.clerk, book(("J1", 3)), name="6月.csv")
    with looking_as(chain.clerk):
        answer.answer(upload_id=later.pk, person=chain.clerk, choices={"*": "replace"}, **HERE)
        commit.commit(upload_id=later.pk, person=chain.clerk, **HERE)
    undo(first, chain.clerk)
    held = as_a_worker(first)
    assert (held.state, held.planned, held.refusal["rule"]) == ("committed", None, "corrected_later")
    assert lots_of(chain.ours) == {"J1": (125, 3)}
    client = Client()
    client.force_login(chain.clerk.user)
    assert "请先撤回：6月.csv" in client.get(reverse("upload", args=[first.pk])).content.decode()
    told = client.get(f"/api/v1/uploads/{first.pk}/").json()
    assert "6月.csv" in told["refusal"]["remedy"]
    for upload in (later, first):
        undo(upload, chain.clerk)
        assert as_a_worker(upload).state == "undone"
    assert lots_of(chain.ours) == {}


def test_a_worker_that_breaks_leaves_the_rows_and_the_next_one_finishes(chain, rung, monkeypatch, settings):
    upload = hand_in(chain.clerk, book(("J1", 1)))
    undo(upload, chain.clerk)
    whole, settings.LEASE_SECONDS = undoing._withdraw, 0.2

    def breaks(*told):
        whole(*told)
        raise OSError("the disk is gone")

    monkeypatch.setattr(undoing, "_withdraw", breaks)
    with pytest.raises(OSError, match="disk"):
        as_a_worker(upload)
    assert lots_of(chain.ours) == {"J1": (125, 1)}
    monkeypatch.setattr(undoing, "_withdraw", whole)
    deadline = time.monotonic() + 10
    while as_a_worker(upload).state != "undone":
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert lots_of(chain.ours) == {}


def test_what_breaks_every_worker_stays_saved_and_says_so(chain, rung):
    upload = hand_in(chain.clerk, book(("J1", 1)))
    undo(upload, chain.clerk)
    with looking_as(chain.clerk):
        Upload.objects.filter(pk=upload.pk).update(crashes=work.CRASHES_ALLOWED + 1)
    given_up = as_a_worker(upload)
    assert (given_up.state, given_up.refusal["rule"]) == ("committed", "our_fault")
    assert lots_of(chain.ours) == {"J1": (125, 1)}


def test_a_role_that_was_taken_away_takes_nothing_back(chain, rung):
    upload = hand_in(chain.clerk, book(("J1", 1)))
    undo(upload, chain.engineer)
    Person.objects.filter(pk=chain.engineer.pk).update(role="viewer")
    kept = as_a_worker(upload)
    assert (kept.state, kept.refusal["rule"]) == ("committed", "not_yours")
    assert lots_of(chain.ours) == {"J1": (125, 1)}
    client = Client()
    client.force_login(chain.clerk.user)
    assert "申请撤回的人已不能在这里写入" in client.get(reverse("upload", args=[upload.pk])).content.decode()
    undo(upload, chain.clerk)
    assert as_a_worker(upload).state == "undone"


def test_a_role_that_is_taken_away_while_a_small_file_is_taken_back_is_told(chain, monkeypatch):
    upload = hand_in(chain.clerk, book(("J1", 1)))
    begin = work.begin

    def too_late(*told, **more):
        Person.objects.filter(pk=chain.engineer.pk).update(role="viewer")
        begin(*told, **more)

    monkeypatch.setattr(work, "begin", too_late)
    with pytest.raises(commit.NotYours):
        undo(upload, chain.engineer)
    assert lots_of(chain.ours) == {"J1": (125, 1)}
