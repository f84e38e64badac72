"""What lists of organisations, partnerships, parts and characteristics are narrowed by; whose rows pages show."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.chips import Chip, Choice
from core.filters import IdFilter, KeysFilter, WordsFilter
from core.filters import PartnershipFilter as OfPartnership
from core.text import folded, pinyin_key
from suppliers.access import PersonRequest
from suppliers.models import RequestKind, Sender
from suppliers.queries.listing import parts_supplied_on
from suppliers.queries.seats import CUSTOMER, looked_after, side_of_session, suppliers_meant
from suppliers.queries.selection import Selection, select


class OrganisationFilter(django_filters.FilterSet):
    code = WordsFilter(label="codes")
    q = django_filters.CharFilter(method="search", label="a piece of the name, also in pinyin")

    def search(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(
            Q(name__icontains=value) | Q(name_en__icontains=value) | Q(name_key__contains=pinyin_key(value))
        )


class PartnershipFilter(django_filters.FilterSet):
    supplier = WordsFilter(field_name="supplier__code", label="codes of suppliers")
    customer = WordsFilter(field_name="customer__code", label="codes of customers")


class PartFilter(django_filters.FilterSet):
    number = KeysFilter(field_name="number_key", label="part numbers")
    family = WordsFilter(label="families")
    customer = WordsFilter(field_name="customer__code", label="codes of customers")
    partnership = IdFilter(method="supplied_on", label="id of a partnership on which it is supplied")
    q = django_filters.CharFilter(method="search", label="a piece of the number or the name, also in pinyin")

    def supplied_on(self, queryset: QuerySet, name: str, value: int) -> QuerySet:
        return queryset.filter(pk__in=parts_supplied_on(value))

    def search(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(
            Q(number_key__contains=folded(value))
            | Q(name__icontains=value)
            | Q(name_en__icontains=value)
            | Q(name_key__contains=pinyin_key(value))
        )


class CharacteristicFilter(django_filters.FilterSet):
    part = KeysFilter(field_name="part__number_key", label="part numbers")
    part_id = IdFilter(field_name="part", label="id of a part")
    number = KeysFilter(field_name="number_key", label="numbers of characteristics")


# -- whose rows a page shows --------------------------------------------------------------------------
def usual_scope(request: PersonRequest) -> dict[str, str]:
    """Return what an address that says nothing means: one's own suppliers, for who looks after some."""
    return {"mine": "1"} if looked_after(request) else {}


def suppliers_asked(request: PersonRequest, given: Mapping[str, Sequence[str]]) -> list[str] | None:
    """Return the codes of the suppliers that a customer's address names or means; None: all."""
    mine = list(given.get("mine", ()))[-1:] == ["1"]
    return suppliers_meant(words_of(given, "supplier"), mine, partial(looked_after, request))


def selection_asked(request: PersonRequest, given: Mapping[str, Sequence[str]]) -> Selection:
    """Return what an address and the side from which the person looks select."""
    assert request.person is not None
    own, parts = request.person.organisation.code, words_of(given, "part") or None
    if side_of_session(request) == CUSTOMER:
        return select(customer=own, suppliers=suppliers_asked(request, given), parts=parts)
    customers = words_of(given, "customer")
    return select(customer=customers[0] if customers else None, suppliers=[own], parts=parts)


def words_of(given: Mapping[str, Sequence[str]], name: str) -> list[str]:
    """Return the words of a filter that may be repeated; codes may be written with commas, part numbers hold some."""
    texts = given.get(name, ())
    return [word for text in texts for word in ([text] if name == "part" else text.split(",")) if word]


def scope_chips(
    request: PersonRequest, given: Mapping[str, Sequence[str]], address: Callable[..., str]
) -> list[Chip]:
    """Return a chip over one's own suppliers and all, for who looks after some; else nothing.

    `address` writes the page's address with filters changed, as `core.lists.ListAddress.address` does.
    """
    count = len(looked_after(request))
    if not count:
        return []
    everybody = len({one.supplier for one in select(customer=request.person.organisation.code).relations})  # type: ignore[union-attr]
    own = ngettext("my %(n)s supplier", "my %(n)s suppliers", count) % {"n": count}
    everyone = _("all %(n)s") % {"n": everybody}
    mine = list(given.get("mine", ()))[-1:] == ["1"] and not words_of(given, "supplier")
    return [
        Chip(
            name=_("Scope"),
            value=own if mine else everyone,
            tail=f"/ {everyone if mine else own}",
            choices=[
                Choice(own, address(mine="1", supplier=None), mine),
                Choice(everyone, address(mine="0", supplier=None), not mine),
            ],
        )
    ]


class DataRequestFilter(OfPartnership):
    kind = django_filters.ChoiceFilter(choices=RequestKind.choices)
    sender = django_filters.ChoiceFilter(choices=Sender.choices)
