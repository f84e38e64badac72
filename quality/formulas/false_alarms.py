"""How often rules warn by chance alone, and which to loosen first where that is too often."""

from collections.abc import Sequence
from typing import NamedTuple

from quality.formulas.predictions import CHANCE

RUN_OF_NINE = (
    511.0  # points until nine in a row lie on one side of a known centre: 2^9 - 1 (Feller 1968, XIII.7)
)
BLOCK = 25  # lots of which capability is judged together
RUN_LENGTH = 1000  # lots between two false alarms of a pass rate


class Plan(NamedTuple):
    """How sharp the rules are.

    `run_length` in lots of the CUSUM of a pass rate; `chance` that a lot mean crosses limits made of the past
    (three sigma of frozen ones stay as they are); `runs` whether nine in a row on one side count;
    `confidence` of the interval of Ppk.
    """

    run_length: int = RUN_LENGTH
    chance: float = CHANCE
    runs: bool = True
    confidence: float = 0.95


class Pace(NamedTuple):
    """Lots a month: inspected ones, and measured ones times characteristics, by whether limits are frozen."""

    inspected: float
    measured: float
    frozen: float


# From sharp to blunt, the least certain rule first.
PLANS = (
    Plan(),
    Plan(runs=False),
    Plan(runs=False, chance=CHANCE / 10),
    Plan(runs=False, chance=CHANCE / 10, confidence=0.99),
    Plan(4 * RUN_LENGTH, runs=False, chance=CHANCE / 10, confidence=0.99),
    Plan(16 * RUN_LENGTH, runs=False, chance=CHANCE / 100, confidence=0.999),
)


def expected_false_alarms(pace: Pace, plan: Plan) -> dict[str, float]:
    """Return the false alarms a month of each rule: points a month over the average run length.

    Processes are taken to be in control, capability to lie exactly at its threshold (which is when it errs
    most). Rules that state what happened, a value out of limits or a switch by the standard, make none.

    Parameters
    ----------
    pace : Pace
    plan : Plan

    Returns
    -------
    dict
        By rule: ``pass_rate``, ``run_rule``, ``capability``.
    """
    runs = pace.frozen / RUN_OF_NINE if plan.runs else 0.0
    measured = pace.measured + pace.frozen
    return {
        "pass_rate": pace.inspected / plan.run_length,
        "run_rule": pace.measured * plan.chance + pace.frozen * CHANCE + runs,
        "capability": measured / lots_a_false_capability(plan),
    }


def lots_a_false_capability(plan: Plan) -> float:
    """Return the lots between two false warnings of capability, where it lies exactly at its threshold."""
    return BLOCK / ((1 - plan.confidence) / 2)


def plan_within(pace: Pace, budget: float, *, plans: Sequence[Plan] = PLANS) -> int:
    """Return the place of the sharpest plan whose false alarms a month stay within a budget, else the last."""
    within = (
        place for place, plan in enumerate(plans) if sum(expected_false_alarms(pace, plan).values()) <= budget
    )
    return next(within, len(plans) - 1)
