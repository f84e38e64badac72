"""Signals in cells: what rules find in lots, inspections and values from a day on.

A cell is a part at a stage of one partnership. Each rule is a module with a function `signals`; it reads all
cells of a partnership at once and answers the same for the same rows, however often it is asked.
"""

from quality.formulas.false_alarms import PLANS, Plan
from quality.queries.signals import limits, measured, pass_rates, plausibility, severity
from quality.queries.signals.cells import Cell, Found, Signal
from quality.queries.signals.pace import pace_of

RULES = frozenset({"out_of_limits", "severity", "pass_rate", "run_rule", "capability", "plausibility"})


def signals_of(partnership_id: int, cells: list[Cell], *, plan: Plan = PLANS[0]) -> Found:
    """Return what every rule finds in the cells of a partnership of the open scope.

    A rule that the plan made blunter is not among those that looked: what a sharper one found stands.
    """
    found = [
        *limits.signals(partnership_id, cells),
        *severity.signals(partnership_id, cells),
        *pass_rates.signals(partnership_id, cells, run_length=plan.run_length),
        *measured.signals(partnership_id, cells, plan=plan),
        *plausibility.signals(partnership_id, cells),
    ]
    sharp = PLANS[0]
    blunt = {
        "pass_rate": plan.run_length != sharp.run_length,
        "run_rule": (plan.runs, plan.chance) != (sharp.runs, sharp.chance),
        "capability": plan.confidence != sharp.confidence,
    }
    return Found(found, frozenset(rule for rule in RULES if not blunt.get(rule)))


__all__ = ["PLANS", "RULES", "Cell", "Found", "Plan", "Signal", "pace_of", "signals_of"]
