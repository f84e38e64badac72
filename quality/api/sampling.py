"""Sampling plans over the API: arithmetic on what is asked, nothing of anybody's data."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from quality.formulas.sampling.plans import AQLS, LEVELS, SEVERITIES
from quality.queries.sampling import HIGHEST_PERCENT_AQLS, plan_of_lot

MOST_PIECES = 10_000_000  # more are not one lot


class PlanQuestionSerializer(serializers.Serializer):
    """What a plan is asked for."""

    lot_size = serializers.IntegerField(min_value=2, max_value=MOST_PIECES, help_text="Pieces in the lot.")
    level = serializers.ChoiceField(choices=list(LEVELS), default="II", help_text="Inspection level.")
    aql = serializers.ChoiceField(
        choices=list(AQLS),
        default="1.0",
        help_text=(
            f"Acceptance quality limit as printed: percent nonconforming up to {HIGHEST_PERCENT_AQLS[-1]}, "
            "nonconformities per 100 items above."
        ),
    )
    severity = serializers.ChoiceField(choices=list(SEVERITIES), default="normal")
    sampling = serializers.ChoiceField(
        choices=["single", "double"],
        default="single",
        help_text="Where the standard has no double plan, the single one is given.",
    )


class OcPointSerializer(serializers.Serializer):
    """A point of the operating characteristic."""

    p = serializers.FloatField(help_text="Fraction nonconforming, or nonconformities per item.")
    pa = serializers.FloatField(help_text="Chance of acceptance, a fraction.")


class PlanSerializer(serializers.Serializer):
    """A sampling plan of ISO 2859-1 (GB/T 2828.1) with what it does."""

    lot_size = serializers.IntegerField()
    level = serializers.CharField()
    aql = serializers.CharField()
    severity = serializers.CharField()
    sampling = serializers.ChoiceField(choices=["single", "double"])
    code = serializers.CharField(help_text="Code letter of lot size and level.")
    plan_code = serializers.CharField(help_text="Letter of the plan at the end of the arrow.")
    n = serializers.ListField(child=serializers.IntegerField(), help_text="Pieces of each sample.")
    ac = serializers.ListField(child=serializers.IntegerField(), help_text="Accept at so many or fewer.")
    re = serializers.ListField(child=serializers.IntegerField(), help_text="Reject at so many or more.")
    full_inspection = serializers.BooleanField(help_text="The sample is the whole lot.")
    model = serializers.ChoiceField(
        choices=["binomial", "poisson"], help_text="Law of the curve; Poisson for nonconformities."
    )
    pa_at_aql = serializers.FloatField(help_text="Chance of acceptance of a process at the AQL.")
    limiting_quality = serializers.FloatField(help_text="Quality accepted one time in ten.")
    oc = OcPointSerializer(many=True)


class SamplingPlanView(APIView):
    """The plan of a lot: how many to take, accept on, reject on, and its OC curve."""

    @extend_schema(
        operation_id="sampling_plan_read", parameters=[PlanQuestionSerializer], responses=PlanSerializer
    )
    def get(self, request: Request) -> Response:
        asked: Any = PlanQuestionSerializer(data=request.query_params)
        asked.is_valid(raise_exception=True)
        return Response(PlanSerializer(plan_of_lot(**asked.validated_data)).data)
