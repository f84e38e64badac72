"""Sending a letter again that may not have arrived: a person decides, and it is the same letter."""

from datetime import datetime

from django.db import transaction

from core.wake import wake
from outbox.models import Letter, LetterState
from outbox.queries import may_go_again
from outbox.services.sending import SEND
from outbox.services.writing import PATIENCE


class NotHere(Exception):
    """There is no such letter of this organisation."""


class NotAgain(Exception):
    """Its words or its parts are forgotten, or it is of a fate that another try would not mend."""


@transaction.atomic
def send_again(*, letter_id: int, organisation_id: int, attempts: int, now: datetime) -> bool:
    """Send a letter again, by its own Message-ID, and return whether this call promised it.

    `attempts` is how often it had been tried when somebody decided so: asked twice, it goes out once.
    Raises NotHere and NotAgain.
    """
    mine = Letter.objects.select_for_update().filter(pk=letter_id, organisation_id=organisation_id)
    letter = mine.first()
    if letter is None:
        raise NotHere
    if letter.attempts != attempts or letter.state == LetterState.WAITING:
        return False
    # Asked once the row is ours: until then a sweep may have taken the parts.
    if not Letter.objects.filter(may_go_again(), pk=letter_id).exists():
        raise NotAgain
    letter.state, letter.due_at, letter.give_up_at = LetterState.WAITING, now, now + PATIENCE
    letter.attempts_before = letter.attempts
    letter.save(update_fields=["state", "due_at", "give_up_at", "attempts_before"])
    wake(SEND, letter_id=letter.pk)
    return True
