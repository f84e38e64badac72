"""Control charts and capability of measured characteristics: to read."""

from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from quality.api.process_answers import CapabilityAnswer, ChartAnswer, capability_answer, chart_answer
from quality.formulas.chart_choice import Chart
from quality.formulas.run_rules import USUAL_RULES, Rule
from quality.models import Stage
from quality.queries.capability_studies import capability_study
from quality.queries.chart_decisions import Decided, decided, history
from quality.queries.process_charts import SPREADS, process_chart, proposed_chart
from quality.queries.processes import LotValues, lot_values
from suppliers.queries.parts import Limits, limits_by_version, partnerships_of_part


class ProcessQuestion(serializers.Serializer):
    """Which values of a characteristic version."""

    partnership = serializers.IntegerField(
        required=False, help_text="Needed where several suppliers make it."
    )
    stage = serializers.ChoiceField(choices=Stage.choices, default=Stage.OUTGOING)

    def get_fields(self) -> dict[str, serializers.Field]:
        """Add the ends of the period, whose names Python keeps for itself."""
        ends = {
            "from": serializers.DateField(required=False, help_text="First day of measuring."),
            "to": serializers.DateField(required=False, help_text="Last day, included."),
        }
        return super().get_fields() | ends


class LimitsQuestion(ProcessQuestion):
    """Of which lots control limits are made."""

    limits_until = serializers.DateField(
        required=False,
        help_text="Limits are made of the lots until this day; later ones are held against them.",
    )


class ChartQuestion(LimitsQuestion):
    """How they are charted."""

    rules = serializers.MultipleChoiceField(
        choices=[rule.value for rule in Rule],
        required=False,
        help_text="Rules that are switched on; by default nelson1 and nelson2.",
    )


class ChartView(APIView):
    """A control chart of a characteristic: `xbar_r`, `xbar_s` or `i_mr`; `proposed` names the one that fits."""

    @extend_schema(operation_id="charts_read", parameters=[ChartQuestion], responses=ChartAnswer)
    def get(self, request: Request, kind: str, version: int) -> Response:
        if kind not in [chart.value for chart in SPREADS]:
            raise Http404
        limits, found, asked = values_asked(request, ChartQuestion, version)
        rules = [rule for rule in Rule if rule in asked.get("rules", USUAL_RULES)]
        chart = process_chart(
            found,
            Chart(kind),
            rules=rules,
            limits_until=asked.get("limits_until"),
            decided=decided_on(found, version, asked["stage"]),
        )
        return Response(chart_answer(limits, found, chart, proposed_chart(found)))


class CapabilityView(APIView):
    """Capability of the present segment of a characteristic, without lots that were left out of its chart.

    What cannot be had is null, and `refusal` says why.
    """

    @extend_schema(operation_id="capability_read", parameters=[ProcessQuestion], responses=CapabilityAnswer)
    def get(self, request: Request, version: int) -> Response:
        limits, found, asked = values_asked(request, ProcessQuestion, version)
        study = capability_study(
            found,
            lsl=limits.lsl,
            usl=limits.usl,
            target=limits.nominal,
            decided=decided_on(found, version, asked["stage"]),
        )
        return Response(capability_answer(limits, study))


def one_partnership(part_id: int, asked: int | None) -> int:
    """Return the partnership of a part that is asked for, or its only one. What is not shared is not there."""
    every = [one.pk for one in partnerships_of_part(part_id)]
    if not every or (asked is not None and asked not in every):
        raise Http404
    if asked is None and len(every) > 1:
        raise ValidationError({"partnership": _("Name one: the lots of two suppliers are not one process.")})
    return every[0] if asked is None else asked


def decided_on(found: LotValues, version: int, stage: str) -> Decided:
    """Return what stands of the chart of these values, which are those of one supplier at most."""
    return decided(
        [
            row
            for partnership in found.partnerships
            for row in history(partnership=partnership, version=version, stage=stage)
        ]
    )


def values_asked(request: Request, question: type, version: int) -> tuple[Limits, LotValues, dict[str, Any]]:
    """Read the question, and the values that it asks of: of one supplier, or it names which."""
    given: dict[str, Any] = {name: values[-1] for name, values in request.query_params.lists()}
    if "rules" in given:
        given["rules"] = [rule for rule in given["rules"].split(",") if rule]
    body = question(data=given)
    body.is_valid(raise_exception=True)
    asked = body.validated_data
    limits = limits_by_version([version]).get(version)
    if limits is None:
        raise Http404
    found = lot_values(
        version,
        stage=asked["stage"],
        partnership=asked.get("partnership"),
        first=asked.get("from"),
        last=asked.get("to"),
    )
    if len(found.partnerships) > 1:
        raise ValidationError(
            {"partnership": _("Name one: the values of two suppliers are not one process.")}
        )
    return limits, found, asked
