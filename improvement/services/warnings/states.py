"""What people make of a warning: they have seen it, explain it, or open a task of it."""

from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from improvement import access
from improvement.models import RaisedWarning, Task, WarningAct, WarningEvent
from improvement.services.locking import MayNotWrite, NotInThisState
from quality.queries.plausibility import HEAD_START
from suppliers.access import Person, looking_as_house

FIRST_WORD = HEAD_START  # that a supplier has, before its customer sees a question about the data


class WarningNotYours(LookupError):
    """A warning that is not there, or not open to who asks: both answer alike."""


class ExplanationMissing(ValueError):
    """An explanation without a word."""


@transaction.atomic
def see_warning(*, warning_id: int, by: Person, now: datetime) -> RaisedWarning:
    """Say for one's own side that a warning was seen; again changes nothing. Raises WarningNotYours, MayNotWrite."""
    warning = _locked(warning_id, by)
    column = f"{access.side_of(by, _ends(warning))}_seen_at"
    if getattr(warning, column) is None:
        setattr(warning, column, now)
        warning.save(update_fields=[column])
        _note(warning, WarningAct.SEEN, by=by, now=now)
    return warning


@transaction.atomic
def explain_warning(*, warning_id: int, text: str, by: Person, now: datetime) -> RaisedWarning:
    """Say what was behind a warning, which the other side reads: it is settled by that.

    Raises WarningNotYours, MayNotWrite; NotInThisState where a task was opened or it is explained already,
    ExplanationMissing without a word.
    """
    warning = _locked(warning_id, by)
    if not text.strip():
        raise ExplanationMissing
    if warning.task_id is not None or warning.explained_at is not None:
        raise NotInThisState("task" if warning.task_id else "explained")
    warning.explained_at, warning.explained_by, warning.explanation = now, by, text.strip()
    warning.shared_at = warning.shared_at or now
    warning.save(update_fields=["explained_at", "explained_by", "explanation", "shared_at"])
    _note(warning, WarningAct.EXPLAINED, by=by, now=now, text=warning.explanation)
    return warning


@transaction.atomic
def reopen_warning(*, warning_id: int, by: Person, now: datetime) -> RaisedWarning:
    """Take an explanation back: it is as it was before, and seen by who does this.

    Raises WarningNotYours, MayNotWrite; NotInThisState where it is not explained.
    """
    warning = _locked(warning_id, by)
    if warning.explained_at is None:
        raise NotInThisState("task" if warning.task_id else "new")
    warning.explained_at = warning.explained_by = None
    warning.explanation = ""
    warning.customer_seen_at = warning.supplier_seen_at = None
    setattr(warning, f"{access.side_of(by, _ends(warning))}_seen_at", now)
    warning.save()
    _note(warning, WarningAct.REOPENED, by=by, now=now)
    return warning


@transaction.atomic
def link_task(*, warning_id: int, task: Task, by: Person, now: datetime) -> RaisedWarning:
    """Say that a task works on a warning. Raises WarningNotYours, MayNotWrite; NotInThisState where one does."""
    warning = _locked(warning_id, by)
    if warning.partnership_id != task.partnership_id:
        raise WarningNotYours(warning_id)
    if warning.task_id is not None:
        raise NotInThisState("task")
    warning.task = task
    warning.shared_at = warning.shared_at or now
    warning.explained_at = warning.explained_by = None
    warning.explanation = ""
    warning.save()
    _note(warning, WarningAct.TASK, by=by, now=now, text=task.shown_number)
    return warning


def share_unanswered(*, now: datetime) -> int:
    """Show the customer what a supplier left without a word for `FIRST_WORD`; return how many warnings."""
    with looking_as_house("show what its supplier left unanswered"), transaction.atomic():
        late = RaisedWarning.objects.filter(shared_at=None, raised_at__lte=now - FIRST_WORD)
        found = list(late.select_for_update(skip_locked=True).values_list("pk", "partnership"))
        RaisedWarning.objects.filter(pk__in=[pk for pk, _partnership in found]).update(shared_at=now)
        WarningEvent.objects.bulk_create(
            WarningEvent(partnership_id=partnership, warning_id=pk, kind=WarningAct.SHARED, at=now)
            for pk, partnership in found
        )
    return len(found)


def _locked(
    warning_id: int, by: Person, *, may: Callable[[Person, access.Ends], bool] = access.may_edit
) -> RaisedWarning:
    warning = (
        RaisedWarning.objects.select_for_update(of=("self",), no_key=True)
        .select_related("partnership")
        .filter(pk=warning_id)
        .first()
    )
    if warning is None:
        raise WarningNotYours(warning_id)
    if not may(by, _ends(warning)):
        raise MayNotWrite(warning_id)
    return warning


def _ends(warning: RaisedWarning) -> access.Ends:
    return access.Ends(warning.partnership.customer_id, warning.partnership.supplier_id)


def _note(warning: RaisedWarning, kind: WarningAct, *, by: Person, now: datetime, text: str = "") -> None:
    """Add a line to the history, in the transaction that does what it tells."""
    WarningEvent.objects.create(
        partnership_id=warning.partnership_id, warning=warning, kind=kind, at=now, by=by, text=text
    )
