"""Shapes of mails that somebody asked for."""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.serializers import RowSerializer
from insight.models import Digest, Rhythm, Side, Subscription, What
from kpis import definitions


class CodesField(serializers.ListField):
    child = serializers.CharField(max_length=64)

    def __init__(self, **more: Any) -> None:
        super().__init__(required=False, max_length=200, **more)


class FiltersSerializer(serializers.Serializer):
    """Of whom and what. What is left out means all."""

    kpi = serializers.ChoiceField(definitions.names(), required=False, help_text="With what=kpi.")
    stage = serializers.ChoiceField(list(definitions.READINGS), required=False, help_text="Of that KPI.")
    customer = serializers.CharField(
        max_length=32, required=False, help_text="A supplier's: the code of one of its customers."
    )
    suppliers = CodesField(help_text="A customer's: codes.")
    parts = CodesField(help_text="Numbers.")
    mine = serializers.BooleanField(
        required=False,
        default=False,
        help_text="A customer's: only the suppliers that one looks after, all if there is none. "
        "Codes in `suppliers` come before it.",
    )


class DigestSerializer(RowSerializer):
    """One mail. `reason` says why it was left out or failed, in the reader's language."""

    reason = serializers.CharField(source="get_reason_display", read_only=True)

    class Meta:
        model = Digest
        fields = ["period", "first_date", "last_date", "state", "reason", "due_at", "finished_at"]
        read_only_fields = fields


class SubscriptionSerializer(RowSerializer):
    filters = FiltersSerializer(required=False)
    side = serializers.ChoiceField(
        Side.choices, required=False, help_text="From which one looks; without it the first that one has."
    )
    language = serializers.ChoiceField(settings.LANGUAGES, required=False)
    hour = serializers.IntegerField(min_value=0, max_value=23, help_text="In the person's own zone.")
    day = serializers.IntegerField(
        min_value=1,
        max_value=31,
        allow_null=True,
        required=False,
        help_text="Of the week, 1 is Monday; of the month, where a shorter one means its last day.",
    )
    pause_reason = serializers.CharField(source="get_pause_reason_display", read_only=True)
    latest = serializers.SerializerMethodField(help_text="The mail that was due last.")

    class Meta:
        model = Subscription
        fields = [
            "id",
            "what",
            "side",
            "filters",
            "rhythm",
            "day",
            "hour",
            "language",
            "state",
            "pause_reason",
            "pause_note",
            "next_at",
            "latest",
            "created_at",
        ]
        read_only_fields = ["id", "state", "pause_note", "next_at", "created_at"]

    @extend_schema_field(DigestSerializer(allow_null=True))
    def get_latest(self, subscription: Subscription) -> dict[str, Any] | None:
        latest: list[Digest] = getattr(subscription, "latest", [])
        return DigestSerializer(latest[0]).data if latest else None

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        rhythm, day = self._of(attrs, "rhythm"), self._of(attrs, "day")
        if rhythm == Rhythm.WEEKLY and day is not None and day > 7:
            raise serializers.ValidationError({"day": _("1 to 7, from Monday to Sunday.")})
        kpi = (self._of(attrs, "filters") or {}).get("kpi")
        if self._of(attrs, "what") == What.KPI and not kpi:
            raise serializers.ValidationError({"filters": _("Say which KPI.")})
        return attrs

    def _of(self, attrs: dict[str, Any], name: str) -> Any:
        return attrs.get(name, getattr(self.instance, name, None))
