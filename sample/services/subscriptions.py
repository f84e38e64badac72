"""Who of the simulated chain is told by mail."""

from datetime import datetime

from insight.services.subscriptions import AlreadySubscribed, subscribe
from sample.services.cast import plan_rows
from suppliers import access
from suppliers.queries.selection import person_called


def load_subscriptions(*, now: datetime) -> int:
    """Make the subscriptions of the plan that are not there yet, and return how many."""
    made = 0
    for row in plan_rows("subscriptions"):
        person = person_called(row["email"])
        assert person is not None
        when = {
            "rhythm": row["rhythm"],
            "day": int(row["day"]) if row["day"] else None,
            "hour": int(row["hour"]),
        }
        with access.looking_as(person):
            try:
                subscribe(
                    person=person,
                    what=row["what"],
                    side=row["side"],
                    filters={},
                    language=row["language"],
                    now=now,
                    **when,
                )
            except AlreadySubscribed:
                continue
        made += 1
    return made
