"""Views of the API over tables that are shared."""

from typing import Any, cast

from django.db.models import QuerySet
from rest_framework import mixins, status, viewsets
from rest_framework.exceptions import APIException


class Conflict(APIException):
    """What was asked does not fit what is there."""

    status_code = status.HTTP_409_CONFLICT
    default_code = "conflict"


class ListViewSet(mixins.ListModelMixin, viewsets.GenericViewSet):
    """A list of rows, narrowed by its filters. A subclass says `rows` and the serializer of a model.

    Rows are asked for when the scope is open, never while the schema is drawn.
    """

    def rows(self) -> QuerySet:
        """Return what may be seen, in the order of the pages."""
        raise TypeError(f"{type(self).__name__} lists nothing.")

    def get_queryset(self) -> QuerySet:
        if getattr(self, "swagger_fake_view", False):
            return cast("Any", self.serializer_class).Meta.model._base_manager.none()
        return self.rows()

    def filter_queryset(self, queryset: QuerySet) -> QuerySet:
        # The filters are those of the list: one row is found by its id alone.
        return super().filter_queryset(queryset) if self.action == "list" else queryset


class ReadViewSet(mixins.RetrieveModelMixin, ListViewSet):
    """A list of rows, and each row at its id."""

    lookup_value_regex = r"\d{1,18}"
