"""Decisions on the control chart of a measured characteristic: the history, a new one, and undo."""

from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core import clock
from quality.api.processes import one_partnership
from quality.formulas.chart_choice import Chart
from quality.models import ChartDecision, DecisionKind, Stage
from quality.queries.chart_decisions import decision_or_none, history
from quality.queries.process_charts import SPREADS
from quality.services import charting
from suppliers.api.asking import who_asks
from suppliers.queries.parts import part_of_version
from suppliers.services import MayNot


class HistoryQuestion(serializers.Serializer):
    """On the chart of which supplier, at which stage."""

    partnership = serializers.IntegerField(
        required=False, help_text="Needed where several suppliers make it."
    )
    stage = serializers.ChoiceField(choices=Stage.choices, default=Stage.OUTGOING)


class NewDecision(HistoryQuestion):
    """A decision with its reason; of frozen limits the chart and the last day, of others the lot."""

    kind = serializers.ChoiceField(choices=DecisionKind.choices)
    lot = serializers.CharField(
        max_length=64, required=False, help_text="Its number; of all but frozen limits."
    )
    chart = serializers.ChoiceField(
        choices=[chart.value for chart in SPREADS], required=False, help_text="Of frozen limits."
    )
    until = serializers.DateField(
        required=False,
        help_text="Of frozen limits: the last day of the lots that make them; without, all do.",
    )
    reason = serializers.CharField(max_length=300)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        needed = "chart" if attrs["kind"] == DecisionKind.FREEZE else "lot"
        if needed not in attrs:
            raise serializers.ValidationError({needed: _("Needed for a decision of this kind.")})
        return attrs


class ChartDecisionAnswer(serializers.ModelSerializer):
    """A decision; one that was undone stays in the history and no longer counts."""

    lot_number = serializers.CharField(source="lot.number", allow_null=True, default=None)
    made_by = serializers.CharField(source="made_by.user")
    undone_by = serializers.CharField(source="undone_by.user", allow_null=True, default=None)

    class Meta:
        model = ChartDecision
        fields = (
            *(
                "id",
                "partnership",
                "stage",
                "kind",
                "lot",
                "lot_number",
                "day",
                "reason",
                "made_by",
                "made_at",
            ),
            *("undone_by", "undone_at", "chart", "centre", "sigma", "subgroups", "until"),
        )


class ChartDecisionsView(APIView):
    """What was decided about a control chart, the latest first; owners and quality engineers of either end decide."""

    @extend_schema(
        operation_id="chart_decisions_list",
        parameters=[HistoryQuestion],
        responses=ChartDecisionAnswer(many=True),
    )
    def get(self, request: Request, version: int) -> Response:
        asked = _read(HistoryQuestion, request.query_params.dict())
        partnership = one_partnership(_part(version), asked.get("partnership"))
        rows = history(partnership=partnership, version=version, stage=asked["stage"])
        return Response(ChartDecisionAnswer(rows, many=True).data)

    @extend_schema(
        operation_id="chart_decisions_create", request=NewDecision, responses={201: ChartDecisionAnswer}
    )
    def post(self, request: Request, version: int) -> Response:
        part = _part(version)
        asked = _read(NewDecision, request.data)
        whose = {
            "partnership_id": one_partnership(part, asked.get("partnership")),
            "part_id": part,
            "version": version,
            "stage": asked["stage"],
        }
        by = {"reason": asked["reason"], "by": who_asks(request), "now": clock.now()}
        try:
            if asked["kind"] == DecisionKind.FREEZE:
                made = charting.freeze_limits(
                    **whose, chart=Chart(asked["chart"]), until=asked.get("until"), **by
                )
            else:
                made = charting.decide_on_lot(**whose, kind=asked["kind"], lot=asked["lot"], **by)
        except MayNot as forbidden:
            raise PermissionDenied from forbidden
        except charting.LotNotHere as unknown:
            raise ValidationError({"lot": _("No measured lot of this number here.")}) from unknown
        except charting.DecidedAlready as already:
            raise ValidationError(
                {"kind": _("That stands already; undo it first to change it.")}
            ) from already
        except charting.NothingToFreeze as nothing:
            raise ValidationError(
                {"until": _("Nothing to freeze: these lots give no limits. Choose a later day.")}
            ) from nothing
        return Response(ChartDecisionAnswer(made).data, status=201)


class ChartDecisionUndoView(APIView):
    """Take a decision back; it stays in the history."""

    @extend_schema(operation_id="chart_decisions_undo", request=None, responses=ChartDecisionAnswer)
    def post(self, request: Request, version: int, decision: int) -> Response:
        found = decision_or_none(version=version, decision=decision)
        if found is None:
            raise Http404
        try:
            undone = charting.undo_decision(
                decision_id=decision,
                partnership_id=found.partnership_id,
                version=version,
                by=who_asks(request),
                now=clock.now(),
            )
        except MayNot as forbidden:
            raise PermissionDenied from forbidden
        if not undone:
            raise Http404
        return Response(ChartDecisionAnswer(decision_or_none(version=version, decision=decision)).data)


def _part(version: int) -> int:
    part = part_of_version(version)
    if part is None:
        raise Http404
    return part


def _read(question: type[serializers.Serializer], given: Any) -> dict[str, Any]:
    body = question(data=given)
    body.is_valid(raise_exception=True)
    return dict(body.validated_data)
