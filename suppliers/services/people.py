"""People of an organisation: their roles, their sessions, their API keys."""

import secrets
from datetime import datetime, timedelta

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.urls import reverse

from suppliers.models import ApiKey, Invitation, Person, Role, User
from suppliers.queries.sessions import key_hash
from suppliers.services.partnerships import NotHere

KEY_USE_NOTED_EVERY = timedelta(minutes=1)


class LastOwner(Exception):
    """The last owner of an organisation can neither leave nor become less."""


class MayNot(Exception):
    """The role of who asks does not allow it."""


def set_password_link(user: User) -> str:
    """Return a link by which its holder sets the password of a login, once, within three days."""
    key = {"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)}
    return settings.SITE_URL + reverse("account_reset_password_from_key", kwargs=key)


@transaction.atomic
def change_role(*, person_id: int, role: str, by: Person, now: datetime) -> None:
    """Give a colleague another role; it holds from the next request on, and ends the sessions.

    Raises MayNot if `by` does not manage people, NotHere if the person is no colleague, LastOwner, and
    ValueError if there is no such role.
    """
    if role not in Role.values:
        raise ValueError(role)
    person = _colleague(person_id, by)
    if person.role == role:
        return
    _keep_an_owner(person)
    Person.objects.filter(pk=person.pk).update(role=role)
    if role == Role.VIEWER:
        person.api_keys.filter(may_write=True, revoked_at=None).update(revoked_at=now)
    end_sessions(user=person.user)


@transaction.atomic
def take_away_person(*, person_id: int, by: Person, now: datetime) -> None:
    """Shut a colleague out of the organisation: sessions end, keys and open invitations are withdrawn.

    What the person did stays. Raises as `change_role` does.
    """
    person = _colleague(person_id, by)
    _keep_an_owner(person)
    Person.objects.filter(pk=person.pk).update(left_at=now)
    person.api_keys.filter(revoked_at=None).update(revoked_at=now)
    Invitation.objects.filter(invited_by=person, accepted_at=None, withdrawn_at=None).update(withdrawn_at=now)
    end_sessions(user=person.user)


def change_profile(*, user: User, name: str, language: str, zone: str) -> None:
    """Change how a login is called and in which language and zone it reads."""
    User.objects.filter(pk=user.pk).update(name=name, language=language, zone=zone)


def end_sessions(*, user: User) -> None:
    """End every session of a login, on whatever device, from the next request on."""
    User.objects.filter(pk=user.pk).update(sessions_ended=F("sessions_ended") + 1)


def make_key(*, person: Person, name: str, may_write: bool, now: datetime) -> tuple[ApiKey, str]:
    """Make an API key, and return it with ``PREFIX.SECRET``, which nobody can show again.

    Raises MayNot if it is to write and the person may not.
    """
    if may_write and not person.may_upload:
        raise MayNot("write")
    secret = secrets.token_urlsafe(32)
    key = ApiKey.objects.create(
        person=person,
        name=name,
        prefix=secrets.token_hex(6),
        hash=key_hash(secret),
        may_write=may_write,
        created_at=now,
    )
    return key, f"{key.prefix}.{secret}"


def revoke_key(*, key_id: int, by: Person, now: datetime) -> None:
    """Revoke one's own key, or as one who manages people a colleague's; it opens nothing from now on.

    Raises NotHere if there is no such live key.
    """
    mine = Q(person=by)
    if by.may_manage_people:
        mine |= Q(person__organisation=by.organisation_id)
    if not ApiKey.objects.filter(mine, pk=key_id, revoked_at=None).update(revoked_at=now):
        raise NotHere("key")


def note_key_used(*, key: ApiKey, now: datetime) -> None:
    """Note when a key was last used, at most once a minute: reading should not write every time."""
    if key.last_used_at is None or now - key.last_used_at >= KEY_USE_NOTED_EVERY:
        ApiKey.objects.filter(pk=key.pk).update(last_used_at=now)


def _colleague(person_id: int, by: Person) -> Person:
    if not by.may_manage_people:
        raise MayNot("manage people")
    colleagues = Person.objects.active().filter(organisation=by.organisation_id)
    # All owners are locked, so that two cannot remove each other at once.
    locked = colleagues.filter(Q(pk=person_id) | Q(role=Role.OWNER)).order_by("pk").select_for_update()
    person = next((one for one in locked if one.pk == person_id), None)
    if person is None:
        raise NotHere("person")
    return person


def _keep_an_owner(person: Person) -> None:
    owners = Person.objects.active().filter(organisation=person.organisation_id, role=Role.OWNER)
    if person.role == Role.OWNER and not owners.exclude(pk=person.pk).exists():
        raise LastOwner
