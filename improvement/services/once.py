"""The same request sent twice makes one thing: an Idempotency-Key and a hash of all that was asked."""

import hashlib
import json
from collections.abc import Callable
from typing import Any, TypeVar

from django.core.serializers.json import DjangoJSONEncoder
from django.db import IntegrityError, transaction
from django.db.models import Model, QuerySet
from psycopg.errors import UniqueViolation

Row = TypeVar("Row", bound=Model)


class KeyReused(Exception):
    """An Idempotency-Key that came with another request before."""


def hash_of(**asked: Any) -> str:
    """Return the SHA-256 of a request: of every word of it, so that another one is never taken for it."""
    written = json.dumps(asked, cls=DjangoJSONEncoder, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(written.encode()).hexdigest()


def once(store: Callable[[], Row], mine: QuerySet[Row], *, key: str, request_hash: str) -> Row:
    """Store in one transaction; the same key with the same request returns what it made the first time.

    `mine` are the rows of this kind that the same person made. Raises KeyReused if the key came with
    another request, also one about something that this person does not see any more.
    """
    try:
        with transaction.atomic():
            return store()
    except IntegrityError as refused:
        if not (key and _is_about_the_key(refused)):
            raise
    first = mine.filter(idempotency_key=key, request_hash=request_hash).first()
    if first is None:
        raise KeyReused(key)
    return first


def _is_about_the_key(refused: IntegrityError) -> bool:
    cause = refused.__cause__
    return isinstance(cause, UniqueViolation) and (cause.diag.constraint_name or "").endswith("_idempotent")
