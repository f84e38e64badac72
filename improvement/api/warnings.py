"""Warnings: `warnings/`."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound, PermissionDenied, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from core import clock
from core.parsers import JSONParser
from core.serializers import RowSerializer
from core.viewsets import Conflict, ReadViewSet
from improvement import services
from improvement.filters import WarningFilter
from improvement.models import RaisedWarning, WarningEvent, WarningEvidence, WarningState
from improvement.queries import warnings as reads
from improvement.queries.warning_budget import budgets
from suppliers.api.asking import OfPerson


class WarningInListSerializer(RowSerializer):
    number = serializers.CharField(source="shown_number", help_text="Counted per customer: `W-0042`.")
    state = serializers.ChoiceField(
        WarningState.choices, help_text="For your organisation; explained and task hold for both sides."
    )
    supplier = serializers.CharField(source="partnership.supplier.code")
    customer = serializers.CharField(source="partnership.customer.code")
    part_number = serializers.CharField(source="part.number")
    finds = serializers.IntegerField(help_text="Lots at which it was found and that still hold.")

    class Meta:
        model = RaisedWarning
        fields = [
            "id",
            "number",
            "state",
            "rule",
            "partnership",
            "supplier",
            "customer",
            "part",
            "part_number",
            "stage",
            "characteristic_version",
            "first_day",
            "last_day",
            "finds",
            "raised_at",
            "explanation",
            "explained_at",
            "task",
        ]
        read_only_fields = fields


class EvidenceSerializer(RowSerializer):
    lot_number = serializers.CharField(source="lot.number")
    details = serializers.DictField(help_text="Numbers and words of the rule.")

    class Meta:
        model = WarningEvidence
        fields = ["lot", "lot_number", "day", "since", "details", "found_at", "gone_at"]
        read_only_fields = fields


class WarningEventSerializer(RowSerializer):
    who = serializers.CharField(source="by.user", allow_null=True, default=None, help_text="Null: the data.")

    class Meta:
        model = WarningEvent
        fields = ["kind", "at", "who", "text"]
        read_only_fields = fields


class WarningSerializer(WarningInListSerializer):
    """A warning with its evidence and its history."""

    evidence = serializers.SerializerMethodField()
    history = serializers.SerializerMethodField()

    class Meta(WarningInListSerializer.Meta):
        fields = [*WarningInListSerializer.Meta.fields, "evidence", "history"]
        read_only_fields = fields

    @extend_schema_field(EvidenceSerializer(many=True))
    def get_evidence(self, warning: RaisedWarning) -> Any:
        return EvidenceSerializer(reads.evidence_of(warning), many=True).data

    @extend_schema_field(WarningEventSerializer(many=True))
    def get_history(self, warning: RaisedWarning) -> Any:
        return WarningEventSerializer(reads.history_of(warning), many=True).data


class ExplainSerializer(serializers.Serializer):
    explanation = serializers.CharField(max_length=5_000, help_text="What was behind it; both sides read it.")


class BudgetSerializer(serializers.Serializer):
    """What the rules cost on a partnership by chance alone, and how far they gave way."""

    partnership = serializers.IntegerField()
    supplier = serializers.CharField(source="supplier_code")
    customer = serializers.CharField(source="customer_code")
    inspected_a_month = serializers.FloatField(source="pace.inspected", help_text="Lots.")
    measured_a_month = serializers.FloatField(source="pace.measured", help_text="Lots times characteristics.")
    frozen_a_month = serializers.FloatField(source="pace.frozen", help_text="Of these with frozen limits.")
    plan = serializers.IntegerField(source="place", help_text="0: no rule gave way.")
    false_alarms_a_month = serializers.DictField(
        source="false_alarms", child=serializers.FloatField(), help_text="By rule."
    )


class WarningViewSet(OfPerson, ReadViewSet, viewsets.GenericViewSet):
    """Warnings on your partnerships. Owners and quality engineers of both ends act, a guest reads.

    A task is opened of one at `tasks/`, with its id as `warning`.
    """

    serializer_class: Any = WarningSerializer
    filterset_class = WarningFilter
    parser_classes = [JSONParser]
    may_conflict = True

    def rows(self) -> Any:
        return reads.warnings_to_list(self.person.organisation_id)

    def get_serializer_class(self) -> Any:
        return WarningInListSerializer if self.action == "list" else WarningSerializer

    @extend_schema(responses=BudgetSerializer(many=True), filters=False)
    @action(detail=False, filterset_class=None, pagination_class=None)
    def budget(self, request: Request) -> Response:
        """How often warnings come by chance alone, by partnership."""
        return Response(BudgetSerializer(budgets(), many=True).data)

    @extend_schema(request=None, responses=WarningSerializer)
    @action(detail=True, methods=["post"], filterset_class=None)
    def seen(self, request: Request, pk: str) -> Response:
        """Say that your side has seen it."""
        return self._moved(services.see_warning)

    @extend_schema(request=ExplainSerializer, responses=WarningSerializer)
    @action(detail=True, methods=["post"], filterset_class=None)
    def explain(self, request: Request, pk: str) -> Response:
        """Say what was behind it: it is settled by that."""
        self.get_object()
        body = ExplainSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        return self._moved(services.explain_warning, text=body.validated_data["explanation"])

    @extend_schema(request=None, responses=WarningSerializer)
    @action(detail=True, methods=["post"], filterset_class=None)
    def reopen(self, request: Request, pk: str) -> Response:
        """Take an explanation back."""
        return self._moved(services.reopen_warning)

    def _moved(self, service: Callable[..., RaisedWarning], **told: str) -> Response:
        warning = self.get_object()
        try:
            service(warning_id=warning.pk, by=self.person, now=clock.now(), **told)
        except services.WarningNotYours as stranger:
            raise NotFound from stranger
        except services.MayNotWrite as forbidden:
            raise PermissionDenied from forbidden
        except services.ExplanationMissing as gap:
            raise ValidationError({"explanation": _("Say what was behind it.")}, code="required") from gap
        except services.NotInThisState as held:
            state = {"state": WarningState(held.state).label}
            told_so = _("Not possible as long as the warning is “%(state)s”.") % state
            raise Conflict(told_so, code="not_in_this_state") from held
        return Response(WarningSerializer(reads.warning_or_none(warning.pk, self.person)).data)
