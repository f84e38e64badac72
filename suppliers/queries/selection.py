"""Which partnerships and parts a figure speaks of, and the columns that group rows which hang on them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import DateField, F, QuerySet
from django.db.models.functions import TruncMonth

from core.text import folded
from suppliers.models import Part, Partnership, Person


@dataclass(frozen=True, slots=True)
class Relation:
    """A partnership as lists and figures name it."""

    partnership: int
    customer: int
    customer_code: str
    supplier: int
    supplier_code: str
    supplier_name: str
    supplier_name_en: str
    target_pass_rate: Decimal | None
    zone: str  # of the customer: its days and months are those of a figure


@dataclass(frozen=True, slots=True)
class Selection:
    """Which partnerships and parts a figure speaks of."""

    relations: tuple[Relation, ...]
    own_books: tuple[int, ...]  # partnerships of a customer with itself
    parts: tuple[int, ...] | None  # None: all
    suppliers_named: tuple[str, ...] = ()  # as asked for, to ask again
    parts_named: tuple[str, ...] = ()
    customer_named: str | None = None

    @property
    def partnerships(self) -> list[int]:
        return [relation.partnership for relation in self.relations]

    def narrow(self, rows: QuerySet, *, part: str = "part", own_books: bool = False) -> QuerySet:
        """Return those of `rows`, which hang on a partnership, that are selected."""
        rows = rows.filter(partnership__in=[*self.partnerships, *(self.own_books if own_books else ())])
        return rows if self.parts is None else rows.filter(**{f"{part}__in": self.parts})


def select(
    *,
    customer: str | None = None,
    suppliers: Collection[str] | None = None,
    parts: Collection[str] | None = None,
) -> Selection:
    """Return the partnerships and parts under the open scope that these codes and numbers mean.

    A code or number that is not open means nothing, as one that does not exist. The own books of a
    customer belong to it only while no supplier is named.
    """
    rows = Partnership.objects.all()
    if customer is not None:
        rows = rows.filter(customer__code=customer)
    relations = rows.between_two().order_by("supplier__code", "customer__code")
    if suppliers is not None:
        relations = relations.filter(supplier__code__in=suppliers)
    found = relations.values_list(
        "pk", "customer", "customer__code", "supplier", "supplier__code", "supplier__name",
        "supplier__name_en", "target_pass_rate", "customer__zone",
    )  # fmt: skip
    own = rows.own_books().values_list("pk", flat=True) if suppliers is None else ()
    numbers = {folded(number) for number in parts or ()}
    return Selection(
        relations=tuple(Relation(*row) for row in found),
        own_books=tuple(own),
        parts=None
        if parts is None
        else tuple(_parts_of(customer).filter(number_key__in=numbers).values_list("pk", flat=True)),
        suppliers_named=tuple(suppliers or ()),
        parts_named=tuple(parts or ()),
        customer_named=customer,
    )


def part_names(parts: Collection[int]) -> dict[int, tuple[str, str, str]]:
    """Return number, name and English name of visible parts by id."""
    rows = Part.objects.filter(pk__in=parts).values_list("pk", "number", "name", "name_en")
    return {pk: (number, name, in_english) for pk, number, name, in_english in rows}


def part_numbers(numbers: Collection[str]) -> set[str]:
    """Return which of these part numbers are those of a part under the open scope, as they are compared."""
    wanted = {folded(number) for number in numbers}
    return set(Part.objects.filter(number_key__in=wanted).values_list("number_key", flat=True))


def customers_in_view() -> list[str]:
    """Return the codes of the customers of all partnerships under the open scope, own books aside."""
    codes = Partnership.objects.between_two().values_list("customer__code", flat=True)
    return sorted(set(codes))


def grouping(by: Sequence[str], *, day: str, part: str = "part") -> dict[str, Any]:
    """Return the columns, by name, that group rows which hang on a partnership.

    `by` names some of supplier, customer, part, month, day; `day` and `part` are the rows' own fields.
    """
    columns = {
        "supplier": F("partnership__supplier"),
        "customer": F("partnership__customer"),
        "part": F(part),
        "month": TruncMonth(day, output_field=DateField()),
        "day": F(day),
    }
    return {f"by_{name}": columns[name] for name in by}


def _parts_of(customer: str | None) -> QuerySet:
    return Part.objects.all() if customer is None else Part.objects.filter(customer__code=customer)


def person_called(email: str, *, organisation: str | None = None) -> Person | None:
    """Return the active person with this e-mail: in the organisation of that code, else the first one."""
    people = Person.objects.active().filter(user__email__iexact=email).select_related("organisation", "user")
    there = people.filter(organisation__code=organisation).first() if organisation else None
    return there or people.order_by("pk").first()
