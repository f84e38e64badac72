"""Readings of rates over inspected lots: pass rate, lots accepted first time, PPM."""

from collections.abc import Sequence
from operator import add
from typing import TypeVar

import numpy as np

from core.period import Period
from kpis.definitions import CORRECTED, definition
from kpis.queries.readings import (
    Change,
    Labels,
    Question,
    Reading,
    compare,
    groups_to_show,
    number,
    reading_of,
    whole,
)
from quality.formulas.proportion import (
    LEAST_LOTS,
    LotSums,
    between_lots_interval,
    difference_interval,
    ratio_estimate,
    wilson_interval,
)
from quality.formulas.two_phase import PairSums, two_phase_difference
from quality.queries import rates

MILLION = 1_000_000

Sums = TypeVar("Sums", LotSums, PairSums)


def read(question: Question) -> list[Reading]:
    """Readings of a rate, a list a stage unless one is asked for, beside the base period if there is one."""
    stages = (question.stage,) if question.stage else question.definition.stages
    now = [one for stage in stages for one in _read_stage(question, stage)]
    if question.base is None:
        return now
    earlier = question.before()
    return compare(question, now, [one for stage in stages for one in _read_stage(earlier, stage)], change)


def change(one: Reading, before: Reading | None, base: Period) -> Change:
    """Difference of two rates with its interval; the word only where the interval leaves out 0."""
    if before is None or one.value is None or before.value is None:
        return Change(base, before.value if before else None, None, None, None, None, "")
    low = high = None
    word = "undecided"
    if None not in (one.low, one.high, before.low, before.high):
        bounds = difference_interval(
            one.value,
            (number(one.low), number(one.high)),  # type: ignore[arg-type]  # none of them is None here
            before.value,
            (number(before.low), number(before.high)),  # type: ignore[arg-type]
        )
        low, high = (float(bound) for bound in bounds)
        # A preliminary figure carries no conclusion.
        if not (one.preliminary or before.preliminary) and (low > 0 or high < 0):
            rises_well = definition(one.definition, one.version).higher_is_better
            word = "better" if (low > 0) == rises_well else "worse"
    relative = one.value / before.value - 1 if before.value else None
    return Change(base, before.value, one.value - before.value, low, high, relative, word)


def _read_stage(question: Question, stage: str) -> list[Reading]:
    if stage == CORRECTED:
        return _read_corrected(question)
    totals = question.sources.totals(
        rates.lot_totals, question.selection, question.period, stage=stage, by=question.by
    )
    keys = groups_to_show(question, list(totals))
    labels = Labels(question, keys)
    bounds = _bounds(question, [totals.get(key) for key in keys])
    return [
        reading_of(
            question,
            labels.of(key),
            stage=stage,
            **dict(zip(("value", "low", "high"), bound, strict=True)),
            **_counts(question, totals.get(key)),
        )
        for key, bound in zip(keys, bounds, strict=True)
    ]


def _counts(question: Question, found: rates.LotTotals | None) -> dict:
    if found is None:
        return {"reason": "nothing_inspected", "n": 0, "n_lots": 0}
    common = {"n_lots": found.lots, "preliminary": found.lots < LEAST_LOTS, "data_until": found.last_day}
    if question.name == "lot_acceptance_rate":
        return common | {
            "n": found.judged,
            "preliminary": found.judged < LEAST_LOTS,
            "numerator": found.accepted,
            "denominator": found.judged,
            "reason": "" if found.judged else "nothing_judged",
            "details": {"conceded": found.conceded, "without_verdict": found.lots - found.judged},
        }
    counted = found.nonconforming if question.name == "ppm" else found.inspected - found.nonconforming
    return common | {"n": found.inspected, "numerator": counted, "denominator": found.inspected}


def _bounds(
    question: Question, found: Sequence[rates.LotTotals | None]
) -> list[tuple[float | None, float | None, float | None]]:
    """Value, low and high of each group, in the unit of the KPI."""
    if question.name == "lot_acceptance_rate":
        accepted = np.array([one.accepted if one else 0 for one in found])
        judged = np.array([one.judged if one else 0 for one in found])
        with np.errstate(invalid="ignore"):
            value = np.where(judged > 0, accepted / np.maximum(judged, 1), np.nan)
        low, high = wilson_interval(accepted, judged)
    else:
        sums = stacked([one.sums if one else None for one in found], LotSums)
        rate = ratio_estimate(sums).rate
        low, high = between_lots_interval(sums)
        if question.name == "ppm":
            value, low, high = rate * MILLION, low * MILLION, high * MILLION
        else:
            value, low, high = 1 - rate, 1 - high, 1 - low
    return [(number(v), number(a), number(b)) for v, a, b in zip(value, low, high, strict=True)]


def _read_corrected(question: Question) -> list[Reading]:
    selection, period, by = question.selection, question.period, question.by
    reported = question.sources.totals(rates.lot_totals, selection, period, stage="outgoing", by=by)
    pairs = question.sources.totals(rates.pair_totals, selection, period, by=by, together=_together)
    unreported = question.sources.totals(
        rates.unreported_totals, selection, period, by=by, together=_together
    )
    keys = groups_to_show(question, list(reported))
    labels = Labels(question, keys)
    corrected = two_phase_difference(
        stacked([reported[key].sums if key in reported else None for key in keys], LotSums),
        stacked([pairs.get(key) for key in keys], PairSums),
        unreported=stacked([unreported.get(key) for key in keys], LotSums),
    )
    readings = []
    for place, key in enumerate(keys):
        found, seen, hidden = reported.get(key), pairs.get(key), unreported.get(key)
        value = number(1 - corrected.rate[place])
        paired = whole(seen.pairs) if seen else 0
        readings.append(
            reading_of(
                question,
                labels.of(key),
                stage=CORRECTED,
                value=value,
                low=number(1 - corrected.high[place]),
                high=number(1 - corrected.low[place]),
                n=found.inspected if found else 0,
                n_lots=found.lots if found else 0,
                reason="" if value is not None else "too_few_pairs" if found else "nothing_inspected",
                preliminary=value is not None and paired < LEAST_LOTS,
                data_until=found.last_day if found else None,
                details={
                    "pairs": paired,
                    # of the pass rate: what incoming found more is a minus
                    "mean_difference": number(-corrected.difference[place]),
                    "pieces_incoming": whole(seen.n_in) if seen else 0,
                    "unreported_lots_seen": whole(hidden.lots) if hidden else 0,
                    "unreported_share": number(corrected.unreported_share[place]),
                },
            )
        )
    return readings


def _together(one: Sums, other: Sums) -> Sums:
    return type(one)(*map(add, one, other))


def stacked(rows: Sequence, kind):
    """One tuple of arrays from a list of tuples of sums; an absent group is all zeros."""
    zero = kind(*[0] * len(kind._fields))
    return kind(*np.array([row or zero for row in rows], dtype=float).reshape(-1, len(kind._fields)).T)
