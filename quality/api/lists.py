"""Lots, inspections and measured values: to read. They enter by `uploads/` alone."""

from django.db.models import QuerySet

from core.pagination import KeyPages
from core.viewsets import ListViewSet, ReadViewSet
from quality.api import serializers
from quality.filters import InspectionFilter, LotFilter, MeasurementFilter
from quality.queries import listing


class LotViewSet(ReadViewSet):
    """Lots, known by partnership, part and number."""

    serializer_class = serializers.LotSerializer
    filterset_class = LotFilter

    def rows(self) -> QuerySet:
        return listing.lots_to_list()


class InspectionViewSet(ReadViewSet):
    """Inspections of lots at either stage; those that a correction replaced with `withdrawn=true` alone."""

    serializer_class = serializers.InspectionSerializer
    filterset_class = InspectionFilter

    def rows(self) -> QuerySet:
        return listing.inspections_to_list()


class MeasurementPages(KeyPages):
    key = ("lot_id", "measurement_set_id", "characteristic_version_id", "piece")


class MeasurementViewSet(ListViewSet):
    """Measured values, lot by lot. A value has no id of its own: it is a piece of a set."""

    serializer_class = serializers.MeasurementSerializer
    filterset_class = MeasurementFilter
    pagination_class = MeasurementPages

    def rows(self) -> QuerySet:
        return listing.measurements_to_list()
