"""Which upload stands behind a commit's number, for `core.origins`: the sender's own alone."""

from collections.abc import Collection

from django.urls import reverse

from core.origins import Source
from intake.models import Commit, Upload


def commits_of(upload_id: int) -> list[int]:
    """Return the commits of an upload and of the marked workbooks of it; those of a workbook are its file's."""
    upload = Upload.objects.filter(pk=upload_id).only("pk", "repairs_id").first()
    if upload is None:
        return []
    root = upload.repairs_id or upload.pk
    return list(Commit.objects.filter(upload=root, undone_at=None).values_list("pk", flat=True))


def source_or_none(upload_id: int) -> Source | None:
    name = Upload.objects.filter(pk=upload_id).values_list("file_name", flat=True).first()
    return None if name is None else _source(upload_id, name)


def sources_of(commit_ids: Collection[int]) -> dict[int, Source]:
    found = Commit.objects.filter(pk__in=[int(pk) for pk in commit_ids])
    rows = found.values_list("pk", "upload", "upload__file_name")
    return {pk: _source(upload, name) for pk, upload, name in rows}


def _source(pk: int, name: str) -> Source:
    return Source(pk, name, reverse("upload", args=[pk]))
