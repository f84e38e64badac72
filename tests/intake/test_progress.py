"""While a file is worked on, its row says which phase it is in and for how many rows."""

import io

import pytest
from django.test import Client
from django.urls import reverse

from core.lease import Lease
from intake.models import Upload
from intake.services import receive, work
from suppliers.access import looking_as
from tests.intake.files import NOW, book, hand_in

LOTS = book(*((f"J{number}", 0) for number in range(1, 41)))


@pytest.fixture
def noted(monkeypatch) -> list[tuple[str, int]]:
    """Phases as they are noted for the heart-beat, with the rows that each is about."""
    seen: list[tuple[str, int]] = []
    total = [0]
    note = Lease.note

    def listening(lease: Lease, **columns) -> None:
        total[0] = columns.get("progress_total", total[0])
        if "phase" in columns:
            seen.append((str(columns["phase"]), total[0]))
        note(lease, **columns)

    monkeypatch.setattr(Lease, "note", listening)
    return seen


def test_a_file_that_is_looked_at_first_is_read_checked_and_compared(chain, noted):
    hand_in(chain.clerk, LOTS, partnership_id=chain.ours.pk, dry_run=True)
    assert noted == [("reading", 0), ("checking", 40), ("comparing", 40)]


def test_one_that_goes_on_at_once_is_compared_as_it_is_written(chain, noted):
    hand_in(chain.clerk, LOTS, partnership_id=chain.ours.pk)
    assert noted == [("reading", 0), ("checking", 40), ("writing", 40)]


@pytest.mark.parametrize(("small_bytes", "queue"), [(10_000, "small"), (10, "large")])
def test_a_small_file_that_runs_out_of_time_waits_behind_no_giant(chain, monkeypatch, small_bytes, queue):
    rung = []
    monkeypatch.setattr(work, "wake", lambda task, *, queue, upload_id: rung.append((queue, upload_id)))
    monkeypatch.setattr(work, "SMALL_BYTES", small_bytes)
    with looking_as(chain.clerk):
        upload = receive.receive_file(
            person=chain.clerk,
            content=io.BytesIO(LOTS),
            file_name="5月.csv",
            asked=receive.Asked(partnership_id=chain.ours.pk),
            now=NOW,
            seconds=0,
        )
    assert (upload.state, rung) == ("received", [(queue, upload.pk)])


@pytest.mark.parametrize(
    ("state", "phase", "total", "words", "at"),
    [
        ("received", "", 0, "正在读", (0, 4)),
        ("received", "checking", 4400, "正在核对 4,400 行", (4400, 17600)),
        ("received", "comparing", 4400, "正在与已有数据比对 4,400 行", (8800, 17600)),
        ("committing", "writing", 4400, "正在提交 4,400 行", (13200, 17600)),
    ],
)
def test_the_row_of_the_list_says_so(chain, state, phase, total, words, at):
    upload = hand_in(chain.clerk, LOTS, partnership_id=chain.ours.pk, dry_run=True)
    client = Client()
    client.force_login(chain.clerk.user)
    with looking_as(chain.clerk):
        Upload.objects.filter(pk=upload.pk).update(
            state=state, phase=phase, progress_total=total, progress_done=0
        )
    row = client.get(reverse("upload-row", args=[upload.pk])).content.decode()
    assert words in row
    assert f'max="{at[1]}" value="{at[0]}"' in row
    told = client.get(reverse("api-upload-detail", args=[upload.pk])).json()["progress"]
    assert told == {"phase": phase, "done": 0, "total": total}
