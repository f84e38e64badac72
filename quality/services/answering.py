"""Answering questions about reported measured values."""

from datetime import datetime

from django.db import transaction

from quality.models import QuestionAnswer
from quality.queries.plausibility import questions
from suppliers.access import Person, partnerships_to_fill
from suppliers.queries.partners import partners
from suppliers.services import MayNot


class NotAsked(Exception):
    """There is no such question, or no more."""


def may_answer(by: Person | None, partnership_id: int) -> bool:
    """Whether a person may answer: of the supplier, who reported the values, and not only to look."""
    if by is None or partnership_id not in partnerships_to_fill(by):
        return False
    (partner,) = partners([partnership_id])
    return partner.supplier_id == by.organisation_id


@transaction.atomic
def answer_question(
    *, partnership_id: int, part_id: int, key: str, answer: str, by: Person, now: datetime
) -> QuestionAnswer:
    """Keep what the reporting side says to a question, with what the question saw.

    Raises MayNot, NotAsked.
    """
    if not may_answer(by, partnership_id):
        raise MayNot
    every = questions(partnership_id=partnership_id, part_id=part_id, now=now, reporting=True).asked
    asked = next((one for one in every if one.key == key), None)
    if asked is None:
        raise NotAsked(key)
    return QuestionAnswer.objects.create(
        partnership_id=partnership_id,
        part_id=part_id,
        characteristic_version_id=asked.limits.version,
        test=asked.test,
        quarter=asked.quarter,
        lot_id=asked.lot.pk if asked.lot else None,
        earlier_lot_id=asked.earlier.pk if asked.earlier else None,
        p=asked.p,
        facts=asked.facts,
        answer=answer,
        answered_by=by,
        answered_at=now,
    )
