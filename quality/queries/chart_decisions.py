"""What was decided about a control chart: as limits and segments, and as a history."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from quality.formulas.chart_choice import Chart
from quality.models import ChartDecision, DecisionKind


@dataclass(frozen=True, slots=True)
class Frozen:
    """Limits that somebody locked: level and spread in the unit, of so many subgroups until a day."""

    centre: float
    sigma: float
    subgroups: int
    until: date


@dataclass(frozen=True, slots=True)
class Decided:
    """What stands: first lots of segments by day, lots left out, limits by chart and first lot of their segment."""

    starts: Sequence[tuple[int, date]] = ()
    excluded: frozenset[int] = frozenset()
    frozen: Mapping[tuple[Chart, int | None], Frozen] = field(default_factory=dict)


NOTHING_DECIDED = Decided()


def history(*, partnership: int, version: int, stage: str) -> list[ChartDecision]:
    """Return every decision on a chart, undone ones too, the latest first; one query."""
    rows = ChartDecision.objects.filter(
        partnership=partnership, characteristic_version=version, stage=stage
    ).select_related("lot", "made_by__user", "made_by__organisation", "undone_by__user")
    return list(rows.order_by("-made_at", "-pk"))


def decision_or_none(*, version: int, decision: int) -> ChartDecision | None:
    """Return a decision on the charts of a characteristic version, if it is in view."""
    rows = ChartDecision.objects.filter(pk=decision, characteristic_version=version)
    return rows.select_related("lot", "made_by__user", "undone_by__user").first()


def decided_of_all(*, partnership: int, versions: Sequence[int], stage: str) -> Decided:
    """Return what stands of the charts of several characteristics together; one query."""
    rows = ChartDecision.objects.filter(
        partnership=partnership, characteristic_version__in=versions, stage=stage, undone_at=None
    )
    return decided(list(rows))


def decided(rows: Sequence[ChartDecision]) -> Decided:
    """Return what stands of a history."""
    standing = [row for row in rows if row.undone_at is None]
    starts = [
        (row.lot_id, row.day)
        for row in standing
        if row.kind == DecisionKind.SEGMENT and row.lot_id is not None and row.day is not None
    ]
    return Decided(
        starts=sorted(starts, key=lambda start: (start[1], start[0])),
        excluded=frozenset(
            row.lot_id for row in standing if row.kind == DecisionKind.EXCLUDE and row.lot_id is not None
        ),
        frozen={
            (Chart(row.chart), row.lot_id): frozen_of(row)
            for row in standing
            if row.kind == DecisionKind.FREEZE
        },
    )


def frozen_of(row: ChartDecision) -> Frozen:
    """Return locked limits; the database holds that a row of them has all its numbers."""
    assert row.centre is not None and row.sigma is not None
    assert row.subgroups is not None and row.until is not None
    return Frozen(row.centre, row.sigma, row.subgroups, row.until)
