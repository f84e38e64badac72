"""Questions about reported measured values: to read. They are answered on the page."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core import clock
from quality.formulas.questions import Pattern
from quality.queries.plausibility import Question, questions
from suppliers.api.asking import who_asks
from suppliers.api.whose import partnership_asked


class PlausibilityQuestion(serializers.Serializer):
    """Whose values are meant."""

    partnership = serializers.IntegerField(
        required=False, help_text="Needed where several suppliers make it."
    )


class AnswerGiven(serializers.Serializer):
    text = serializers.CharField()
    by = serializers.CharField()
    at = serializers.DateTimeField()


class QuestionAsked(serializers.Serializer):
    """One question about a characteristic in a quarter, perhaps about one lot and one before it."""

    key = serializers.CharField()
    characteristic_version = serializers.IntegerField()
    characteristic = serializers.CharField()
    test = serializers.ChoiceField(choices=[one.value for one in Pattern])
    quarter = serializers.DateField(help_text="Its first day.")
    p = serializers.FloatField(help_text="Chance that honest values look at least so odd.")
    facts = serializers.DictField(child=serializers.FloatField())
    lot = serializers.IntegerField(allow_null=True)
    earlier_lot = serializers.IntegerField(allow_null=True)
    answers = AnswerGiven(many=True)


class PlausibilityAnswer(serializers.Serializer):
    """Questions about outgoing measured values that the reader may see."""

    partnership = serializers.IntegerField()
    tests = serializers.IntegerField(help_text="Tests that were done.")
    values = serializers.IntegerField(help_text="Values that were looked at.")
    expected_by_chance = serializers.FloatField(
        help_text="Questions that honest values would raise, at the most."
    )
    questions = QuestionAsked(many=True)


class PlausibilityView(APIView):
    """Questions to a supplier about its measured values; a customer sees them answered, or after seven days."""

    @extend_schema(
        operation_id="plausibility_read", parameters=[PlausibilityQuestion], responses=PlausibilityAnswer
    )
    def get(self, request: Request, part: int) -> Response:
        question: Any = PlausibilityQuestion(data=request.query_params)
        question.is_valid(raise_exception=True)
        partnership = partnership_asked(part, question.validated_data.get("partnership"))
        reporting = who_asks(request).organisation_id == partnership.supplier_id
        found = questions(partnership_id=partnership.pk, part_id=part, now=clock.now(), reporting=reporting)
        return Response(
            {
                "partnership": partnership.pk,
                "tests": found.tests,
                "values": found.values,
                "expected_by_chance": found.expected,
                "questions": [_told(one) for one in found.asked],
            }
        )


def _told(one: Question) -> dict[str, Any]:
    return {
        "key": one.key,
        "characteristic_version": one.limits.version,
        "characteristic": one.limits.number,
        "test": one.test.value,
        "quarter": one.quarter,
        "p": one.p,
        "facts": one.facts,
        "lot": one.lot.pk if one.lot else None,
        "earlier_lot": one.earlier.pk if one.earlier else None,
        "answers": AnswerGiven(one.answers, many=True).data,
    }
