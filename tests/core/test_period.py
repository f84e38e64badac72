"""Calendar months, counted back over the turn of a year."""

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
