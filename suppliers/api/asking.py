"""Who asks of the API."""

from typing import Any, cast

from rest_framework.request import Request

from suppliers.access import Person, PersonRequest


def who_asks(request: Request) -> Person:
    """Return the person of a request that a view was entered with."""
    person: Person | None = cast("PersonRequest", request._request).person
    assert person is not None  # `IsPerson` saw to it
    return person


class OfPerson:
    """A view that knows who asks: `person`."""

    request: Any

    @property
    def person(self) -> Person:
        return who_asks(self.request)
