"""Sampling plans with their curves."""

from dataclasses import dataclass

import numpy as np

from quality.formulas.sampling.acceptance import (
    acceptance_probability,
    double_acceptance,
    double_quality_accepted,
    quality_accepted,
)
from quality.formulas.sampling.plans import (
    AQLS,
    HIGHEST_PERCENT,
    DoublePlan,
    SinglePlan,
    code_letters,
    double_plan,
    single_plan,
)

HIGHEST_PERCENT_AQLS = AQLS[: AQLS.index(HIGHEST_PERCENT) + 1]
Numbers = tuple[int, ...]  # one a sample
POINTS = 61  # of a curve
CONSUMERS_RISK = 0.10  # chance of acceptance at the limiting quality
HARDLY_ACCEPTED = 0.01  # a curve is drawn until this chance of acceptance


@dataclass(frozen=True, slots=True)
class OcPoint:
    """A quality, and the chance that it is accepted; both fractions."""

    p: float
    pa: float


@dataclass(frozen=True, slots=True)
class PlanOfLot:
    """What is taken from a lot, by what it is accepted, and what that does.

    `n`, `ac` and `re` have an entry a sample. Qualities are fractions nonconforming, or nonconformities per
    item where the AQL is one of those.
    """

    lot_size: int
    level: str
    aql: str
    severity: str
    sampling: str
    code: str
    plan_code: str
    n: Numbers
    ac: Numbers
    re: Numbers
    full_inspection: bool
    model: str
    pa_at_aql: float
    limiting_quality: float
    oc: tuple[OcPoint, ...]


def plan_of_lot(
    *,
    lot_size: int,
    level: str = "II",
    aql: str = "1.0",
    severity: str = "normal",
    sampling: str = "single",
    until: float | None = None,
) -> PlanOfLot:
    """Return the plan of ISO 2859-1 for a lot, with its operating characteristic.

    Parameters
    ----------
    lot_size : int
        Pieces, at least two.
    level, aql, severity : str
        As the standard prints them.
    sampling : str
        "single" or "double"; without a double plan in the standard it is the single one.
    until : float, optional
        Where the curve ends; by default where hardly a lot is accepted.

    Raises
    ------
    ValueError
        If the lot is too small or a word is unknown.
    """
    code = code_letters(lot_size, level).item()
    single = single_plan(code, aql, severity)
    whole = single.n >= lot_size
    plan = double_plan(code, aql, severity) if sampling == "double" and not whole else single
    model = "binomial" if aql in HIGHEST_PERCENT_AQLS else "poisson"
    n, ac, re = _numbers(plan, lot_size)
    end = until or _quality(n, ac, re, HARDLY_ACCEPTED, model)
    qualities = np.append(np.linspace(0, end, POINTS), float(aql) / 100)
    chances = _chances(n, ac, re, qualities, model)
    return PlanOfLot(
        lot_size=lot_size,
        level=level,
        aql=aql,
        severity=severity,
        sampling="double" if len(n) == 2 else "single",
        code=code,
        plan_code=plan.code,
        n=n,
        ac=ac,
        re=re,
        full_inspection=whole,
        model=model,
        pa_at_aql=float(chances[-1]),
        limiting_quality=_quality(n, ac, re, CONSUMERS_RISK, model),
        oc=tuple(
            OcPoint(*point) for point in zip(qualities[:-1].tolist(), chances[:-1].tolist(), strict=True)
        ),
    )


def _numbers(plan: SinglePlan | DoublePlan, lot_size: int) -> tuple[Numbers, Numbers, Numbers]:
    if isinstance(plan, DoublePlan):
        return plan.n, plan.ac, plan.re
    return (min(plan.n, lot_size),), (plan.ac,), (plan.re,)


def _chances(n: Numbers, ac: Numbers, re: Numbers, p: np.ndarray, model: str) -> np.ndarray:
    if len(n) == 2:
        return double_acceptance(_pair(n), _pair(ac), _pair(re), p, model=model).pa
    return acceptance_probability(n[0], ac[0], p, model=model)


def _quality(n: Numbers, ac: Numbers, re: Numbers, pa: float, model: str) -> float:
    if len(n) == 2:
        return double_quality_accepted(_pair(n), _pair(ac), _pair(re), pa, model=model)
    return float(quality_accepted(n[0], ac[0], pa, model=model))


def _pair(numbers: Numbers) -> tuple[int, int]:
    return numbers[0], numbers[1]
