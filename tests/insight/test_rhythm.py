"""A year of mails in four zones: each once, at the right hour, each day told once."""

import itertools
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from insight.formulas.rhythm import DAILY, MONTHLY, WEEKLY, Schedule, days_ahead, period_key, period_of

ZONES = ("Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe")
YEAR = (datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))
RHYTHMS = {DAILY: (None,), WEEKLY: (1, 5, 7), MONTHLY: (1, 15, 30, 31)}
SCHEDULES = [
    Schedule(rhythm, hour, zone, day)
    for zone in ZONES
    for rhythm, days in RHYTHMS.items()
    for day in days
    for hour in (range(24) if rhythm == DAILY else (0, 7, 12, 18, 23))
]


def slots(schedule: Schedule) -> list[date]:
    """The days of a year's mails, as beat finds them: what is due since it last looked."""
    found, at = [], YEAR[0]
    while (at := schedule.next(at)) < YEAR[1]:
        found.append(schedule.latest(at))
    return found


@pytest.mark.parametrize("zone", ZONES)
def test_every_day_of_a_year_has_one_mail_at_its_hour_whatever_the_clock_does(zone):
    for hour in range(24):
        schedule = Schedule(DAILY, hour, zone)
        days = slots(schedule)
        assert days == [days[0] + timedelta(days=number) for number in range(len(days))]
        assert len(days) in {364, 365, 366}  # the ends of the year in UTC
        shown = [schedule.at(day).astimezone(ZoneInfo(zone)) for day in days]
        assert [moment.date() for moment in shown] == days
        odd = [moment for moment in shown if (moment.hour, moment.minute) != (hour, 0)]
        # Once a year an hour is left out by the clock; its mail comes when the clock goes on.
        assert len(odd) <= 1
        assert all(moment.hour * 60 + moment.minute - hour * 60 in {30, 60} for moment in odd)


@pytest.mark.parametrize(
    ("zone", "day", "hour", "moment"),
    [
        ("Europe/Berlin", date(2026, 3, 29), 2, "2026-03-29T01:00"),  # skipped: 3 o'clock by the new time
        ("Europe/Berlin", date(2026, 10, 25), 2, "2026-10-25T00:00"),  # comes twice: the first
        ("America/New_York", date(2026, 3, 8), 2, "2026-03-08T07:00"),
        ("America/New_York", date(2026, 11, 1), 1, "2026-11-01T05:00"),
        ("Australia/Lord_Howe", date(2026, 10, 4), 2, "2026-10-03T15:30"),  # half an hour is skipped
        ("Australia/Lord_Howe", date(2026, 4, 5), 1, "2026-04-04T14:00"),
        ("Asia/Shanghai", date(2026, 3, 29), 2, "2026-03-28T18:00"),
    ],
)
def test_an_hour_that_is_skipped_or_repeated_is_one_moment(zone, day, hour, moment):
    assert Schedule(DAILY, hour, zone).at(day) == datetime.fromisoformat(moment).replace(tzinfo=UTC)


@pytest.mark.parametrize("customer", ZONES)
def test_mails_that_follow_each_other_tell_periods_that_do_and_that_are_over(customer):
    told = Counter()
    for schedule in SCHEDULES:
        periods = []
        for slot in slots(schedule):
            first, last = period_of(schedule, slot, days_ahead(schedule, [customer], slot))
            theirs = schedule.at(slot).astimezone(ZoneInfo(customer)).date()
            assert last < theirs, (schedule, slot)
            periods.append((first, last))
        assert all(
            second[0] == first[1] + timedelta(days=1) for first, second in itertools.pairwise(periods)
        ), schedule
        keys = [period_key(schedule, last) for _, last in periods]
        assert len(set(keys)) == len(keys)
        told[schedule.rhythm] += len(keys)
    assert told[DAILY] > 24 * 4 * 363


def test_the_period_is_the_customer_s_last_whole_one_though_the_reader_sits_elsewhere():
    """Six in the evening in New York is the next morning in Shanghai: the day is over there."""
    schedule = Schedule(DAILY, 18, "America/New_York")
    slot = date(2026, 6, 29)
    assert period_of(schedule, slot, days_ahead(schedule, ["Asia/Shanghai"], slot)) == (slot, slot)
    # And seven in the morning in Shanghai is the evening before in New York.
    schedule = Schedule(DAILY, 7, "Asia/Shanghai")
    day = date(2026, 6, 28)
    assert period_of(schedule, date(2026, 6, 30), days_ahead(schedule, ["America/New_York"], slot)) == (
        day,
        day,
    )


def test_a_supplier_of_two_customers_is_told_days_that_are_over_for_both():
    schedule, slot = Schedule(DAILY, 8, "Asia/Shanghai"), date(2026, 6, 30)
    ahead = days_ahead(schedule, ["Asia/Shanghai", "America/New_York"], slot)
    assert period_of(schedule, slot, ahead)[1] == date(2026, 6, 28)


@pytest.mark.parametrize(
    ("rhythm", "day", "slot", "first", "last", "key"),
    [
        (DAILY, None, date(2026, 3, 1), date(2026, 2, 28), date(2026, 2, 28), "2026-02-28"),
        (WEEKLY, 1, date(2026, 1, 5), date(2025, 12, 29), date(2026, 1, 4), "2026-W01"),
        (WEEKLY, 7, date(2026, 6, 28), date(2026, 6, 15), date(2026, 6, 21), "2026-W25"),
        (MONTHLY, 1, date(2026, 1, 1), date(2025, 12, 1), date(2025, 12, 31), "2025-12"),
        (MONTHLY, 31, date(2026, 2, 28), date(2026, 1, 1), date(2026, 1, 31), "2026-01"),
    ],
)
def test_the_last_whole_day_week_or_month(rhythm, day, slot, first, last, key):
    schedule = Schedule(rhythm, 8, "Asia/Shanghai", day)
    assert schedule.latest(schedule.at(slot)) == slot
    assert period_of(schedule, slot, 0) == (first, last)
    assert period_key(schedule, last) == key


def test_the_31st_is_the_last_day_of_a_shorter_month():
    schedule = Schedule(MONTHLY, 8, "Europe/Berlin", 31)
    assert [slot.isoformat() for slot in slots(schedule)][:4] == [
        "2026-01-31",
        "2026-02-28",
        "2026-03-31",
        "2026-04-30",
    ]


def test_what_was_missed_comes_the_latest_first():
    schedule = Schedule(DAILY, 8, "Asia/Shanghai")
    since, now = schedule.at(date(2026, 6, 27)), schedule.at(date(2026, 6, 30)) + timedelta(hours=3)
    assert [slot.day for slot in schedule.missed(since, now)] == [30, 29, 28, 27]
    assert list(schedule.missed(now, now)) == []
