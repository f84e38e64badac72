"""EWMA and CUSUM charts of measured characteristics: to read."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from quality.api.process_answers import ChartAnswer, chart_answer
from quality.api.processes import LimitsQuestion, decided_on, values_asked
from quality.formulas.chart_choice import Chart
from quality.formulas.time_weighted import Memory
from quality.queries.memory_charts import BEYOND, USUAL, Settings, with_memory
from quality.queries.process_charts import process_chart, proposed_chart


class EwmaQuestion(LimitsQuestion):
    """How fast the average forgets, and how wide its limits are."""

    weight = serializers.FloatField(
        default=USUAL.weight, min_value=0.01, max_value=1, help_text="Lambda: the share of the newest point."
    )
    width = serializers.FloatField(
        default=USUAL.width,
        min_value=1,
        max_value=6,
        help_text="L: limits in standard errors of the average.",
    )


class CusumQuestion(LimitsQuestion):
    """Which shifts are summed, and what sum signals."""

    allowance = serializers.FloatField(
        default=USUAL.allowance, min_value=0, max_value=3, help_text="k, in standard errors of a point."
    )
    decision = serializers.FloatField(
        default=USUAL.decision, min_value=0.5, max_value=20, help_text="h, in standard errors of a point."
    )


def _answer(request: Request, version: int, question: type, memory: Memory) -> Response:
    limits, found, asked = values_asked(request, question, version)
    choice = proposed_chart(found)
    drawn = process_chart(
        found,
        choice.chart if choice else Chart.XBAR_R,
        rules=BEYOND,
        limits_until=asked.get("limits_until"),
        decided=decided_on(found, version, asked["stage"]),
    )
    names: tuple[str, ...] = ("weight", "width") if memory is Memory.EWMA else ("allowance", "decision")
    settings: dict[str, Any] = {name: asked[name] for name in names}
    return Response(chart_answer(limits, found, with_memory(drawn, memory, Settings(**settings)), choice))


class EwmaView(APIView):
    """An EWMA chart: the average above, below it the means or single values that it is made of."""

    @extend_schema(operation_id="charts_ewma_read", parameters=[EwmaQuestion], responses=ChartAnswer)
    def get(self, request: Request, version: int) -> Response:
        return _answer(request, version, EwmaQuestion, Memory.EWMA)


class CusumView(APIView):
    """A tabular CUSUM of both sides, in standard errors of a point."""

    @extend_schema(operation_id="charts_cusum_read", parameters=[CusumQuestion], responses=ChartAnswer)
    def get(self, request: Request, version: int) -> Response:
        return _answer(request, version, CusumQuestion, Memory.CUSUM)
