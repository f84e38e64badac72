"""Agreement of both sides' inspections of a part, and the inspection it earns: to read."""

from collections.abc import Sequence
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.finite import finite
from quality.formulas.agreement import Rate
from quality.formulas.earned import EscapeRisk
from quality.queries.lots_compared import Compared, lots_compared
from quality.queries.measured_pairs import MeasuredAgreement, measured_pairs
from suppliers.api.whose import partnership_asked


class AgreementQuestion(serializers.Serializer):
    """Whose lots are meant."""

    partnership = serializers.IntegerField(
        required=False, help_text="Needed where several suppliers make it."
    )


class RateAnswer(serializers.Serializer):
    """A share of lots; null where there is no lot to tell it from."""

    rate = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(help_text="Wilson interval, 95 %.", allow_null=True)
    high = serializers.FloatField(allow_null=True)


class RiskAnswer(serializers.Serializer):
    """Lots nobody inspects that the customer would have rejected, as a share of all lots."""

    estimate = serializers.FloatField(allow_null=True, help_text="Null while no lot was compared.")
    upper = serializers.FloatField(help_text="One-sided exact upper bound, 95 %.")


class EarnedAnswer(serializers.Serializer):
    """Inspection earned by verdicts that agree. A complaint or a changed process is not known here."""

    one_in = serializers.IntegerField(help_text="Of how many lots one is inspected by the rule.")
    agreeing = serializers.IntegerField(help_text="Agreeing lots in a row, paid in towards the next step.")
    still_missing = serializers.IntegerField(help_text="Agreeing lots that the next step asks for.")
    fell_by = serializers.CharField(help_text="`escape` or `difference` where it fell last; else empty.")
    risk = RiskAnswer()
    risk_at_next = RiskAnswer(allow_null=True, help_text="At the next step; null at the last one.")


class PairAnswer(serializers.Serializer):
    """A lot that both sides judged."""

    lot_id = serializers.IntegerField()
    number = serializers.CharField()
    outgoing_on = serializers.DateField()
    incoming_on = serializers.DateField()
    supplier_accepted = serializers.BooleanField()
    customer_accepted = serializers.BooleanField()


class MeasuredAnswer(serializers.Serializer):
    """Mean values of lots that both sides measured, of one characteristic; bias is customer minus supplier."""

    characteristic = serializers.CharField()
    unit = serializers.CharField(allow_blank=True)
    lots = serializers.IntegerField()
    bias = serializers.FloatField(allow_null=True, help_text="Null below two lots.")
    bias_low = serializers.FloatField(allow_null=True, help_text="95 % interval.")
    bias_high = serializers.FloatField(allow_null=True)
    limit_low = serializers.FloatField(allow_null=True, help_text="Limits of agreement, 95 % of differences.")
    limit_high = serializers.FloatField(allow_null=True)


class AgreementAnswer(serializers.Serializer):
    """Verdicts of both sides on the same lots, first submissions."""

    partnership = serializers.IntegerField()
    lots = serializers.IntegerField(help_text="Lots that both sides judged.")
    table = serializers.ListField(
        child=serializers.ListField(child=serializers.IntegerField()),
        help_text="Rows supplier accepted, rejected; columns customer accepted, rejected.",
    )
    kappa = serializers.FloatField(allow_null=True, help_text="Cohen's; null where it is not defined.")
    escapes = RateAnswer(help_text="Rejected by the customer, of those the supplier accepted.")
    over_rejections = RateAnswer(help_text="Accepted by the customer, of those the supplier rejected.")
    earned = EarnedAnswer()
    pairs = PairAnswer(many=True)
    measured = MeasuredAnswer(many=True)


class AgreementView(APIView):
    """How far supplier and customer agree on the lots of a part, and what that earns."""

    @extend_schema(operation_id="agreement_read", parameters=[AgreementQuestion], responses=AgreementAnswer)
    def get(self, request: Request, part: int) -> Response:
        question: Any = AgreementQuestion(data=request.query_params)
        question.is_valid(raise_exception=True)
        partnership = partnership_asked(part, question.validated_data.get("partnership")).pk
        of_part = {"partnership_id": partnership, "part_id": part}
        return Response(_answer(partnership, lots_compared(**of_part), measured_pairs(**of_part)))


def _answer(partnership: int, found: Compared, measured: Sequence[MeasuredAgreement]) -> dict[str, Any]:
    earned = found.earned
    return {
        "partnership": partnership,
        "lots": len(found.lots),
        "table": found.table,
        "kappa": finite(found.agreement.kappa.kappa),
        "escapes": _rate(found.agreement.escapes),
        "over_rejections": _rate(found.agreement.over_rejections),
        "earned": {
            "one_in": earned.one_in,
            "agreeing": earned.agreeing,
            "still_missing": earned.still_missing,
            "fell_by": earned.fell_by,
            "risk": _risk(found.risk),
            "risk_at_next": found.risk_at_next and _risk(found.risk_at_next),
        },
        "pairs": PairAnswer(found.lots, many=True).data,
        "measured": [_measured(one) for one in measured],
    }


def _measured(one: MeasuredAgreement) -> dict[str, Any]:
    names = ("bias", "bias_low", "bias_high", "limit_low", "limit_high")
    found = one.found
    told = (None,) * len(names) if found is None else (found.bias, *found.bias_interval, *found.loa)
    figures = {
        name: None if value is None else finite(value) for name, value in zip(names, told, strict=True)
    }
    return {"characteristic": one.limits.number, "unit": one.limits.unit, "lots": len(one.pairs)} | figures


def _rate(rate: Rate) -> dict[str, float | None]:
    low, high = rate.wilson
    return {"rate": finite(rate.rate), "low": finite(low), "high": finite(high)}


def _risk(risk: EscapeRisk) -> dict[str, float | None]:
    return {"estimate": finite(risk.estimate), "upper": finite(risk.upper)}
