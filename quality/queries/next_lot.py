"""The next lot of a part: how many to take of it, and why so many, from the lots as they came."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple, Protocol

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce

from quality.formulas.sampling.plans import (
    AQLS,
    LEVELS,
    SinglePlan,
    code_letters,
    single_plan,
    tighter_acceptance,
)
from quality.formulas.sampling.switching import (
    REDUCE_AT,
    Event,
    LotJudged,
    ProductionIrregular,
    ReducedApproved,
    Resumed,
    Switching,
    after,
)
from quality.models import Inspection, SamplingDecision, SamplingKind, Verdict
from quality.queries.sampling import HIGHEST_PERCENT_AQLS, PlanOfLot, plan_of_lot

USUAL_LEVEL, USUAL_AQL = "II", "1.0"
USUAL_SIZE = 1000  # where no lot of the part has said its size yet
SIZE = Coalesce("lot_size", "lot__lot_size")  # the sheet's word at this inspection before the lot's own
TOLD = (
    "lot_id", "lot__number", "inspection_date", "verdict", "submission", "size", "nonconforming", "critical",
    "major",
)  # fmt: skip

EVENTS: dict[str, Event] = {
    SamplingKind.RESUME: Resumed(),
    SamplingKind.REDUCED_APPROVED: ReducedApproved(),
    SamplingKind.REDUCED_ENDED: ProductionIrregular(),
}


class Part(Protocol):
    """What is asked of a part."""

    pk: int
    inspection_level: str
    aql_major: Decimal | None


@dataclass(frozen=True, slots=True)
class Terms:
    """Inspection level and AQL in percent nonconforming; `agreed` says whether both are those of the part.

    `per_hundred` is the AQL of a part that counts nonconformities per 100 items: no plan is made of it, since
    sheets tell units and lots are judged by them.
    """

    level: str
    aql: str
    agreed: bool
    per_hundred: str = ""


class SeenLot(NamedTuple):
    """A lot that was inspected, with the state after it; `switched` where its verdict changed the severity."""

    lot_id: int
    number: str
    inspected_on: date
    accepted: bool
    first: bool
    switched: bool
    was: str  # severity before it
    state: Switching


@dataclass(frozen=True, slots=True)
class NextLot:
    """What to take of the next lot, and the history that decides it.

    `normal` is the plan of normal inspection to compare with, None where it is the plan in force.
    `decisions` are all of them, undone ones too, the latest first; `last_switch` is what made the severity.
    `without_verdict` lots say neither accepted nor rejected, and count for nothing.
    """

    terms: Terms
    state: Switching
    plan: PlanOfLot
    normal: PlanOfLot | None
    seen: Sequence[SeenLot]
    without_verdict: int
    decisions: Sequence[SamplingDecision]
    last_switch: SeenLot | SamplingDecision | None

    @property
    def since_switch(self) -> Sequence[SeenLot]:
        """Lots presented for the first time after the last switch."""
        places = [place for place, one in enumerate(self.seen) if one.switched]
        return [one for one in self.seen[places[-1] + 1 if places else 0 :] if one.first]


def terms_of(part: Part) -> Terms:
    """Return a part's level and its AQL of major nonconformities, or the usual ones where it has none."""
    own = next((one for one in AQLS if part.aql_major is not None and Decimal(one) == part.aql_major), "")
    aql = own if own in HIGHEST_PERCENT_AQLS else ""
    level = part.inspection_level if part.inspection_level in LEVELS else ""
    return Terms(
        level or USUAL_LEVEL,
        aql or USUAL_AQL,
        agreed=bool(aql and level),
        per_hundred=own if own != aql else "",
    )


def usual_lot_size(partnership_id: int, part_id: int, stage: str) -> int | None:
    """Return the size of the latest lot that has one, of two pieces or more."""
    rows = _inspections(partnership_id, part_id, stage).order_by("-inspection_date", "-pk")
    sized = rows.filter(Q(lot_size__gte=2) | Q(lot_size=None, lot__lot_size__gte=2))
    return sized.annotate(size=SIZE).values_list("size", flat=True).first()


def next_lot(*, partnership_id: int, part: Part, stage: str, lot_size: int) -> NextLot:
    """Run the switching rules over the lots of a stage, and give the plan of the next one.

    Lots count in order of their inspection, first submissions only, by the verdict of the sheet. What the
    responsible authority decided counts after the lots of its day; an approval of reduced inspection stands
    until inspection leaves it or is tightened. Inspection that was discontinued has the tightened plan for
    the day it is resumed. A lot of unknown size counts as if it were of the size asked for.

    Parameters
    ----------
    partnership_id : int
        In the open scope.
    part : Part
    stage : str
        outgoing or incoming.
    lot_size : int
        Of the next lot, at least two pieces.
    """
    terms = terms_of(part)
    ordered = _inspections(partnership_id, part.pk, stage).order_by("inspection_date", "pk")
    rows = list(ordered.annotate(size=SIZE).values(*TOLD))
    judged = [row for row in rows if row["verdict"]]
    decisions = sampling_decisions(partnership_id, part.pk, stage)
    seen, run = seen_lots(judged, decisions, terms, usual_size=lot_size)
    state = run.state
    return NextLot(
        terms=terms,
        state=state,
        plan=plan_of_lot(lot_size=lot_size, level=terms.level, aql=terms.aql, severity=state.severity),
        normal=None
        if state.severity == "normal"
        else plan_of_lot(lot_size=lot_size, level=terms.level, aql=terms.aql),
        seen=seen,
        without_verdict=len(rows) - len(judged),
        decisions=decisions,
        last_switch=run.last_switch,
    )


def seen_lots(
    judged: Sequence[dict[str, Any]],
    decisions: Sequence[SamplingDecision],
    terms: Terms,
    *,
    usual_size: int,
) -> tuple[list[SeenLot], "Run"]:
    """Fold lots with a verdict (rows of `TOLD`, in order of inspection) and decisions into a history.

    Returns the lots with the state after each, and where all of it stands.
    """
    codes = code_letters([max(row["size"] or usual_size, 2) for row in judged], terms.level).tolist()
    waiting = sorted(
        (one for one in decisions if one.undone_at is None), key=lambda one: (one.day, one.made_at, one.pk)
    )
    run = Run()
    seen = []
    for row, code in zip(judged, codes, strict=True):
        while waiting and waiting[0].day < row["inspection_date"]:
            run.decide(waiting.pop(0))
        before = run.state
        run.judge(_event(row, single_plan(code, terms.aql, before.severity), terms))
        state = run.state
        seen.append(
            SeenLot(
                lot_id=row["lot_id"],
                number=row["lot__number"],
                inspected_on=row["inspection_date"],
                accepted=row["verdict"] == Verdict.ACCEPTED,
                first=row["submission"] == 1,
                switched=_differ(before, state),
                was=before.severity,
                state=state,
            )
        )
        if seen[-1].switched:
            run.last_switch = seen[-1]
    for one in waiting:
        run.decide(one)
    return seen, run


def sampling_decisions(partnership_id: int, part_id: int, stage: str) -> list[SamplingDecision]:
    """Return every decision, undone ones too, the latest first; one query."""
    rows = SamplingDecision.objects.filter(partnership=partnership_id, part=part_id, stage=stage)
    people = rows.select_related("made_by__user", "made_by__organisation", "undone_by__user")
    return list(people.order_by("-made_at", "-pk"))


def possible_decisions(state: Switching) -> list[SamplingKind]:
    """Return what the responsible authority can decide where a history stands."""
    if state.discontinued:
        return [SamplingKind.RESUME]
    if state.severity == "reduced":
        return [SamplingKind.REDUCED_ENDED]
    reached = state.severity == "normal" and state.score >= REDUCE_AT
    return [SamplingKind.REDUCED_APPROVED] if reached else []


class Run:
    """The fold of lots and decisions, with the approval that stands and the last one that switched."""

    def __init__(self) -> None:
        self.state = Switching()
        self.approved = False
        self.last_switch: SeenLot | SamplingDecision | None = None

    def judge(self, lot: LotJudged) -> None:
        before, self.state = self.state, after(self.state, lot, reduced_approved=self.approved)
        left = before.severity == "reduced" and self.state.severity != "reduced"
        if left or self.state.severity == "tightened":
            self.approved = False

    def decide(self, decision: SamplingDecision) -> None:
        before, self.state = self.state, after(self.state, EVENTS[decision.kind])
        if decision.kind == SamplingKind.REDUCED_APPROVED:
            self.approved = self.state.severity != "tightened"
        else:
            self.approved = False
        if _differ(before, self.state):
            self.last_switch = decision


def _differ(before: Switching, now: Switching) -> bool:
    return (before.severity, before.discontinued) != (now.severity, now.discontinued)


def _inspections(partnership_id: int, part_id: int, stage: str) -> QuerySet[Inspection]:
    return Inspection.objects.counting().filter(partnership=partnership_id, part=part_id, stage=stage)


def _event(row: dict[str, Any], plan: SinglePlan, terms: Terms) -> LotJudged:
    """What a lot says to the switching rules; majors and criticals are counted where the sheet tells them."""
    told_apart = row["major"] is not None
    counted = row["major"] + (row["critical"] or 0) if told_apart else row["nonconforming"]
    tighter = tighter_acceptance(plan, terms.aql)
    return LotJudged(
        accepted=row["verdict"] == Verdict.ACCEPTED,
        ac=plan.ac,
        accepted_tighter=tighter is not None and counted <= tighter,
        resubmitted=row["submission"] > 1,
    )
