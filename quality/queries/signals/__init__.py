"""Signals in cells: what rules find in lots, inspections and values from a day on.

A cell is a part at a stage of one partnership. Each rule is a module with a function `signals`; it reads all
cells of a partnership at once and answers the same for the same rows, however often it is asked.
"""

from quality.queries.signals import limits, severity
from quality.queries.signals.cells import Cell, Found, Signal

RULES = {"out_of_limits": limits.signals, "severity": severity.signals}


def signals_of(partnership_id: int, cells: list[Cell]) -> Found:
    """Return what every rule finds in the cells of a partnership of the open scope."""
    found = [signal for rule in RULES.values() for signal in rule(partnership_id, cells)]
    return Found(found, frozenset(RULES))


__all__ = ["RULES", "Cell", "Found", "Signal", "signals_of"]
