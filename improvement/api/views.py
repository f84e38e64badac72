"""Improvement tasks: `tasks/`."""

from collections.abc import Callable
from typing import Any, cast

from django.conf import settings
from django.http import FileResponse, Http404
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import status, viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import APIException, PermissionDenied, ValidationError
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from core import clock
from core.downloads import as_download
from core.parsers import JSONParser
from core.period import Period
from core.viewsets import Conflict, ReadViewSet
from improvement import queries, services
from improvement.api import serializers
from improvement.filters import TaskFilter
from improvement.models import Task, TaskState
from improvement.queries import tasks as reads
from improvement.queries import warnings
from improvement.services import files
from kpis.definitions import definition
from suppliers.access import PersonRequest
from suppliers.api.asking import OfPerson
from suppliers.api.once import once

AROUND = 1024 * 1024  # bytes of a form beside its file
OPTIONS = ("average", "prices", "scope", "unit")
NONE_WITH_THIS_ID = {"code": "does_not_exist"}


class TooLarge(APIException):
    """A body of more bytes than an attachment may have."""

    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_code = "too_large"


class TaskViewSet(OfPerson, ReadViewSet, viewsets.GenericViewSet):
    """Improvement tasks of your partnerships. Both ends write, a guest reads."""

    serializer_class: Any = serializers.TaskSerializer
    filterset_class = TaskFilter
    parser_classes = [JSONParser]
    may_conflict = True

    def rows(self) -> Any:
        return queries.tasks_to_list()

    def get_serializer_class(self) -> Any:
        return serializers.TaskInListSerializer if self.action == "list" else serializers.TaskSerializer

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        django_request = cast("PersonRequest", request._request)
        size = int(django_request.META.get("CONTENT_LENGTH") or 0)
        # Before a byte of the body is read; who nobody knows is told so first.
        if django_request.person is not None and size > settings.ATTACHMENT_MAX_BYTES + AROUND:
            try:
                files.refuse_too_large(size)
            except services.NotAttachable as told:
                raise TooLarge(str(told)) from told
        super().initial(request, *args, **kwargs)

    @extend_schema(
        request=serializers.OpenSerializer,
        responses={201: serializers.TaskSerializer},
    )
    @once()
    def create(self, request: Request) -> Response:
        """Open a task: its baseline is locked at this moment."""
        told = self._told(serializers.OpenSerializer)
        first, last = told.pop("trigger_from", None), told.pop("trigger_to", None)
        options = {name: told.pop(name) for name in OPTIONS if name in told}
        strange = set(options) - set(definition(told["kpi"]).options)
        if strange:
            raise ValidationError({name: _("This figure has no such choice.") for name in strange})
        days, trigger = (Period(first, last), "ranking") if first else (None, "planned")
        if "warning_id" in told:
            days, trigger = self._days_of_warning(told["warning_id"]), "warning"
        task = self._done(
            services.open_task,
            options=options,
            trigger=trigger,
            trigger_days=days,
            **told,
        )
        return self._task(task.pk, status.HTTP_201_CREATED)

    @extend_schema(
        request=serializers.EditSerializer(partial=True),
        responses={200: serializers.TaskSerializer, 409: serializers.StaleSerializer},
    )
    def partial_update(self, request: Request, pk: str) -> Response:
        """Change what a task says, if it still says what you have read (`version`)."""
        task = self.get_object()
        body = serializers.EditSerializer(data=request.data, partial=True)
        body.is_valid(raise_exception=True)
        told = dict(body.validated_data)
        if "version" not in told:
            raise ValidationError({"version": _("Say which version you have read.")}, code="required")
        try:
            self._done(services.edit_task, task_id=task.pk, **told)
        except services.Stale as stale:
            return _conflict(serializers.EditSerializer(stale.stored).data, request.data)
        return self._task(task.pk)

    @extend_schema(
        request=serializers.StepSerializer,
        responses={200: serializers.TaskSerializer, 409: serializers.StaleSerializer},
    )
    @action(detail=True, methods=["post"])
    @once()
    def steps(self, request: Request, pk: str) -> Response:
        """Write a step, say whose turn it is, finish it or open it again."""
        task, told = self.get_object(), self._told(serializers.StepSerializer)
        try:
            self._done(services.write_step, missing="code", task_id=task.pk, **told)
        except services.Stale as stale:
            return _conflict(serializers.TaskStepSerializer(stale.stored).data, request.data)
        return self._task(task.pk)

    @extend_schema(request=None, responses={200: serializers.TaskSerializer})
    @action(detail=True, methods=["post"])
    @once()
    def start(self, request: Request, pk: str) -> Response:
        """Set an open task in progress."""
        return self._moved(services.start_task)

    @extend_schema(request=serializers.DoneSerializer, responses={200: serializers.TaskSerializer})
    @action(detail=True, methods=["post"])
    @once()
    def done(self, request: Request, pk: str) -> Response:
        """Say that the change is in place."""
        return self._moved(services.finish_task, serializers.DoneSerializer)

    @extend_schema(request=serializers.CloseSerializer, responses={200: serializers.TaskSerializer})
    @action(detail=True, methods=["post"])
    @once()
    def close(self, request: Request, pk: str) -> Response:
        """Close a task with what came of it, as its customer. Whether it worked is for its proof to say."""
        return self._moved(services.close_task, serializers.CloseSerializer)

    @extend_schema(request=None, responses={200: serializers.TaskSerializer})
    @action(detail=True, methods=["post"])
    @once()
    def reopen(self, request: Request, pk: str) -> Response:
        """Take a task that is done or closed up again; what is closed, as its customer."""
        return self._moved(services.reopen_task)

    @extend_schema(methods=["get"], responses=serializers.CommentSerializer(many=True), filters=False)
    @extend_schema(
        methods=["post"],
        request={
            "application/json": serializers.SayJsonSerializer,
            "multipart/form-data": serializers.SaySerializer,
        },
        responses={201: serializers.CommentSerializer},
    )
    @action(
        detail=True,
        methods=["get", "post"],
        parser_classes=[JSONParser, MultiPartParser],
        filterset_class=None,
    )
    @once()
    def comments(self, request: Request, pk: str) -> Response:
        """What was said, as far as you see it; say something, with a file or without."""
        task = self.get_object()
        if request.method == "GET":
            page = self.paginate_queryset(reads.comments_of(task))
            return self.get_paginated_response(serializers.CommentSerializer(page, many=True).data)
        told = self._told(serializers.SaySerializer)
        comment = self._done(
            services.add_comment,
            task_id=task.pk,
            file=_sent(told.pop("file")),
            **told,
        )
        stored = reads.comments_of(task).get(pk=comment.pk)
        return Response(serializers.CommentSerializer(stored).data, status=status.HTTP_201_CREATED)

    @extend_schema(methods=["get"], responses=serializers.AttachmentSerializer(many=True), filters=False)
    @extend_schema(
        methods=["post"],
        request={"multipart/form-data": serializers.AttachSerializer},
        responses={201: serializers.AttachmentSerializer},
    )
    @action(detail=True, methods=["get", "post"], parser_classes=[MultiPartParser], filterset_class=None)
    @once()
    def attachments(self, request: Request, pk: str) -> Response:
        """Files on the task, as far as you see them; attach one."""
        task = self.get_object()
        if request.method == "GET":
            page = self.paginate_queryset(reads.attachments_of(task))
            return self.get_paginated_response(serializers.AttachmentSerializer(page, many=True).data)
        told = self._told(serializers.AttachSerializer)
        attachment = self._done(
            services.add_attachment,
            task_id=task.pk,
            file=_sent(told.pop("file")),
            **told,
        )
        return Response(serializers.AttachmentSerializer(attachment).data, status=status.HTTP_201_CREATED)

    @extend_schema(responses={(200, kind): OpenApiTypes.BINARY for kind in files.ENDINGS})
    @action(detail=True, url_path=r"attachments/(?P<attachment>\d{1,18})", url_name="attachment")
    def attachment(self, request: Request, pk: str, attachment: str) -> FileResponse:
        """The bytes of a file, as a download alone."""
        found = reads.attachment_or_none(self.get_object().pk, int(attachment))
        if found is None:
            raise Http404
        return as_download(files.opened(found.sha256), name=found.file_name, content_type=found.content_type)

    @extend_schema(responses=serializers.EventSerializer(many=True), filters=False)
    @action(detail=True, filterset_class=None)
    def history(self, request: Request, pk: str) -> Response:
        """Who did what, the latest first."""
        page = self.paginate_queryset(reads.events_of(self.get_object()))
        return self.get_paginated_response(serializers.EventSerializer(page, many=True).data)

    def _days_of_warning(self, warning_id: int) -> Period:
        found = warnings.warning_or_none(warning_id, self.person)
        if found is None:
            raise ValidationError({"warning": _none()}, **NONE_WITH_THIS_ID)
        return Period(found.first_day, found.last_day)

    def _told(self, kind: type[Any]) -> dict[str, Any]:
        body = kind(data=self.request.data)
        body.is_valid(raise_exception=True)
        return dict(body.validated_data)

    def _moved(self, service: Callable[..., Task], body: type[Any] | None = None) -> Response:
        task = self.get_object()
        told = self._told(body) if body else {}
        return self._task(self._done(service, task_id=task.pk, **told).pk)

    def _task(self, task_id: int, code: int = status.HTTP_200_OK) -> Response:
        return Response(serializers.TaskSerializer(queries.task_or_none(task_id)).data, status=code)

    def _done(self, service: Callable[..., Any], *, missing: str = "partnership", **told: Any) -> Any:
        """Call a service as the person who asks; say what it refused in HTTP."""
        try:
            return service(by=self.person, now=clock.now(), **told)
        except services.TaskNotYours as stranger:
            raise ValidationError({missing: _none()}, **NONE_WITH_THIS_ID) from stranger
        except services.WarningNotYours as stranger:
            raise ValidationError({"warning": _none()}, **NONE_WITH_THIS_ID) from stranger
        except services.MayNotWrite as forbidden:
            raise PermissionDenied from forbidden
        except services.NoSuchPart as strange:
            raise ValidationError({"parts": _none()}, **NONE_WITH_THIS_ID) from strange
        except services.NoSuchOwner as nobody:
            raise ValidationError({f"{nobody.side}_owner": _none()}, **NONE_WITH_THIS_ID) from nobody
        except services.NoSuchCell as nonsense:
            raise ValidationError({"stage": _("This figure cannot be read like that.")}) from nonsense
        except services.ReasonMissing as gap:
            raise ValidationError(
                {"outcome_text": _("Say why it is closed without being carried out.")}, code="required"
            ) from gap
        except services.NotAttachable as unfit:
            raise ValidationError({"file": str(unfit)}) from unfit
        except services.NotInThisState as held:
            if held.state not in TaskState.values:  # of the warning that it was to work on
                told_so = _("Another task works on this warning.")
                raise Conflict(told_so, code="not_in_this_state") from held
            state = {"state": TaskState(held.state).label}
            told_so = _("Not possible as long as the task is “%(state)s”.") % state
            raise Conflict(told_so, code="not_in_this_state") from held


def _none() -> str:
    return _("There is none with this id.")


def _sent(file: Any) -> services.Sent | None:
    return services.Sent(file.name, file, file.size) if file else None


def _conflict(stored: Any, sent: Any) -> Response:
    """Answer a stale save with both texts."""
    error = {
        "code": "stale",
        "detail": _("Somebody else saved this in the meantime. Nothing was changed."),
        "attr": "version",
    }
    body = {"type": "client_error", "errors": [error], "stored": stored, "sent": sent}
    return Response(body, status=status.HTTP_409_CONFLICT)
