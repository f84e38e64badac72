from improvement.services.warnings.evaluating import EVALUATE, evaluate, evaluate_all, sweep
from improvement.services.warnings.states import (
    ExplanationMissing,
    WarningNotYours,
    explain_warning,
    link_task,
    reopen_warning,
    see_warning,
)

__all__ = [
    "EVALUATE",
    "ExplanationMissing",
    "WarningNotYours",
    "evaluate",
    "evaluate_all",
    "explain_warning",
    "link_task",
    "reopen_warning",
    "see_warning",
    "sweep",
]
