"""The day that a person means by today is that of the person's own zone."""

from datetime import UTC, date, datetime

import pytest
from django.test import override_settings
from django.utils import timezone

from core import clock, lists


@pytest.mark.parametrize(
    ("zone", "day"), [("Asia/Shanghai", date(2026, 6, 30)), ("America/New_York", date(2026, 6, 29))]
)
def test_seven_in_the_morning_is_of_the_readers_day(
    monkeypatch: pytest.MonkeyPatch, zone: str, day: date
) -> None:
    monkeypatch.setattr(timezone, "now", lambda: datetime(2026, 6, 29, 23, 0, tzinfo=UTC))
    with override_settings(CLOCK_DATE=""), timezone.override(zone):
        assert clock.today_here() == day
        assert lists._days("2026-06-01", "").last == day
