"""What was learned about layouts: remembered by sender, partnership and headers, or saved under a name."""

from contextlib import suppress
from datetime import datetime
from typing import Any

from django.db import models, transaction

from intake.models import Mapping
from intake.tables.reading import Reading

ANSWERS = "answers"  # beside the reading: what was answered about names and parts in files of this layout


def save_mapping(
    *,
    sender_id: int,
    name: str,
    kind: str,
    reading: dict[str, Any],
    now: datetime,
    answers: dict[str, Any] | None = None,
) -> Mapping:
    """Save a reading under a name, in place of an earlier one of that name.

    Raises ValueError if `reading` is none (see `intake.tables.reading`).
    """
    told = Reading.from_json(reading).as_json()
    saved = named(sender_id, name) or Mapping(sender_id=sender_id, name=name)
    saved.kind, saved.remembered_at = kind, now
    saved.reading = {**told, ANSWERS: answers or {}}
    saved.save()
    return saved


def named(sender_id: int, name: str) -> Mapping | None:
    """Return what was saved under a name; what is remembered of layouts has none."""
    return Mapping.objects.filter(sender=sender_id, name=name).first() if name else None


def remembered(
    sender_id: int, partnership_id: int | None, kind: str, fingerprint: str
) -> tuple[Reading | None, dict[str, Any]]:
    """Return what was learned about a layout: how it is read, and what was answered about its rows.

    Without a kind the latest that was learned of it as any kind.
    """
    if not fingerprint:
        return None, {}
    if not kind:
        same = Mapping.objects.filter(sender=sender_id, partnership=partnership_id, fingerprint=fingerprint)
        latest = same.exclude(kind="").order_by("-remembered_at").first()
        return (parts_of(latest)[0], {}) if latest else (None, {})
    found = _of_layout(sender_id, partnership_id, kind, fingerprint).first()
    return parts_of(found) if found else (None, {})


def encoding_of(sender_id: int, partnership_id: int | None, layout: str) -> str:
    """Return the encoding that a person gave for files that begin so; blank where nobody did."""
    same = Mapping.objects.filter(sender=sender_id, partnership=partnership_id, fingerprint=layout)
    latest = same.order_by("-remembered_at").first()
    return parts_of(latest)[0].encoding if latest else ""


def parts_of(mapping: Mapping) -> tuple[Reading, dict[str, Any]]:
    told = dict(mapping.reading)
    answers = told.pop(ANSWERS, {})
    return Reading.from_json(told), answers


@transaction.atomic
def remember(
    *,
    sender_id: int,
    partnership_id: int | None,
    kind: str,
    fingerprint: str,
    reading: Reading,
    answers: dict[str, Any],
    now: datetime,
) -> None:
    """Add to what is known about a layout; the latest answer counts."""
    known = Mapping(
        sender_id=sender_id, partnership_id=partnership_id, kind=kind, fingerprint=fingerprint, reading={}
    )
    with suppress(Mapping.DoesNotExist):
        known = _of_layout(sender_id, partnership_id, kind, fingerprint).select_for_update().get()
    older, said = parts_of(known)
    known.reading = {**reading.over(older).as_json(), ANSWERS: {**said, **answers}}
    known.remembered_at = now
    known.save()


def _of_layout(
    sender_id: int, partnership_id: int | None, kind: str, fingerprint: str
) -> models.QuerySet[Mapping]:
    return Mapping.objects.filter(
        sender=sender_id, partnership=partnership_id, kind=kind, fingerprint=fingerprint
    )
