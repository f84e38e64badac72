"""Writing letters, and sending each until it is sent, refused or too old."""

import logging
import smtplib
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import make_msgid
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db.models import QuerySet

from core import lease
from core.wake import wake
from outbox.models import Letter, LetterState

log = logging.getLogger(__name__)
SEND = "outbox.send_letter"
PATIENCE = timedelta(hours=24)  # a mail server that is away for longer has lost the letter
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=4)
RUNG_AT_ONCE = 500  # letters a sweep rings for; the next sweep rings for the rest


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a mail server said: `state` is sent, refused, or waiting where another try may help."""

    state: LetterState
    answer: str


def write_letter(
    *,
    subject_key: str,
    to: str,
    language: str,
    subject: str,
    text: str,
    now: datetime,
    html: str = "",
    secret: bool = False,
    patience: timedelta = PATIENCE,
) -> int:
    """Promise a letter, have it sent once the open transaction has committed, and return its id.

    `subject_key` says what it is about (``invitation:17``): a second letter about the same is not written,
    and the id of the first comes back. A `secret` letter holds a link that opens something: its words are
    forgotten once it is sent or given up.
    """
    letter, written = Letter.objects.get_or_create(
        subject_key=subject_key,
        defaults={
            "message_id": make_msgid(domain=urlsplit(settings.SITE_URL).hostname),
            "to": to,
            "language": language,
            "subject": " ".join(subject.split()),
            "text": text,
            "html": html,
            "secret": secret,
            "created_at": now,
            "due_at": now,
            "give_up_at": now + patience,
        },
    )
    if written:
        wake(SEND, letter_id=letter.pk)
    return letter.pk


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
    message = EmailMultiAlternatives(
        letter.subject,
        letter.text,
        to=[letter.to],
        headers={
            "Message-ID": letter.message_id,
            "Auto-Submitted": "auto-generated",
            "Content-Language": letter.language,
        },
    )
    if letter.html:
        message.attach_alternative(letter.html, "text/html")
    try:
        message.send()
    except smtplib.SMTPRecipientsRefused as refusal:
        code, answer = next(iter(refusal.recipients.values()))
        return _answered(code, answer)
    except smtplib.SMTPDataError as refusal:
        return _answered(refusal.smtp_code, refusal.smtp_error)
    except (smtplib.SMTPException, OSError) as outage:
        # Also a 5xx to our login or sender: that is a fault of the set-up, not of the letter.
        return Outcome(LetterState.WAITING, f"{type(outage).__name__}: {outage}")
    except (ValueError, UnicodeError) as malformed:  # no address or header that SMTP can carry
        return Outcome(LetterState.REFUSED, f"{type(malformed).__name__}: {malformed}")
    return Outcome(LetterState.SENT, "")


def ring_for_waiting_letters(*, now: datetime) -> int:
    """Ring for every letter that is due and that nobody holds, and return for how many."""
    waiting = _due(now).filter(lease.unheld()).order_by("due_at").values_list("pk", flat=True)
    ids = list(waiting[:RUNG_AT_ONCE])
    for letter_id in ids:
        wake(SEND, letter_id=letter_id)
    return len(ids)


def _due(now: datetime) -> QuerySet[Letter]:
    return Letter.objects.filter(state=LetterState.WAITING, due_at__lte=now)


def _answered(code: int, answer: bytes | str) -> Outcome:
    words = answer.decode(errors="replace") if isinstance(answer, bytes) else answer
    state = LetterState.REFUSED if 500 <= code < 600 else LetterState.WAITING
    return Outcome(state, f"{code} {words}")


def _settle(held: lease.Lease, letter: Letter, outcome: Outcome, *, now: datetime) -> None:
    state = outcome.state
    if state == LetterState.WAITING and now >= letter.give_up_at:
        state = LetterState.REFUSED
    columns: dict[str, object] = {"state": state, "last_answer": outcome.answer[:500]}
    if state == LetterState.WAITING:
        pause = min(FIRST_PAUSE * 2 ** min(held.attempt - 1, 10), LONGEST_PAUSE)
        columns["due_at"] = min(now + pause, max(letter.give_up_at, now + FIRST_PAUSE))
    elif letter.secret:
        columns |= {"text": "", "html": ""}
    if state == LetterState.SENT:
        columns["sent_at"] = now
    held.settle(**columns)
