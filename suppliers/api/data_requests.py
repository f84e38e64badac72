"""Data requests: read by both sides, made and ended by the customer, answered with "nothing" by who must send."""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from core import clock
from core.serializers import DayField, RowSerializer
from core.viewsets import Conflict, ReadViewSet
from suppliers import services
from suppliers.api.asking import OfPerson
from suppliers.api.once import once
from suppliers.filters import DataRequestFilter
from suppliers.models import LATEST_AFTER_LOT, LONGEST_GRACE, DataRequest, RequestKind, Rhythm, Sender
from suppliers.queries.asking import requests_to_list

MOST = 500


class AnswerSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    period_first = DayField(help_text="First day of the month, week or day.")
    reason = serializers.CharField(allow_blank=True)
    answered_at = serializers.DateTimeField()


class DataRequestSerializer(RowSerializer):
    """What one side of a partnership is to send, how often and by when."""

    answers = AnswerSerializer(many=True, help_text="Periods of which there was nothing to send.")

    class Meta:
        model = DataRequest
        fields = [
            "id",
            "partnership",
            "kind",
            "sender",
            "rhythm",
            "due_day",
            "due_next",
            "grace_days",
            "valid_from",
            "valid_until",
            "answers",
        ]
        read_only_fields = fields


class RuleSerializer(serializers.Serializer):
    """How often, and by when: days of a month (31: its last), of a week (1: Monday), or days after."""

    rhythm = serializers.ChoiceField(Rhythm.choices)
    due_day = serializers.IntegerField(min_value=0, max_value=LATEST_AFTER_LOT)
    due_next = serializers.BooleanField(default=False, help_text="In the month or week after.")
    grace_days = serializers.IntegerField(default=0, min_value=0, max_value=LONGEST_GRACE)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not services.fits(self.rule_of(attrs)):
            raise ValidationError({"due_day": _("This day does not fit the rhythm.")})
        return attrs

    @staticmethod
    def rule_of(attrs: dict[str, Any]) -> services.Rule:
        return services.Rule(
            attrs["rhythm"], attrs["due_day"], attrs.get("due_next", False), attrs.get("grace_days", 0)
        )


class AskSerializer(RuleSerializer):
    partnerships = serializers.ListField(
        child=serializers.IntegerField(min_value=1), allow_empty=False, max_length=MOST
    )
    kind = serializers.ChoiceField(RequestKind.choices)
    sender = serializers.ChoiceField(Sender.choices, default=Sender.SUPPLIER)
    valid_from = DayField()
    valid_until = DayField(required=False, allow_null=True, default=None)


class ChangeSerializer(RuleSerializer):
    """The rule from a day on; what was asked before stays as it was."""

    from_day = DayField(
        help_text="Today or later in the customer's calendar, unless the request has not begun."
    )


class EndSerializer(serializers.Serializer):
    last_day = DayField(help_text="The last day that is asked for: today or later.")


class NothingSerializer(serializers.Serializer):
    period_first = DayField(help_text="First day of the month, week or day.")
    reason = serializers.CharField(required=False, allow_blank=True, default="", max_length=200)


class TakeBackSerializer(serializers.Serializer):
    answer = serializers.IntegerField(min_value=1)


class DataRequestViewSet(OfPerson, ReadViewSet):
    """What is asked for on your partnerships. `standings/` says where each period stands."""

    serializer_class = DataRequestSerializer
    filterset_class = DataRequestFilter
    may_conflict = True

    def rows(self) -> QuerySet:
        return requests_to_list()

    @extend_schema(request=AskSerializer, responses={201: DataRequestSerializer(many=True)})
    @once()
    def create(self, request: Request) -> Response:
        """Ask several partnerships for one kind of data: all or none."""
        asked = _read(AskSerializer, request)
        made = _answering(
            lambda: services.ask_for_data(
                partnership_ids=asked["partnerships"], kind=asked["kind"], sender=asked["sender"],
                rule=RuleSerializer.rule_of(asked), valid_from=asked["valid_from"],
                valid_until=asked["valid_until"], by=self.person, now=clock.now(),
            )
        )  # fmt: skip
        return Response(self._shown(made), status.HTTP_201_CREATED)

    @extend_schema(request=ChangeSerializer, responses=DataRequestSerializer)
    def partial_update(self, request: Request, pk: str) -> Response:
        """Ask otherwise from a day on. Answers with the request that holds from then."""
        asked = _read(ChangeSerializer, request)
        held = _answering(
            lambda: services.change_requests(
                request_ids=[int(pk)], rule=RuleSerializer.rule_of(asked), from_day=asked["from_day"],
                by=self.person, now=clock.now(),
            )
        )  # fmt: skip
        return Response(self._shown(held)[0])

    @extend_schema(request=EndSerializer, responses=DataRequestSerializer)
    @action(detail=True, methods=["post"])
    @once()
    def end(self, request: Request, pk: str) -> Response:
        """Ask no longer than up to a day."""
        asked = _read(EndSerializer, request)
        _answering(
            lambda: services.end_requests(
                request_ids=[int(pk)], last_day=asked["last_day"], by=self.person, now=clock.now()
            )
        )
        return Response(self._shown([int(pk)])[0])

    @extend_schema(request=NothingSerializer, responses=DataRequestSerializer)
    @action(detail=True, methods=["post"])
    @once()
    def nothing(self, request: Request, pk: str) -> Response:
        """Say that a period has nothing to send; again is the same answer."""
        said = _read(NothingSerializer, request)
        _answering(
            lambda: services.answer_nothing(request_id=int(pk), by=self.person, now=clock.now(), **said)
        )
        return Response(self._shown([int(pk)])[0])

    @extend_schema(request=TakeBackSerializer, responses=DataRequestSerializer)
    @action(detail=True, methods=["post"], url_path="take-back")
    @once()
    def take_back(self, request: Request, pk: str) -> Response:
        """Take an answer of this request back."""
        said = _read(TakeBackSerializer, request)
        _answering(
            lambda: services.take_back_answer(
                answer_id=said["answer"], request_id=int(pk), by=self.person, now=clock.now()
            )
        )
        return Response(self._shown([int(pk)])[0])

    def _shown(self, ids: list[int]) -> Any:
        found = self.rows().filter(pk__in=ids).order_by("pk")
        return DataRequestSerializer(found, many=True).data


def _read(serializer: type[serializers.Serializer], request: Request) -> dict[str, Any]:
    body = serializer(data=request.data)
    body.is_valid(raise_exception=True)
    return body.validated_data


def _answering(job: Callable[[], Any]) -> Any:
    """Do a job; what the services refuse becomes what HTTP says."""
    try:
        return job()
    except services.NotHere as stranger:
        raise Http404 from stranger
    except services.MayNot as forbidden:
        raise PermissionDenied from forbidden
    except services.AlreadyAsked as taken:
        told = _("Asked for already: %(names)s.") % {"names": ", ".join(taken.suppliers)}
        raise Conflict(told, code="already_asked") from taken
    except services.NoSuchPeriod as strange:
        raise ValidationError(
            {"period_first": _("The request does not ask for a period that begins on this day.")}
        ) from strange
    except services.DayHasPassed as passed:
        raise ValidationError(
            {str(passed): _("What was asked for before today stays as it was: name today or a later day.")}
        ) from passed
    except services.DoesNotFit as strange:
        raise ValidationError({str(strange): _("This does not fit the request.")}) from strange
