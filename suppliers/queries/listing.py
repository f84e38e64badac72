"""Lists of organisations, partnerships, parts and characteristics, within the open scope."""

from django.db.models import F, Prefetch, QuerySet

from suppliers.models import (
    Characteristic,
    CharacteristicVersion,
    Organisation,
    Part,
    Partnership,
    Supply,
    UnitFactor,
)


def organisations_to_list() -> QuerySet[Organisation]:
    return Organisation.objects.all()


def partnerships_to_list() -> QuerySet[Partnership]:
    return Partnership.objects.annotate(customer_code=F("customer__code"), supplier_code=F("supplier__code"))


def parts_to_list() -> QuerySet[Part]:
    """Return parts with who supplies them, as far as that may be seen, and their unit factors in force."""
    supplies = Supply.objects.order_by("partnership")
    factors = UnitFactor.objects.filter(replaced_at=None).select_related("set_by__user")
    factors = factors.order_by("kind", "valid_from")
    return Part.objects.prefetch_related(Prefetch("supplies", supplies), Prefetch("unit_factors", factors))


def characteristics_to_list() -> QuerySet[Characteristic]:
    """Return characteristics with their versions, the earliest first."""
    versions = CharacteristicVersion.objects.order_by("valid_from")
    return Characteristic.objects.prefetch_related(Prefetch("versions", versions))


def parts_supplied_on(partnership_id: int) -> QuerySet:
    """Return the ids of the parts that are supplied on a partnership, if that may be seen."""
    return Supply.objects.filter(partnership=partnership_id).values("part")
