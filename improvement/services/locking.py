"""Taking a task for writing: who may, and that nobody else writes at the same time."""

from collections.abc import Callable

from improvement import access
from improvement.models import Task
from suppliers.access import Person


class TaskNotYours(LookupError):
    """A task that is not there, or not open to who asks: both answer alike."""


class MayNotWrite(Exception):
    """The task is seen, but this person's role, or a guest's leave, is to read alone."""


class NotInThisState(Exception):
    """What was asked does not fit the state of the task."""

    def __init__(self, state: str) -> None:
        super().__init__(state)
        self.state = state


def lock_task(
    task_id: int, *, by: Person, may: Callable[[Person, access.Ends], bool] = access.may_edit
) -> Task:
    """Return a task, locked until the transaction ends, for what `may` says this person may do.

    Raises TaskNotYours, MayNotWrite.
    """
    # The row alone is locked; what it points to is read along.
    task = (
        Task.objects.select_for_update(of=("self",), no_key=True)
        .select_related("partnership", "customer_owner__user", "supplier_owner__user", "opened_by__user")
        .filter(pk=task_id)
        .first()
    )
    if task is None:
        raise TaskNotYours(task_id)
    if not may(by, ends_of(task)):
        raise MayNotWrite(task_id)
    return task


def ends_of(task: Task) -> access.Ends:
    return access.Ends(task.partnership.customer_id, task.partnership.supplier_id)
