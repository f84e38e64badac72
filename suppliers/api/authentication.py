"""DRF's authentication, over the person that the middleware found."""

from django.conf import settings
from drf_spectacular.extensions import OpenApiAuthenticationExtension
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


class ApiKeyScheme(OpenApiAuthenticationExtension):
    """How the schema tells of keys."""

    target_class = ApiKeyAuthentication
    name = "apiKey"

    def get_security_definition(self, auto_schema) -> dict[str, str]:
        return {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "`Api-Key PREFIX.SECRET`, made on the page of your account.",
        }


class PersonSessionScheme(OpenApiAuthenticationExtension):
    """How the schema tells of sessions."""

    target_class = PersonSessionAuthentication
    name = "session"

    def get_security_definition(self, auto_schema) -> dict[str, str]:
        return {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME}
