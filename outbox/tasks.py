"""Celery's doors to the outbox."""

from celery import shared_task

from core import clock
from outbox import services


@shared_task(name=services.SEND)
def send_letter(*, letter_id: int, **_from_newer_senders: object) -> None:
    services.send_letter(letter_id=letter_id, now=clock.now())


@shared_task(name="outbox.sweep")
def sweep(**_from_newer_senders: object) -> None:
    services.ring_for_waiting_letters(now=clock.now())
    services.forget_old_parts(now=clock.now())
