"""What lists of lots, inspections and measured values are narrowed by: on pages, in the API, in exports."""

from typing import Any

import django_filters
from django.db.models import QuerySet

from core.filters import IdFilter, KeysFilter, PartFilter, StatementFilter, WordsFilter, days
from quality.models import Stage, StudyKind, Verdict
from quality.queries.listing import sets_of


class LotFilter(PartFilter):
    lot = KeysFilter(field_name="number_key", label="lot numbers")


class InspectionFilter(StatementFilter):
    lot = KeysFilter(field_name="lot__number_key", label="lot numbers")
    lot_id = IdFilter(field_name="lot", label="id of a lot")
    stage = django_filters.ChoiceFilter(choices=Stage.choices)
    verdict = django_filters.ChoiceFilter(choices=Verdict.choices)
    vars().update(days("inspection_date"))


class MeasurementFilter(django_filters.FilterSet):
    """The table of values knows a partnership, a lot and a version; the rest is asked of its sets."""

    partnership = IdFilter(field_name="partnership_id", label="id of a partnership")
    lot_id = IdFilter(field_name="lot_id", label="id of a lot")
    lot = WordsFilter(method="of_sets", label="lot numbers")
    part = WordsFilter(method="of_sets", label="part numbers")
    part_id = IdFilter(method="of_sets", label="id of a part")
    supplier = WordsFilter(method="of_sets", label="codes of suppliers")
    customer = WordsFilter(method="of_sets", label="codes of customers")
    stage = django_filters.ChoiceFilter(choices=Stage.choices, method="of_sets")
    characteristic_version = IdFilter(
        field_name="characteristic_version_id", label="id of a version of a characteristic"
    )
    vars().update(days("measured_date"))

    def of_sets(self, queryset: QuerySet, name: str, value: Any) -> QuerySet:
        return queryset.filter(measurement_set_id__in=sets_of(**{name: value})) if value else queryset


class GaugeStudyFilter(StatementFilter):
    gauge = KeysFilter(field_name="gauge__key", label="names of gauges")
    kind = django_filters.ChoiceFilter(choices=StudyKind.choices)
    vars().update(days("study_date"))
