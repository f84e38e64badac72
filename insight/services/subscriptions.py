"""Asking for mails, changing one's mind, and ending it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from core.wake import wake
from insight.formulas.rhythm import DAILY
from insight.models import Digest, DigestState, PauseReason, Subscription, What
from insight.queries import subscriptions as queries
from insight.services.digests import COMPOSE, asked_now
from insight.services.pausing import stop
from kpis import definitions
from suppliers.access import Person

CHANGEABLE = frozenset({"what", "side", "filters", "rhythm", "day", "hour", "language"})


class AlreadySubscribed(Exception):
    """This person gets a mail about this already; `subscription_id` is which."""

    def __init__(self, subscription_id: int) -> None:
        super().__init__(subscription_id)
        self.subscription_id = subscription_id


class NotHere(Exception):
    """This person has no such subscription."""


class Unfit(Exception):
    """What is asked for makes no sense or is not shared: `field` says where, `rule` why, `value` which.

    Rules: not_shared, nothing_shared, no_such_kpi, no_such_stage.
    """

    def __init__(self, field: str, rule: str, value: str = "") -> None:
        super().__init__(field, rule, value)
        self.field, self.rule, self.value = field, rule, value


class NoAddress(Exception):
    """The login has no e-mail address to write to."""


class Paused(Exception):
    """A paused subscription sends nothing until it is resumed."""


def subscribe(
    *,
    person: Person,
    what: str,
    side: str,
    filters: Mapping[str, Any],
    rhythm: str,
    hour: int,
    now: datetime,
    day: int | None = None,
    language: str = "",
) -> Subscription:
    """Have a person be sent mails, the first at the next such hour.

    Call it under the person's own scope. Raises NoAddress, Unfit, and AlreadySubscribed if there is one
    about the same.
    """
    if not person.user.email:
        raise NoAddress
    filters = queries.clean_filters(filters)
    subscription = Subscription(
        person=person,
        what=what,
        side=side,
        filters=filters,
        filters_key=queries.key_of(filters),
        rhythm=rhythm,
        day=None if rhythm == DAILY else day or 1,
        hour=hour,
        language=language or person.user.language,
        created_at=now,
    )
    _check(subscription)
    _reckon(subscription, now)
    return _saved(subscription)


@transaction.atomic
def change(*, subscription_id: int, person: Person, now: datetime, **changed: Any) -> Subscription:
    """Change what a mail is about, when it comes or its language (arguments as of `subscribe`).

    Raises NotHere, Unfit, AlreadySubscribed; TypeError for what is not a person's to change.
    """
    if strange := changed.keys() - CHANGEABLE:
        raise TypeError(f"not to be changed: {', '.join(sorted(strange))}")
    subscription = _own(subscription_id, person)
    for name, value in changed.items():
        setattr(subscription, name, value)
    subscription.filters = queries.clean_filters(subscription.filters)
    subscription.filters_key = queries.key_of(subscription.filters)
    subscription.day = None if subscription.rhythm == DAILY else subscription.day or 1
    _check(subscription)
    if subscription.is_active:
        _reckon(subscription, now)
    return _saved(subscription)


@transaction.atomic
def pause(*, subscription_id: int, person: Person) -> None:
    """Send nothing until it is resumed. Raises NotHere."""
    pk = _own(subscription_id, person).pk
    stop(Subscription.objects.filter(pk=pk), PauseReason.BY_PERSON)


@transaction.atomic
def resume(*, subscription_id: int, person: Person, now: datetime) -> None:
    """Send again, from the next such hour on; what was due meanwhile is not made up for. Raises NotHere."""
    subscription = _own(subscription_id, person)
    if not subscription.is_active:
        subscription.state, subscription.pause_reason, subscription.pause_note = "active", "", ""
        _reckon(subscription, now)
        subscription.save()


@transaction.atomic
def delete(*, subscription_id: int, person: Person) -> None:
    """Forget a subscription and what was sent of it; letters in the outbox stay. Raises NotHere."""
    _own(subscription_id, person).delete()


def unsubscribe(*, token: str) -> bool:
    """End what a link from a mail ends, whoever uses it and however often; False if the link is not ours."""
    subscription_id = queries.subscription_of_token(token)
    if subscription_id is None:
        return False
    stop(Subscription.objects.filter(pk=subscription_id), PauseReason.UNSUBSCRIBED)
    return True


@transaction.atomic
def send_now(*, subscription_id: int, person: Person, now: datetime) -> Digest:
    """Promise a mail at once, of the last days that are over; the same one, if asked twice in a minute.

    Raises NotHere, Paused.
    """
    subscription = _own(subscription_id, person)
    if not subscription.is_active:
        raise Paused
    digest = asked_now(subscription, now=now)
    Digest.objects.bulk_create([digest], ignore_conflicts=True)
    digest = Digest.objects.get(subscription=subscription, period=digest.period)
    if digest.state == DigestState.DUE:
        wake(COMPOSE, digest_id=digest.pk)
    return digest


def _check(subscription: Subscription) -> None:
    filters, person, side = subscription.filters, subscription.person, subscription.side
    for field, value in queries.not_shared(person, side, filters):
        raise Unfit(field, "not_shared", value)
    if not queries.is_anything_shared(subscription):
        raise Unfit("what", "nothing_shared")
    if subscription.what == What.KPI:
        _check_kpi(filters.get("kpi", ""), filters.get("stage"))


def _check_kpi(kpi: str, stage: str | None) -> None:
    if kpi not in definitions.names():
        raise Unfit("kpi", "no_such_kpi", kpi)
    if stage and stage not in definitions.definition(kpi).stages:
        raise Unfit("stage", "no_such_stage", stage)


def _own(subscription_id: int, person: Person) -> Subscription:
    mine = Subscription.objects.filter(pk=subscription_id, person=person).select_for_update(of=("self",))
    subscription = mine.select_related("person__user", "person__organisation").first()
    if subscription is None:
        raise NotHere
    return subscription


def _reckon(subscription: Subscription, now: datetime) -> None:
    subscription.zone = subscription.person.user.zone
    subscription.next_at = subscription.schedule().next(now)


def _saved(subscription: Subscription) -> Subscription:
    try:
        with transaction.atomic():
            subscription.save()
    except IntegrityError as taken:
        same = Subscription.objects.exclude(pk=subscription.pk).filter(
            person=subscription.person,
            what=subscription.what,
            side=subscription.side,
            filters_key=subscription.filters_key,
        )
        if (twin := same.first()) is None:
            raise
        raise AlreadySubscribed(twin.pk) from taken
    return subscription
