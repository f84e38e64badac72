"""How the schema tells of answers that every operation may give."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from drf_standardized_errors.openapi import AutoSchema as StandardizedErrors
from rest_framework import serializers


class ErrorDetailSerializer(serializers.Serializer):
    code = serializers.CharField(help_text="For machines, such as `required` or `invalid`.")
    detail = serializers.CharField(help_text="For people, in their language.")
    attr = serializers.CharField(allow_null=True, help_text="The field or filter it is about.")


class ErrorResponse400Serializer(serializers.Serializer):
    """What was asked makes no sense, field by field; or it could not be read at all (`client_error`)."""

    type = serializers.ChoiceField([("validation_error", "Validation"), ("client_error", "Client")])
    errors = ErrorDetailSerializer(many=True)  # type: ignore[assignment]  # the name that DRF's own errors have


class ErrorResponse409Serializer(serializers.Serializer):
    """What was asked does not fit what is there."""

    type = serializers.ChoiceField([("client_error", "Client")])
    errors = ErrorDetailSerializer(many=True)  # type: ignore[assignment]  # the name that DRF's own errors have


class ProblemDetailsSerializer(serializers.Serializer):
    """What is wrong with an Idempotency-Key, as RFC 9457 says it."""

    type = serializers.CharField(help_text="`client_error`, as in every other answer about what was asked.")
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    errors = ErrorDetailSerializer(many=True)  # type: ignore[assignment]  # the name that DRF's own errors have


PROBLEM = "application/problem+json"
IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="Of your making, one a request: sent again with the same body by the same key or session, "
    "it is done once and answered as the first time, for at least 24 hours.",
)
ERRORS = {"400": ErrorResponse400Serializer, "409": ErrorResponse409Serializer}


class AutoSchema(StandardizedErrors):
    """Describes one shape of 400 for all.

    The library lists every code of every field, and cannot know those of checks that span fields or filters
    that a view reads itself. A view that says `may_conflict` may answer 409; a POST that takes an
    Idempotency-Key says so in its header, and may answer 409 and 422 about that.
    """

    def _get_allowed_error_status_codes(self) -> list[str]:
        conflict = ["409"] if getattr(self.view, "may_conflict", False) else []
        return [*super()._get_allowed_error_status_codes(), *conflict]

    def _should_add_error_response(self, responses: dict, status_code: str) -> bool:
        if status_code in ERRORS:
            return status_code not in responses
        return super()._should_add_error_response(responses, status_code)

    def _get_error_response_serializer(self, status_code: str):
        return ERRORS.get(status_code) or super()._get_error_response_serializer(status_code)

    def get_override_parameters(self) -> list[Any]:
        return [*super().get_override_parameters(), *([IDEMPOTENCY_KEY] if self._takes_key() else [])]

    def _get_response_bodies(self, direction: Any = "response") -> dict[str, Any]:
        bodies = super()._get_response_bodies(direction)
        if direction == "response" and self._takes_key():
            for status in ("409", "422"):
                told = self._get_response_for_code(ProblemDetailsSerializer, status, media_types=[PROBLEM])
                bodies.setdefault(status, told)["content"] |= told["content"]
        return bodies

    def _takes_key(self) -> bool:
        handler = getattr(self.view, getattr(self.view, "action", None) or "", None)
        return self.method == "POST" and hasattr(handler, "takes_idempotency_key")
