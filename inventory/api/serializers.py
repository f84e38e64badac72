"""Shapes of stock items, movements, balances, deliveries and returns in the API."""

from rest_framework import serializers

from core.serializers import RowSerializer
from inventory.models import Balance, Delivery, Movement, Return, StockItem


class StockItemSerializer(RowSerializer):
    part_number = serializers.CharField(source="part.number")

    class Meta:
        model = StockItem
        fields = ["id", "partnership", "part", "part_number", "holder", "location", "ownership"]
        read_only_fields = fields


class MovementSerializer(RowSerializer):
    """One line of a stock ledger; the quantity is signed."""

    part = serializers.IntegerField(source="stock_item.part_id")
    part_number = serializers.CharField(source="stock_item.part.number")

    class Meta:
        model = Movement
        fields = [
            "id",
            "partnership",
            "stock_item",
            "part",
            "part_number",
            "movement_date",
            "movement_no",
            "kind",
            "lot_number",
            "quantity",
            "recorded_at",
            "withdrawn_at",
        ]
        read_only_fields = fields


class BalanceSerializer(RowSerializer):
    """What a statement says of an item; grain month: totals without lots."""

    part = serializers.IntegerField(source="stock_item.part_id")
    part_number = serializers.CharField(source="stock_item.part.number")

    class Meta:
        model = Balance
        fields = [
            "id",
            "partnership",
            "stock_item",
            "part",
            "part_number",
            "grain",
            "balance_date",
            "opening_quantity",
            "receipts_quantity",
            "issues_quantity",
            "adjustment_quantity",
            "closing_quantity",
            "unit_cost",
            "recorded_at",
            "withdrawn_at",
        ]
        read_only_fields = fields


class DeliverySerializer(RowSerializer):
    part_number = serializers.CharField(source="part.number")

    class Meta:
        model = Delivery
        fields = [
            "id",
            "partnership",
            "part",
            "part_number",
            "receipt_no",
            "order_no",
            "lot_number",
            "received_date",
            "promised_date",
            "ordered_quantity",
            "received_quantity",
            "unit_price",
            "recorded_at",
            "withdrawn_at",
        ]
        read_only_fields = fields


class ReturnSerializer(RowSerializer):
    part_number = serializers.CharField(source="part.number")

    class Meta:
        model = Return
        fields = [
            "id",
            "partnership",
            "part",
            "part_number",
            "return_no",
            "return_date",
            "lot_number",
            "quantity",
            "found_at",
            "defect",
            "liability",
            "state",
            "remark",
            "recorded_at",
            "withdrawn_at",
            "corrects",
        ]
        read_only_fields = fields
