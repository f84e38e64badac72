"""Figures over the API."""

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from kpis import definitions
from kpis.api.serializers import (
    DefinitionSerializer,
    GroupedQuestionSerializer,
    PassportQuestionSerializer,
    PassportSerializer,
    ReadingSerializer,
)
from kpis.queries import wording
from kpis.queries.evaluate import CHOICES, QuestionMakesNoSense, evaluate
from kpis.queries.passport import passport
from kpis.queries.periods import period_asked
from kpis.queries.readings import as_dict
from suppliers.queries.selection import customers_in_view, select

JOINED = ("supplier", "by")  # a part number may hold a comma


class DefinitionsView(APIView):
    """All KPIs with their newest definition."""

    @extend_schema(operation_id="kpis_list", responses=DefinitionSerializer(many=True))
    def get(self, request: Request) -> Response:
        newest = [definitions.definition(name) for name in definitions.names()]
        return Response(DefinitionSerializer(newest, many=True).data)


class KpiView(APIView):
    """A KPI with interval, n, definition and the way to its rows."""

    @extend_schema(
        operation_id="kpis_read",
        parameters=[GroupedQuestionSerializer],
        responses=ReadingSerializer(many=True),
    )
    def get(self, request: Request, name: str) -> Response:
        if name not in definitions.names():
            raise Http404
        asked = _asked(request, GroupedQuestionSerializer)
        try:
            readings = evaluate(name, by=asked.pop("by", ()), **asked)
        except QuestionMakesNoSense as wrong:
            raise ValidationError(str(wrong)) from wrong
        return Response([as_dict(one) for one in readings])


class PassportView(APIView):
    """The passport of one figure."""

    @extend_schema(
        operation_id="passport_read", parameters=[PassportQuestionSerializer], responses=PassportSerializer
    )
    def get(self, request: Request) -> Response:
        asked = _asked(request, PassportQuestionSerializer)
        name = asked.pop("kpi")
        try:
            found = passport(name, **asked)
        except QuestionMakesNoSense as wrong:
            raise ValidationError(str(wrong)) from wrong
        query = urlencode(list(request.query_params.lists()), doseq=True)
        return Response(
            {
                "reading": as_dict(found.reading),
                "written": wording.written(found.reading),
                "definition": DefinitionSerializer(found.definition).data,
                "others": [as_dict(one) for one in found.others],
                "customers": found.customers,
                "suppliers": found.suppliers,
                "suppliers_with_data": found.suppliers_with_data,
                "parts_with_data": found.parts_with_data,
                "lots_without_inspection": found.lots_without_inspection,
                "corrections": found.corrections
                and {"count": found.corrections.count, "effect": found.corrections.effect},
                "older_versions": found.older_versions,
                "facts": [{"name": fact, "text": text} for fact, text in wording.facts(found)],
                "copy_line": wording.copy_line(found, link=f"{settings.SITE_URL}/passport/{name}/?{query}"),
            }
        )


def _asked(request: Request, serializer: type) -> dict[str, Any]:
    """Read the question: lists may be repeated, codes joined by commas; missing ends come from the data."""
    given: dict[str, Any] = {name: values[-1] for name, values in request.query_params.lists()}
    for name in JOINED:
        if name in given:
            given[name] = [
                one for text in request.query_params.getlist(name) for one in text.split(",") if one
            ]
    if "part" in given:
        given["part"] = [one for one in request.query_params.getlist("part") if one]
    body = serializer(data=given)
    body.is_valid(raise_exception=True)
    asked = body.validated_data
    what = {
        "customer": asked.get("customer") or _own_customer(request),
        "suppliers": asked.get("supplier"),
        "parts": asked.get("part"),
    }
    period = period_asked(select(**what), first=asked.get("from"), last=asked.get("to"))
    passed = ("stage", "base", "by", "kpi", *CHOICES)
    return what | {"period": period} | {name: asked[name] for name in passed if name in asked}


def _own_customer(request: Request) -> str | None:
    """One's own organisation where it buys; a supplier sees what it delivers to all."""
    own = request._request.person.organisation.code  # type: ignore[attr-defined]  # set by the middleware
    return own if own in customers_in_view() else None
