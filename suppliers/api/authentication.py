"""DRF's authentication, over the person that the middleware found."""

from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed

from suppliers.access import PersonRequest


class ApiKeyAuthentication(BaseAuthentication):
    """``Authorization: Api-Key PREFIX.SECRET``."""

    def authenticate(self, request):
        django_request: PersonRequest = request._request
        if django_request.api_key:
            return django_request.api_key.person.user, django_request.api_key
        if request.headers.get("Authorization", "").lower().startswith("api-key"):
            raise AuthenticationFailed
        return None

    def authenticate_header(self, request) -> str:
        return "Api-Key"


class PersonSessionAuthentication(SessionAuthentication):
    """A session, where it stands for an active person."""

    def authenticate(self, request):
        return super().authenticate(request) if request._request.person else None
