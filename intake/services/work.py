"""Carry an upload as far as it goes without a person: whoever calls, one worker at a time."""

import logging
from collections.abc import Callable
from datetime import datetime

from django.db.models import F, Q
from django.db.models.functions import Now

from core.lease import Lease, LeaseLost, claim, kept, unheld
from core.wake import LARGE, SMALL, wake
from intake.models import Upload, UploadState
from intake.services.deadline import Deadline, OutOfTime
from intake.services.load import load
from intake.services.understand import understand
from intake.services.undoing import PLAN, take_back
from suppliers import access

log = logging.getLogger(__name__)
TASK = "intake.tasks.work_on"
TO_DO = Q(state__in=[UploadState.RECEIVED, UploadState.COMMITTING])
SMALL_BYTES = 1024 * 1024  # up to here a file is answered at once,
SECONDS_AT_ONCE = 3.0  # as far as this allows
CRASHES_ALLOWED = 3
STEPS = 6  # understood, committed; and again where somebody else was faster


def begin(upload: Upload, *, now: datetime, seconds: float | None = SECONDS_AT_ONCE) -> None:
    """Start what an upload waits for: a small file here and now, a large one by ringing for a worker.

    A small file that takes longer than `seconds` goes to the queue of the small ones, so that no giant is
    before it. Without `seconds` it is done here whatever it takes: a command has no worker to ring for. A fault of ours
    is logged; the row is taken up by the sweep, which refuses it after `CRASHES_ALLOWED` of them.
    """
    if seconds is not None and upload.size > SMALL_BYTES:
        _ring(upload.pk, upload.size)
        return
    try:
        work_on(upload_id=upload.pk, now=now, seconds=seconds)
    except OutOfTime:
        _ring(upload.pk, upload.size)
    except Exception:
        log.exception("Upload %s broke; the sweep will take it up.", upload.pk)


def work_on(*, upload_id: int, now: datetime, seconds: float | None = None) -> None:
    """Understand an upload that was received, commit one that is to be committed, undo one that is to be undone.

    May be called by anybody at any time: what another worker holds, or what is done, is left alone.

    Raises OutOfTime after `seconds`; what was reached by then is kept.
    """
    deadline = Deadline(seconds)
    for _ in range(STEPS):
        if not _step(upload_id, now, deadline):
            return
        deadline.check()


def sweep() -> int:
    """Ring for every upload that is to be worked on and that nobody holds; return how many."""
    with access.looking_as_house("find files that no worker holds"):
        waiting = list(Upload.objects.filter(TO_DO, unheld()).order_by("pk").values_list("pk", "size"))
    for pk, size in waiting:
        _ring(pk, size)
    return len(waiting)


def _ring(upload_id: int, size: int) -> None:
    wake(TASK, queue=SMALL if size <= SMALL_BYTES else LARGE, upload_id=upload_id)


def _step(upload_id: int, now: datetime, deadline: Deadline) -> bool:
    """Do one step under a lease; return whether there was one for us."""
    with access.looking_as_house("find who sent a file that waits for a worker"):
        # Who held it until its lease ran out did not finish.
        Upload.objects.filter(TO_DO, pk=upload_id, lease_until__lt=Now()).update(
            crashes=F("crashes") + 1, lease_until=None
        )
        lease = claim(Upload.objects.filter(TO_DO), upload_id)
        if lease is None:
            return False
        upload = Upload.objects.select_related("sent_by__user", "sent_by__organisation").get(pk=upload_id)
    if upload.crashes > CRASHES_ALLOWED:
        _give_up(lease, upload, now)
        return False
    try:
        with kept(lease), access.looking_as(upload.sent_by):
            _what_is_next(upload)(lease=lease, upload=upload, now=now, deadline=deadline)
    except OutOfTime:
        lease.settle()
        raise
    except LeaseLost:
        return False  # another worker took over; what was done here is rolled back
    return True


def _what_is_next(upload: Upload) -> Callable[..., None]:
    if upload.state == UploadState.RECEIVED:
        return understand
    return take_back if PLAN in (upload.planned or {}) else load


def _give_up(lease: Lease, upload: Upload, now: datetime) -> None:
    """Say that something broke here; what was committed stays so."""
    state = (upload.planned or {}).get(PLAN, UploadState.REFUSED)
    refusal = {"rule": "our_fault", "params": {"code": f"{upload.pk:04X}"}}
    lease.settle(state=state, refusal=refusal, planned=None, crashes=0, finished_at=now)
