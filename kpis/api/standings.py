"""Where the periods of data requests stand, over the API."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core import clock
from core.period import Period
from core.serializers import DayField
from kpis.queries.asking_words import sentence
from kpis.queries.requests import STATES, Standing, standings
from suppliers.queries.asking import requests_asked

LONGEST = 732  # days


class StandingsQuestionSerializer(serializers.Serializer):
    """Which requests, in which days; without days the last twelve periods of each."""

    partnership = serializers.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
    supplier = serializers.CharField(required=False, max_length=200)
    customer = serializers.CharField(required=False, max_length=200)
    state = serializers.ChoiceField(STATES, required=False)

    def get_fields(self) -> dict[str, serializers.Field]:
        days = {"from": DayField(required=False), "to": DayField(required=False)}
        return super().get_fields() | days

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("from" in attrs) != ("to" in attrs):
            raise ValidationError({"from": "Both ends, or neither."})
        if "from" in attrs:
            days = (attrs["to"] - attrs["from"]).days
            if not 0 <= days < LONGEST:
                raise ValidationError({"to": "At most two years, in order."})
        return attrs


class StandingSerializer(serializers.Serializer):
    """One period of one request."""

    request = serializers.IntegerField(source="asked.id")
    partnership = serializers.IntegerField(source="asked.partnership")
    customer_code = serializers.CharField(source="asked.customer_code")
    supplier_code = serializers.CharField(source="asked.supplier_code")
    kind = serializers.CharField(source="asked.kind")
    sender = serializers.CharField(source="asked.sender")
    period_first = serializers.DateField(source="slot.key")
    due = serializers.DateField(source="slot.due")
    state = serializers.ChoiceField(STATES)
    count = serializers.IntegerField(help_text="Lots, balances, items, lines or returns of the period.")
    missing = serializers.IntegerField(help_text="Lots that are known and lack what is asked for.")
    last_day = serializers.DateField(allow_null=True)
    text = serializers.SerializerMethodField(help_text="What has not come, in the reader's language.")

    def get_fields(self) -> dict[str, serializers.Field]:
        return super().get_fields() | {
            "from": serializers.DateField(source="slot.period.first"),
            "to": serializers.DateField(source="slot.period.last"),
        }

    def get_text(self, one: Standing) -> str:
        return sentence(one) if one.is_outstanding else ""


class StandingsView(APIView):
    """What is due, late, in part, received, or answered with nothing."""

    @extend_schema(
        operation_id="data_requests_standings",
        parameters=[StandingsQuestionSerializer],
        responses=StandingSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        question = StandingsQuestionSerializer(data=request.query_params)
        question.is_valid(raise_exception=True)
        asked = question.validated_data
        named = {
            "partnership": "partnership",
            "supplier": "partnership__supplier__code",
            "customer": "partnership__customer__code",
        }
        narrowed = {field: asked[name] for name, field in named.items() if name in asked}
        days = Period(asked["from"], asked["to"]) if "from" in asked else None
        found = standings(requests_asked(**narrowed), now=clock.now(), period=days)
        wanted = asked.get("state")
        shown = [one for one in found if wanted in (None, one.state)]
        return Response(StandingSerializer(shown, many=True).data)
