"""Large files in chunks that go on after a cut: `uploads/chunked/`."""

from typing import Any, BinaryIO, cast

from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from core import clock
from core.parsers import JSONParser
from core.serializers import RowSerializer
from core.viewsets import Conflict
from intake.api.serializers import FinishSerializer, UploadSerializer
from intake.api.uploads import taken
from intake.models import ChunkedFile
from intake.services import chunks
from suppliers.api.asking import OfPerson
from suppliers.api.once import attempt_of, once

OFFSET = OpenApiParameter(
    "Upload-Offset",
    OpenApiTypes.INT,
    OpenApiParameter.HEADER,
    required=True,
    description="How many bytes the chunk lies behind the beginning of the file: those that were received.",
)


class AnnouncedSerializer(serializers.Serializer):
    file_name = serializers.CharField(max_length=255)
    size = serializers.IntegerField(min_value=1, help_text="Bytes of the whole file.")
    sha256 = serializers.RegexField(
        r"^[0-9a-fA-F]{64}\Z", required=False, default="", help_text="Of the whole file: checked at its end."
    )


class ChunkedFileSerializer(RowSerializer):
    expires_at = serializers.SerializerMethodField(help_text="Thrown away then unless more bytes come.")

    class Meta:
        model = ChunkedFile
        fields = ["id", "file_name", "size", "received", "sha256", "upload", "expires_at"]
        read_only_fields = fields

    def get_expires_at(self, file: ChunkedFile) -> str:
        return (file.touched_at + chunks.KEPT).isoformat()


class ChunkedFileViewSet(OfPerson, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """A file that comes in chunks. Its sender's own."""

    queryset: Any = ChunkedFile.objects.none
    serializer_class = ChunkedFileSerializer
    lookup_value_regex = r"\d{1,18}"
    parser_classes = [JSONParser]
    may_conflict = True

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return ChunkedFile._base_manager.none()
        return chunks.files_of(self.person)

    @extend_schema(request=AnnouncedSerializer, responses={201: ChunkedFileSerializer})
    @once()
    def create(self, request: Request) -> Response:
        """Announce a file; its chunks are then sent behind one another, each of any size."""
        if not self.person.may_upload:
            raise PermissionDenied
        body = AnnouncedSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        try:
            file = chunks.begin(person=self.person, **body.validated_data)
        except chunks.TooLarge as large:
            raise ValidationError({"size": _("No file may have so many bytes.")}, code="too_large") from large
        except chunks.NoRoom as full:
            told = _("There is no room for this file now. Finish or drop the others first.")
            raise Conflict(told, code="no_room") from full
        file.refresh_from_db()
        return Response(ChunkedFileSerializer(file).data, status=status.HTTP_201_CREATED)

    @extend_schema(
        request={"application/octet-stream": OpenApiTypes.BINARY},
        responses=ChunkedFileSerializer,
        parameters=[OFFSET],
    )
    def partial_update(self, request: Request, pk: str) -> Response:
        """Send a chunk. What came before a connection was cut stays: ask how many bytes, go on behind them."""
        offset = request.headers.get("Upload-Offset", "")
        if not (offset.isascii() and offset.isdecimal() and len(offset) < 19):
            told = _("Say how many bytes the chunk lies behind the beginning of the file.")
            raise ValidationError({"Upload-Offset": told})
        file = self.get_object()
        length = int(request.META.get("CONTENT_LENGTH") or 0)
        try:
            # From the wire, as it comes: no parser sees it, whatever its type.
            content = cast("BinaryIO", request._request)
            chunks.append(file=file, offset=int(offset), content=content, length=length)
        except chunks.TooLarge as large:
            told = _("The file would have more bytes than announced.")
            raise ValidationError({"Upload-Offset": told}, code="too_large") from large
        except chunks.NoRoom as full:
            told = _("The disk is full. What came is kept; go on later.")
            raise Conflict(told, code="no_room") from full
        except chunks.WrongOffset as wrong:
            told = _("%(n)s bytes were received; the chunk must begin there.") % {"n": wrong.received}
            raise Conflict(told, code="wrong_offset") from wrong
        except ChunkedFile.DoesNotExist as cancelled:
            raise Http404 from cancelled
        file = self.get_object()
        return Response(ChunkedFileSerializer(file).data)

    def destroy(self, request: Request, pk: str) -> Response:
        """Throw it away. An upload that was made of it stays."""
        chunks.drop(self.get_object())
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(request=FinishSerializer, responses={201: UploadSerializer})
    @action(detail=True, methods=["post"])
    @once(in_steps=True)
    def finish(self, request: Request, pk: str) -> Response:
        """Hand in the file that has come; again is the same upload."""
        body = FinishSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        file, told, attempt = self.get_object(), body.validated_data, attempt_of(request)
        try:
            upload = taken(
                told,
                lambda asked: chunks.finish(
                    file=file,
                    person=self.person,
                    asked=asked,
                    now=clock.now(),
                    repairs_id=told["repairs"],
                    note_made=attempt.note_made if attempt else None,
                ),
            )
        except chunks.Incomplete as short:
            missing = _("%(n)s bytes are still missing.") % {"n": file.size - short.received}
            raise Conflict(missing, code="incomplete") from short
        except chunks.OtherBytes as other:
            told_so = _("These are not the bytes of the announced SHA-256. Send the file from its beginning.")
            raise Conflict(told_so, code="other_bytes") from other
        return Response(UploadSerializer(upload).data, status=status.HTTP_201_CREATED)
