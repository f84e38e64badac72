"""Opening a partnership to a third organisation, and closing it again."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Q

from suppliers import access
from suppliers.models import Organisation, Partnership, PartnershipGrant, Person
from suppliers.services.partnerships import NotHere
from suppliers.services.people import MayNot


class SeesItAlready(Exception):
    """The organisation sees the partnership's rows already: as an end of it, or by a grant."""


def open_further(*, partnership_id: int, viewer_code: str, by: Person, now: datetime) -> PartnershipGrant:
    """Let a third organisation read what two share, from now on; either end's owner may, and both see it.

    Raises MayNot if `by` is no owner, NotHere if the partnership is not one of its organisation's or it knows
    no organisation of this code, SeesItAlready.
    """
    if not by.may_manage_people:
        raise MayNot("open a partnership further")
    with access.looking_as(by):
        partnership = Partnership.objects.filter(_ours(by), pk=partnership_id).first()
        viewer = Organisation.objects.filter(code=viewer_code).first()
    if partnership is None or viewer is None:
        raise NotHere("partnership or organisation")
    if viewer.pk in {partnership.customer_id, partnership.supplier_id}:
        raise SeesItAlready
    try:
        with transaction.atomic():
            return PartnershipGrant.objects.create(
                partnership=partnership, viewer=viewer, granted_by=by, granted_at=now
            )
    except IntegrityError as already:
        raise SeesItAlready from already


def close_again(*, grant_id: int, by: Person, now: datetime) -> None:
    """Take a grant back: from the next request on its rows are not there for the third organisation.

    Who took it back is kept.

    Raises MayNot if `by` is no owner, NotHere if no live grant on a partnership of its organisation has this id.
    """
    if not by.may_manage_people:
        raise MayNot("close a partnership")
    with access.looking_as(by):
        ours = list(Partnership.objects.filter(_ours(by)).values_list("pk", flat=True))
    live = PartnershipGrant.objects.filter(pk=grant_id, partnership__in=ours, revoked_at=None)
    if not live.update(revoked_at=now, revoked_by=by):
        raise NotHere("grant")


def _ours(person: Person) -> Q:
    return Q(customer=person.organisation_id) | Q(supplier=person.organisation_id)
