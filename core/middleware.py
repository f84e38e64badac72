"""What every request goes through before anything else reads it."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from core.views import not_found


class NothingIsCalledNul:
    """Answer a page that is asked for with a NUL, which the database takes for no text, as one that is not there."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith("/api/") and self._holds_nul(request):
            return not_found(request, ValueError("NUL"))
        return self.get_response(request)

    @staticmethod
    def _holds_nul(request: HttpRequest) -> bool:
        if "\0" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            return True
        return any("\0" in value for _name, values in request.POST.lists() for value in values)
