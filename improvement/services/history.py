"""Writing down who did what to a task."""

from datetime import datetime

from improvement.models import EventKind, Task, TaskEvent
from suppliers.access import Person


def note(
    task: Task,
    kind: EventKind,
    *,
    by: Person,
    now: datetime,
    field: str = "",
    before: str = "",
    after: str = "",
    own_only: bool = False,
) -> TaskEvent:
    """Add a line to the history, in the transaction that does what it tells."""
    return TaskEvent.objects.create(
        partnership_id=task.partnership_id,
        task=task,
        kind=kind,
        at=now,
        by=by,
        organisation_id=by.organisation_id,
        own_only=own_only,
        field=field,
        before=before,
        after=after,
    )
