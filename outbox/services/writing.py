"""Writing letters: what is promised in a transaction is sent once it has committed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import make_msgid
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction

from core.wake import wake
from outbox.models import Letter, LetterPart, PartKind
from outbox.services.sending import SEND

PATIENCE = timedelta(hours=24)  # a mail server that is away for longer has lost the letter


@dataclass(frozen=True, slots=True)
class Part:
    """A file that comes with a letter; one with a `content_id` is a picture of its HTML (``cid:…``)."""

    name: str
    content_type: str
    content: bytes
    content_id: str = ""


@transaction.atomic
def write_letter(
    *,
    subject_key: str,
    to: str,
    language: str,
    subject: str,
    text: str,
    now: datetime,
    html: str = "",
    parts: Sequence[Part] = (),
    message_id: str = "",
    unsubscribe_url: str = "",
    organisation_id: int | None = None,
    secret: bool = False,
) -> int:
    """Promise a letter, have it sent once the open transaction has committed, and return its id.

    `subject_key` says what it is about (``invitation:17``): a second letter about the same is not written,
    and the id of the first comes back. Who can make the same Message-ID again gives it as ``<…@…>``, else a
    new one is made. `organisation_id` is whose owner may see how the letter fares. A `secret` letter holds
    a link that opens something: its words are forgotten once it is sent or given up.
    """
    letter, written = Letter.objects.get_or_create(
        subject_key=subject_key,
        defaults={
            "message_id": message_id or make_msgid(domain=mail_domain()),
            "organisation_id": organisation_id,
            "to": to,
            "language": language,
            "subject": " ".join(subject.split())[:250],
            "text": text,
            "html": html,
            "unsubscribe_url": unsubscribe_url,
            "secret": secret,
            "parts_written": len(parts),
            "created_at": now,
            "due_at": now,
            "give_up_at": now + PATIENCE,
        },
    )
    if written:
        LetterPart.objects.bulk_create(_part(letter, one) for one in parts)
        wake(SEND, letter_id=letter.pk)
    return letter.pk


def mail_domain() -> str:
    """Return what stands after the @ of a Message-ID of ours."""
    return urlsplit(settings.SITE_URL).hostname or "localhost"


def _part(letter: Letter, part: Part) -> LetterPart:
    return LetterPart(
        letter=letter,
        kind=PartKind.INLINE if part.content_id else PartKind.ATTACHMENT,
        name=part.name,
        content_type=part.content_type,
        content_id=part.content_id,
        content=part.content,
    )
