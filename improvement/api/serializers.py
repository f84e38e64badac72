"""Shapes of tasks in the API."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.serializers import DayField, RowSerializer
from improvement.models import (
    Baseline,
    Outcome,
    Side,
    Task,
    TaskAttachment,
    TaskComment,
    TaskEvent,
    TaskKind,
    TaskStep,
)
from kpis.definitions import names
from kpis.queries.evaluate import CHOICES

STAGES = ("outgoing", "incoming", "corrected")


class TaskPartSerializer(serializers.Serializer):
    id = serializers.IntegerField(source="part.pk")
    number = serializers.CharField(source="part.number")


class TaskInListSerializer(RowSerializer):
    number = serializers.CharField(source="shown_number", help_text="Counted per customer: `T-0138`.")
    supplier = serializers.CharField(source="partnership.supplier.code")
    customer = serializers.CharField(source="partnership.customer.code")
    parts = TaskPartSerializer(source="task_parts.all", many=True, help_text="Empty: the whole supply.")
    options = serializers.DictField(
        child=serializers.CharField(), help_text="Further choices of the reading."
    )
    next_step = serializers.CharField(allow_null=True, help_text="The first step that is not finished.")
    turn = serializers.ChoiceField(Side.choices, help_text="Whose move is next.")
    comment_count = serializers.IntegerField(help_text="Comments that you see.")

    class Meta:
        model = Task
        fields = [
            "id",
            "number",
            "partnership",
            "supplier",
            "customer",
            "kind",
            "state",
            "kpi",
            "stage",
            "options",
            "parts",
            "title",
            "problem",
            "target",
            "target_value",
            "customer_owner",
            "supplier_owner",
            "due_date",
            "next_step",
            "turn",
            "comment_count",
            "opened_at",
            "end_date",
            "closed_at",
            "outcome",
            "outcome_text",
            "version",
        ]
        read_only_fields = fields


class BaselineSerializer(RowSerializer):
    """What was locked when the task opened; `sha256` is over all of it."""

    details = serializers.DictField(help_text="What else the reading says of itself.")

    class Meta:
        model = Baseline
        fields = [
            "part",
            "trigger",
            "trigger_from",
            "trigger_to",
            "first_day",
            "last_day",
            "data_from",
            "data_until",
            "value",
            "low",
            "high",
            "n",
            "n_lots",
            "x",
            "reason",
            "preliminary",
            "definition",
            "definition_version",
            "details",
            "locked_at",
            "sha256",
        ]
        read_only_fields = fields


class TaskStepSerializer(RowSerializer):
    class Meta:
        model = TaskStep
        fields = ["code", "side", "text", "version", "done_at"]
        read_only_fields = fields


class AttachmentSerializer(RowSerializer):
    class Meta:
        model = TaskAttachment
        fields = [
            "id",
            "comment",
            "organisation",
            "file_name",
            "content_type",
            "size",
            "sha256",
            "own_only",
            "added_at",
        ]
        read_only_fields = fields


class CommentSerializer(RowSerializer):
    attachments = AttachmentSerializer(many=True)
    author = serializers.CharField(source="written_by.user")

    class Meta:
        model = TaskComment
        fields = ["id", "organisation", "author", "written_at", "text", "own_only", "attachments"]
        read_only_fields = fields


class EventSerializer(RowSerializer):
    who = serializers.CharField(source="by.user")

    class Meta:
        model = TaskEvent
        fields = ["id", "kind", "at", "who", "organisation", "field", "before", "after", "own_only"]
        read_only_fields = fields


class TaskSerializer(TaskInListSerializer):
    """A task with its locked baselines and its steps."""

    baselines = serializers.SerializerMethodField()
    steps = TaskStepSerializer(many=True)

    class Meta(TaskInListSerializer.Meta):
        fields = [*TaskInListSerializer.Meta.fields, "baselines", "steps"]
        read_only_fields = fields

    @extend_schema_field(BaselineSerializer(many=True))
    def get_baselines(self, task: Task) -> Any:
        rows = Baseline.objects.filter(task=task).order_by("pk")
        return BaselineSerializer(rows, many=True).data


class CardSerializer(serializers.Serializer):
    """What both sides may change."""

    title = serializers.CharField(max_length=200)
    problem = serializers.CharField(max_length=20_000)
    target = serializers.CharField(max_length=300, help_text="In words.")
    target_value = serializers.FloatField(
        allow_null=True, default=None, help_text="The same in the unit of the KPI; a rate as a fraction."
    )
    due_date = DayField()
    customer_owner = serializers.IntegerField(
        source="customer_owner_id", allow_null=True, default=None, min_value=1, help_text="Id of a person."
    )
    supplier_owner = serializers.IntegerField(
        source="supplier_owner_id", allow_null=True, default=None, min_value=1, help_text="Id of a person."
    )


class OpenSerializer(CardSerializer):
    """A task to open, with the cell it aims at."""

    partnership = serializers.IntegerField(source="partnership_id", min_value=1, max_value=2**63 - 1)
    kind = serializers.ChoiceField(TaskKind.choices)
    kpi = serializers.ChoiceField([(name, name) for name in names()])
    stage = serializers.ChoiceField(
        [(stage, stage) for stage in STAGES],
        default="",
        allow_blank=True,
        help_text="Blank: the first that the KPI is read by.",
    )
    parts = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**63 - 1),
        source="part_ids",
        default=list,
        max_length=100,
        help_text="Ids of parts; empty: the whole supply.",
    )
    average = serializers.ChoiceField(CHOICES["average"], required=False)
    prices = serializers.ChoiceField(CHOICES["prices"], required=False)
    scope = serializers.ChoiceField(CHOICES["scope"], required=False)
    unit = serializers.ChoiceField(CHOICES["unit"], required=False)
    trigger_from = DayField(
        required=False, help_text="First day of the period whose figure opened the task; else it was planned."
    )
    trigger_to = DayField(required=False, help_text="Its last day.")
    warning = serializers.IntegerField(
        source="warning_id",
        required=False,
        min_value=1,
        max_value=2**63 - 1,
        help_text="Id of a warning that the task works on; its days open the task.",
    )

    def validate(self, told: dict[str, Any]) -> dict[str, Any]:
        both = "trigger_from" in told, "trigger_to" in told
        if any(both) and (not all(both) or told["trigger_to"] < told["trigger_from"]):
            raise serializers.ValidationError({"trigger_to": _("Give both days of the period, in order.")})
        return told


class EditSerializer(CardSerializer):
    """What is to change, and the version of the task that was read."""

    version = serializers.IntegerField(min_value=1)


class StepSerializer(serializers.Serializer):
    code = serializers.CharField(max_length=8, help_text="`D1` … `D8`, `plan`, `do`, `check`, `act`.")
    text = serializers.CharField(max_length=20_000, allow_blank=True)
    version = serializers.IntegerField(min_value=1, help_text="Of the step, as it was read.")
    side = serializers.ChoiceField(Side.choices, required=False)
    done = serializers.BooleanField(required=False, allow_null=True, default=None)


class DoneSerializer(serializers.Serializer):
    end_date = DayField(help_text="The last day of the change.")


class CloseSerializer(serializers.Serializer):
    outcome = serializers.ChoiceField(
        Outcome.choices,
        default=Outcome.AWAITS_PROOF,
        help_text="awaits_proof: of a task that is done. The others end a task in any state, with a reason.",
    )
    outcome_text = serializers.CharField(
        max_length=5_000, allow_blank=True, default="", help_text="What came of it; needed as the reason."
    )


class SayJsonSerializer(serializers.Serializer):
    text = serializers.CharField(max_length=10_000)
    own_only = serializers.BooleanField(default=False, help_text="Only your organisation sees it.")


class SaySerializer(SayJsonSerializer):
    file = serializers.FileField(required=False, allow_null=True, default=None)


class AttachSerializer(serializers.Serializer):
    file = serializers.FileField(help_text="PDF, PNG, JPEG, xlsx, docx, csv or txt, by content.")
    own_only = serializers.BooleanField(default=False, help_text="Only your organisation sees it.")


class StaleSerializer(serializers.Serializer):
    """Somebody else saved in the meantime: what stands there now, and what was sent."""

    type = serializers.CharField(help_text="`client_error`, as every answer of this kind.")
    errors = serializers.ListField(child=serializers.DictField())  # type: ignore[assignment]  # the name that DRF's own errors have
    stored = serializers.DictField(help_text="What stands there now, with its version.")
    sent = serializers.DictField(help_text="What you sent.")
