"""Numbers and dates as the table of the design writes them, in both languages."""

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from django.utils import timezone, translation

from core import formatting as f
from core.period import Period

AUTUMN, WINTER = date(2026, 9, 1), date(2025, 12, 1)


def in_both(written):
    """Return what a call writes in Chinese and in English."""
    both = []
    for language in ("zh-hans", "en"):
        with translation.override(language):
            both.append(written())
    return tuple(both)


@pytest.mark.parametrize(
    ("written", "zh", "en"),
    [
        (lambda: f.rate(0.9921, 182_430), "99.21%", "99.21%"),
        (lambda: f.rate(0.9833, 60), "98.3%", "98.3%"),
        (
            lambda: f.labelled_interval(f.rate_interval(0.9915, 0.9926, 182_430)),
            "95% 区间 99.15–99.26",
            "95% interval 99.15–99.26",
        ),
        (lambda: f.interval(-0.78, -0.04, 2), "−0.78 至 −0.04", "−0.78 to −0.04"),
        (lambda: f.sample(f.pieces(182_430)), "n = 182,430 件", "n = 182,430 pieces"),
        (lambda: f.pieces(1), "1 件", "1 piece"),
        (lambda: f.lots(1_047), "1,047 批", "1,047 lots"),
        (lambda: f"{f.arrow(0.008)} {f.points(0.008)}", "▲ 0.80 个百分点", "▲ 0.80 points"),
        (lambda: f"{f.arrow(0.19)} {f.relative(0.19)}", "▲ 19.0%", "▲ 19.0%"),
        (lambda: f"{f.arrow(-333)} {f.decimal(333)}", "▼ 333", "▼ 333"),
        (lambda: f.ppm(281.27), "281 ppm", "281 ppm"),
        (lambda: f.ppm(5.46, 2, 366_000), "2 / 366,000 件", "2 of 366,000"),
        (lambda: f.turnover(10.0), "10.0 次/年", "10.0× / year"),
        (lambda: f.days(36.5), "36.5 天", "36.5 days"),
        (lambda: f.money(Decimal(8_620_000)), "862 万元", "CNY 8.62 m"),
        (lambda: f.money(Decimal(8_623_000), places=1), "862.3 万元", "CNY 8.6 m"),
        (lambda: f.money(Decimal(412_000)), "41.2 万元", "CNY 412,000"),
        (lambda: f.money(Decimal(950)), "950 元", "CNY 950"),
        (lambda: f.day(date(2026, 11, 23)), "2026-11-23", "23 Nov 2026"),
        (lambda: f.day(date(2026, 11, 23), date(2026, 1, 1)), "11-23", "23 Nov"),
        (lambda: f.day_range(AUTUMN, date(2026, 11, 23)), "2026-09-01 至 11-23", "1 Sep – 23 Nov 2026"),
        (lambda: f.month_range(date(2025, 9, 1), date(2025, 11, 30)), "2025-09 至 11", "Sep – Nov 2025"),
        (lambda: f.month_range(date(2025, 9, 1), date(2025, 9, 30)), "2025-09", "Sep 2025"),
        (lambda: f.month_range(WINTER, date(2026, 2, 28)), "2025-12 至 2026-02", "Dec 2025 – Feb 2026"),
        (lambda: f.rate(None), "—", "—"),
        (lambda: f.rate(float("nan")), "—", "—"),
        (lambda: f.points(None), "—", "—"),
    ],
)  # fmt: skip
def test_each_quantity_is_written_as_the_design_says(written, zh, en):
    assert in_both(written) == (zh, en)


def test_a_time_is_shown_in_the_readers_zone():
    noon = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
    with timezone.override("Asia/Shanghai"):
        assert in_both(lambda: f.moment(noon, date(2026, 11, 24))) == ("11-23 18:00", "23 Nov 18:00")


@pytest.mark.parametrize(
    ("value", "places", "written"),
    [
        (0.125, 2, "0.13"),  # half up as on paper, where floats would give 0.12
        (1.005, 2, "1.01"),
        (-0.004, 2, "0.00"),  # nothing carries no sign
        (-0.07, 2, "−0.07"),
        (np.float64(1234.5), 1, "1,234.5"),
        (np.int64(7), 0, "7"),
        (Decimal("0.1"), 3, "0.100"),
    ],
)
def test_decimals_round_half_up_with_a_true_minus(value, places, written):
    assert f.decimal(value, places) == written


def test_a_percentage_is_rounded_from_the_fraction_and_not_from_its_float_product():
    # 100 * 0.29245 is 29.244999999999997 in floats
    assert f.percent(0.29245, 2) == "29.25"


def test_a_period_of_one_day_is_written_with_both_ends():
    one = Period(date(2026, 6, 30), date(2026, 6, 30))
    assert in_both(lambda: f.day_range(one.first, one.last))[0] == "2026-06-30 至 06-30"


@pytest.mark.parametrize(
    ("zone", "written"),
    [
        ("Asia/Shanghai", "UTC+8"),
        ("Asia/Kolkata", "UTC+5:30"),
        ("Asia/Kathmandu", "UTC+5:45"),
        ("UTC", "UTC+0"),
        ("America/New_York", "UTC−5"),
        ("America/St_Johns", "UTC−3:30"),
        ("Pacific/Honolulu", "UTC−10"),
    ],
)
def test_a_zone_keeps_its_minutes_and_a_true_minus(zone, written):
    assert f.offset(datetime(2026, 1, 15, tzinfo=UTC).astimezone(ZoneInfo(zone))) == written
