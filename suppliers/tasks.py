"""The workers' door of suppliers."""

from typing import Any

from celery import shared_task

from suppliers.services import once


@shared_task(name="suppliers.sweep")
def sweep(**_from_newer_senders: Any) -> None:
    once.throw_away()
