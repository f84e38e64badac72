"""Cells whose rows changed since somebody last looked."""

from dataclasses import dataclass
from datetime import date

from quality.models import TouchedCell


@dataclass(frozen=True, slots=True)
class Touched:
    """A cell of a partnership with the first day that changed; `touches` tells it from a later change."""

    pk: int
    part: int
    stage: str
    first_day: date
    touches: int


def touched_partnerships() -> list[int]:
    """Return the partnerships of the open scope with touched cells, by id."""
    return sorted(TouchedCell.objects.values_list("partnership", flat=True).distinct())


def touched_cells(partnership_id: int, *, most: int) -> list[Touched]:
    """Return the touched cells of a partnership, the first ones by part."""
    rows = TouchedCell.objects.filter(partnership=partnership_id).order_by("part", "stage")
    return [Touched(*row) for row in rows.values_list("pk", "part", "stage", "first_day", "touches")[:most]]
