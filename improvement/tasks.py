"""Celery's doors to tasks and warnings."""

from celery import shared_task

from core import clock
from improvement import services
from improvement.services import warnings


@shared_task(name="improvement.remind")
def remind(**_from_newer_senders: object) -> None:
    services.remind_of_due_tasks(now=clock.now())


@shared_task(name=warnings.EVALUATE)
def evaluate(*, partnership_id: int, **_from_newer_senders: object) -> None:
    warnings.evaluate(partnership_id=partnership_id, now=clock.now())


@shared_task(name="improvement.sweep")
def sweep(**_from_newer_senders: object) -> None:
    warnings.sweep(now=clock.now())
