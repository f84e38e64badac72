"""Deliveries, returns, movements and balances as pages list them, and what a list adds up to."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F, Max, Q, QuerySet, Sum

from inventory.models import Balance, Delivery, FoundAt, Liability, Movement, Return
from suppliers.queries.selection import Selection

ENDS = ("partnership__supplier", "partnership__customer")


@dataclass(frozen=True, slots=True)
class Delivered:
    """Lines and pieces received; lines of which a day was promised, and those of them that came by it."""

    lines: int
    pieces: int
    promised: int
    on_time: int


@dataclass(frozen=True, slots=True)
class Returned:
    """Returns and their pieces, and the pieces that a PPM of delivered counts."""

    returns: int
    pieces: int
    counted: int


@dataclass(frozen=True, slots=True)
class Moved:
    """Movements, and the pieces that they put in and took out."""

    movements: int
    pieces_in: int
    pieces_out: int


@dataclass(frozen=True, slots=True)
class Stated:
    """Balances, and the last day on which one closes."""

    balances: int
    last: date | None


def deliveries(selection: Selection) -> QuerySet[Delivery]:
    """Return deliveries of a selection, the latest first."""
    rows = selection.narrow(Delivery.objects.select_related("part", *ENDS))
    return rows.order_by("-received_date", "-pk")


def returns(selection: Selection) -> QuerySet[Return]:
    """Return returns of a selection, the latest first."""
    return selection.narrow(Return.objects.select_related("part", *ENDS)).order_by("-return_date", "-pk")


def movements(selection: Selection) -> QuerySet[Movement]:
    """Return movements of a selection and its own books, the latest first."""
    rows: QuerySet = selection.narrow(Movement.objects.all(), part="stock_item__part", own_books=True)
    return rows.select_related("stock_item__part", *ENDS).order_by("-movement_date", "-pk")


def balances(selection: Selection) -> QuerySet[Balance]:
    """Return balances of a selection and its own books, the latest first."""
    rows: QuerySet = selection.narrow(Balance.objects.all(), part="stock_item__part", own_books=True)
    return rows.select_related("stock_item__part", *ENDS).order_by("-balance_date", "-pk")


def delivered(rows: QuerySet[Delivery]) -> Delivered:
    """Add up deliveries, in one query."""
    promised = Q(promised_date__isnull=False, received_quantity__gt=0)  # goods taken back have no promise
    found = rows.order_by().aggregate(
        lines=Count("pk"),
        pieces=Sum("received_quantity", default=0),
        promised=Count("pk", filter=promised),
        on_time=Count("pk", filter=promised & Q(received_date__lte=F("promised_date"))),
    )
    return Delivered(**found | {"pieces": int(found["pieces"])})


def returned(rows: QuerySet[Return]) -> Returned:
    """Add up returns, in one query."""
    counted = Q(found_at__in=(FoundAt.LINE, FoundAt.FIELD), liability=Liability.CHARGED)
    found = rows.order_by().aggregate(
        returns=Count("pk"),
        pieces=Sum("quantity", default=0),
        counted=Sum("quantity", filter=counted, default=0),
    )
    return Returned(**{name: int(value) for name, value in found.items()})


def moved(rows: QuerySet[Movement]) -> Moved:
    """Add up movements, in one query."""
    found = rows.order_by().aggregate(
        movements=Count("pk"),
        pieces_in=Sum("quantity", filter=Q(quantity__gt=0), default=0),
        pieces_out=-Sum("quantity", filter=Q(quantity__lt=0), default=0),
    )
    return Moved(**{name: int(value) for name, value in found.items()})


def stated(rows: QuerySet[Balance]) -> Stated:
    """Count balances, in one query."""
    found = rows.order_by().aggregate(balances=Count("pk"), last=Max("balance_date"))
    return Stated(**found)
