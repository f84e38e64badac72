"""Shapes of programmes in the API: rates are fractions, days ISO dates, money text."""

from typing import Any

from rest_framework import serializers

from core.serializers import DayField, RowSerializer
from improvement.models import (
    Pledge,
    PledgeAverage,
    PledgedKpi,
    PledgePrices,
    PledgeStage,
    Programme,
    ProgrammeEvent,
)
from kpis.api.serializers import ReadingSerializer


class PledgeSerializer(RowSerializer):
    class Meta:
        model = Pledge
        fields = ["kpi", "stage", "average", "prices", "by_change", "target"]
        read_only_fields = fields


class ProgrammeInListSerializer(RowSerializer):
    """A joint programme and what it pledges."""

    customer = serializers.CharField(source="customer.code")
    pledges = PledgeSerializer(many=True)

    class Meta:
        model = Programme
        fields = [
            "id",
            "customer",
            "slug",
            "name",
            "name_en",
            "baseline_from",
            "baseline_to",
            "report_from",
            "report_to",
            "source_note",
            "version",
            "pledges",
        ]
        read_only_fields = fields


class WaySerializer(serializers.Serializer):
    """One way to read a headline."""

    kpi = serializers.CharField()
    stage = serializers.CharField(allow_null=True)
    average = serializers.CharField(allow_null=True)
    prices = serializers.CharField(allow_null=True)


class BeforeAndAfterSerializer(WaySerializer):
    pledged = serializers.BooleanField()
    before = ReadingSerializer(allow_null=True)
    after = ReadingSerializer()


class PledgeStandingSerializer(WaySerializer):
    """Where a pledge stands, and what is left of it."""

    word = serializers.ChoiceField(choices=["met", "not_met", "undecided"], allow_null=True)
    goal = serializers.FloatField(allow_null=True, help_text="The value that must be reached.")
    allowed = serializers.IntegerField(
        allow_null=True, help_text="Nonconforming pieces, or lots not accepted."
    )
    used = serializers.IntegerField(allow_null=True)
    stock_allowed = serializers.CharField(allow_null=True, help_text="Average stock at cost.")
    stock_held = serializers.CharField(allow_null=True)


class MemberSerializer(serializers.Serializer):
    partnership = serializers.IntegerField()
    supplier = serializers.CharField(help_text="Code.")
    joined_on = DayField()
    left_on = serializers.DateField(allow_null=True)
    readings = BeforeAndAfterSerializer(many=True)


class KeyTaskSerializer(serializers.Serializer):
    task = serializers.IntegerField()
    number = serializers.CharField()
    title = serializers.CharField()
    supplier = serializers.CharField(help_text="Code.")
    customer_owner = serializers.CharField(allow_blank=True)
    supplier_owner = serializers.CharField(allow_blank=True)
    due_date = serializers.DateField()
    state = serializers.CharField()
    outcome = serializers.CharField(allow_blank=True, help_text="In words.")
    days_overdue = serializers.IntegerField()


class ProgrammeSerializer(ProgrammeInListSerializer):
    """A programme in figures: of all members for its customer, a member's own for a member."""

    whole = serializers.BooleanField()
    standings = PledgeStandingSerializer(
        many=True, help_text="Empty for a member: the whole is the customer's own."
    )
    readings = BeforeAndAfterSerializer(many=True)
    members = MemberSerializer(many=True)
    key_tasks = KeyTaskSerializer(many=True)

    class Meta(ProgrammeInListSerializer.Meta):
        fields = [
            *ProgrammeInListSerializer.Meta.fields,
            "whole",
            "standings",
            "readings",
            "members",
            "key_tasks",
        ]
        read_only_fields = fields


class ProgrammeEventSerializer(RowSerializer):
    """A line of the history; targets of pledges stand in `reading`, before and after."""

    who = serializers.CharField(source="by.user")
    reading = serializers.DictField(help_text="Of a pledge: its reading, and its target before and after.")

    class Meta:
        model = ProgrammeEvent
        fields = ["id", "kind", "at", "who", "subject", "reading", "before", "after"]
        read_only_fields = fields


class NewProgrammeSerializer(serializers.Serializer):
    slug = serializers.SlugField(max_length=40)
    name = serializers.CharField(max_length=120)
    name_en = serializers.CharField(max_length=120, required=False, default="")
    baseline_from = DayField()
    baseline_to = DayField()
    report_from = DayField()
    report_to = DayField()
    source_note = serializers.CharField(required=False, default="", allow_blank=True)


class EditProgrammeSerializer(serializers.Serializer):
    """What is to change, and the version of the programme that was read."""

    version = serializers.IntegerField(min_value=1)
    name = serializers.CharField(max_length=120, required=False)
    name_en = serializers.CharField(max_length=120, required=False, allow_blank=True)
    baseline_from = DayField(required=False)
    baseline_to = DayField(required=False)
    report_from = DayField(required=False)
    report_to = DayField(required=False)
    source_note = serializers.CharField(required=False, allow_blank=True)


class ReadingOfPledgeSerializer(serializers.Serializer):
    """A pledge by the reading that it names."""

    kpi = serializers.ChoiceField(choices=PledgedKpi.choices)
    stage = serializers.ChoiceField(choices=PledgeStage.choices, required=False, default="")
    average = serializers.ChoiceField(choices=PledgeAverage.choices, required=False, default="")
    prices = serializers.ChoiceField(choices=PledgePrices.choices, required=False, default="")


class NewPledgeSerializer(ReadingOfPledgeSerializer):
    by_change = serializers.BooleanField(required=False, default=False)
    target = serializers.DecimalField(
        max_digits=9, decimal_places=5, help_text="A rate or a change as a fraction; a turnover a year."
    )


class NewMemberSerializer(serializers.Serializer):
    partnership = serializers.IntegerField()
    joined_on = DayField()


class LeavingSerializer(serializers.Serializer):
    partnership = serializers.IntegerField()
    left_on = DayField()


class TaskIdSerializer(serializers.Serializer):
    task = serializers.IntegerField()


class OrderSerializer(serializers.Serializer):
    tasks = serializers.ListField(child=serializers.IntegerField(), allow_empty=False)

    def validate_tasks(self, tasks: list[int]) -> Any:
        return list(dict.fromkeys(tasks))
