"""Sampling plans with their curves."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from quality.formulas.sampling.acceptance import (
    acceptance_probability,
    average_outgoing_quality,
    average_total_inspection,
    double_acceptance,
    double_quality_accepted,
    double_total_inspection,
    lot_acceptance_probability,
    quality_accepted,
    zero_acceptance_size,
)
from quality.formulas.sampling.lot_curves import double_lot_acceptance
from quality.formulas.sampling.plans import (
    AQLS,
    HIGHEST_PERCENT,
    DoublePlan,
    SinglePlan,
    code_letters,
    double_plan,
    single_plan,
)
from quality.formulas.sampling.skipping import skip_lot_long_run
from quality.formulas.sampling.variables import variables_acceptance_probability, variables_quality_accepted
from quality.formulas.sampling.z19 import z19_plan

HIGHEST_PERCENT_AQLS = AQLS[: AQLS.index(HIGHEST_PERCENT) + 1]
Numbers = tuple[int, ...]  # one a sample
POINTS = 61  # of a curve
CONSUMERS_RISK = 0.10  # chance of acceptance at the limiting quality
HARDLY_ACCEPTED = 0.01  # a curve is drawn until this chance of acceptance


@dataclass(frozen=True, slots=True)
class OcPoint:
    """A quality, the chance that it is accepted, and what leaves inspection where rejected lots are sorted.

    `aoq` is the quality after inspection, a fraction like `p`; `ati` the pieces inspected of a lot on average.
    """

    p: float
    pa: float
    aoq: float
    ati: float


@dataclass(frozen=True, slots=True)
class LotPoint:
    """A lot with so many nonconforming pieces, and the chance that it is accepted."""

    nonconforming: int
    pa: float


@dataclass(frozen=True, slots=True)
class SkipPoint:
    """A quality, the share of lots accepted and the share inspected in the long run of skip-lot inspection."""

    p: float
    pa: float
    inspected_share: float


@dataclass(frozen=True, slots=True)
class PlanOfLot:
    """What is taken from a lot, by what it is accepted, and what that does.

    `n`, `ac` and `re` have an entry a sample. Qualities are fractions nonconforming, or nonconformities per
    item where the AQL is one of those. `aoql` is the worst average quality that leaves inspection where rejected
    lots are sorted, and `aoql_at` the quality that comes in then. `lot_oc` is the curve of this one lot, where
    nonconforming pieces are counted. A plan by variables has `k` and neither `ac` nor `re`; one made for a
    limiting quality (c = 0) has no words of a
    standard, and NaN at the AQL that it has not.
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
    aoql: float
    aoql_at: float
    oc: tuple[OcPoint, ...]
    lot_oc: tuple[LotPoint, ...] = ()
    k: float | None = None

    @property
    def producer_risk(self) -> float:
        """Chance that a lot of a process at the AQL is rejected."""
        return 1 - self.pa_at_aql


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
    hardly = _quality(n, ac, re, HARDLY_ACCEPTED, model)
    qualities = np.linspace(0, until or hardly, POINTS)

    def curve(p: np.ndarray) -> tuple[OcPoint, ...]:
        return _curve(lot_size, p, _chances(n, ac, re, p, model), n, ac, re, model)

    worst = _outgoing_limit(curve, hardly)
    at_aql = _chances(n, ac, re, np.asarray([float(aql) / 100]), model)
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
        pa_at_aql=float(at_aql[0]),
        limiting_quality=_quality(n, ac, re, CONSUMERS_RISK, model),
        aoql=worst.aoq,
        aoql_at=worst.p,
        oc=curve(qualities),
        lot_oc=_lot_curve(lot_size, n, ac, re) if model == "binomial" else (),
    )


def variables_plan_of_lot(
    *, lot_size: int, level: str = "II", aql: str = "1.0", severity: str = "normal"
) -> PlanOfLot:
    """Return the plan by variables of ANSI/ASQ Z1.9 for a lot: standard deviation method, form k, one limit.

    Raises
    ------
    ValueError
        If the lot is too small or a word is not in the tables that are covered; see `z19_plan`.
    """
    plan = z19_plan(lot_size, level=level, aql=aql, severity=severity)
    n = min(plan.n, lot_size)
    # The chances are those of a normal characteristic and a sample small beside its lot.
    end = variables_quality_accepted(plan.n, plan.k, HARDLY_ACCEPTED)

    def curve(p: np.ndarray) -> tuple[OcPoint, ...]:
        return _single_curve(lot_size, p, variables_acceptance_probability(plan.n, plan.k, p), n)

    worst = _outgoing_limit(curve, end)
    return PlanOfLot(
        lot_size=lot_size,
        level=level,
        aql=aql,
        severity=severity,
        sampling="variables",
        code="",
        plan_code="",
        n=(n,),
        ac=(),
        re=(),
        full_inspection=plan.n >= lot_size,
        model="normal",
        pa_at_aql=float(variables_acceptance_probability(plan.n, plan.k, float(aql) / 100)),
        limiting_quality=variables_quality_accepted(plan.n, plan.k, CONSUMERS_RISK),
        aoql=worst.aoq,
        aoql_at=worst.p,
        oc=curve(np.linspace(0, end, POINTS)),
        k=plan.k,
    )


def accept_zero_plan_of_lot(*, lot_size: int, rql: float, confidence: float = 0.9) -> PlanOfLot:
    """Return the smallest plan that accepts on no nonconforming piece alone and turns a quality away.

    Parameters
    ----------
    lot_size : int
        Pieces; a plan that asks for more takes them all.
    rql : float
        Fraction nonconforming to be turned away.
    confidence : float
        With this chance at least, by the binomial law.

    Raises
    ------
    ValueError
        If a fraction is outside (0, 1).
    """
    asked = int(zero_acceptance_size(rql, confidence))
    n, ac, re = (min(asked, lot_size),), (0,), (1,)
    end = _quality(n, ac, re, HARDLY_ACCEPTED, "binomial")

    def curve(p: np.ndarray) -> tuple[OcPoint, ...]:
        return _single_curve(lot_size, p, _chances(n, ac, re, p, "binomial"), n[0])

    worst = _outgoing_limit(curve, end)
    return PlanOfLot(
        lot_size=lot_size,
        level="",
        aql="",
        severity="",
        sampling="accept-zero",
        code="",
        plan_code="",
        n=n,
        ac=ac,
        re=re,
        full_inspection=asked >= lot_size,
        model="binomial",
        pa_at_aql=float("nan"),
        limiting_quality=_quality(n, ac, re, CONSUMERS_RISK, "binomial"),
        aoql=worst.aoq,
        aoql_at=worst.p,
        oc=curve(np.linspace(0, end, POINTS)),
        lot_oc=_lot_curve(lot_size, n, ac, re),
    )


def skip_lot_curve(plan: PlanOfLot, *, clearance: int, one_in: int) -> tuple[SkipPoint, ...]:
    """Return what SkSP-2 does in the long run with a plan as its reference, at the qualities of its curve.

    Parameters
    ----------
    plan : PlanOfLot
    clearance : int
        Lots accepted in a row before lots are skipped.
    one_in : int
        Of how many lots one is inspected while skipping.
    """
    run = skip_lot_long_run([point.pa for point in plan.oc], clearance=clearance, fraction=1 / one_in)
    qualities = [point.p for point in plan.oc]
    rows = zip(qualities, run.pa.tolist(), run.inspected_share.tolist(), strict=True)
    return tuple(SkipPoint(*row) for row in rows)


def _curve(
    lot_size: int, p: np.ndarray, pa: np.ndarray, n: Numbers, ac: Numbers, re: Numbers, model: str
) -> tuple[OcPoint, ...]:
    if len(n) == 1:
        return _single_curve(lot_size, p, pa, n[0])
    inspected = double_acceptance(_pair(n), _pair(ac), _pair(re), p, model=model)
    # Both samples together may ask for more than a small lot has.
    total = np.minimum(double_total_inspection(lot_size, _pair(n), inspected), lot_size)
    return _points(p, pa, p * (1 - total / lot_size), total)


def _outgoing_limit(curve: Callable[[np.ndarray], tuple[OcPoint, ...]], end: float) -> OcPoint:
    """Return the point of a curve whose outgoing quality is worst; it is sought closer around the worst of some."""
    rough = np.linspace(0, end, POINTS)
    at = int(np.argmax([point.aoq for point in curve(rough)]))
    near = np.linspace(rough[max(0, at - 1)], rough[min(POINTS - 1, at + 1)], 20 * POINTS)
    return max(curve(near), key=lambda point: point.aoq)


def _lot_curve(lot_size: int, n: Numbers, ac: Numbers, re: Numbers) -> tuple[LotPoint, ...]:
    """Return the curve of one lot from none nonconforming to where it is hardly accepted; at most so many points."""
    end = lot_size
    low = 0
    while low < end:  # the chance falls with every piece
        middle = (low + end) // 2
        if _lot_chances(lot_size, n, ac, re, np.asarray([middle]))[0] > HARDLY_ACCEPTED:
            low = middle + 1
        else:
            end = middle
    counts = np.unique(np.linspace(0, end, min(POINTS, end + 1)).round().astype(np.int64))
    chances = _lot_chances(lot_size, n, ac, re, counts)
    return tuple(LotPoint(*row) for row in zip(counts.tolist(), chances.tolist(), strict=True))


def _lot_chances(lot_size: int, n: Numbers, ac: Numbers, re: Numbers, bad: np.ndarray) -> np.ndarray:
    if len(n) == 2:
        return double_lot_acceptance(lot_size, _pair(n), _pair(ac), _pair(re), bad)
    return lot_acceptance_probability(lot_size, n[0], ac[0], bad)


def _single_curve(lot_size: int, p: np.ndarray, pa: np.ndarray, n: int) -> tuple[OcPoint, ...]:
    total = average_total_inspection(lot_size, n, pa)
    return _points(p, pa, average_outgoing_quality(p, pa, n, lot_size), total)


def _points(p: np.ndarray, pa: np.ndarray, aoq: np.ndarray, ati: np.ndarray) -> tuple[OcPoint, ...]:
    rows = zip(p.tolist(), pa.tolist(), aoq.tolist(), ati.tolist(), strict=True)
    return tuple(OcPoint(*row) for row in rows)


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
