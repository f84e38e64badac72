"""Decisions of the responsible authority on the sampling of a part; each undone by a second one."""

from datetime import date, datetime

from django.db import IntegrityError, transaction

from quality.models import SamplingDecision, SamplingKind, Stage
from quality.queries.next_lot import (
    USUAL_SIZE,
    NextLot,
    Part,
    next_lot,
    possible_decisions,
    usual_lot_size,
)
from suppliers.access import Person
from suppliers.queries.partners import partners
from suppliers.services import MayNot


class NotNow(Exception):
    """Where the lots stand, this decision changes nothing, or not on that day."""


def decide_sampling(
    *, partnership_id: int, part: Part, stage: str, kind: str, day: date, reason: str, by: Person, now: datetime,
) -> SamplingDecision:  # fmt: skip
    """Resume inspection, approve reduced inspection, or end it, after the lots of a day.

    Raises MayNot; NotNow where the switching state would be the same with it.
    """
    must_decide(by, partnership_id, stage)
    size = usual_lot_size(partnership_id, part.pk, stage) or USUAL_SIZE

    def stands() -> NextLot:
        return next_lot(partnership_id=partnership_id, part=part, stage=stage, lot_size=size)

    before = stands().state
    if kind not in possible_decisions(before):
        raise NotNow(kind)
    try:
        with transaction.atomic():
            made = SamplingDecision.objects.create(
                partnership_id=partnership_id, part_id=part.pk, stage=stage, kind=SamplingKind(kind), day=day,
                reason=reason, made_by=by, made_at=now,
            )  # fmt: skip
            if stands().state == before:
                raise NotNow(kind)
    except IntegrityError as already:
        raise NotNow(kind) from already
    return made


def undo_sampling_decision(
    *, decision_id: int, partnership_id: int, part_id: int, by: Person, now: datetime
) -> SamplingDecision | None:
    """Take a decision back; it stays in the history. None if none of this part stands under this id.

    Raises MayNot.
    """
    rows = SamplingDecision.objects.filter(
        pk=decision_id, partnership=partnership_id, part=part_id, undone_at=None
    )
    found = rows.first()
    if found is None:
        return None
    must_decide(by, partnership_id, found.stage)
    return found if rows.update(undone_at=now, undone_by=by) else None


def may_decide_sampling(by: Person | None, partnership_id: int, stage: str) -> bool:
    """Owners and quality engineers of who inspects: the customer incoming lots, the supplier its outgoing ones."""
    if by is None or not by.may_define:
        return False
    return any(
        by.organisation_id == (one.customer_id if stage == Stage.INCOMING else one.supplier_id)
        for one in partners([partnership_id])
    )


def must_decide(by: Person, partnership_id: int, stage: str) -> None:
    if not may_decide_sampling(by, partnership_id, stage):
        raise MayNot("decide about sampling")
