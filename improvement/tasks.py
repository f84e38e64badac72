"""Celery's door to tasks."""

from celery import shared_task

from core import clock
from improvement import services


@shared_task(name="improvement.remind")
def remind(**_from_newer_senders: object) -> None:
    services.remind_of_due_tasks(now=clock.now())
