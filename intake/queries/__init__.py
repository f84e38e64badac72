from intake.queries.uploads import (
    WaitingUpload,
    conflicts_of,
    counts_of,
    problem_in_words,
    problems_of,
    question_in_words,
    refusal_in_words,
    upload_or_none,
    uploads_that_wait,
    uploads_to_list,
    waiting_uploads,
    what_a_remedy_says,
)

__all__ = [
    "WaitingUpload",
    "conflicts_of",
    "counts_of",
    "problem_in_words",
    "problems_of",
    "question_in_words",
    "refusal_in_words",
    "upload_or_none",
    "uploads_that_wait",
    "uploads_to_list",
    "waiting_uploads",
    "what_a_remedy_says",
]
