"""How letters fare."""

from collections.abc import Collection

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from outbox.models import Letter, LetterPart, LetterState

__all__ = ["SENT_AGAIN", "LetterState", "letters_of", "may_go_again", "written_of"]

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


def may_go_again() -> Q:
    """Return the condition on which a letter can be sent again as it was, with every part it was written with.

    Of a letter that is older than the count of its parts nobody knows whether it had any: it cannot.
    """
    left = LetterPart.objects.filter(letter=OuterRef("pk")).order_by().values("letter")
    count = Coalesce(Subquery(left.annotate(n=Count("pk")).values("n")), 0)
    return Q(state__in=SENT_AGAIN, secret=False, parts_written=count)


def letters_of(organisation_id: int) -> QuerySet:
    """Return the letters whose fate an organisation's owner may see, the latest first.

    Each says as `goes_again` whether it `may_go_again`. Without their words and subjects: who may see that
    a letter went may not read it.
    """
    mine = Letter.objects.filter(organisation_id=organisation_id).only(*OF_A_STATE)
    return mine.annotate(goes_again=may_go_again()).order_by("-pk")


def written_of(subject_keys: Collection[str]) -> set[str]:
    """Return those of some subject keys about which a letter was written. One query."""
    found = Letter.objects.filter(subject_key__in=subject_keys)
    return set(found.values_list("subject_key", flat=True))
