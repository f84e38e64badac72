"""Who stands at the two ends of partnerships, and how commands find them by code."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import F

from core import formatting
from suppliers.models import CharacteristicVersion, Organisation, Part, Partnership, Person


@dataclass(frozen=True, slots=True)
class Partner:
    """A partnership with its two ends in words."""

    partnership_id: int
    customer_id: int
    supplier_id: int
    customer_code: str
    customer_name: str
    supplier_code: str
    supplier_name: str
    customer_name_en: str
    supplier_name_en: str
    responsible: str  # the customer's engineer whom a supplier asks; blank where none is named

    @property
    def customer_shown(self) -> str:
        """The customer's name in the reader's language."""
        return formatting.in_language(self.customer_name, self.customer_name_en)

    @property
    def supplier_shown(self) -> str:
        """The supplier's name in the reader's language."""
        return formatting.in_language(self.supplier_name, self.supplier_name_en)


def partners(partnership_ids: Collection[int]) -> list[Partner]:
    """Return partnerships of the open scope in words, in order of id."""
    found = (
        Partnership.objects.filter(pk__in=partnership_ids)
        .order_by("pk")
        .values_list(
            "pk",
            "customer",
            "supplier",
            "customer__code",
            "customer__name",
            "supplier__code",
            "supplier__name",
            "customer__name_en",
            "supplier__name_en",
            "responsible__user__name",
        )
    )
    return [Partner(*values[:-1], values[-1] or "") for values in found]


def partnership_by_codes(customer: str, supplier: str) -> int | None:
    """Return the id of the partnership of two organisation codes in the open scope."""
    ends = Partnership.objects.filter(customer__code=customer, supplier__code=supplier)
    return ends.values_list("pk", flat=True).first()


def person_to_act(*, email: str = "", organisations: Collection[str] = ()) -> Person | None:
    """Return the person for whom a command acts.

    By e-mail, in the first of these organisation codes in which that login is active (in any, without codes);
    without an e-mail the first owner of the first organisation that has one, else its first engineer or
    uploader. Needs the house's scope.
    """
    people = Person.objects.active().select_related("user", "organisation")
    if email:
        people = people.filter(user__email__iexact=email.strip())
    found = [person for person in people.order_by("pk") if email or person.may_upload]
    if not organisations:
        return found[0] if len({person.organisation_id for person in found}) == 1 else None
    for code in organisations:
        here = [person for person in found if person.organisation.code == code]
        here.sort(key=lambda person: (not person.may_manage_people, not person.may_define, person.pk))
        if here:
            return here[0]
    return None


def organisation_exists(code: str) -> bool:
    return Organisation.objects.filter(code=code).exists()


def both_sides(organisation_id: int) -> tuple[bool, bool]:
    """Return whether an organisation has suppliers, and whether it has customers, in the open scope."""
    ends = Partnership.objects.exclude(customer=F("supplier"))
    return (
        ends.filter(customer=organisation_id).exists(),
        ends.filter(supplier=organisation_id).exists(),
    )


def part_labels(part_ids: Collection[int]) -> dict[int, str]:
    """Return parts of the open scope as a person knows them: number and name."""
    found = Part.objects.filter(pk__in=part_ids).values_list("pk", "number", "name")
    return {pk: f"{number} {name}".strip() for pk, number, name in found}


def characteristic_labels(characteristic_ids: Collection[int]) -> dict[int, str]:
    """Return characteristics of the open scope as a person knows them: number and latest name."""
    versions = CharacteristicVersion.objects.filter(characteristic__in=characteristic_ids)
    found = versions.order_by("valid_from").values_list("characteristic", "characteristic__number", "name")
    return {pk: f"{number} {name}".strip() for pk, number, name in found}


def person_by_role(organisation: str, role: str) -> Person:
    """Return the first active person of a role in an organisation, by its code. Needs the house's scope.

    Raises Person.DoesNotExist if there is none.
    """
    people = Person.objects.active().filter(organisation__code=organisation, role=role)
    return people.select_related("user", "organisation").order_by("pk")[:1].get()


def responsible_person(partnership_id: int) -> Person | None:
    """Return the customer's person who looks after a partnership of the open scope."""
    found = Partnership.objects.filter(pk=partnership_id).select_related(
        "responsible__user", "responsible__organisation"
    )
    return found.get().responsible if found else None
