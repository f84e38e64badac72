"""Finds the person behind a request, and opens what that person may see."""

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpResponse
from django.utils import timezone, translation

from core import clock
from suppliers import access, queries, services
from suppliers.access import PersonRequest
from suppliers.models import ApiKey, Person
from suppliers.queries import LANGUAGE_COOKIE

API = "/api/"


class PersonMiddleware:
    """Set `request.person` (or None) and open its scope; nobody's scope stays closed.

    A key is read here and not in the API's own authentication, so that the scope is open before any
    queryset is made.
    """

    def __init__(self, get_response: Callable[[PersonRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: PersonRequest) -> HttpResponse:
        request.api_key = _key(request)
        request.person = request.api_key.person if request.api_key else _person(request)
        with translation.override(_language(request)), timezone.override(_zone(request)):
            if request.person is None:
                response = self.get_response(request)
            else:
                with access.looking_as(request.person):
                    response = self.get_response(request)
            response.headers.setdefault("Content-Language", translation.get_language())
        return response


def _key(request: PersonRequest) -> ApiKey | None:
    """A key opens the API and no page: a key that may only read must not reach a page's forms."""
    if not request.path.startswith(API):
        return None
    key = queries.key_in_header(request.headers.get("Authorization", ""))
    if key is not None:
        services.note_key_used(key=key, now=clock.now())
    return key


def _person(request: PersonRequest) -> Person | None:
    person = queries.person_of_session(request)
    if person is None and request.user.is_authenticated:
        logout(request)  # the last organisation of this login was taken away
    return person


def _language(request: PersonRequest) -> str:
    """The person's language; for a stranger the cookie's, then the browser's."""
    if request.person and not request.api_key:
        return request.person.user.language
    return request.COOKIES.get(LANGUAGE_COOKIE) or translation.get_language_from_request(request)


def _zone(request: PersonRequest) -> str:
    return request.person.user.zone if request.person else settings.TIME_ZONE
