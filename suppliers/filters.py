"""What lists of organisations, partnerships, parts and characteristics are narrowed by."""

import django_filters
from django.db.models import Q, QuerySet

from core.filters import IdFilter, KeysFilter, WordsFilter
from core.filters import PartnershipFilter as OfPartnership
from core.text import folded, pinyin_key
from suppliers.models import RequestKind, Sender
from suppliers.queries.listing import parts_supplied_on


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


class DataRequestFilter(OfPartnership):
    kind = django_filters.ChoiceFilter(choices=RequestKind.choices)
    sender = django_filters.ChoiceFilter(choices=Sender.choices)
