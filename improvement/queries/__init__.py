from improvement.queries.tasks import (
    Needed,
    baseline_of,
    count_needing,
    in_order_of_need,
    step_title,
    task_or_none,
    tasks_called,
    tasks_needing,
    tasks_opened_as,
    tasks_to_list,
    today_of,
)

__all__ = [
    "Needed",
    "baseline_of",
    "count_needing",
    "in_order_of_need",
    "step_title",
    "task_or_none",
    "tasks_called",
    "tasks_needing",
    "tasks_opened_as",
    "tasks_to_list",
    "today_of",
]
