"""Decisions on a control chart: frozen limits, segments, lots left out, notes; each undone by a second one."""

from dataclasses import replace
from datetime import date, datetime

import numpy as np
from django.db import IntegrityError, transaction
from django.db.models import Min

from core.text import folded
from quality.formulas.chart_choice import Chart
from quality.models import ChartDecision, DecisionKind, Lot, MeasurementSet
from quality.queries.chart_decisions import decided, history
from quality.queries.process_charts import process_chart
from quality.queries.processes import lot_values, shown
from suppliers.access import Person
from suppliers.queries.partners import partners
from suppliers.services import MayNot


class LotNotHere(Exception):
    """The supplier has no measured lot of this number of the part at this stage."""


class DecidedAlready(Exception):
    """The same was decided about this lot, and stands."""


class NothingToFreeze(Exception):
    """The lots until the day give no limits: fewer than two, or no spread within."""


def decide_on_lot(
    *, partnership_id: int, part_id: int, version: int, stage: str, kind: str, lot: str, reason: str,
    by: Person, now: datetime,
) -> ChartDecision:  # fmt: skip
    """Note something on a lot, leave it out, or begin a segment with it.

    Raises MayNot, LotNotHere, DecidedAlready.
    """
    must_decide(by, partnership_id)
    found = Lot.objects.filter(partnership=partnership_id, part=part_id, number_key=folded(lot)).first()
    sets = MeasurementSet.objects.counting().filter(partnership=partnership_id, lot=found, stage=stage)
    day = sets.aggregate(day=Min("measured_date"))["day"] if found else None
    if found is None or day is None:
        raise LotNotHere(lot)
    return _store(
        partnership_id=partnership_id, part_id=part_id, characteristic_version_id=version, stage=stage, kind=kind,
        lot=found, day=day, reason=reason, made_by=by, made_at=now,
    )  # fmt: skip


def freeze_limits(
    *, partnership_id: int, part_id: int, version: int, stage: str, chart: Chart, until: date | None, reason: str,
    by: Person, now: datetime,
) -> ChartDecision:  # fmt: skip
    """Lock the limits of the last segment, made of its lots until a day, or of all; earlier ones are undone.

    Raises MayNot, NothingToFreeze.
    """
    must_decide(by, partnership_id)
    with transaction.atomic():
        rows = history(partnership=partnership_id, version=version, stage=stage)
        stands = decided(rows)
        found = shown(lot_values(version, stage=stage, partnership=partnership_id), chart)
        if not found.lots:
            raise NothingToFreeze
        without = replace(stands, frozen={})  # the limits that the lots give, not those locked before
        drawn = process_chart(found, chart, rules=(), limits_until=until, decided=without)
        start, first = drawn.baseline, int(drawn.places[drawn.segments[-1].first])
        if not (np.isfinite(start.sigma) and start.sigma > 0):
            raise NothingToFreeze
        begun = found.lots[first] if found.lots[first] in dict(stands.starts) else None
        ChartDecision.objects.filter(
            partnership=partnership_id, characteristic_version=version, stage=stage, chart=chart.value,
            kind=DecisionKind.FREEZE, lot=begun, undone_at=None,
        ).update(undone_at=now, undone_by=by)  # fmt: skip
        last = found.days[-1]
        return _store(
            partnership_id=partnership_id, part_id=part_id, characteristic_version_id=version, stage=stage,
            kind=DecisionKind.FREEZE, lot_id=begun, reason=reason, made_by=by, made_at=now,
            chart=chart.value, centre=float(start.centre), sigma=float(start.sigma),
            subgroups=int(start.subgroups), until=min(until, last) if until else last,
        )  # fmt: skip


def undo_decision(*, decision_id: int, partnership_id: int, version: int, by: Person, now: datetime) -> bool:
    """Take a decision back; it stays in the history. False if none of this chart stands under this id.

    Raises MayNot.
    """
    must_decide(by, partnership_id)
    rows = ChartDecision.objects.filter(
        pk=decision_id, partnership=partnership_id, characteristic_version=version, undone_at=None
    )
    return bool(rows.update(undone_at=now, undone_by=by))


def may_decide(by: Person | None, partnership_id: int) -> bool:
    """Owners and quality engineers of either end; a guest reads."""
    if by is None or not by.may_define:
        return False
    return any(by.organisation_id in {one.customer_id, one.supplier_id} for one in partners([partnership_id]))


def must_decide(by: Person, partnership_id: int) -> None:
    if not may_decide(by, partnership_id):
        raise MayNot("decide about a chart")


def _store(**values: object) -> ChartDecision:
    try:
        with transaction.atomic():
            return ChartDecision.objects.create(**values)
    except IntegrityError as already:
        raise DecidedAlready from already
