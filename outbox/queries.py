"""How letters fare."""

from django.db.models import QuerySet

from outbox.models import Letter, LetterState

__all__ = ["LetterState", "letters_of"]

OF_A_STATE = (
    "pk",
    "subject_key",
    "to",
    "state",
    "attempts",
    "last_answer",
    "created_at",
    "due_at",
    "sent_at",
)


def letters_of(organisation_id: int) -> QuerySet[Letter]:
    """Return the letters whose fate an organisation's owner may see, the latest first.

    Without their words and subjects: who may see that a letter went may not read it.
    """
    return Letter.objects.filter(organisation_id=organisation_id).only(*OF_A_STATE).order_by("-pk")
