"""Subscriptions: whose, of what, and whether anything of it is shared with them."""

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping
from functools import partial
from typing import Any

from django.conf import settings
from django.core import signing
from django.db.models import OuterRef, Prefetch, QuerySet, Subquery
from django.urls import reverse

from core.text import folded
from insight.models import Digest, PauseReason, Subscription
from suppliers import access
from suppliers.access import Person
from suppliers.queries import customer_zones
from suppliers.queries.seats import CUSTOMER, suppliers_looked_after_by, suppliers_meant
from suppliers.queries.selection import Selection, part_numbers, select

UNSUBSCRIBE = signing.Signer(salt="insight.unsubscribe", sep=".")
FILTERS = ("kpi", "stage", "customer", "suppliers", "parts", "mine")  # in the order in which they are told


def subscriptions_of(person: Person) -> QuerySet[Subscription]:
    """Return a person's own subscriptions, each with the digest that was due last in a list, `latest`.

    The newest subscription comes first.
    """
    # Not by key alone: what an outage left out is written after the mail that was sent.
    theirs = Digest.objects.filter(subscription=OuterRef("subscription"))
    last = theirs.order_by("-due_at", "-pk").values("pk")[:1]
    latest = Digest.objects.filter(pk=Subquery(last)).select_related("letter")
    rows = Subscription.objects.filter(person=person).prefetch_related(
        Prefetch("digests", queryset=latest, to_attr="latest")
    )
    return rows.order_by("-pk")


def clean_filters(filters: Mapping[str, Any]) -> dict[str, Any]:
    """Return filters without what is not set, codes and numbers in order: one way to write one question."""
    found = {name: filters.get(name) for name in FILTERS}
    for name in ("suppliers", "parts"):
        found[name] = sorted(set(found[name] or ()))
    if found["suppliers"]:
        found["mine"] = None  # named ones come before one's own
    return {name: value for name, value in found.items() if value}


def key_of(filters: Mapping[str, Any]) -> str:
    """Return the key by which filters, cleaned, are the same."""
    written = json.dumps(filters, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(written.encode()).hexdigest()


def selection(person: Person, side: str, filters: Mapping[str, Any]) -> Selection:
    """Return what filters mean for a person, under its own scope: nothing, if nothing of it is shared."""
    own, parts = person.organisation.code, filters.get("parts")
    if side != CUSTOMER:
        return select(customer=filters.get("customer"), suppliers=[own], parts=parts)
    looked_after = partial(suppliers_looked_after_by, person)
    suppliers = suppliers_meant(filters.get("suppliers", ()), bool(filters.get("mine")), looked_after)
    return select(customer=own, suppliers=suppliers, parts=parts)


def not_shared(person: Person, side: str, filters: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the name of a filter and its value where that means nothing to this person, as what is not there."""
    found = selection(person, side, {**filters, "parts": None, "mine": False})
    if (customer := filters.get("customer")) and customer not in {
        one.customer_code for one in found.relations
    }:
        yield "customer", customer
    here = {one.supplier_code for one in found.relations}
    yield from (("suppliers", code) for code in filters.get("suppliers", ()) if code not in here)
    known = part_numbers(filters.get("parts", ()))
    yield from (("parts", number) for number in filters.get("parts", ()) if folded(number) not in known)


def is_anything_shared(subscription: Subscription) -> bool:
    """Say whether there is a partnership, and a part if parts are named, of what is asked for."""
    found = selection(subscription.person, subscription.side, subscription.filters)
    return bool(found.relations or found.own_books) and found.parts != ()


def calendars(subscriptions: Collection[Subscription]) -> dict[int, set[str]]:
    """Return by subscription the zones whose days it speaks of: the customers'.

    Subscriptions come with person and organisation.
    """
    sellers = {one.person.organisation_id for one in subscriptions if one.side != CUSTOMER}
    with access.looking_as_house("find in whose calendars mails are due"):
        zones = customer_zones(sellers)
    return {one.pk: _calendars(one, zones) for one in subscriptions}


def _calendars(subscription: Subscription, zones: Mapping[int, Mapping[str, str]]) -> set[str]:
    organisation = subscription.person.organisation
    if subscription.side == CUSTOMER:
        return {organisation.zone}
    customers = zones.get(organisation.pk, {})
    named = subscription.filters.get("customer")
    return ({customers[named]} if named in customers else set(customers.values())) or {organisation.zone}


def unsubscribe_url(subscription_id: int) -> str:
    """Return the address that ends a subscription: signed, so that nobody makes another's up."""
    return settings.SITE_URL + reverse("unsubscribe", args=[UNSUBSCRIBE.sign(str(subscription_id))])


def subscription_of_token(token: str) -> int | None:
    """Return the id of the subscription that a link ends, or None if the link is not ours."""
    try:
        return int(UNSUBSCRIBE.unsign(token))
    except (signing.BadSignature, ValueError):
        return None


def has_left(token: str) -> bool:
    """Say whether the subscription of a link ended by it, or is gone: there is nothing left to ask."""
    subscription_id = subscription_of_token(token)
    if subscription_id is None:
        return False
    one = Subscription.objects.filter(pk=subscription_id).first()
    return one is None or one.pause_reason == PauseReason.UNSUBSCRIBED
