"""Pages of the API."""

from rest_framework.pagination import CursorPagination


class CursorPages(CursorPagination):
    """Cursor pages in the order rows were made; a client may ask for up to 1,000 rows."""

    ordering = "-pk"
    page_size = 100
    page_size_query_param = "page_size"
    max_page_size = 1000
