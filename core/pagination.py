"""Pages of the API."""

import base64
import binascii
from typing import Any, cast

from django.db.models import Q
from rest_framework.exceptions import NotFound
from rest_framework.pagination import Cursor, CursorPagination
from rest_framework.request import Request

LARGEST = 2**63 - 1


class CursorPages(CursorPagination):
    """Cursor pages, the rows made last first; a client may ask for up to 1,000 rows."""

    ordering = "-pk"
    page_size = 100
    page_size_query_param = "page_size"
    max_page_size = 1000

    def decode_cursor(self, request: Request) -> Cursor | None:
        """Return what the client sent back, if it is what a page gave it."""
        cursor = super().decode_cursor(request)
        if cursor is not None and cursor.position is not None:
            _numbers(str(cursor.position), 1, self.invalid_cursor_message)
        return cursor


class KeyPages(CursorPages):
    """Pages, forwards alone, over rows that several numbers tell apart and no single one.

    A page begins behind the last row of the one before, however many rows share the first column.
    """

    key: tuple[str, ...]

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list:
        self.request = request
        self.base_url = request.build_absolute_uri()
        size = self.get_page_size(request) or self.page_size
        rows = queryset.order_by(*self.key)
        if sent := request.query_params.get(self.cursor_query_param):
            rows = rows.filter(self._behind(self._decoded(sent)))
        found = list(rows[: size + 1])
        self.shown, self.more = found[:size], len(found) > size
        return self.shown

    def get_next_link(self) -> str | None:
        if not self.more:
            return None
        position = ",".join(str(getattr(self.shown[-1], column)) for column in self.key)
        return self.encode_cursor(Cursor(offset=0, reverse=False, position=cast("Any", position)))

    def get_previous_link(self) -> None:
        return None

    def _decoded(self, sent: str) -> list[int]:
        try:
            text = base64.b64decode(sent.encode("ascii"), validate=True).decode("ascii")
        except (binascii.Error, UnicodeError) as wrong:
            raise NotFound(self.invalid_cursor_message) from wrong
        position = text.removeprefix("p=").replace("%2C", ",")
        return _numbers(position, len(self.key), self.invalid_cursor_message)

    def _behind(self, position: list[int]) -> Q:
        """Return what rows behind a position fulfil, its first column in a form that an index serves."""
        *rest, (last, value) = zip(self.key, position, strict=True)
        behind = Q(**{f"{last}__gt": value})
        for column, value in reversed(rest):
            behind = Q(**{f"{column}__gt": value}) | (Q(**{column: value}) & behind)
        return Q(**{f"{self.key[0]}__gte": position[0]}) & behind


def _numbers(text: str, count: int, complaint: Any) -> list[int]:
    parts = text.split(",")
    if len(parts) != count or not all(part.isascii() and part.isdigit() for part in parts):
        raise NotFound(complaint)
    numbers = [int(part) for part in parts]
    if max(numbers) > LARGEST:
        raise NotFound(complaint)
    return numbers
