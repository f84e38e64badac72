"""Files and rows on their way in: `uploads/`."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, status, viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import APIException, PermissionDenied, ValidationError
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from core import clock
from core.pagination import CursorPages
from core.parsers import JSONParser
from core.viewsets import Conflict
from intake import queries
from intake.api.serializers import (
    AnswersSerializer,
    CommitSerializer,
    FileSerializer,
    RowsSerializer,
    RowWithProblemsSerializer,
    StateConflictSerializer,
    UploadInListSerializer,
    UploadSerializer,
)
from intake.filters import UploadFilter
from intake.models import Upload, UploadState
from intake.queries import uploads
from intake.services import answer, commit, receive, repair
from suppliers.api.asking import OfPerson
from suppliers.api.once import attempt_of, once

UPLOAD_OR_CONFLICT = {200: UploadSerializer, 409: StateConflictSerializer}
OPTIONS = ("kind", "stage", "mapping", "encoding", "create", "partial", "dry_run")


class InOrderOfTheFile(CursorPages):
    ordering = "pk"


class UploadViewSet(OfPerson, mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    queryset: Any = Upload.objects.none
    serializer_class = UploadSerializer
    filterset_class = UploadFilter
    lookup_value_regex = "[0-9]+"
    parser_classes = [MultiPartParser, JSONParser]
    may_conflict = True  # an upload in a state where that cannot be done

    def get_queryset(self):
        if getattr(self, "swagger_fake_view", False):
            return Upload._base_manager.none()
        return queries.uploads_to_list()

    def get_serializer_class(self):
        return UploadInListSerializer if self.action == "list" else UploadSerializer

    @extend_schema(
        request={"multipart/form-data": FileSerializer, "application/json": RowsSerializer},
        responses={201: UploadSerializer, 409: StateConflictSerializer},
    )
    @once(in_steps=True)
    def create(self, request: Request) -> Response:
        """Hand in a file (multipart) or rows (JSON). A large file goes on after that: ask for its state."""
        if not self.person.may_upload:
            raise PermissionDenied
        by_file = not (request.content_type or "").startswith("application/json")
        body = (FileSerializer if by_file else RowsSerializer)(data=request.data)
        body.is_valid(raise_exception=True)
        attempt = attempt_of(request)
        if attempt and attempt.made:
            upload = Upload.objects.get(pk=attempt.made)
        else:
            upload = self._received(body.validated_data, by_file=by_file)
        return Response(UploadSerializer(upload).data, status=status.HTTP_201_CREATED)

    def _received(self, told: dict[str, Any], *, by_file: bool) -> Upload:
        attempt = attempt_of(self.request)
        rest: dict[str, Any] = {
            "person": self.person,
            "now": clock.now(),
            "note_made": attempt.note_made if attempt else None,
        }
        if by_file:
            file = told["file"]
            rest |= {"content": file, "file_name": file.name, "repairs_id": told["repairs"]}
            return taken(told, lambda asked: receive.receive_file(asked=asked, **rest))
        rest |= {"rows": told["rows"], "file_name": told["file_name"]}
        return taken(told, lambda asked: receive.receive_rows(asked=asked, **rest))

    @extend_schema(responses=RowWithProblemsSerializer(many=True))
    @action(detail=True, filterset_class=None, pagination_class=InOrderOfTheFile)
    def problems(self, request: Request, pk: str) -> Response:
        """The rows of the file that have problems: cells, values, rules and remedies."""
        upload = self.get_object()
        page = self.paginate_queryset(queries.rows_with_problems(upload))
        told = queries.in_rows_of(upload, page or [])
        return self.get_paginated_response(RowWithProblemsSerializer(told, many=True).data)

    @extend_schema(request=AnswersSerializer, responses=UPLOAD_OR_CONFLICT)
    @action(detail=True, methods=["post"], parser_classes=[JSONParser])
    @once(in_steps=True)
    def answers(self, request: Request, pk: str) -> Response:
        """Answer questions, mend cells, choose in conflicts. All is remembered, the file understood anew."""
        body = AnswersSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        try:
            upload = answer.answer(
                upload_id=self.get_object().pk, person=self.person, now=clock.now(), **body.validated_data
            )
        except answer.NotAnAnswer as unfit:
            said = _("%(question)s: this is none of the answers.") % {"question": unfit.question}
            raise ValidationError({"answers": said}) from unfit
        except answer.NotYoursToReplace as theirs:
            raise Conflict(str(queries.why_not(theirs.rule, {})), code=theirs.rule) from theirs
        except (answer.NotYours, answer.NotReady) as problem:
            raise _in_http(problem) from problem
        return Response(UploadSerializer(upload).data)

    @extend_schema(request=CommitSerializer, responses=UPLOAD_OR_CONFLICT)
    @action(detail=True, methods=["post"], url_path="commit", parser_classes=[JSONParser])
    @once(in_steps=True)
    def do_commit(self, request: Request, pk: str) -> Response:
        """Commit all rows or none; with `partial` the faultless ones."""
        body = CommitSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        try:
            upload = commit.commit(
                upload_id=self.get_object().pk, person=self.person, now=clock.now(), **body.validated_data
            )
        except (commit.NotYours, commit.NotReady) as problem:
            raise _in_http(problem) from problem
        return Response(UploadSerializer(upload).data)

    @extend_schema(request=None, responses=UPLOAD_OR_CONFLICT)
    @action(detail=True, methods=["post"], parser_classes=[JSONParser])
    @once(in_steps=True)
    def undo(self, request: Request, pk: str) -> Response:
        """Take back all commits of the upload, or nothing. A large one goes on after that: ask for its state."""
        asked, attempt = self.get_object(), attempt_of(request)
        if attempt and attempt.is_again and asked.state == UploadState.UNDONE:
            return Response(UploadSerializer(asked).data)  # whoever undid it died before it was answered
        try:
            upload = commit.undo(upload_id=asked.pk, person=self.person, now=clock.now())
        except (commit.NotYours, commit.NotReady, commit.BuiltUpon) as problem:
            raise _in_http(problem) from problem
        return Response(UploadSerializer(upload).data)

    @extend_schema(
        responses={(200, repair.XLSX): OpenApiTypes.BINARY, 409: StateConflictSerializer},
    )
    def repair(self, request: Request, pk: str) -> HttpResponse:
        """The workbook with every cell in its place, the wrong ones marked."""
        upload = self.get_object()
        try:
            content = repair.repair_workbook(upload)
        except repair.NothingToMend as problem:
            raise Conflict(_("There is nothing to mend in this file."), code="nothing_to_mend") from problem
        response = HttpResponse(content, content_type=repair.XLSX)
        response.headers["Content-Disposition"] = repair.attachment(repair.name_of(upload))
        return response


def taken(told: dict[str, Any], take: Callable[[receive.Asked], Upload]) -> Upload:
    """Take something in as it was asked for; what is refused becomes what HTTP says."""
    try:
        return take(
            receive.Asked(partnership_id=told["partnership"], **{name: told[name] for name in OPTIONS})
        )
    except receive.NotYours as stranger:
        field = "repairs" if told.get("repairs") and not told["partnership"] else "partnership"
        raise ValidationError({field: _("There is none with this id.")}, code="does_not_exist") from stranger
    except ValueError as unfit:
        raise ValidationError({"rows": str(unfit)}) from unfit


def _in_http(problem: Exception) -> APIException | Http404 | PermissionDenied:
    """Say what a service said, in HTTP."""
    if isinstance(problem, commit.NotReady):
        said = _("Not possible as long as the upload is “%(state)s”.") % {
            "state": UploadState(problem.state).label
        }
        return Conflict(said, code="not_ready")
    if isinstance(problem, commit.BuiltUpon):
        return Conflict(str(uploads.why_not(problem.rule, problem.params)), code="built_upon")
    return PermissionDenied()
