"""Rows that rules find something in: lots with verdicts, and measured values."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from quality.services import record_inspections, record_measurements
from suppliers.access import looking_as_house
from suppliers.models import CharacteristicVersion, Part, Partnership
from tests.quality.frames import frame_of, inspection, values_of

NOW = datetime(2026, 6, 30, 4, tzinfo=UTC)
FIRST = date(2026, 6, 1)
A, R = "accepted", "rejected"


def record_lots(
    partnership: Partnership,
    part: Part,
    verdicts: Sequence[str],
    *,
    first: date = FIRST,
    found: Sequence[int] | None = None,
    inspected: int = 125,
    stage: str = "outgoing",
    commit_id: int = 1,
    later: timedelta = timedelta(),
) -> None:
    """Record a lot a day with these verdicts, as a commit does; `later`, the same lots on later days."""
    rows = [
        inspection(
            part.pk,
            f"L{first + timedelta(days=place):%y%m%d}",
            (first + timedelta(days=place) + later).isoformat(),
            inspected,
            found[place] if found else 0,
            verdict=verdict,
        )
        for place, verdict in enumerate(verdicts)
    ]
    with looking_as_house("test what happens to rows"):
        record_inspections(
            partnership_id=partnership.pk, rows=frame_of(rows), stage=stage, commit_id=commit_id, now=NOW
        )


def record_values(
    partnership: Partnership,
    part: Part,
    version: CharacteristicVersion,
    lots: Sequence[Sequence[float]],
    *,
    first: date = FIRST,
    commit_id: int = 1,
) -> None:
    """Record a measured lot a day, as a commit does."""
    rows = [
        row
        for place, values in enumerate(lots)
        for row in values_of(
            part.pk,
            f"M{first + timedelta(days=place):%y%m%d}",
            version.pk,
            (first + timedelta(days=place)).isoformat(),
            values,
        )
    ]
    with looking_as_house("test what happens to rows"):
        record_measurements(
            partnership_id=partnership.pk, rows=frame_of(rows), stage="outgoing", commit_id=commit_id, now=NOW
        )
