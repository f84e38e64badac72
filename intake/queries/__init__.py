from intake.queries.uploads import (
    conflicts_of,
    counts_of,
    notes_in_words,
    problem_in_words,
    problems_of,
    question_in_words,
    refusal_in_words,
    upload_or_none,
    uploads_to_list,
    what_a_remedy_says,
)

__all__ = [
    "conflicts_of",
    "counts_of",
    "notes_in_words",
    "problem_in_words",
    "problems_of",
    "question_in_words",
    "refusal_in_words",
    "upload_or_none",
    "uploads_to_list",
    "what_a_remedy_says",
]
