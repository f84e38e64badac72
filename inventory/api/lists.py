"""Stock items, movements, balances, deliveries and returns: to read. They enter by `uploads/` alone."""

from django.db.models import QuerySet

from core.viewsets import ReadViewSet
from inventory import filters
from inventory.api import serializers
from inventory.queries import listing


class StockItemViewSet(ReadViewSet):
    """Part × holder × location × ownership."""

    serializer_class = serializers.StockItemSerializer
    filterset_class = filters.StockItemFilter

    def rows(self) -> QuerySet:
        return listing.stock_items_to_list()


class MovementViewSet(ReadViewSet):
    """Lines of stock ledgers."""

    serializer_class = serializers.MovementSerializer
    filterset_class = filters.MovementFilter

    def rows(self) -> QuerySet:
        return listing.movements_to_list()


class BalanceViewSet(ReadViewSet):
    """Closing quantities that statements give."""

    serializer_class = serializers.BalanceSerializer
    filterset_class = filters.BalanceFilter

    def rows(self) -> QuerySet:
        return listing.balances_to_list()


class DeliveryViewSet(ReadViewSet):
    """Goods received at the customer."""

    serializer_class = serializers.DeliverySerializer
    filterset_class = filters.DeliveryFilter

    def rows(self) -> QuerySet:
        return listing.deliveries_to_list()


class ReturnViewSet(ReadViewSet):
    """Pieces found bad after acceptance."""

    serializer_class = serializers.ReturnSerializer
    filterset_class = filters.ReturnFilter

    def rows(self) -> QuerySet:
        return listing.returns_to_list()
