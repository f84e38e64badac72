"""Who sees what: the one place that decides it, and denies by default."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.http import HttpRequest
from django_scopes import scope

from core.scope import EVERY
from suppliers.models import ApiKey, Partnership, Person, User

__all__ = [
    "MemberRequest",
    "Person",
    "PersonRequest",
    "looking_as",
    "looking_as_house",
    "partnerships_to_fill",
    "sees_joined",
]


class PersonRequest(HttpRequest):
    """A request behind `suppliers.middleware`: who is asking, and with which key, if any."""

    person: Person | None
    api_key: ApiKey | None
    sides: list[str]  # on which its organisation stands; found when first asked for
    side: str  # customer or supplier: from which this session looks; found likewise
    looked_after: list[str]  # codes of suppliers that the person is responsible for; found likewise


class MemberRequest(PersonRequest):
    """A request behind `login_required`: somebody is there."""

    person: Person
    user: User


@contextmanager
def looking_as(person: Person) -> Iterator[None]:
    """Let shared tables answer, with what this person may see and no more."""
    with looking_as_house("find the partnerships open to one organisation"):
        open_to = Partnership.objects.open_to([person.organisation_id])
        ids = sorted(open_to.values_list("pk", flat=True))
    with scope(partnership=ids, organisation=person.organisation_id):
        yield


@contextmanager
def looking_as_house(why: str) -> Iterator[None]:
    """Let shared tables answer with everything, for work that no person asked for.

    `why` is a sentence for the reader of the code; nobody outside sees what is read here.
    """
    if not why:
        raise ValueError("Say why the house looks at everything.")
    with scope(partnership=EVERY, organisation=None):
        yield


def partnerships_to_fill(person: Person) -> list[int]:
    """Return the ids of the partnerships on which this person may write: both ends may, a guest may not."""
    if not person.may_upload:
        return []
    with looking_as(person):
        ends = Partnership.objects.filter(customer=person.organisation_id) | Partnership.objects.filter(
            supplier=person.organisation_id
        )
        return sorted(ends.values_list("pk", flat=True))


def sees_joined(person: Person, *, customer_id: int) -> bool:
    """Say whether what is joined over several suppliers of one customer is this person's to see.

    It is the customer's own: whoever knows its own share of a sum would learn the others' from it.
    """
    return person.organisation_id == customer_id
