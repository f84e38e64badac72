"""Lots of a part that supplier and customer both inspected, and what their verdicts have earned."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import numpy as np
from django.db.models import F, FilteredRelation, Q

from quality.formulas.agreement import VerdictAgreement, verdict_agreement
from quality.formulas.earned import Earned, EscapeRisk, LotCompared, escape_risk, history
from quality.models import Inspection, Stage, Verdict


class PairedLot(NamedTuple):
    """A lot judged by both sides at its first presentation."""

    lot_id: int
    number: str
    outgoing_on: date
    incoming_on: date
    supplier_accepted: bool
    customer_accepted: bool

    @property
    def escaped(self) -> bool:
        """Whether the customer rejected what the supplier accepted."""
        return self.supplier_accepted and not self.customer_accepted


@dataclass(frozen=True, slots=True)
class Compared:
    """Lots judged by both sides in the order of the incoming inspection, and what follows from them.

    `table` counts lots: rows supplier accepted, supplier rejected; columns customer accepted, rejected.
    `states` is where the inspection earned stood after each lot, `earned` where it stands: by verdicts alone,
    knowing of nothing else that ends it. `risk` is the customer's at the
    step in force, `risk_at_next` at the step that the missing lots would earn; None at the last step.
    """

    lots: Sequence[PairedLot]
    table: tuple[tuple[int, int], tuple[int, int]]
    agreement: VerdictAgreement
    states: Sequence[Earned]
    earned: Earned
    risk: EscapeRisk
    risk_at_next: EscapeRisk | None


def lots_compared(*, partnership_id: int, part_id: int) -> Compared:
    """Compare the verdicts of both sides on a part's lots; one query.

    Parameters
    ----------
    partnership_id, part_id : int
        In the open scope.
    """
    lots = _paired(partnership_id, part_id)
    verdicts = np.array([(lot.supplier_accepted, lot.customer_accepted) for lot in lots], dtype=bool)
    supplier, customer = verdicts.reshape(-1, 2).T
    table = (
        (int((supplier & customer).sum()), int((supplier & ~customer).sum())),
        (int((~supplier & customer).sum()), int((~supplier & ~customer).sum())),
    )
    events = [LotCompared(lot.supplier_accepted == lot.customer_accepted, lot.escaped) for lot in lots]
    states = list(history(events))
    earned = states[-1] if states else Earned()
    escapes, accepted = table[0][1], sum(table[0])
    steps = earned.terms.one_in
    return Compared(
        lots=lots,
        table=table,
        agreement=verdict_agreement(table),
        states=states,
        earned=earned,
        risk=escape_risk(escapes, accepted, earned.one_in),
        risk_at_next=escape_risk(escapes, accepted, steps[earned.step + 1]) if earned.still_missing else None,
    )


def _paired(partnership_id: int, part_id: int) -> list[PairedLot]:
    theirs = Q(
        lot__inspections__stage=Stage.INCOMING,
        lot__inspections__submission=1,
        lot__inspections__withdrawn_at=None,
    )
    rows = (
        Inspection.objects.counting()
        .filter(partnership=partnership_id, part=part_id, stage=Stage.OUTGOING, submission=1)
        .annotate(seen=FilteredRelation("lot__inspections", condition=theirs))
        .filter(verdict__in=Verdict.values, seen__verdict__in=Verdict.values)
        .annotate(incoming_on=F("seen__inspection_date"), theirs=F("seen__verdict"))
        .order_by("incoming_on", "seen__pk")
        .values_list("lot_id", "lot__number", "inspection_date", "incoming_on", "verdict", "theirs")
    )
    return [
        PairedLot(lot, number, outgoing, incoming, ours == Verdict.ACCEPTED, other == Verdict.ACCEPTED)
        for lot, number, outgoing, incoming, ours, other in rows
    ]
