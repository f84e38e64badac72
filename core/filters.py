"""What lists are narrowed by: the same names on every page, in the API and in exports."""

from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet

from core import origins
from core.text import folded

LARGEST_ID = 2**63 - 1
LONGEST_WORD = 200


class IdFilter(django_filters.NumberFilter):
    """Rows that belong to a row of another table; one that is not there finds nothing, and is no mistake."""

    field_class = forms.IntegerField

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, min_value=1, max_value=LARGEST_ID, **more)

    def get_max_validator(self) -> None:
        return None  # `max_value` says it


class UploadFilter(IdFilter):
    """Rows that an upload brought: its sender's own, or nothing."""

    def filter(self, qs: QuerySet, value: Any) -> QuerySet:
        if value is None:
            return qs
        return qs.filter(**{f"{self.field_name}__in": origins.commits_of(int(value))})


class WordsField(forms.MultipleChoiceField):
    """Words that may be repeated: ``supplier=S01&supplier=S02``; blank ones say nothing."""

    def to_python(self, value: Any) -> list[str]:
        return [word.strip() for word in super().to_python(value) if word.strip()]

    def valid_value(self, value: str) -> bool:
        return len(value) <= LONGEST_WORD and "\0" not in value


class WordsFilter(django_filters.MultipleChoiceFilter):
    """Rows of which `field_name` is one of some words."""

    field_class = WordsField

    def filter(self, qs: QuerySet, value: list[str]) -> QuerySet:
        return qs.filter(**{f"{self.field_name}__in": self.said(value)}) if value else qs

    def said(self, value: list[str]) -> list[str]:
        return value


class KeysFilter(WordsFilter):
    """The same, compared with the key of how it is written (see `core.text.folded`)."""

    def said(self, value: list[str]) -> list[str]:
        return [folded(one) for one in value]


def days(field: str) -> dict[str, django_filters.Filter]:
    """Return the filters `from` and `to` over a date, both ends included; their names are Python's own."""
    return {
        "from": django_filters.DateFilter(field, "gte", label="first day"),
        "to": django_filters.DateFilter(field, "lte", label="last day, included"),
    }


class PartnershipFilter(django_filters.FilterSet):
    """Rows that hang on a partnership."""

    partnership = IdFilter(label="id of a partnership")
    supplier = WordsFilter(field_name="partnership__supplier__code", label="codes of suppliers")
    customer = WordsFilter(field_name="partnership__customer__code", label="codes of customers")


class PartFilter(PartnershipFilter):
    """Rows of a part on a partnership."""

    part = KeysFilter(field_name="part__number_key", label="part numbers")
    part_id = IdFilter(field_name="part", label="id of a part")


class StatementFilter(PartFilter):
    """Rows that came in by a file and may be withdrawn by a later one."""

    upload = UploadFilter(field_name="commit_id", label="id of the upload that brought them")
    withdrawn = django_filters.BooleanFilter(
        method="with_withdrawn", label="withdrawn rows too (true); else what counts now alone"
    )

    def filter_queryset(self, queryset: QuerySet) -> QuerySet:
        found = super().filter_queryset(queryset)
        return found if self.form.cleaned_data.get("withdrawn") else found.filter(Q(withdrawn_at=None))

    def with_withdrawn(self, queryset: QuerySet, name: str, value: bool) -> QuerySet:
        return queryset
