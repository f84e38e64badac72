"""Shapes of organisations, partnerships, parts and characteristics in the API."""

from rest_framework import serializers

from core.serializers import RowSerializer
from suppliers.models import (
    Characteristic,
    CharacteristicVersion,
    Organisation,
    Part,
    Partnership,
    Supply,
)


class OrganisationSerializer(RowSerializer):
    class Meta:
        model = Organisation
        fields = ["id", "code", "name", "name_en", "zone", "simulated"]
        read_only_fields = fields


class PartnershipSerializer(RowSerializer):
    """Who supplies whom. An organisation's partnership with itself holds its own books."""

    customer_code = serializers.CharField()
    supplier_code = serializers.CharField()

    class Meta:
        model = Partnership
        fields = [
            "id",
            "customer",
            "customer_code",
            "supplier",
            "supplier_code",
            "since",
            "target_pass_rate",
        ]
        read_only_fields = fields


class SupplySerializer(RowSerializer):
    class Meta:
        model = Supply
        fields = ["partnership", "supplier_number"]
        read_only_fields = fields


class PartSerializer(RowSerializer):
    supplies = SupplySerializer(many=True, help_text="Who supplies it, as far as you may see.")

    class Meta:
        model = Part
        fields = [
            "id",
            "customer",
            "number",
            "drawing_number",
            "revision",
            "name",
            "name_en",
            "family",
            "material",
            "unit",
            "piece_weight_g",
            "inspection_level",
            "aql_major",
            "aql_minor",
            "supplies",
        ]
        read_only_fields = fields


class CharacteristicVersionSerializer(RowSerializer):
    class Meta:
        model = CharacteristicVersion
        fields = [
            "id",
            "valid_from",
            "revision",
            "name",
            "name_en",
            "variable",
            "characteristic_class",
            "nominal",
            "lsl",
            "usl",
            "unit",
            "decimals",
            "gauge",
            "subgroup_size",
        ]
        read_only_fields = fields


class CharacteristicSerializer(RowSerializer):
    versions = CharacteristicVersionSerializer(many=True, help_text="Each valid until the next begins.")

    class Meta:
        model = Characteristic
        fields = ["id", "part", "number", "versions"]
        read_only_fields = fields
