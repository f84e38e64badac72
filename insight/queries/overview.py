"""Everything that a page about pass rate, goods and stock shows, read once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from insight.queries.months import history_of
from kpis.queries.completeness import Completeness, completeness, is_owed
from kpis.queries.evaluate import evaluate
from kpis.queries.passport import lots_without_inspection
from kpis.queries.ranking import Ranked, ranking
from kpis.queries.readings import Reading
from kpis.queries.requests import Standing, standings_of
from kpis.queries.sources import Sources, selected
from quality.queries.pareto import defect_counts, defect_names
from quality.queries.rates import lot_totals
from suppliers.queries.selection import Selection

OUTGOING = "outgoing"


@dataclass(frozen=True, slots=True)
class Defects:
    """Nonconformities of the period and of the baseline, with the pieces inspected in both."""

    now: Mapping[str, int]
    before: Mapping[str, int]
    names: Mapping[str, tuple[str, str]]
    inspected: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Rates:
    """The pass rate in its readings, and what stands beside it."""

    pass_rate: Sequence[Reading]  # reported, incoming, corrected
    accepted: Reading  # lots accepted first time, outgoing
    delivered: Reading  # PPM of delivered
    on_time: Reading
    months: Mapping[str, Sequence[Reading]]  # by KPI
    defects: Defects

    @property
    def reported(self) -> Reading:
        return next(one for one in self.pass_rate if one.stage == OUTGOING)

    def at(self, stage: str) -> Reading:
        return next(one for one in self.pass_rate if one.stage == stage)


@dataclass(frozen=True, slots=True)
class Overview:
    """A customer's overview: all of the chosen days, but for what is owed today."""

    selection: Selection
    rates: Rates
    turnover: Reading
    turnover_months: Sequence[Reading]
    ranked: Sequence[Ranked]
    complete: Sequence[Completeness]
    lots_without_inspection: int
    owed_today: Sequence[Standing]  # of suppliers, the due day behind us, whatever days are chosen


def rates(what: Mapping[str, Any]) -> Rates:
    """Read the rates of a page; `what` is its question, as `kpis.filters.View.what`."""
    (accepted,) = evaluate("lot_acceptance_rate", **what, stage=OUTGOING)
    (delivered,) = evaluate("ppm_delivered", **what)
    (on_time,) = evaluate("on_time_delivery", **what)
    return Rates(
        pass_rate=evaluate("pass_rate", **what),
        accepted=accepted,
        delivered=delivered,
        on_time=on_time,
        months={
            "pass_rate": history_of("pass_rate", what, stage=OUTGOING),
            "lot_acceptance_rate": history_of("lot_acceptance_rate", what, stage=OUTGOING),
            "ppm_delivered": history_of("ppm_delivered", what),
        },
        defects=defects(what),
    )


def defects(what: Mapping[str, Any]) -> Defects:
    """Read what was found at outgoing inspection, in the period and in the baseline."""
    selection = selection_of(what)
    now = defect_counts(selection, what["period"], stage=OUTGOING)
    pieces = [
        totals[()].inspected if () in totals else 0
        for totals in (
            what["sources"].totals(lot_totals, selection, days, stage=OUTGOING)
            for days in (what["period"], what["base"])
        )
    ]
    return Defects(
        now=now,
        before=defect_counts(selection, what["base"], stage=OUTGOING),
        names=defect_names(list(now)),
        inspected=(pieces[0], pieces[1]),
    )


def overview(what: Mapping[str, Any]) -> Overview:
    """Read a customer's overview; the number of queries does not grow with suppliers, parts or lots."""
    selection = selection_of(what)
    (turnover,) = evaluate("turnover", **what, prices="constant")
    return Overview(
        selection=selection,
        rates=rates(what),
        turnover=turnover,
        turnover_months=history_of("turnover", what, prices="constant"),
        ranked=ranking(**what, stage=OUTGOING),
        complete=complete(selection, what),
        lots_without_inspection=lots_without_inspection(selection, what["period"]),
        owed_today=owed_today(selection, what["sources"]),
    )


def complete(selection: Selection, what: Mapping[str, Any]) -> list[Completeness]:
    """Hold what came in the period against what was asked for, as of the page's moment."""
    sources = what["sources"]
    known = sources.once(standings_of, selection, what["period"], now=sources.now)
    return completeness(known, selection, what["period"])


def owed_today(selection: Selection, sources: Sources) -> list[Standing]:
    """Return what suppliers should have sent by now, of the last periods of each request."""
    known = sources.once(standings_of, selection, now=sources.now)
    return [one for one in known if is_owed(one) and not one.asked.of_own_books]


def selection_of(what: Mapping[str, Any]) -> Selection:
    return selected(
        what["sources"], customer=what["customer"], suppliers=what["suppliers"], parts=what["parts"]
    )
