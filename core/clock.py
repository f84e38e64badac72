"""The time that all code reads. Sessions, links and leases alone use the real one."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone


def now() -> datetime:
    """Return the present moment, aware, in UTC.

    With ``CLOCK_DATE`` set (the sample's clock) the date stands still and the time of day is real.
    """
    real = timezone.now()
    if not settings.CLOCK_DATE:
        return real
    home = ZoneInfo(settings.TIME_ZONE)
    standing = datetime.combine(date.fromisoformat(settings.CLOCK_DATE), real.astimezone(home).time(), home)
    return standing.astimezone(ZoneInfo("UTC"))


def today(zone: str) -> date:
    """Return the calendar day in `zone`, an IANA name such as that of an organisation."""
    if settings.CLOCK_DATE:
        return date.fromisoformat(settings.CLOCK_DATE)
    return now().astimezone(ZoneInfo(zone)).date()


def today_here() -> date:
    """Return the calendar day in the zone that is active: within a request the reader's own."""
    return today(timezone.get_current_timezone_name())
