"""Looking at what a commit touched: each partnership by one worker at a time, what was found kept once."""

import logging
from datetime import datetime

from django.conf import settings
from django.db import transaction

from core import lease
from core.wake import wake
from improvement.models import WarningWatch
from improvement.services.warnings.raising import keep
from improvement.services.warnings.states import share_unanswered
from quality.formulas.false_alarms import PLANS, Plan, plan_within
from quality.queries.signals import Cell, pace_of, signals_of
from quality.queries.signals.quarters import quarter_of
from quality.queries.touched import Touched, touched_cells, touched_partnerships
from quality.services.sums import EVALUATE
from quality.services.touched import forget_touched
from suppliers import access
from suppliers.services.partnerships import lock_partnerships

log = logging.getLogger(__name__)
CELLS_AT_ONCE = 500  # parts at a stage that are read together


def evaluate(*, partnership_id: int, now: datetime) -> int:
    """Look at every touched cell of a partnership, and return how many warnings it made.

    A cell is forgotten in the transaction that keeps what was found in it. Whoever is killed leaves it as it
    was; somebody else who holds the partnership, or a cell touched meanwhile, leaves it for the next call.
    """
    with access.looking_as_house("look for warnings in what a commit touched"):
        WarningWatch.objects.bulk_create([WarningWatch(partnership_id=partnership_id)], ignore_conflicts=True)
        held = lease.claim(WarningWatch.objects.all(), partnership_id)
        if held is None:
            return 0
        made = 0
        try:
            with lease.kept(held):
                plan = _plan(partnership_id, now=now)
                while cells := touched_cells(partnership_id, most=CELLS_AT_ONCE):
                    made += _look_at(partnership_id, cells, held, plan, now=now)
                held.settle()
        except lease.LeaseLost:
            log.info("Another worker evaluates partnership %s.", partnership_id)
    return made


def evaluate_all(*, now: datetime) -> int:
    """Look at everything that was touched, in this process; return how many warnings it made."""
    with access.looking_as_house("find what was touched"):
        found = touched_partnerships()
    return sum(evaluate(partnership_id=one, now=now) for one in found)


def sweep(*, now: datetime) -> int:
    """Ring for every partnership with touched cells that nobody looks at, and return for how many.

    Also shows the customer what its supplier left unanswered.
    """
    share_unanswered(now=now)
    with access.looking_as_house("find what was touched"):
        held = WarningWatch.objects.exclude(lease.unheld()).values_list("pk", flat=True)
        found = sorted(set(touched_partnerships()) - set(held))
    for one in found:
        wake(EVALUATE, partnership_id=one)
    return len(found)


def _plan(partnership_id: int, *, now: datetime) -> Plan:
    """Return how sharply to look, and remember it: as sharp as the budget of false alarms allows."""
    watch = WarningWatch.objects.get(pk=partnership_id)
    quarter = quarter_of(now.date())
    pace = pace_of(partnership_id)
    place = plan_within(pace, settings.WARNING_FALSE_ALARMS_A_MONTH)
    if watch.planned_for == quarter:
        place = max(place, watch.plan)
    WarningWatch.objects.filter(pk=partnership_id).update(
        plan=place,
        planned_for=quarter,
        inspected_a_month=pace.inspected,
        measured_a_month=pace.measured,
        frozen_a_month=pace.frozen,
    )
    return PLANS[place]


def _look_at(
    partnership_id: int, cells: list[Touched], held: lease.Lease, plan: Plan, *, now: datetime
) -> int:
    """Find, keep and forget. Raises LeaseLost; then nothing was kept."""
    asked = [Cell(one.part, one.stage, one.first_day) for one in cells]
    found = signals_of(partnership_id, asked, plan=plan)
    with transaction.atomic():
        # Commits lock their partnership before they touch its cells: they and this wait for each other here.
        lock_partnerships([partnership_id])
        if not held.renew():
            raise lease.LeaseLost(f"WarningWatch {partnership_id}")
        made = keep(partnership_id=partnership_id, cells=asked, found=found, now=now)
        forget_touched(partnership_id=partnership_id, cells=cells)
    return made
