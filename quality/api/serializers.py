"""Shapes of lots, inspections and measured values in the API."""

from rest_framework import serializers

from core.serializers import RowSerializer
from quality.models import Disposition, Inspection, Lot, Measurement, Nonconformity, Stage


class LotSerializer(RowSerializer):
    part_number = serializers.CharField(source="part.number")

    class Meta:
        model = Lot
        fields = [
            "id",
            "partnership",
            "part",
            "part_number",
            "number",
            "customer_number",
            "lot_size",
            "created_at",
        ]
        read_only_fields = fields


class NonconformitySerializer(RowSerializer):
    class Meta:
        model = Nonconformity
        fields = ["defect", "count"]
        read_only_fields = fields


class DispositionSerializer(RowSerializer):
    class Meta:
        model = Disposition
        fields = ["kind", "quantity"]
        read_only_fields = fields


class InspectionSerializer(RowSerializer):
    """One presentation of a lot at one stage; counts are of units."""

    lot_number = serializers.CharField(source="lot.number")
    part_number = serializers.CharField(source="part.number")
    conforming = serializers.SerializerMethodField()
    nonconformities = NonconformitySerializer(many=True)
    dispositions = DispositionSerializer(many=True)

    class Meta:
        model = Inspection
        fields = [
            "id",
            "partnership",
            "part",
            "part_number",
            "lot",
            "lot_number",
            "stage",
            "submission",
            "inspection_date",
            "received_date",
            "inspection_no",
            "lot_size",
            "inspected",
            "conforming",
            "nonconforming",
            "critical",
            "major",
            "minor",
            "verdict",
            "nonconformities",
            "dispositions",
            "inspection_type",
            "inspector",
            "shift",
            "machine",
            "cavity",
            "remark",
            "recorded_at",
            "withdrawn_at",
            "corrects",
        ]
        read_only_fields = fields

    def get_conforming(self, inspection: Inspection) -> int:
        return inspection.inspected - inspection.nonconforming


class MeasurementSerializer(RowSerializer):
    """One value of one piece, in the unit of the characteristic version it was judged by."""

    partnership = serializers.IntegerField(source="partnership_id")
    lot = serializers.IntegerField(source="lot_id")
    part = serializers.IntegerField(source="part_id")
    stage = serializers.ChoiceField(Stage.choices)
    characteristic_version = serializers.IntegerField(source="characteristic_version_id")

    class Meta:
        model = Measurement
        fields = [
            "partnership",
            "lot",
            "part",
            "stage",
            "characteristic_version",
            "piece",
            "value",
            "measured_date",
            "measured_at",
            "cavity",
        ]
        read_only_fields = fields
