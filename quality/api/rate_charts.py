"""Control charts of inspections: p, np, c, u and Laney's p' and u'; to read."""

from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.finite import finite, finite_line
from quality.api.process_answers import ProposedAnswer
from quality.api.processes import LimitsQuestion, one_partnership
from quality.formulas.chart_choice import Chart
from quality.formulas.run_rules import USUAL_RULES, Rule
from quality.queries.rate_charts import (
    LAWS,
    LotCounts,
    RateChart,
    SizesDiffer,
    lot_counts,
    proposed_rate_chart,
    rate_chart,
)


class RateQuestion(LimitsQuestion):
    """Which inspections are charted, and how."""

    part_id = serializers.IntegerField(help_text="Inspections of this part.")
    rules = serializers.MultipleChoiceField(
        choices=[rule.value for rule in Rule],
        required=False,
        help_text="Rules that are switched on; by default nelson1 and nelson2.",
    )


class RatePointAnswer(serializers.Serializer):
    """A lot, with the rules whose pattern it completes."""

    lot = serializers.IntegerField()
    lot_number = serializers.CharField()
    day = serializers.DateField()
    monitored = serializers.BooleanField(help_text="Came after the limits were made.")
    found = serializers.IntegerField(
        help_text="Nonconforming pieces, or nonconformities on c, u and laney_u charts."
    )
    inspected = serializers.IntegerField(help_text="Pieces.")
    value = serializers.FloatField(help_text="A rate, a fraction; on np and c charts the count.")
    centre = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)
    rules = serializers.ListField(child=serializers.ChoiceField(choices=[rule.value for rule in Rule]))


class RateChartAnswer(serializers.Serializer):
    """A control chart of first submissions, lot by lot."""

    kind = serializers.ChoiceField(choices=[chart.value for chart in LAWS])
    proposed = ProposedAnswer(allow_null=True)
    rate = serializers.FloatField(
        allow_null=True, help_text="All that was found over all that was inspected."
    )
    spread = serializers.FloatField(
        allow_null=True,
        help_text="How many times wider lots spread than chance allows; 1 but on Laney's charts.",
    )
    lots = serializers.IntegerField()
    older_left_out = serializers.BooleanField()
    preliminary = serializers.BooleanField(help_text="Below 25 lots.")
    points = RatePointAnswer(many=True)


class RateChartView(APIView):
    """A chart of inspections: `p`, `np`, `c`, `u`, `laney_p` or `laney_u`; `proposed` names the one that fits."""

    @extend_schema(
        operation_id="charts_of_inspections_read", parameters=[RateQuestion], responses=RateChartAnswer
    )
    def get(self, request: Request, kind: str) -> Response:
        if kind not in [chart.value for chart in LAWS]:
            raise Http404
        chart, asked = Chart(kind), _asked(request)
        partnership = one_partnership(asked["part_id"], asked.get("partnership"))
        counts = lot_counts(
            partnership=partnership,
            part=asked["part_id"],
            stage=asked["stage"],
            law=LAWS[chart],
            first=asked.get("from"),
            last=asked.get("to"),
        )
        rules = [rule for rule in Rule if rule in asked.get("rules", USUAL_RULES)]
        try:
            found = rate_chart(counts, chart, rules=rules, limits_until=asked.get("limits_until"))
        except SizesDiffer as differ:
            raise ValidationError(
                {"kind": _("A c chart needs lots of one size; these differ, so take a u chart.")}
            ) from differ
        return Response(_answer(counts, found))


def _asked(request: Request) -> dict[str, Any]:
    given: dict[str, Any] = {name: values[-1] for name, values in request.query_params.lists()}
    if "rules" in given:
        given["rules"] = [rule for rule in given["rules"].split(",") if rule]
    body = RateQuestion(data=given)
    body.is_valid(raise_exception=True)
    return dict(body.validated_data)


def _answer(counts: LotCounts, found: RateChart) -> dict[str, Any]:
    proposed = proposed_rate_chart(counts, LAWS[found.chart])
    columns = zip(
        counts.lots,
        counts.numbers,
        counts.days,
        found.monitored.tolist(),
        counts.found.tolist(),
        counts.inspected.tolist(),
        *(finite_line(line) for line in (found.values, *found.band)),
        ([rule.value for rule in rules] for rules in found.rules),
        strict=True,
    )
    names = list(RatePointAnswer().fields)
    return {
        "kind": found.chart.value,
        "proposed": proposed and {"kind": proposed.chart.value, "reason": proposed.reason.value},
        "rate": finite(float(found.baseline.rate)),
        "spread": finite(float(found.baseline.spread)),
        "lots": len(counts.lots),
        "older_left_out": counts.cut,
        "preliminary": len(counts.lots) < 25,
        "points": [dict(zip(names, row, strict=True)) for row in columns],
    }
