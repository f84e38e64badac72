"""The workers' doors of intake."""

from typing import Any

from celery import shared_task

from core import clock
from intake.services import chunks, keeping, work


@shared_task(name=work.TASK)
def work_on(*, upload_id: int, **_from_newer_senders: Any) -> None:
    work.work_on(upload_id=upload_id, now=clock.now())


@shared_task(name="intake.tasks.sweep")
def sweep(**_from_newer_senders: Any) -> None:
    work.sweep()
    keeping.throw_away(now=clock.now())
    chunks.throw_away()
