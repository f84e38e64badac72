"""What the mail of a subscription is to say, in the words of who composes it."""

from datetime import datetime, time, timedelta
from typing import cast

from django.conf import settings
from django.urls import reverse

from insight import mails
from insight.mails.letter import Rhythm, What
from insight.models import Digest, Subscription
from insight.queries.subscriptions import unsubscribe_url

WORTH_A_WORD = timedelta(hours=1)


def contents_of(subscription: Subscription) -> mails.Contents:
    """Return what the mail of a subscription is to say."""
    filters = subscription.filters
    return mails.Contents(
        what=cast("What", subscription.what),
        rhythm=cast("Rhythm", subscription.rhythm),
        language=subscription.language,
        zone=subscription.person.user.zone,
        kpi=filters.get("kpi", ""),
        stage=filters.get("stage"),
        side=subscription.side,
        customer=filters.get("customer"),
        suppliers=tuple(filters.get("suppliers", ())),
        parts=tuple(filters.get("parts", ())),
        mine=bool(filters.get("mine")),
        at=time(subscription.hour),
        day=subscription.day,
        site=settings.SITE_URL,
        change_url=settings.SITE_URL + reverse("subscription", args=[subscription.pk]),
        unsubscribe_url=unsubscribe_url(subscription.pk),
    )


def late_by(digest: Digest, now: datetime) -> timedelta | None:
    """Return by how much a mail is late, if that is worth a word."""
    by = now - digest.due_at
    return by if by >= WORTH_A_WORD and not digest.asked else None
