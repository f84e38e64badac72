"""What the mail of a subscription is to say, in the words of who composes it."""

from datetime import datetime, time, timedelta

from django.conf import settings
from django.urls import reverse

from insight.mails import Contents
from insight.models import Digest, Rhythm, Subscription, What
from insight.queries.subscriptions import unsubscribe_url

WORTH_A_WORD = timedelta(hours=1)


def contents_of(subscription: Subscription) -> Contents:
    """Return what the mail of a subscription is to say."""
    filters = subscription.filters
    return Contents(
        what=What(subscription.what).value,
        rhythm=Rhythm(subscription.rhythm).value,
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
