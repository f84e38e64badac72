"""Sampling plans over the API: arithmetic on what is asked, nothing of anybody's data."""

import math
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from quality.formulas.sampling.plans import AQLS, LEVELS, SEVERITIES
from quality.formulas.sampling.z19 import AQLS as Z19_AQLS
from quality.formulas.sampling.z19 import LEVELS as Z19_LEVELS
from quality.formulas.sampling.z19 import SEVERITIES as Z19_SEVERITIES
from quality.queries.sampling import (
    HIGHEST_PERCENT_AQLS,
    PlanOfLot,
    accept_zero_plan_of_lot,
    plan_of_lot,
    skip_lot_curve,
    variables_plan_of_lot,
)

MOST_PIECES = 10_000_000  # more are not one lot
SAMPLINGS = ("single", "double", "variables", "accept-zero")
BY_VARIABLES = {"level": Z19_LEVELS, "aql": Z19_AQLS, "severity": Z19_SEVERITIES}


class NumberOrNull(serializers.FloatField):
    """A number that is null where it is not defined: JSON has no NaN."""

    def to_representation(self, value: float) -> float | None:  # type: ignore[override]
        return None if math.isnan(value) else float(value)


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
        choices=list(SAMPLINGS),
        default="single",
        help_text=(
            "Where the standard has no double plan, the single one is given. By variables: ANSI/ASQ Z1.9, "
            "form k, normal and tightened. Accept-zero (c = 0) is made for `rql`, and takes no level, AQL or "
            "severity."
        ),
    )
    rql = serializers.FloatField(
        required=False,
        min_value=0.001,
        max_value=99,
        help_text="Percent nonconforming that an accept-zero plan turns away.",
    )
    confidence = serializers.FloatField(
        default=0.9, min_value=0.5, max_value=0.9999, help_text="Chance to turn `rql` away, a fraction."
    )
    skip_clearance = serializers.IntegerField(
        required=False,
        min_value=1,
        max_value=100,
        help_text="Skip-lot (SkSP-2): lots accepted in a row before lots are skipped. With `skip_one_in`.",
    )
    skip_one_in = serializers.IntegerField(
        required=False,
        min_value=2,
        max_value=100,
        help_text="Of how many lots one is inspected while skipping. With `skip_clearance`.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        wrong: dict[str, str] = {}
        if attrs["sampling"] == "accept-zero" and "rql" not in attrs:
            wrong["rql"] = _("An accept-zero plan is made for a quality to turn away.")
        if attrs["sampling"] == "variables":
            wrong |= {
                name: _("Not covered by variables; one of %(words)s.") % {"words": ", ".join(words)}
                for name, words in BY_VARIABLES.items()
                if attrs[name] not in words
            }
        one, other = "skip_clearance", "skip_one_in"
        for missing, given in ((one, other), (other, one)):
            if given in attrs and missing not in attrs:
                wrong[missing] = _("Needed beside %(name)s.") % {"name": given}
        if wrong:
            raise serializers.ValidationError(wrong)
        return attrs


class OcPointSerializer(serializers.Serializer):
    """A point of the operating characteristic."""

    p = serializers.FloatField(help_text="Fraction nonconforming, or nonconformities per item.")
    pa = serializers.FloatField(help_text="Chance of acceptance, a fraction.")
    aoq = serializers.FloatField(
        help_text="Average outgoing quality where rejected lots are sorted, in the unit of p."
    )
    ati = serializers.FloatField(help_text="Pieces inspected of a lot on average, rejected lots sorted.")


class LotPointSerializer(serializers.Serializer):
    """A point of the operating characteristic of this one lot, by the hypergeometric law."""

    nonconforming = serializers.IntegerField(help_text="Nonconforming pieces in the lot.")
    pa = serializers.FloatField(help_text="Chance of acceptance, a fraction.")


class SkipPointSerializer(serializers.Serializer):
    """A point of the long run of skip-lot inspection."""

    p = serializers.FloatField(help_text="Fraction nonconforming, or nonconformities per item.")
    pa = serializers.FloatField(help_text="Share of lots accepted, skipped ones among them.")
    inspected_share = serializers.FloatField(help_text="Share of lots inspected.")


class PlanSerializer(serializers.Serializer):
    """A sampling plan with what it does: ISO 2859-1 (GB/T 2828.1), Z1.9 by variables, or c = 0."""

    lot_size = serializers.IntegerField()
    level = serializers.CharField()
    aql = serializers.CharField()
    severity = serializers.CharField()
    sampling = serializers.ChoiceField(choices=list(SAMPLINGS))
    code = serializers.CharField(help_text="Code letter of lot size and level; ISO 2859-1 alone.")
    plan_code = serializers.CharField(help_text="Letter of the plan at the end of the arrow.")
    n = serializers.ListField(child=serializers.IntegerField(), help_text="Pieces of each sample.")
    ac = serializers.ListField(child=serializers.IntegerField(), help_text="Accept at so many or fewer.")
    re = serializers.ListField(child=serializers.IntegerField(), help_text="Reject at so many or more.")
    k = serializers.FloatField(
        allow_null=True, help_text="By variables: accept when the mean lies so many s inside the limit."
    )
    full_inspection = serializers.BooleanField(help_text="The sample is the whole lot.")
    model = serializers.ChoiceField(
        choices=["binomial", "poisson", "normal"],
        help_text="Law of the curve; Poisson for nonconformities, normal values by variables.",
    )
    pa_at_aql = NumberOrNull(allow_null=True, help_text="Chance of acceptance of a process at the AQL.")
    producer_risk = NumberOrNull(
        allow_null=True, help_text="Chance that a lot of a process at the AQL is rejected."
    )
    limiting_quality = serializers.FloatField(help_text="Quality accepted one time in ten.")
    aoql = serializers.FloatField(
        help_text="Worst average outgoing quality where rejected lots are sorted, in the unit of p."
    )
    aoql_at = serializers.FloatField(help_text="Incoming quality at which it is reached.")
    oc = OcPointSerializer(many=True)
    lot_oc = LotPointSerializer(
        many=True, help_text="Of this lot alone; empty by variables and for nonconformities per 100 items."
    )


class PlanAnswerSerializer(PlanSerializer):
    """The plan, and the long run of skip-lot inspection where it was asked for."""

    skip_lot = SkipPointSerializer(many=True, help_text="Empty where skip-lot was not asked for.")


class SamplingPlanView(APIView):
    """The plan of a lot: how many to take, accept on, reject on, and its OC curve."""

    @extend_schema(
        operation_id="sampling_plan_read",
        parameters=[PlanQuestionSerializer],
        responses=PlanAnswerSerializer,
    )
    def get(self, request: Request) -> Response:
        question: Any = PlanQuestionSerializer(data=request.query_params)
        question.is_valid(raise_exception=True)
        asked = question.validated_data
        plan = _plan(asked)
        skipped = (
            skip_lot_curve(plan, clearance=asked["skip_clearance"], one_in=asked["skip_one_in"])
            if "skip_one_in" in asked
            else ()
        )
        told = PlanSerializer(plan).data | {"skip_lot": SkipPointSerializer(skipped, many=True).data}
        return Response(told)


def _plan(asked: dict[str, Any]) -> PlanOfLot:
    if asked["sampling"] == "accept-zero":
        return accept_zero_plan_of_lot(
            lot_size=asked["lot_size"], rql=asked["rql"] / 100, confidence=asked["confidence"]
        )
    words = {name: asked[name] for name in ("lot_size", "level", "aql", "severity")}
    if asked["sampling"] == "variables":
        return variables_plan_of_lot(**words)
    return plan_of_lot(**words, sampling=asked["sampling"])
