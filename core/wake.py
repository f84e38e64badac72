"""Wake a worker by the name of its task."""

import logging
from typing import Any

from celery import current_app
from django.db import transaction

log = logging.getLogger(__name__)
SMALL, LARGE = "small", "large"  # queues: a giant file holds up no small one


def wake(task: str, *, queue: str = SMALL, **arguments: Any) -> None:
    """Ring for `task`, by its name, once the open transaction has committed.

    A broker that is away is no error here: the row that was committed is the promise, and the
    sweep takes it up.
    """
    transaction.on_commit(lambda: _ring(task, queue, arguments))


def _ring(task: str, queue: str, arguments: dict[str, Any]) -> None:
    try:
        current_app.send_task(task, kwargs=arguments, queue=queue, retry=False)
    except Exception as outage:  # noqa: BLE001 - each transport raises its own, and none is the caller's
        log.warning("Could not ring for %s: %s; the sweep will take it up.", task, outage)
