"""How letters fare."""

from collections.abc import Collection

from django.db.models import QuerySet

from outbox.models import Letter, LetterState

__all__ = ["SENT_AGAIN", "LetterState", "letters_of", "written_of"]

# Fates after which a person may have a letter sent again.
SENT_AGAIN = frozenset({LetterState.UNCONFIRMED, LetterState.GIVEN_UP, LetterState.BOUNCED})

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
    "secret",
)


def letters_of(organisation_id: int) -> QuerySet[Letter]:
    """Return the letters whose fate an organisation's owner may see, the latest first.

    Without their words and subjects: who may see that a letter went may not read it.
    """
    return Letter.objects.filter(organisation_id=organisation_id).only(*OF_A_STATE).order_by("-pk")


def written_of(subject_keys: Collection[str]) -> set[str]:
    """Return those of some subject keys about which a letter was written. One query."""
    found = Letter.objects.filter(subject_key__in=subject_keys)
    return set(found.values_list("subject_key", flat=True))
