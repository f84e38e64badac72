"""Figures and their definitions as the API gives them, and the questions that it takes."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.period import Period
from kpis.definitions import READINGS, names
from kpis.queries.evaluate import CHOICES
from kpis.queries.readings import GROUPS
from kpis.queries.requests import STATES


class QuestionSerializer(serializers.Serializer):
    """What a figure is asked of; the same names as the filters of pages and exports."""

    customer = serializers.CharField(required=False, help_text="Code; by default one's own organisation.")
    supplier = serializers.ListField(child=serializers.CharField(), required=False, help_text="Codes.")
    part = serializers.ListField(child=serializers.CharField(), required=False, help_text="Part numbers.")
    stage = serializers.ChoiceField(
        choices=list(READINGS), required=False, help_text="Without it one entry a reading."
    )
    base = serializers.CharField(
        required=False, help_text="Period to compare with: 2025-01..2025-06 or 2025-01-01..2025-06-30."
    )
    average = serializers.ChoiceField(choices=CHOICES["average"], required=False)
    prices = serializers.ChoiceField(choices=CHOICES["prices"], required=False)
    scope = serializers.ChoiceField(choices=CHOICES["scope"], required=False)
    unit = serializers.ChoiceField(choices=CHOICES["unit"], required=False)

    def get_fields(self) -> dict[str, serializers.Field]:
        """Add the ends of the period, whose names Python keeps for itself."""
        ends = {
            "from": serializers.DateField(
                required=False, help_text="First day; by default of the last six months with data."
            ),
            "to": serializers.DateField(required=False, help_text="Last day, included."),
        }
        return ends | super().get_fields()

    def validate_base(self, text: str) -> Period:
        try:
            return Period.parse(text)
        except ValueError as wrong:
            raise serializers.ValidationError(
                _("Write a period like 2025-01..2025-06 or 2025-01-01..2025-06-30.")
            ) from wrong

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs.get("from") and attrs.get("to") and attrs["to"] < attrs["from"]:
            raise serializers.ValidationError({"to": _("The last day lies before the first.")})
        return attrs


class GroupedQuestionSerializer(QuestionSerializer):
    """A question that may ask for groups."""

    by = serializers.ListField(
        child=serializers.ChoiceField(choices=[*GROUPS, "stage"]),
        required=False,
        help_text="Groups; several are combined.",
    )


class PassportQuestionSerializer(QuestionSerializer):
    """A question about one figure."""

    kpi = serializers.ChoiceField(choices=names())


class ChangeSerializer(serializers.Serializer):
    """A figure against its base period."""

    value = serializers.FloatField(allow_null=True, help_text="Of the base period.")
    difference = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)
    relative = serializers.FloatField(allow_null=True)
    word = serializers.ChoiceField(choices=["better", "worse", "undecided"], allow_null=True)

    def get_fields(self) -> dict[str, serializers.Field]:
        return {"from": serializers.DateField(), "to": serializers.DateField()} | super().get_fields()


@extend_schema_field(
    {"oneOf": [{"type": "integer"}, {"type": "string", "format": "decimal"}, {"type": "null"}]}
)
class AmountField(serializers.ReadOnlyField):
    """A count, or an amount of money as text."""


class WaitingSerializer(serializers.Serializer):
    """A period of a data request that a figure waits for."""

    request = serializers.IntegerField()
    state = serializers.ChoiceField(choices=STATES, help_text="Due, late or partial.")
    due = serializers.DateField()
    missing = serializers.IntegerField(help_text="Lots, of a request whose data came in part.")
    text = serializers.CharField(help_text="In the reader's language.")

    def get_fields(self) -> dict[str, serializers.Field]:
        return {"from": serializers.DateField(), "to": serializers.DateField()} | super().get_fields()


class ReadingSerializer(serializers.Serializer):
    """A figure: rates are fractions. Without data the value is null and has a reason."""

    by = serializers.DictField(child=serializers.CharField())
    value = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)
    n = serializers.IntegerField(allow_null=True)
    reason = serializers.CharField(allow_null=True)
    definition = serializers.CharField()
    version = serializers.IntegerField()
    stage = serializers.ChoiceField(choices=list(READINGS), allow_null=True)
    data_until = serializers.DateField(allow_null=True)
    n_lots = serializers.IntegerField(allow_null=True)
    numerator = AmountField()
    denominator = AmountField()
    preliminary = serializers.BooleanField()
    reason_text = serializers.CharField(allow_null=True)
    waiting = WaitingSerializer(many=True, help_text="Data requests that are behind.")
    rows_url = serializers.CharField()
    details = serializers.DictField()
    change = ChangeSerializer(allow_null=True)

    def get_fields(self) -> dict[str, serializers.Field]:
        return super().get_fields() | {"from": serializers.DateField(), "to": serializers.DateField()}


class DefinitionSerializer(serializers.Serializer):
    """What a KPI means, in the reader's language."""

    name = serializers.CharField()
    version = serializers.IntegerField()
    valid_from = serializers.DateField()
    title = serializers.CharField()
    formula = serializers.CharField()
    unit = serializers.CharField()
    counted = serializers.CharField(allow_blank=True)
    higher_is_better = serializers.BooleanField()
    stages = serializers.ListField(child=serializers.CharField())
    stage_rule = serializers.CharField(allow_blank=True)
    least_n = serializers.IntegerField()
    least_of = serializers.CharField(allow_blank=True)
    interval = serializers.CharField(allow_blank=True)
    source = serializers.CharField(allow_blank=True)  # type: ignore[assignment]  # a Field has one too
    not_the_same_as = serializers.ListField(child=serializers.CharField())
    options = serializers.ListField(child=serializers.CharField())


class CorrectionsSerializer(serializers.Serializer):
    """Corrections of rows in the period and what they did to the figure, in its unit."""

    count = serializers.IntegerField()
    effect = serializers.FloatField(allow_null=True)


class FactSerializer(serializers.Serializer):
    """One line of a passport, in the reader's language."""

    name = serializers.CharField()
    text = serializers.CharField()


class PassportSerializer(serializers.Serializer):
    """Everything that says where a figure comes from."""

    reading = ReadingSerializer()
    written = serializers.CharField(help_text="The figure as people read it.")
    definition = DefinitionSerializer()
    others = ReadingSerializer(many=True, help_text="The same figure at the other stages.")
    customers = serializers.ListField(child=serializers.CharField())
    suppliers = serializers.IntegerField()
    suppliers_with_data = serializers.IntegerField()
    parts_with_data = serializers.IntegerField()
    lots_without_inspection = serializers.IntegerField(allow_null=True)
    corrections = CorrectionsSerializer(allow_null=True)
    older_versions = serializers.ListField(child=serializers.IntegerField())
    facts = FactSerializer(many=True)
    copy_line = serializers.CharField(help_text="One line fit for a report.")
