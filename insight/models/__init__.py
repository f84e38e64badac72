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
    "Side",
    "SkipReason",
    "Subscription",
    "SubscriptionState",
    "What",
]
