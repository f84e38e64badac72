"""Keeping, renaming and dropping views: a person's own, whatever is asked."""

from datetime import datetime
from urllib.parse import urlencode

from django.db import IntegrityError, transaction

from insight.models import SavedView, Span
from insight.queries.saved_views import Address
from suppliers.access import Person

MOST = 100  # views of a person


class NameTaken(Exception):
    """This person has another view of this name."""


class TooMany(Exception):
    """A person keeps as many views as a menu bears."""


class NotYours(LookupError):
    """No view of this person has this id."""


def keep_view(*, person: Person, name: str, address: Address, span: Span | str, now: datetime) -> SavedView:
    """Keep an address under a name; with a span its days move along with the data.

    Raises NameTaken or TooMany.
    """
    if SavedView.objects.filter(person=person).count() >= MOST:
        raise TooMany
    filters = address.without_days if span else address.filters
    try:
        with transaction.atomic():
            return SavedView.objects.create(
                person=person,
                name=name,
                path=address.path,
                query=urlencode(filters),
                span=span,
                created_at=now,
            )
    except IntegrityError as taken:
        raise NameTaken from taken


def rename_view(*, person: Person, view_id: int, name: str) -> None:
    """Raises NotYours, or NameTaken."""
    try:
        with transaction.atomic():
            found = SavedView.objects.filter(pk=view_id, person=person).update(name=name)
    except IntegrityError as taken:
        raise NameTaken from taken
    if not found:
        raise NotYours


def drop_view(*, person: Person, view_id: int) -> None:
    """Raises NotYours."""
    dropped, _by_model = SavedView.objects.filter(pk=view_id, person=person).delete()
    if not dropped:
        raise NotYours
