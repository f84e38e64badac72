"""Who asks: the person behind a session or an API key, and what may be looked up of a person."""

import hashlib
import hmac

from django.http import HttpRequest

from suppliers.models import ApiKey, Person

PERSON_IN_SESSION = "person"
LANGUAGE_COOKIE = "language"  # of somebody who is not logged in


def person_of_session(request: HttpRequest) -> Person | None:
    """Return the active person that this session stands for, its first if none was chosen yet."""
    if not request.user.is_authenticated:
        return None
    people = Person.objects.active().filter(user=request.user).select_related("user", "organisation")
    chosen = request.session.get(PERSON_IN_SESSION)
    return (people.filter(pk=chosen).first() if chosen else None) or people.order_by("pk").first()


def key_in_header(header: str) -> ApiKey | None:
    """Return the live API key that an ``Authorization: Api-Key PREFIX.SECRET`` header carries."""
    scheme, _, value = header.partition(" ")
    prefix, _, secret = value.strip().partition(".")
    if scheme.lower() != "api-key" or not secret:
        return None
    key = (
        ApiKey.objects.filter(
            prefix=prefix, revoked_at=None, person__left_at=None, person__user__is_active=True
        )
        .select_related("person__user", "person__organisation")
        .first()
    )
    if key is None or not hmac.compare_digest(key.hash, key_hash(secret)):
        return None
    return key


def key_hash(secret: str) -> str:
    """Return what is kept of a secret: it is long and random, so one round of SHA-256 is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()
