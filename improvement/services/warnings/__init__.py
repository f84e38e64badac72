from improvement.services.warnings.evaluating import evaluate, evaluate_all, sweep
from improvement.services.warnings.states import (
    FIRST_WORD,
    ExplanationMissing,
    WarningNotYours,
    explain_warning,
    link_task,
    reopen_warning,
    see_warning,
)
from quality.services.sums import EVALUATE

__all__ = [
    "EVALUATE",
    "FIRST_WORD",
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
