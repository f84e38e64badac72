"""Calendar months: counted back over the turn of a year, and as what a period is made of."""

from datetime import date

import pytest

from core.period import Period


@pytest.mark.parametrize(
    ("day", "months", "found"),
    [
        ("2026-06-30", 0, "2026-06-01..2026-06-30"),
        ("2026-06-30", 5, "2026-01-01..2026-01-31"),
        ("2026-06-30", 6, "2025-12-01..2025-12-31"),
        ("2026-01-31", 1, "2025-12-01..2025-12-31"),
        ("2026-03-31", 25, "2024-02-01..2024-02-29"),
        ("2025-12-15", 12, "2024-12-01..2024-12-31"),
    ],
)
def test_a_month_is_found_so_many_months_before_a_day(day, months, found):
    assert str(Period.month_before(date.fromisoformat(day), months)) == found


@pytest.mark.parametrize(
    ("period", "found"),
    [
        ("2025-11..2026-01", slice(1, 4)),
        ("2025-10-10..2025-10-31", slice(0, 1)),
        ("2026-02-01..2026-02-20", slice(4, 5)),
        ("2025-10-10..2026-02-20", slice(0, 5)),
        ("2025-11-02..2025-11-30", None),  # begins inside a month
        ("2025-11-01..2025-11-29", None),  # ends inside one
        ("2025-09..2025-12", None),  # begins before
        ("2026-02-01..2026-02-28", None),  # ends after
    ],
)
def test_a_period_is_made_of_months_of_a_longer_one_or_not(period, found):
    span = Period(date(2025, 10, 10), date(2026, 2, 20))
    assert Period.parse(period).months_of(span) == found
