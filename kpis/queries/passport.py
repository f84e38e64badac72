"""The passport of a figure: everything that says where it comes from."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _

from core.period import Period
from kpis.definitions import CORRECTED, REPORTED, Definition
from kpis.queries.evaluate import READERS, QuestionMakesNoSense, ask
from kpis.queries.explained import explained
from kpis.queries.missing import uninspected
from kpis.queries.readings import Question, Reading
from quality.queries import rates
from suppliers.queries.selection import Selection


@dataclass(frozen=True, slots=True)
class Corrected:
    """Corrections of rows in the period: how many, and what they did to the figure (in its unit)."""

    count: int
    effect: float | None


@dataclass(frozen=True, slots=True)
class Passport:
    """A figure with its definition, scope, other readings, data and corrections."""

    reading: Reading
    definition: Definition
    others: tuple[Reading, ...]  # the same of the other stages
    customers: tuple[str, ...]
    suppliers: int
    suppliers_with_data: int
    parts_with_data: int
    lots_without_inspection: int | None  # delivered lots without an outgoing inspection; None if not asked
    corrections: Corrected | None
    older_versions: tuple[int, ...]


def passport(name: str, **what: Any) -> Passport:
    """Return the passport of one figure; parameters as of `evaluate`, without groups.

    Without a stage it is that of the reported figure.

    Raises
    ------
    UnknownKpi, QuestionMakesNoSense
        As `evaluate`, and if a group is asked for.
    """
    question = ask(name, **what)
    if question.by:
        raise QuestionMakesNoSense(_("A passport is of one figure, not of groups."))
    kpi = question.definition
    stage = question.stage or (kpi.stages[0] if kpi.stages else None)
    readings = explained(question, READERS[name](replace(question, stage=None)))
    mine = next(reading for reading in readings if reading.stage == stage)
    suppliers, parts = _with_data(question, stage)
    return Passport(
        reading=mine,
        definition=kpi,
        others=tuple(reading for reading in readings if reading is not mine),
        customers=tuple(dict.fromkeys(one.customer_code for one in question.selection.relations)),
        suppliers=len({one.supplier for one in question.selection.relations}),
        suppliers_with_data=suppliers,
        parts_with_data=parts,
        lots_without_inspection=lots_without_inspection(question.selection, question.period)
        if kpi.stages
        else None,
        corrections=_corrections(question, stage, mine) if kpi.stages else None,
        older_versions=tuple(range(kpi.version - 1, 0, -1)),
    )


def _with_data(question: Question, stage: str | None) -> tuple[int, int]:
    """How many suppliers and parts have something to say in the period."""
    cells: Sequence[tuple]
    if stage is None:
        readings = READERS[question.name](replace(question, by=("supplier", "part"), base=None))
        cells = [tuple(one.by.values()) for one in readings if not one.reason]
    else:
        of = REPORTED if stage == CORRECTED else stage
        by = ("supplier", "part")
        cells = list(rates.lot_totals(question.selection, question.period, stage=of, by=by))
    return len({cell[0] for cell in cells}), len({cell[1] for cell in cells})


def lots_without_inspection(selection: Selection, period: Period) -> int:
    """Count the lots delivered in a period of which no outgoing inspection came, whenever."""
    return uninspected(selection, period).count()


def _corrections(question: Question, stage: str | None, mine: Reading) -> Corrected:
    """What the rate would have been before the corrections, told for rates of pieces."""
    of = REPORTED if stage in (None, CORRECTED) else stage
    found = rates.corrections(question.selection, question.period, stage=of)
    if not found.count or mine.denominator is None or question.name == "lot_acceptance_rate":
        return Corrected(found.count, None)
    n = float(mine.denominator) - found.inspected
    changed = found.nonconforming if question.name == "ppm" else found.inspected - found.nonconforming
    scale = 1_000_000 if question.name == "ppm" else 1
    earlier = (float(mine.numerator or 0) - changed) / n * scale if n else None
    return Corrected(found.count, None if earlier is None or mine.value is None else mine.value - earlier)
