"""Suppliers side by side: who is surely below a target, and between which ranks each may stand."""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from core.period import Period
from kpis.queries.evaluate import ask
from kpis.queries.rates import read, stacked
from kpis.queries.readings import Reading, number
from kpis.queries.sources import Sources
from quality.formulas.proportion import (
    LotSums,
    against_target,
    between_lots_interval,
    effective_pieces,
    ratio_estimate,
)
from quality.formulas.ranking import joint_confidence, rank_ranges, shrunken_rates
from quality.queries import rates

STANDINGS = {-1: "below", 0: "undecided", 1: "above"}


@dataclass(frozen=True, slots=True)
class Ranked:
    """A supplier's pass rate with the ranks it may have (1 is best; None without data)."""

    reading: Reading
    shrunken: float | None  # orders suppliers inside a group; few pieces are drawn to the common mean
    best: int | None
    worst: int | None
    target: float | None
    standing: str  # below, undecided, above; "" without data or target


def ranking(
    *,
    period: Period,
    base: Period | None = None,
    stage: str = "outgoing",
    target: float | None = None,
    customer: str | None = None,
    suppliers: Collection[str] | None = None,
    parts: Collection[str] | None = None,
    sources: Sources | None = None,
) -> list[Ranked]:
    """Rank suppliers by their pass rate at one stage.

    Surely below the target first, then undecided, then surely above; inside a group the lowest shrunken
    rate first; suppliers without data at the end. A partnership's own target goes before `target`.
    Fewer than 12 lots stay undecided. The number of queries does not depend on the number of suppliers.
    """
    question = ask(
        "pass_rate", period=period, base=base, by="supplier", stage=stage, customer=customer,
        suppliers=suppliers, parts=parts, sources=sources,
    )  # fmt: skip
    readings = read(question)
    found = question.sources.totals(rates.lot_totals, question.selection, period, stage=stage, by=question.by)
    own = {
        one.supplier_code: float(one.target_pass_rate)
        for one in question.selection.relations
        if one.target_pass_rate is not None
    }
    order = list(dict.fromkeys(one.supplier for one in question.selection.relations))
    sums = stacked([found[(pk,)].sums if (pk,) in found else None for pk in order], LotSums)
    rows = [
        _ranked(reading, *place, target=own.get(reading.by["supplier"], target))
        for reading, place in zip(readings, _places(sums), strict=True)
    ]
    groups = ["below", "undecided", "above", ""]
    return sorted(
        rows, key=lambda row: (row.reading.value is None, groups.index(row.standing), row.shrunken or 0.0)
    )


def _places(sums: LotSums) -> list[tuple[float | None, int, int]]:
    """Shrunken pass rate, best and worst rank of each supplier."""
    pieces = effective_pieces(sums)
    rate = np.nan_to_num(ratio_estimate(sums).rate)
    shrunken = 1 - shrunken_rates(rate * pieces, pieces)
    together = joint_confidence(int((pieces > 0).sum()))
    low, high = between_lots_interval(sums, confidence=together)
    best, worst = rank_ranges(1 - high, 1 - low)
    return [
        (number(one), int(top), int(bottom)) for one, top, bottom in zip(shrunken, best, worst, strict=True)
    ]


def _ranked(
    reading: Reading, shrunken: float | None, best: int, worst: int, *, target: float | None
) -> Ranked:
    if reading.value is None:
        return Ranked(reading, None, None, None, target, "")
    standing = ""
    if target is not None and reading.low is not None and reading.high is not None:
        sure = 0 if reading.preliminary else int(against_target(reading.low, reading.high, target))
        standing = STANDINGS[sure]
    return Ranked(reading, shrunken, best, worst, target, standing)
