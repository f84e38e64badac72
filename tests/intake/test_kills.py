"""A worker that is killed in the middle of a file costs time, and no row."""

import io

import pytest

from intake.models import Upload, UploadState
from intake.services import receive
from quality.models import Inspection, Lot, LotSum
from quality.services import rebuild_sums
from suppliers.access import looking_as, looking_as_house
from tests.intake.files import NOW, book

LOTS = 30_000  # more than a MiB: a task


@pytest.fixture
def shared_files(workshop, settings) -> None:
    """The folder of files is the same for the web and its workers."""
    settings.MEDIA_ROOT = workshop.env["TONGPIN_MEDIA_ROOT"] = str(workshop.folder / "files")


@pytest.mark.parametrize(
    "broker", ["filesystem", pytest.param("redis", marks=pytest.mark.soak)], indirect=True
)
def test_a_large_file_is_taken_whole_though_its_worker_dies_at_every_step(
    workshop, shared_files, durable, chain
):
    workshop.open()
    lots = [(f"J{number:06}", number % 3) for number in range(LOTS)]
    with looking_as(chain.clerk):
        upload = receive.receive_file(
            person=chain.clerk,
            content=io.BytesIO(book(*lots)),
            file_name="5月.csv",
            asked=receive.Asked(partnership_id=chain.ours.pk),
            now=NOW,
        )

    def is_in_hand(state: str) -> bool:
        rows = Upload.objects.filter(pk=upload.pk, state=state).exclude(lease_until=None)
        return rows.exists()

    with looking_as_house("follow a file in a test"):
        for step in (UploadState.RECEIVED, UploadState.COMMITTING):
            workshop.waits_for(lambda step=step: is_in_hand(step))
            workshop.kill("worker")
        workshop.waits_for(lambda: Upload.objects.get(pk=upload.pk).state == UploadState.COMMITTED)
        assert Upload.objects.get(pk=upload.pk).counts["new"] == LOTS
        assert Lot.objects.count() == Inspection.objects.count() == LOTS
        assert LotSum.objects.get().lots == LOTS
        assert rebuild_sums(check=True) == []
