"""From which file a row came.

Rows keep the number of a commit of intake, which lies above the nouns: it is named in the settings, and asked.
"""

from collections.abc import Collection
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from django.conf import settings


@dataclass(frozen=True, slots=True)
class Source:
    """An upload of the organisation that looks."""

    pk: int
    name: str
    url: str


def commits_of(upload_id: int) -> list[int]:
    """Return the commits of an upload; of somebody else's none, as of one that is not there."""
    return list(_knows().commits_of(upload_id))


def source_or_none(upload_id: int) -> Source | None:
    """Return an upload, unless it is somebody else's or not there."""
    found: Source | None = _knows().source_or_none(upload_id)
    return found


def sources_of(commit_ids: Collection[int]) -> dict[int, Source]:
    """Return the uploads of commits, by commit, as far as they are the reader's own."""
    return dict(_knows().sources_of(commit_ids))


def _knows() -> Any:
    return import_module(settings.ORIGINS)
