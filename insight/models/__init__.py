"""What people keep of the pages, and the mails they ask for."""

from insight.models.saved_view import SavedView, Span
from insight.models.subscription import (
    Digest,
    DigestState,
    PauseReason,
    Rhythm,
    Side,
    SkipReason,
    Subscription,
    SubscriptionState,
    What,
)

__all__ = [
    "Digest",
    "DigestState",
    "PauseReason",
    "Rhythm",
    "SavedView",
    "Side",
    "SkipReason",
    "Span",
    "Subscription",
    "SubscriptionState",
    "What",
]
