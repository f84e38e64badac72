"""Who may call the API: a person, and to write, one with leave to."""

from rest_framework.permissions import SAFE_METHODS, BasePermission


class IsPerson(BasePermission):
    def has_permission(self, request, view) -> bool:
        person = request._request.person
        if person is None:
            return False
        key = request._request.api_key
        return request.method in SAFE_METHODS or key is None or key.may_write
