"""Load the checked rows of an upload: one transaction, that happened or did not."""

from contextlib import suppress
from datetime import datetime
from typing import Any

import pandas as pd
from django.db import transaction

from core.commits import Contradicts
from core.lease import Lease
from intake.models import Commit, Kind, Phase, Upload, UploadState
from intake.services import statements, vault
from intake.services.checking import context_of
from intake.services.choices import open_rows_of, taking_new
from intake.services.creating import with_missing_made
from intake.services.deadline import Deadline
from intake.services.guarding import refuse_replacing
from intake.services.nouns import NOUNS, Noun
from intake.services.repaired import SETTLED, hand_over, lock_family
from suppliers import access
from suppliers.access import Person
from suppliers.services import lock_partnerships, make_supplies

TRIES = 2  # how often somebody else may be faster before a person has to look


def load(*, lease: Lease, upload: Upload, now: datetime, deadline: Deadline) -> None:
    """Write what an upload that is `committing` has to write, and settle it as committed.

    Rows, sums, the Commit row and the upload's state are one transaction: a worker that is killed leaves
    nothing behind but the state, which the next one finds. Where rows contradict what is stored and nobody
    chose, or the person may no longer write there, nothing is written: the upload is compared, or waits.
    """
    rows = vault.frame_at(upload.frame)
    writing = _to_write(rows, upload)
    by = _who_asked(upload)
    try:
        going = statements.rows_to_go(upload, rows, by)
        if not _may_write(by, upload, _touched(writing, going)):
            lease.settle(state=UploadState.WAITING, planned=None)
            return
        deadline.check()
        with transaction.atomic():
            lease.note(phase=Phase.WRITING, progress_done=0, progress_total=len(writing))
            counts = _write(upload, by, rows, now) if len(writing) or len(going) else {}
            _settle(lease, upload, rows, counts, now)
    except Contradicts:
        lease.settle(**_after_contradiction(upload))
    except _FirstFileGone:
        lease.settle(state=UploadState.UNDONE, planned=None, open_rows=0, finished_at=now)


def _touched(writing: pd.DataFrame, going: pd.DataFrame) -> set[int]:
    return {int(pk) for pk in [*writing["partnership_id"].dropna(), *going["partnership_id"]]}


def _after_contradiction(upload: Upload) -> dict[str, Any]:
    """Have the upload compared before it is written; if it was, it waits for a person."""
    planned = upload.planned or {}
    if planned.get("compared", 0) >= TRIES:
        return {"state": UploadState.WAITING, "planned": None}
    planned = planned | {"compared": planned.get("compared", 0) + 1}
    return {"state": UploadState.RECEIVED, "planned": planned}


def _settle(lease: Lease, upload: Upload, rows: pd.DataFrame, counts: dict[str, int], now: datetime) -> None:
    open_rows = open_rows_of(rows, upload.answers)
    if upload.repairs_id:
        hand_over(upload, open_rows)
    lease.settle(
        state=UploadState.COMMITTED,
        planned=None,
        open_rows=open_rows,
        counts=_counted(upload, counts),
        finished_at=now,
        crashes=0,
    )


def _counted(upload: Upload, counts: dict[str, int]) -> dict[str, int]:
    """Counts of an upload whose rows were taken for new, once it is known which of them were."""
    if upload.understanding.get("compared", True):
        return upload.counts
    changed = counts.get("changed", 0)
    return upload.counts | {
        "new": counts.get("new", 0),
        "changed": changed,
        "same": upload.counts.get("new", 0) - counts.get("new", 0) - changed,
    }


class _NothingNew(Exception):
    pass


class _FirstFileGone(Exception):
    """The upload that this one mends was undone meanwhile, and this one with it."""


def _write(upload: Upload, by: Person, rows: pd.DataFrame, now: datetime) -> dict[str, int]:
    """Write rows under a commit of their own; without anything new there is no commit."""
    counts: dict[str, int] = {}
    with suppress(_NothingNew), transaction.atomic():
        counts = _write_under_commit(upload, by, rows, now)
        if not any(count for name, count in counts.items() if name != "same"):
            raise _NothingNew
    return counts


def _write_under_commit(upload: Upload, by: Person, rows: pd.DataFrame, now: datetime) -> dict[str, int]:
    writing = _to_write(rows, upload)
    root = upload.repairs or upload
    lock_family(root.pk)
    if upload.repairs_id and not Upload.objects.filter(pk=root.pk, state__in=SETTLED).exists():
        raise _FirstFileGone
    number = root.commits.count() + 1
    commit = Commit.objects.create(upload=root, number=number, committed_by=by, committed_at=now)
    replacing = frozenset(writing.index[writing["status"] == "conflicting"])
    if (writing["creates"] != "").any():
        writing = with_missing_made(writing, context_of(upload, by, now), commit_id=commit.pk)
    rest = {"commit_id": commit.pk, "now": now, "replacing": replacing}
    with access.looking_as(by):  # anew: a partnership may have just been made
        noun = NOUNS[Kind(upload.kind)]
        if noun.is_list:
            commit.counts = noun.record(customer_id=upload.sender_id, rows=writing, **rest)
        else:
            _write_rows(noun, commit, upload, by, rows, writing, **rest)
            refuse_replacing(noun, commit_id=commit.pk, sender_id=upload.sender_id, stage=upload.stage)
        commit.save(update_fields=["counts", "partnerships"])
    return commit.counts


def _write_rows(
    noun: Noun,
    commit: Commit,
    upload: Upload,
    by: Person,
    rows: pd.DataFrame,
    writing: pd.DataFrame,
    **rest: Any,
) -> None:
    """Write rows, and let those go that an earlier statement had; noted on the commit."""
    commit.partnerships = sorted(_touched(writing, statements.rows_to_go(upload, rows, by)))
    lock_partnerships(commit.partnerships)
    going = statements.rows_to_go(upload, rows, by)  # once more: somebody may have been faster
    _supply_own_books(writing, rest["now"])
    told: dict[str, Any] = {}
    if len(writing):
        stage = upload.stage if noun.has_stage else None
        told = noun.record(partnership_id=None, rows=writing, stage=stage, **rest)
    if noun.let_go and len(going):
        told["gone"] = noun.let_go(gone=going, commit_id=commit.pk, now=rest["now"])
    commit.counts = {name: count for name, count in told.items() if isinstance(count, int)}


def _supply_own_books(writing: pd.DataFrame, now: datetime) -> None:
    """Every row needs its supply; on one's own books nobody made one."""
    own = writing[writing["why"] == "own_books"]
    for partnership_id, rows in own.groupby("partnership_id"):
        make_supplies(partnership_id=int(partnership_id), part_ids=set(rows["part_id"].astype(int)), now=now)


def _to_write(rows: pd.DataFrame, upload: Upload) -> pd.DataFrame:
    """Rows that change something: new, changed, and conflicting where the new figures were chosen."""
    wanted = rows["status"].isin(["new", "changed"]) | taking_new(rows, upload.answers)
    return rows if wanted.all() else rows[wanted]


def _who_asked(upload: Upload) -> Person:
    planned = upload.planned or {}
    if planned.get("by") in (None, upload.sent_by_id):
        return upload.sent_by
    return Person.objects.select_related("organisation", "user").get(pk=planned["by"])


def _may_write(by: Person, upload: Upload, partnerships: set[int]) -> bool:
    """Whether the person may still write there: a role may have been taken away since."""
    if by.left_at is not None or not by.user.is_active or by.organisation_id != upload.sender_id:
        return False
    if NOUNS[Kind(upload.kind)].is_list:
        return by.may_define
    return partnerships <= set(access.partnerships_to_fill(by))
