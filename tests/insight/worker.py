"""A Celery app whose mails are composed slowly and without figures, so that workers die in the middle of it."""

import time
from typing import Any

import django

from config.celery import app

django.setup()

from insight import mails  # noqa: E402 - after Django is set up
from tests.insight.mailing import stand_in  # noqa: E402

__all__ = ["app"]

SECONDS = 0.5


def slowly(**asked: Any) -> mails.Mail:
    time.sleep(SECONDS)
    return stand_in(**asked)


mails.compose = slowly  # type: ignore[assignment]
