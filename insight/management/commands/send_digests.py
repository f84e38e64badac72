"""``send_digests``: write and send the mails that are due, here and now."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.management.base import CommandError

from core import clock
from core.commands import JsonCommand
from insight.services import digests


class Command(JsonCommand):
    help = (
        "Write and send every mail that is due: what beat and a worker do, in this process. May run beside"
        " them, and as often as one likes: each mail goes once."
    )

    def add_arguments(self, parser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--now",
            metavar="T",
            help=f"as if it were this moment, such as 2026-06-30T08:00 ({settings.TIME_ZONE} without an offset)",
        )

    def answer(self, **options: Any) -> dict[str, Any]:
        now = _moment(options["now"]) if options["now"] else clock.now()
        return digests.send_all(now=now)


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as wrong:
        raise CommandError(f"{text!r} is no moment. Write it like 2026-06-30T08:00.") from wrong
    return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(settings.TIME_ZONE))
