"""Setting what a unit of goods is in pieces of a part."""

from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from suppliers import access
from suppliers.models import Person, UnitFactor
from suppliers.queries.parts import part_or_none
from suppliers.services.partnerships import NotHere, lock_organisation
from suppliers.services.people import MayNot


@transaction.atomic
def set_unit_factor(
    *, part_id: int, kind: str, amount: Decimal, valid_from: date, by: Person, now: datetime
) -> UnitFactor:
    """Set a factor of a part from a day on, in place of one that was set for the same day.

    What was read before stays as it was read; files that come from now on are read by it.

    Raises
    ------
    NotHere
        If the part is not in view.
    MayNot
        If `by` is no owner or engineer of the customer whose part it is.
    """
    with access.looking_as(by):
        part = part_or_none(part_id)
        if part is None:
            raise NotHere("part")
        if not by.may_define or part.customer_id != by.organisation_id:
            raise MayNot("set a unit factor")
        lock_organisation(part.customer_id)
        same = UnitFactor.objects.filter(part=part, kind=kind, valid_from=valid_from, replaced_at=None)
        if standing := same.filter(amount=amount).first():
            return standing
        same.update(replaced_at=now)
        return UnitFactor.objects.create(
            part=part, kind=kind, amount=amount, valid_from=valid_from, set_by=by, set_at=now
        )
