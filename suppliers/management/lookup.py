"""What commands are given by code."""

from django.core.management.base import CommandError

from suppliers.access import looking_as_house
from suppliers.models import Organisation


def organisation_by_code(code: str) -> Organisation:
    """Return the organisation of a code; raise CommandError, saying how to make one, if there is none."""
    with looking_as_house("an administrator names a company by its code"):
        organisation = Organisation.objects.filter(code=code).first()
    if organisation is None:
        raise CommandError(f"There is no organisation {code}. Make it: manage.py organisation {code} NAME")
    return organisation
