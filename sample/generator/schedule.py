"""When what is sent: which rows go together into one file, and on which day it leaves.

The suppliers' real rhythms stand in `data_requests.csv`. So that the first start of the sample stays
short, the history travels in larger parcels (half a year of 2024, then months), and only the last
month keeps the true rhythm: a file a lot, a day or a week. Everybody closes the half-year on the last
day, so nothing is sent after the sample's clock.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from sample.generator.files import State
from sample.generator.frames import records
from sample.generator.plan import BOOKS_FROM, TODAY, month_end, months_between, read_plan

LAST_MONTH = f"{TODAY:%Y-%m}"
#: How the last month travels; suppliers not named send it whole.
RHYTHM_OF_LAST_MONTH = {
    "S02": "weekly",
    "S04": "weekly",
    "S05": "lot",
    "S06": "weekly",
    "S09": "daily",
    "S11": "weekly",
    "LEAD": "weekly",
}
DAYS_AFTER_A_LOT = 2

Row = TypeVar("Row")


@dataclass(frozen=True)
class Parcel(Generic[Row]):
    """Rows that travel in one file."""

    period: str
    sent_on: dt.date
    rows: list[Row]
    state: State = "on_time"
    by_customer: bool = False


def parcels(
    sender: str,
    kind: str,
    rows: Iterable[Row],
    day: Callable[[Row], dt.date],
    lot: Callable[[Row], str] = lambda row: "",
    *,
    first_parcel_is_half_year: bool = True,
) -> list[Parcel[Row]]:
    """Pack rows into parcels by day, in the sender's rhythm, with late and 代传 files as planned.

    Parameters
    ----------
    sender : str
        Organisation that keeps the book.
    kind : str
        Kind of data, as in `programme_files.csv`.
    rows : iterable
        Rows of the book, ordered by day.
    day, lot : callable
        The day of a row; the lot of a row, where a file a lot is sent.
    first_parcel_is_half_year : bool
        Send 2024 as one book instead of month by month.
    """
    packed: dict[str, list[Row]] = {}
    sent_on: dict[str, dt.date] = {}
    for row in rows:
        label, leaves = _parcel_of(sender, day(row), lot(row), first_parcel_is_half_year)
        packed.setdefault(label, []).append(row)
        sent_on[label] = max(leaves, sent_on.get(label, leaves))
    made = [Parcel(label, min(sent_on[label], TODAY), packed[label]) for label in packed]
    return [as_planned(sender, kind, parcel) for parcel in made]


def as_planned(sender: str, kind: str, parcel: Parcel[Row]) -> Parcel[Row]:
    """Return the parcel as `programme_files.csv` has it: late, or loaded by the customer."""
    states = read_plan().file_states
    mine = states[(states.supplier == sender) & (states.kind == kind) & (states.period == parcel.period)]
    for planned in records(mine):
        if planned.state in ("late", "by_customer"):
            return replace(
                parcel,
                sent_on=dt.date.fromisoformat(planned.sent_on),
                state="late" if planned.state == "late" else "on_time",
                by_customer=planned.state == "by_customer",
            )
    return parcel


def movement_periods(sender: str) -> list[tuple[str, list[str]]]:
    """Return the periods of a supplier's stock exports: label and months.

    Quarters in 2025, then months; a month whose file came late leaves its quarter.
    """
    states = read_plan().file_states
    mine = states[(states.supplier == sender) & (states.kind == "movements")]
    late = set(mine.period[mine.state == "late"])
    periods: list[tuple[str, list[str]]] = []
    for quarter in range(4):
        months = months_between(f"2025-{3 * quarter + 1:02}", f"2025-{3 * quarter + 3:02}")
        on_time = [month for month in months if month not in late]
        label = f"2025-Q{quarter + 1}" if on_time == months else f"{on_time[0]}..{on_time[-1]}"
        periods.append((label, on_time))
        periods += [(month, [month]) for month in months if month in late]
    return periods + [(month, [month]) for month in months_between("2026-01", LAST_MONTH)]


def _parcel_of(sender: str, day: dt.date, lot: str, half_year: bool) -> tuple[str, dt.date]:
    """Return the label of the parcel that a row belongs to, and the day on which it may leave."""
    month = f"{day:%Y-%m}"
    if day < BOOKS_FROM and half_year:
        return "2024-07..2024-12", dt.date(2024, 12, 31)
    rhythm = RHYTHM_OF_LAST_MONTH.get(sender, "monthly")
    if month < LAST_MONTH or rhythm == "monthly":
        return month, month_end(month)
    if rhythm == "lot":
        return lot, day + dt.timedelta(days=DAYS_AFTER_A_LOT)
    if rhythm == "daily":
        return day.isoformat(), _next_working_day(day)
    week = day.isocalendar()
    next_monday = day + dt.timedelta(days=7 - day.weekday())
    return f"{week.year}-W{week.week:02}", next_monday


def _next_working_day(day: dt.date) -> dt.date:
    following = day + dt.timedelta(days=1)
    while following.weekday() >= 5:
        following += dt.timedelta(days=1)
    return following
