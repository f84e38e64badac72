"""Take an upload back: all its commits, its repairs included, or nothing."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from core.commits import BuiltUpon
from core.lease import Lease
from intake.models import Commit, Kind, Upload, UploadState
from intake.services.deadline import Deadline
from intake.services.nouns import NOUNS
from intake.services.repaired import lock_family
from suppliers import access
from suppliers.access import Person
from suppliers.services import lock_partnerships

PLAN = "undo"  # in `planned`: the state in which the upload was when somebody asked for it
NOT_YOURS = "not_yours"  # refusal: who asked for it may no longer write there


def family_of(root: Upload) -> QuerySet[Upload]:
    """Return an upload with the marked workbooks of it that came back."""
    return Upload.objects.filter(Q(pk=root.pk) | Q(repairs=root.pk))


def standing_commits(root: Upload) -> list[Commit]:
    """Return the commits that were not taken back, the latest first."""
    return list(root.commits.filter(undone_at=None).order_by("-number"))


def may_take_back(person: Person, root: Upload, commits: list[Commit]) -> bool:
    """Whether a person may write on every partnership that these commits wrote on."""
    if person.left_at is not None or not person.user.is_active:
        return False
    if commits and NOUNS[Kind(root.kind)].is_list and not person.may_define:
        return False
    partnerships = {pk for one in commits for pk in one.partnerships}
    return partnerships <= set(access.partnerships_to_fill(person))


def take_back(*, lease: Lease, upload: Upload, now: datetime, deadline: Deadline) -> None:
    """Do what was planned for an upload, and settle it as undone; in one transaction, or not at all.

    Where something later stands on its rows, or the person may no longer write there, it is again what it
    was before; the reason is kept on it.
    """
    planned: dict[str, Any] = upload.planned or {}
    by = Person.objects.select_related("organisation", "user").get(pk=planned["by"])
    was = {"state": planned[PLAN], "planned": None, "crashes": 0}
    deadline.check()
    try:
        with transaction.atomic():
            lock_family(upload.pk)
            commits = standing_commits(upload)
            if not may_take_back(by, upload, commits):
                lease.settle(**was, refusal={"rule": NOT_YOURS, "params": {}})
                return
            _withdraw(lease, upload, commits, now)
            family_of(upload).exclude(pk=upload.pk).update(**_undone(now))
            lease.settle(**_undone(now), crashes=0)
    except BuiltUpon as held:
        lease.settle(**was, refusal={"rule": held.rule, "params": held.params})


def _undone(now: datetime) -> dict[str, Any]:
    return {"state": UploadState.UNDONE, "planned": None, "open_rows": 0, "finished_at": now}


def _withdraw(lease: Lease, upload: Upload, commits: list[Commit], now: datetime) -> None:
    lock_partnerships(sorted({pk for one in commits for pk in one.partnerships}))
    done, total = 0, sum(map(_rows_of, commits))
    lease.note(progress_done=0, progress_total=total)
    for one in commits:
        NOUNS[Kind(upload.kind)].withdraw(commit_id=one.pk, now=now)
        done += _rows_of(one)
        lease.note(progress_done=done)
    Commit.objects.filter(pk__in=[one.pk for one in commits]).update(undone_at=now)


def _rows_of(commit: Commit) -> int:
    return sum(count for name, count in commit.counts.items() if name != "same" and isinstance(count, int))
