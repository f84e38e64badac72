"""Who sees which partnership's rows, by which rule, since when; and what others opened to us."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.utils.timezone import localdate

from suppliers import access
from suppliers.access import Person
from suppliers.models import Organisation, Partnership, PartnershipGrant

CUSTOMER, SUPPLIER, OWN_BOOKS, GRANT = "customer", "supplier", "own_books", "grant"


@dataclass(frozen=True, slots=True)
class Seer:
    """An organisation that sees a partnership's rows: an end of it, or by a grant."""

    name: str
    rule: str  # customer, supplier, own_books, grant
    since: date | None
    opened_by: str = ""  # who gave the grant, and of which organisation
    grant_id: int | None = None


@dataclass(frozen=True, slots=True)
class Shared:
    """One of our partnerships, and all who see its rows."""

    partnership_id: int
    partner: str  # blank: our own books
    partner_code: str
    our_side: str  # customer, supplier, own_books
    seers: Sequence[Seer]


@dataclass(frozen=True, slots=True)
class OpenedToUs:
    """A partnership of two others that one of them opened to us."""

    customer: str
    supplier: str
    since: date
    opened_by: str


def shared_by(person: Person) -> list[Shared]:
    """Return the partnerships of a person's organisation, the own books last, with all who see them."""
    own = person.organisation_id
    rows = Partnership.objects.filter(Q(customer=own) | Q(supplier=own))
    rows = rows.select_related("customer", "supplier").order_by("supplier__code", "customer__code")
    ours = sorted(rows, key=lambda one: one.customer_id == one.supplier_id)
    grants = _grants_on([one.pk for one in ours])
    return [_shared(one, own, grants.get(one.pk, [])) for one in ours]


def _shared(one: Partnership, own: int, grants: Sequence[Seer]) -> Shared:
    since = one.since or localdate(one.created_at)
    if one.customer_id == one.supplier_id:
        return Shared(one.pk, "", "", OWN_BOOKS, [Seer(one.customer.shown_name, OWN_BOOKS, since), *grants])
    ends = [
        Seer(one.customer.shown_name, CUSTOMER, since),
        Seer(one.supplier.shown_name, SUPPLIER, since),
    ]
    ours_is_customer = one.customer_id == own
    partner = one.supplier if ours_is_customer else one.customer
    side = CUSTOMER if ours_is_customer else SUPPLIER
    return Shared(one.pk, partner.shown_name, partner.code, side, [*ends, *grants])


def _grants_on(partnerships: Collection[int]) -> dict[int, list[Seer]]:
    """Return the live grants on partnerships of one's own.

    The names are told whoever they are: one may know all who see one's rows.
    """
    found = defaultdict(list)
    with access.looking_as_house("name everybody who sees a partnership to its two ends"):
        rows = PartnershipGrant.objects.filter(partnership__in=partnerships, revoked_at=None)
        related = ("viewer", "granted_by__user", "granted_by__organisation")
        for one in rows.select_related(*related).order_by("granted_at", "pk"):
            by = f"{one.granted_by.user}, {one.granted_by.organisation.shown_name}"
            seer = Seer(one.viewer.shown_name, GRANT, localdate(one.granted_at), by, one.pk)
            found[one.partnership_id].append(seer)
    return dict(found)


def opened_to(person: Person) -> list[OpenedToUs]:
    """Return the partnerships of others that were opened to a person's organisation."""
    with access.looking_as_house("name to a guest what was opened to it"):
        rows = PartnershipGrant.objects.filter(viewer=person.organisation_id, revoked_at=None)
        related = ("partnership__customer", "partnership__supplier", "granted_by__organisation")
        return [
            OpenedToUs(
                one.partnership.customer.shown_name,
                one.partnership.supplier.shown_name,
                localdate(one.granted_at),
                one.granted_by.organisation.shown_name,
            )
            for one in rows.select_related(*related).order_by("granted_at", "pk")
        ]


def who_may_be_let_in(person: Person) -> list[tuple[str, str]]:
    """Return code and name of the organisations that one knows: a partnership is opened to one of them."""
    known = Organisation.objects.exclude(pk=person.organisation_id).order_by("name_key", "code")
    return [(one.code, one.shown_name) for one in known]
