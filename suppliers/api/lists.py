"""Organisations, partnerships, parts and characteristics: to read."""

from django.db.models import QuerySet

from core.viewsets import ReadViewSet
from suppliers.api import serializers
from suppliers.filters import CharacteristicFilter, OrganisationFilter, PartFilter, PartnershipFilter
from suppliers.queries import listing


class OrganisationViewSet(ReadViewSet):
    """Your organisation and its partners."""

    serializer_class = serializers.OrganisationSerializer
    filterset_class = OrganisationFilter

    def rows(self) -> QuerySet:
        return listing.organisations_to_list()


class PartnershipViewSet(ReadViewSet):
    """Partnerships that are open to you."""

    serializer_class = serializers.PartnershipSerializer
    filterset_class = PartnershipFilter

    def rows(self) -> QuerySet:
        return listing.partnerships_to_list()


class PartViewSet(ReadViewSet):
    """Your parts, and those of customers that you supply."""

    serializer_class = serializers.PartSerializer
    filterset_class = PartFilter

    def rows(self) -> QuerySet:
        return listing.parts_to_list()


class CharacteristicViewSet(ReadViewSet):
    """What is measured or judged on parts, with limits by version."""

    serializer_class = serializers.CharacteristicSerializer
    filterset_class = CharacteristicFilter

    def rows(self) -> QuerySet:
        return listing.characteristics_to_list()
