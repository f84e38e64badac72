from improvement.queries.cells import NoSuchCell
from improvement.services.editing import Stale, edit_task, write_step
from improvement.services.files import NotAttachable
from improvement.services.locking import MayNotWrite, NotInThisState, TaskNotYours
from improvement.services.opening import NoSuchOwner, NoSuchPart, open_task
from improvement.services.reminders import remind_of_due_tasks
from improvement.services.states import (
    ReasonMissing,
    close_task,
    finish_task,
    outcomes_from,
    reopen_task,
    start_task,
)
from improvement.services.talking import Sent, add_attachment, add_comment
from improvement.services.warnings import (
    FIRST_WORD,
    ExplanationMissing,
    WarningNotYours,
    explain_warning,
    reopen_warning,
    see_warning,
)

__all__ = [
    "FIRST_WORD",
    "ExplanationMissing",
    "MayNotWrite",
    "NoSuchCell",
    "NoSuchOwner",
    "NoSuchPart",
    "NotAttachable",
    "NotInThisState",
    "ReasonMissing",
    "Sent",
    "Stale",
    "TaskNotYours",
    "WarningNotYours",
    "add_attachment",
    "add_comment",
    "close_task",
    "edit_task",
    "explain_warning",
    "finish_task",
    "open_task",
    "outcomes_from",
    "remind_of_due_tasks",
    "reopen_task",
    "reopen_warning",
    "see_warning",
    "start_task",
    "write_step",
]
