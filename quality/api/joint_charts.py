"""Hotelling's T² of several characteristics of a part: to read."""

from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core import clock
from core.finite import finite_line
from quality.api.processes import LimitsQuestion, one_partnership
from quality.queries.chart_decisions import decided_of_all
from quality.queries.joint_charts import JointChart, LotsDiffer, NoLimit, Points, joint_chart, proposed_points
from quality.queries.joint_values import JointValues, joint_values
from suppliers.queries.parts import Limits, limits_of_part


class JointQuestion(LimitsQuestion):
    """Which characteristics are charted together, and what a point is."""

    part_id = serializers.IntegerField(help_text="Characteristics of this part, by the limits valid today.")
    characteristics = serializers.ListField(
        child=serializers.IntegerField(),
        required=False,
        help_text="Characteristic versions, with commas between; by default all. Those without a value are left out.",
    )
    points = serializers.ChoiceField(
        choices=[points.value for points in Points],
        required=False,
        help_text="Means of lots, which need lots of one size, or single pieces; by default what the data allow.",
    )


class JointCharacteristicAnswer(serializers.Serializer):
    characteristic_version = serializers.IntegerField()
    number = serializers.CharField()
    unit = serializers.CharField()


class JointPointAnswer(serializers.Serializer):
    """A lot or a piece, with T² and its limit."""

    lot = serializers.IntegerField()
    lot_number = serializers.CharField()
    day = serializers.DateField()
    monitored = serializers.BooleanField(help_text="Came after the limits were made.")
    excluded = serializers.BooleanField(help_text="Left out of limits by somebody, on any of the charts.")
    value = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True, help_text="There is no lower limit.")
    beyond = serializers.BooleanField()
    furthest = serializers.IntegerField(
        allow_null=True,
        help_text="Beyond the limit: the characteristic version that lies most standard deviations off its centre.",
    )


class JointChartAnswer(serializers.Serializer):
    """A T² chart of the present segment."""

    kind = serializers.ChoiceField(choices=["t2"])
    characteristics = JointCharacteristicAnswer(many=True)
    points_are = serializers.ChoiceField(choices=[points.value for points in Points])
    lots = serializers.IntegerField()
    lots_of_earlier_segments = serializers.IntegerField()
    incomplete_pieces = serializers.IntegerField(
        help_text="Pieces without a value of every characteristic: no point can be made of them."
    )
    older_left_out = serializers.BooleanField()
    no_limit = serializers.ChoiceField(
        choices=[why.value for why in NoLimit if why], allow_null=True, help_text="Why there is no limit."
    )
    points = JointPointAnswer(many=True)


class JointChartView(APIView):
    """Hotelling's T²: several characteristics of the same pieces on one chart."""

    @extend_schema(operation_id="charts_t2_read", parameters=[JointQuestion], responses=JointChartAnswer)
    def get(self, request: Request) -> Response:
        given: dict[str, Any] = {name: values[-1] for name, values in request.query_params.lists()}
        if "characteristics" in given:
            given["characteristics"] = [one for one in given["characteristics"].split(",") if one]
        body = JointQuestion(data=given)
        body.is_valid(raise_exception=True)
        asked = body.validated_data
        partnership = one_partnership(asked["part_id"], asked.get("partnership"))
        limits = _characteristics(asked["part_id"], asked.get("characteristics"))
        found = joint_values(
            list(limits),
            stage=asked["stage"],
            partnership=partnership,
            first=asked.get("from"),
            last=asked.get("to"),
        )
        points = Points(asked["points"]) if "points" in asked else proposed_points(found)
        stands = decided_of_all(partnership=partnership, versions=list(limits), stage=asked["stage"])
        try:
            chart = joint_chart(found, points, limits_until=asked.get("limits_until"), decided=stands)
        except LotsDiffer as differ:
            raise ValidationError(
                {"points": _("A chart of lots needs lots of one size, of two pieces or more.")}
            ) from differ
        return Response(_answer(limits, found, chart))


def _characteristics(part_id: int, asked: list[int] | None) -> dict[int, Limits]:
    every = {one.version: one for one in limits_of_part(part_id, on=clock.today_here())}
    chosen = every if asked is None else {version: every[version] for version in asked if version in every}
    if asked is not None and len(chosen) < len(set(asked)):
        raise Http404
    if len(chosen) < 2:
        raise ValidationError({"characteristics": _("Name two characteristics or more.")})
    return chosen


def _answer(limits: dict[int, Limits], found: JointValues, chart: JointChart) -> dict[str, Any]:
    versions = list(found.versions)
    columns = zip(
        chart.lots.tolist(),
        *(line.tolist() for line in (chart.monitored, chart.excluded, chart.beyond, chart.furthest)),
        *(finite_line(line) for line in (chart.values, chart.high)),
        strict=True,
    )
    return {
        "kind": "t2",
        "characteristics": [
            {
                "characteristic_version": version,
                "number": limits[version].number,
                "unit": limits[version].unit,
            }
            for version in versions
        ],
        "points_are": chart.points.value,
        "lots": len(found.lots),
        "lots_of_earlier_segments": chart.earlier,
        "incomplete_pieces": found.incomplete,
        "older_left_out": found.cut,
        "no_limit": chart.no_limit.value or None,
        "points": [
            {
                "lot": found.lots[lot],
                "lot_number": found.numbers[lot],
                "day": found.days[lot],
                "monitored": monitored,
                "excluded": excluded,
                "value": value,
                "high": high,
                "beyond": beyond,
                "furthest": versions[furthest] if beyond else None,
            }
            for lot, monitored, excluded, beyond, furthest, value, high in columns
        ],
    }
