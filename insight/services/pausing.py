"""Pausing mails, whoever ends them: the person, a link in a mail, a mailbox that takes none."""

from django.db.models import QuerySet

from insight.models import Subscription, SubscriptionState


def stop(subscriptions: QuerySet[Subscription], reason: str, note: str = "") -> int:
    """Pause those of a queryset that are active, for a reason; return how many."""
    return subscriptions.filter(state=SubscriptionState.ACTIVE).update(
        state=SubscriptionState.PAUSED, pause_reason=reason, pause_note=note, next_at=None
    )
