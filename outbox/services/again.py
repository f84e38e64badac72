"""Sending a letter again that may not have arrived: a person decides, and it is the same letter."""

from datetime import datetime

from django.db import transaction

from core.wake import wake
from outbox.models import Letter, LetterState
from outbox.queries import SENT_AGAIN
from outbox.services.sending import SEND
from outbox.services.writing import PATIENCE


class NotHere(Exception):
    """There is no such letter of this organisation."""


class NotAgain(Exception):
    """Its words or its pictures are forgotten, or it is of a fate that another try would not mend."""


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
    pictures_gone = "cid:" in letter.html and not letter.parts.exists()
    if letter.state not in SENT_AGAIN or letter.secret or pictures_gone:
        raise NotAgain
    letter.state, letter.due_at, letter.give_up_at = LetterState.WAITING, now, now + PATIENCE
    letter.save(update_fields=["state", "due_at", "give_up_at"])
    wake(SEND, letter_id=letter.pk)
    return True
