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
    UnitFactor,
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


class UnitFactorSerializer(RowSerializer):
    set_by = serializers.CharField(source="set_by.user", read_only=True)

    class Meta:
        model = UnitFactor
        fields = ["id", "kind", "amount", "valid_from", "set_by", "set_at"]
        read_only_fields = fields


class PartSerializer(RowSerializer):
    supplies = SupplySerializer(many=True, help_text="Who supplies it, as far as you may see.")
    unit_factors = UnitFactorSerializer(
        many=True,
        help_text="Grams of a piece (weight) or pieces in a box (box), each until the next of its kind begins.",
    )

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
            "unit_factors",
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
