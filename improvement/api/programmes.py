"""Joint programmes over the API: to read, and for their customer to change."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, status, viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from core import clock
from core.period import Period
from core.viewsets import Conflict
from improvement.api.programme_serializers import (
    EditProgrammeSerializer,
    LeavingSerializer,
    NewMemberSerializer,
    NewPledgeSerializer,
    NewProgrammeSerializer,
    OrderSerializer,
    ProgrammeEventSerializer,
    ProgrammeInListSerializer,
    ProgrammeSerializer,
    ReadingOfPledgeSerializer,
    TaskIdSerializer,
)
from improvement.models import Programme
from improvement.queries.programme import (
    KeyRow,
    Member,
    ProgrammeFigures,
    Standing,
    events_of,
    programme_figures,
    programmes_to_list,
)
from improvement.services import Stale
from improvement.services import programme as services
from kpis.queries.headlines import Way
from kpis.queries.readings import Reading, as_dict
from suppliers.api.asking import OfPerson
from suppliers.api.once import once
from suppliers.services import MayNot, NotHere


class ProgrammeViewSet(OfPerson, mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    queryset: Any = Programme.objects.none
    serializer_class = ProgrammeSerializer
    lookup_value_regex = r"\d{1,18}"

    def get_queryset(self):
        if getattr(self, "swagger_fake_view", False):
            return Programme._base_manager.none()
        return programmes_to_list()

    def get_serializer_class(self):
        return ProgrammeInListSerializer if self.action == "list" else ProgrammeSerializer

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self._answer(self.get_object())

    @extend_schema(request=NewProgrammeSerializer, responses={201: ProgrammeSerializer})
    @once()
    def create(self, request: Request) -> Response:
        """Make a programme of one's own organisation; the same again is the one that is there."""
        told = self._told(NewProgrammeSerializer)
        days = [told.pop(name) for name in ("baseline_from", "baseline_to", "report_from", "report_to")]
        try:
            made = services.create_programme(
                by=self.person,
                baseline=Period(*days[:2]),
                report_period=Period(*days[2:]),
                now=clock.now(),
                **told,
            )
        except MayNot as forbidden:
            raise PermissionDenied from forbidden
        except services.SlugTaken as taken:
            raise ValidationError({"slug": _("This short name is taken. Choose another.")}) from taken
        except ValueError as unfit:
            raise _unfit_days() from unfit
        return self._answer(made, status=status.HTTP_201_CREATED)

    @extend_schema(request=EditProgrammeSerializer, responses=ProgrammeSerializer)
    def partial_update(self, request: Request, pk: str) -> Response:
        """Change name and days, if the programme still says what you have read (`version`)."""
        programme, told = self.get_object(), self._told(EditProgrammeSerializer)
        facts = {name: told.get(name, getattr(programme, name)) for name in services.FACTS}
        days = [facts.pop(name) for name in ("baseline_from", "baseline_to", "report_from", "report_to")]
        try:
            self._apply(
                services.edit_programme,
                now=clock.now(),
                version=told["version"],
                baseline=Period(*days[:2]),
                report_period=Period(*days[2:]),
                **facts,
            )
        except Stale as stale:
            said = _("Somebody else saved this in the meantime. Nothing was changed.")
            raise Conflict(said, code="stale") from stale
        except services.BaselineLocked as locked:
            said = _("The baseline is locked: the report period has begun.")
            raise ValidationError({"baseline_from": said}, code="locked") from locked
        except ValueError as unfit:
            raise _unfit_days() from unfit
        # Drawn outside: a fault in figures must not be told as days that were refused, for they are saved.
        return self._answer(self.get_object())

    @extend_schema(request=NewPledgeSerializer, responses=ProgrammeSerializer)
    @action(detail=True, methods=["post"])
    @once()
    def pledges(self, request: Request, pk: str) -> Response:
        """Pledge a KPI in one reading, or change that pledge's target."""
        told = self._told(NewPledgeSerializer)
        try:
            return self._change(services.set_pledge, now=clock.now(), **told)
        except services.PledgeMakesNoSense as unfit:
            said = _("This KPI has no such reading, or cannot reach such a target.")
            raise ValidationError({"kpi": said}) from unfit

    @extend_schema(request=ReadingOfPledgeSerializer, responses=ProgrammeSerializer)
    @action(detail=True, methods=["post"], url_path="pledges/withdraw", url_name="pledges-withdraw")
    @once()
    def pledges_withdraw(self, request: Request, pk: str) -> Response:
        """Take a pledge back."""
        return self._change(
            services.withdraw_pledge, now=clock.now(), **self._told(ReadingOfPledgeSerializer)
        )

    @extend_schema(responses=ProgrammeEventSerializer(many=True))
    @action(detail=True)
    def history(self, request: Request, pk: str) -> Response:
        """Who changed what, the latest first; empty for a member."""
        page = self.paginate_queryset(events_of(self.get_object()))
        return self.get_paginated_response(ProgrammeEventSerializer(page, many=True).data)

    @extend_schema(request=NewMemberSerializer, responses=ProgrammeSerializer)
    @action(detail=True, methods=["post"])
    @once()
    def members(self, request: Request, pk: str) -> Response:
        """Let a supplier in by its partnership, or change from which day on it is in."""
        told = self._told(NewMemberSerializer)
        return self._naming(
            "partnership",
            services.add_member,
            partnership_id=told["partnership"],
            joined_on=told["joined_on"],
            now=clock.now(),
        )

    @extend_schema(request=LeavingSerializer, responses=ProgrammeSerializer)
    @action(detail=True, methods=["post"], url_path="members/leave", url_name="members-leave")
    @once()
    def members_leave(self, request: Request, pk: str) -> Response:
        """Note from which day on a supplier is no member."""
        told = self._told(LeavingSerializer)
        return self._naming(
            "partnership",
            services.let_member_go,
            partnership_id=told["partnership"],
            left_on=told["left_on"],
            now=clock.now(),
        )

    @extend_schema(request=TaskIdSerializer, responses=ProgrammeSerializer)
    @action(detail=True, methods=["post"], url_path="key-tasks", url_name="key-tasks")
    @once()
    def key_tasks(self, request: Request, pk: str) -> Response:
        """Put a member's task at the end of the list of key tasks."""
        told = self._told(TaskIdSerializer)
        try:
            return self._naming("task", services.add_key_task, task_id=told["task"], now=clock.now())
        except services.NotOfAMember as outside:
            raise ValidationError(
                {"task": _("This task's supplier is no member. Let it in first.")}
            ) from outside

    @extend_schema(request=TaskIdSerializer, responses=ProgrammeSerializer)
    @action(detail=True, methods=["post"], url_path="key-tasks/remove", url_name="key-tasks-remove")
    @once()
    def key_tasks_remove(self, request: Request, pk: str) -> Response:
        """Take a task off the list; the task itself stays."""
        told = self._told(TaskIdSerializer)
        return self._naming("task", services.remove_key_task, task_id=told["task"], now=clock.now())

    @extend_schema(request=OrderSerializer, responses=ProgrammeSerializer)
    @action(detail=True, methods=["post"], url_path="key-tasks/order", url_name="key-tasks-order")
    @once()
    def key_tasks_order(self, request: Request, pk: str) -> Response:
        """Put the list into an order: these tasks first, the others behind them as they stood."""
        told = self._told(OrderSerializer)
        return self._naming("tasks", services.order_key_tasks, task_ids=told["tasks"])

    def _told(self, kind: type) -> dict[str, Any]:
        body = kind(data=self.request.data)
        body.is_valid(raise_exception=True)
        return body.validated_data

    def _naming(self, field: str, service: Callable[..., Any], **told: Any) -> Response:
        """Change the programme by what `field` names; what is not there is said at the field."""
        if self.get_object().customer_id != self.person.organisation_id:
            raise PermissionDenied
        try:
            return self._change(service, **told)
        except Http404 as stranger:
            raise ValidationError(
                {field: _("There is none with this id.")}, code="does_not_exist"
            ) from stranger

    def _change(self, service: Callable[..., Any], **told: Any) -> Response:
        self._apply(service, **told)
        return self._answer(self.get_object())

    def _apply(self, service: Callable[..., Any], **told: Any) -> None:
        programme = self.get_object()
        try:
            service(programme_id=programme.pk, by=self.person, **told)
        except NotHere as stranger:
            raise Http404 from stranger
        except MayNot as forbidden:
            raise PermissionDenied from forbidden

    def _answer(self, programme: Programme, **more: Any) -> Response:
        today = clock.today(programme.customer.zone)
        found = programme_figures(programme, person=self.person, today=today)
        return Response(in_full(found), **more)


def _unfit_days() -> ValidationError:
    said = _(
        "Each period ends after it begins and has at most ten years, "
        "and the report period begins after the baseline."
    )
    return ValidationError({"report_from": said})


def in_full(found: ProgrammeFigures) -> dict[str, Any]:
    """Return a programme in figures as plain data."""
    return dict(ProgrammeInListSerializer(found.programme).data) | {
        "whole": found.whole,
        "standings": [_standing(one) for one in found.standings],
        "readings": [_before_and_after(way, one, found) for way, one in found.readings.items()],
        "members": [_member(one, found) for one in found.members],
        "key_tasks": [_key_task(one) for one in found.key_tasks],
    }


def _before_and_after(way: Way, one: Reading, found: ProgrammeFigures) -> dict[str, Any]:
    before = one.change.reading if one.change else None
    return asdict(way) | {
        "pledged": way in found.pledges,
        "before": as_dict(before) if before else None,
        "after": as_dict(one),
    }


def _standing(one: Standing) -> dict[str, Any]:
    return asdict(one.way) | {
        "word": one.word or None,
        "goal": one.goal,
        "allowed": one.counts.allowed if one.counts else None,
        "used": one.counts.used if one.counts else None,
        "stock_allowed": f"{one.stock.allowed:.2f}" if one.stock else None,
        "stock_held": f"{one.stock.held:.2f}" if one.stock else None,
    }


def _member(one: Member, found: ProgrammeFigures) -> dict[str, Any]:
    return {
        "partnership": one.member.partnership_id,
        "supplier": one.code,
        "joined_on": one.member.joined_on,
        "left_on": one.member.left_on,
        "readings": [_before_and_after(way, reading, found) for way, reading in one.readings.items()],
    }


def _key_task(one: KeyRow) -> dict[str, Any]:
    return {
        "task": one.id,
        "number": one.number,
        "title": one.title,
        "supplier": one.supplier_code,
        "customer_owner": one.customer_owner,
        "supplier_owner": one.supplier_owner,
        "due_date": one.due_date,
        "state": one.state,
        "outcome": one.outcome,
        "days_overdue": one.days_overdue,
    }
