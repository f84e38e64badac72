"""From which side somebody looks: as the customer of its suppliers, or as the supplier of its customers."""

from collections.abc import Callable, Collection, Sequence

from core import formatting
from suppliers.access import PersonRequest
from suppliers.models import Partnership, Person
from suppliers.queries.partners import both_sides

CUSTOMER, SUPPLIER = "customer", "supplier"
SIDE_IN_SESSION = "side"


def sides_of(organisation_id: int) -> list[str]:
    """Return the sides on which an organisation stands in the open scope, the customer's first."""
    has_suppliers, has_customers = both_sides(organisation_id)
    return [side for side, there in ((CUSTOMER, has_suppliers), (SUPPLIER, has_customers)) if there]


def sides_of_session(request: PersonRequest) -> list[str]:
    """Return `sides_of` the organisation of this session, read once a request."""
    if not hasattr(request, "sides"):
        assert request.person is not None
        request.sides = sides_of(request.person.organisation_id)
    return request.sides


def side_of_session(request: PersonRequest) -> str:
    """Return the side from which this session looks: the chosen one if it has it, else the one it has.

    An organisation without a partnership looks as a supplier: its first step is to hand something in.
    """
    if not hasattr(request, "side"):
        sides = sides_of_session(request)
        chosen = request.session.get(SIDE_IN_SESSION)
        request.side = chosen if chosen in sides else next(iter(sides), SUPPLIER)
    return request.side


def customer_names(partnerships: Collection[int]) -> list[str]:
    """Return the names of the customers of partnerships, in the reader's language."""
    rows = Partnership.objects.filter(pk__in=partnerships).order_by("customer__code")
    names = rows.values_list("customer__name", "customer__name_en", "customer__code").distinct()
    return [formatting.in_language(name, name_en) for name, name_en, _code in names]


def looked_after(request: PersonRequest) -> list[str]:
    """Return the codes of the suppliers that who asks is responsible for, read once a request.

    Nobody's for a session that looks as a supplier.
    """
    if not hasattr(request, "looked_after"):
        as_customer = request.person is not None and side_of_session(request) == CUSTOMER
        request.looked_after = suppliers_looked_after_by(request.person) if as_customer else []  # type: ignore[arg-type]
    return request.looked_after


def suppliers_meant(
    named: Sequence[str], mine: bool, looked_after: Callable[[], list[str]]
) -> list[str] | None:
    """Return the codes of the suppliers that a customer's filters mean; None: all.

    Named ones come before one's own (`mine`), which are read only if they are asked for. Who looks after
    nobody is told of all.
    """
    return list(named) or (looked_after() if mine else None) or None


def suppliers_looked_after_by(person: Person) -> list[str]:
    """Return the codes of the suppliers that a customer's person is responsible for."""
    mine = Partnership.objects.between_two().filter(customer=person.organisation_id, responsible=person)
    return sorted(mine.values_list("supplier__code", flat=True))
