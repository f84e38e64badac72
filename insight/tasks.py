"""The workers' doors of mails about figures."""

from typing import Any

from celery import shared_task

from core import clock
from insight.services import digests


@shared_task(name=digests.COMPOSE)
def compose_digest(*, digest_id: int, **_from_newer_senders: Any) -> None:
    digests.compose_digest(digest_id=digest_id, now=clock.now())


@shared_task(name="insight.sweep")
def sweep(**_from_newer_senders: Any) -> None:
    digests.sweep(now=clock.now())
