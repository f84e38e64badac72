"""Sending each letter until it is sent, refused or too old."""

import logging
import re
import smtplib
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.errors import MessageError

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from core import lease
from core.wake import wake
from outbox.models import Letter, LetterPart, LetterState
from outbox.queries import SENT_AGAIN
from outbox.services.post import Post
from outbox.services.server import Unanswered

log = logging.getLogger(__name__)
SEND = "outbox.send_letter"
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=4)
RUNG_AT_ONCE = 500  # letters a sweep rings for; the next sweep rings for the rest
FORGOTTEN_AT_ONCE = 500  # letters whose parts a sweep deletes; the next sweep goes on
# How long somebody may notice that a letter did not arrive. Its parts are the figures of a day, which the
# pages show anew: older ones help nobody, and a mailbox that is gone for good would gather them for ever.
PARTS_KEPT = timedelta(days=30)
# Enhanced status codes (RFC 3463) by which a 5xx to the content still speaks of the mailbox, and by which a
# 5xx to the recipient speaks of us: we may not send there, or look like somebody who may not.
OF_THE_MAILBOX = re.compile(r"5\.[12]\.")
OF_OUR_STANDING = re.compile(r"5\.7\.")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a mail server said: `state` is a final one, or waiting where another try may help."""

    state: LetterState
    answer: str


def send_letter(*, letter_id: int, now: datetime) -> bool:
    """Send one letter unless it was sent or is not due; return whether this call sent it."""
    held = lease.claim(_due(now), letter_id)
    if held is None:
        return False
    with lease.kept(held):
        letter = Letter.objects.get(pk=letter_id)  # its Message-ID is older than any attempt
        outcome = deliver(letter)
    try:
        _settle(held, letter, outcome, now=now)
    except lease.LeaseLost:
        log.warning("Letter %s was taken over while it was sent: it may arrive twice.", letter_id)
    return outcome.state == LetterState.SENT


def deliver(letter: Letter) -> Outcome:
    """Hand a letter to the mail server. No transaction is open while it answers."""
    try:
        Post(letter, list(letter.parts.order_by("pk"))).send()
    except smtplib.SMTPRecipientsRefused as refusal:
        code, answer = next(iter(refusal.recipients.values()))
        return _answered_of_recipient(code, _words(answer))
    except smtplib.SMTPDataError as refusal:
        return _answered_of_content(refusal.smtp_code, _words(refusal.smtp_error))
    except Unanswered as silence:
        # Sent again, it might arrive twice; a person sees it and decides.
        return Outcome(LetterState.UNCONFIRMED, str(silence))
    except (smtplib.SMTPException, OSError) as outage:
        # Also a 5xx to our login or sender: that is a fault of the set-up, not of the letter.
        return Outcome(LetterState.WAITING, f"{type(outage).__name__}: {outage}")
    except (ValueError, UnicodeError, MessageError) as malformed:  # no header that SMTP can carry
        return Outcome(LetterState.REFUSED, f"{type(malformed).__name__}: {malformed}")
    return Outcome(LetterState.SENT, "")


def send_waiting(*, now: datetime) -> dict[str, int]:
    """Send every letter that is due, in this process; return how many were `sent` and how many still wait."""
    tried = list(_due(now).filter(lease.unheld()).order_by("due_at").values_list("pk", flat=True))
    sent = sum(send_letter(letter_id=pk, now=now) for pk in tried)
    return {"sent": sent, "waiting": Letter.objects.filter(pk__in=tried, state=LetterState.WAITING).count()}


def ring_for_waiting_letters(*, now: datetime) -> int:
    """Ring for every letter that is due and that nobody holds, and return for how many."""
    waiting = _due(now).filter(lease.unheld()).order_by("due_at").values_list("pk", flat=True)
    ids = list(waiting[:RUNG_AT_ONCE])
    for letter_id in ids:
        wake(SEND, letter_id=letter_id)
    return len(ids)


def forget_old_parts(*, now: datetime) -> int:
    """Delete the parts of letters given up, bounced or unconfirmed so long ago that none is sent again.

    Returns of how many letters. They are of letters whose time was over `PARTS_KEPT` ago; called again,
    it goes on.
    """
    has_parts = Exists(LetterPart.objects.filter(letter=OuterRef("pk")))
    old = Letter.objects.filter(has_parts, state__in=SENT_AGAIN, give_up_at__lt=now - PARTS_KEPT)
    with transaction.atomic():
        # Locked, lest somebody has one sent again meanwhile: it would go out without its parts.
        locked = old.select_for_update(skip_locked=True).order_by("pk").values_list("pk", flat=True)
        ids = list(locked[:FORGOTTEN_AT_ONCE])
        LetterPart.objects.filter(letter__in=ids).delete()
    return len(ids)


def _due(now: datetime) -> QuerySet[Letter]:
    return Letter.objects.filter(state=LetterState.WAITING, due_at__lte=now)


def _words(answer: bytes | str) -> str:
    return answer.decode(errors="replace") if isinstance(answer, bytes) else answer


def _answered_of_recipient(code: int, words: str) -> Outcome:
    if not 500 <= code < 600:
        return Outcome(LetterState.WAITING, f"{code} {words}")
    of_us = OF_OUR_STANDING.match(words)
    return Outcome(LetterState.REFUSED if of_us else LetterState.BOUNCED, f"{code} {words}")


def _answered_of_content(code: int, words: str) -> Outcome:
    if not 500 <= code < 600:
        return Outcome(LetterState.WAITING, f"{code} {words}")
    of_mailbox = OF_THE_MAILBOX.match(words)
    return Outcome(LetterState.BOUNCED if of_mailbox else LetterState.REFUSED, f"{code} {words}")


def _settle(held: lease.Lease, letter: Letter, outcome: Outcome, *, now: datetime) -> None:
    state = outcome.state
    if state == LetterState.WAITING and now >= letter.give_up_at:
        state = LetterState.GIVEN_UP
    columns: dict[str, object] = {"state": state, "last_answer": outcome.answer[:500]}
    if state == LetterState.WAITING:
        tries = held.attempt - letter.attempts_before  # since it was written, or set going again
        pause = min(FIRST_PAUSE * 2 ** min(tries - 1, 10), LONGEST_PAUSE)
        columns["due_at"] = min(now + pause, max(letter.give_up_at, now + FIRST_PAUSE))
    elif letter.secret:
        columns |= {"text": "", "html": ""}
    if state == LetterState.SENT:
        columns["sent_at"] = now
    with transaction.atomic():
        if state not in {LetterState.WAITING, *SENT_AGAIN}:
            LetterPart.objects.filter(letter=letter).delete()  # megabytes that nobody reads again
        held.settle(**columns)
