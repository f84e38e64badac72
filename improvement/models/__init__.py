from improvement.models.talk import EventKind, TaskAttachment, TaskComment, TaskEvent
from improvement.models.task import (
    Baseline,
    Outcome,
    Side,
    Task,
    TaskCount,
    TaskKind,
    TaskPart,
    TaskState,
    TaskStep,
    Trigger,
)

__all__ = [
    "Baseline",
    "EventKind",
    "Outcome",
    "Side",
    "Task",
    "TaskAttachment",
    "TaskComment",
    "TaskCount",
    "TaskEvent",
    "TaskKind",
    "TaskPart",
    "TaskState",
    "TaskStep",
    "Trigger",
]
