"""Whose lots of a part are meant."""

from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError

from suppliers.models import Partnership
from suppliers.queries.parts import part_or_none, partnerships_of_part


def partnership_asked(part_id: int, asked: int | None) -> Partnership:
    """Return the partnership of a part that is asked for, or its only one. What is not shared is not there."""
    every = partnerships_of_part(part_id) if part_or_none(part_id) else []
    open_to = [one for one in every if asked in (None, one.pk)]
    if not open_to:
        raise Http404
    if len(open_to) > 1:
        raise ValidationError({"partnership": _("Name one: several suppliers make this part.")})
    return open_to[0]
