"""What tests of mails begin with: subscriptions, and a stand-in for the composer where figures are no matter."""

from datetime import UTC, datetime
from typing import Any

from insight.mails import Attachment, Contents, Mail, Picture
from insight.models import Digest, Subscription
from insight.services import subscriptions
from suppliers.access import Person, looking_as

# A Tuesday, eight o'clock in Shanghai.
NOW = datetime(2026, 6, 30, 0, 0, tzinfo=UTC)
PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)


def subscribe(person: Person, *, now: datetime = NOW, **more: Any) -> Subscription:
    wanted = {"what": "overview", "side": "customer", "filters": {}, "rhythm": "daily", "hour": 8}
    with looking_as(person):
        return subscriptions.subscribe(person=person, now=now, **(wanted | more))


def stand_in(*, person: Person, contents: Contents, period: Any, **more: Any) -> Mail:
    """A mail that says what it was asked for, and nothing of any figure."""
    late = f" late by {more['late_by']}" if more.get("late_by") else ""
    return Mail(
        subject=f"{contents.what} {period}{late}",
        text=f"{person} {period} {contents.unsubscribe_url}",
        html=f'<html><head></head><body><img src="cid:trend">{period}</body></html>',
        pictures=(Picture("trend", "trend.png", PNG),),
        attachments=(Attachment("rows.xlsx", "application/zip", b"PK"),),
    )


def digests_of(subscription: Subscription) -> list[Digest]:
    return list(Digest.objects.filter(subscription=subscription).order_by("due_at", "pk"))
