"""A year of mails in four zones, written and sent by two beats at once: each once."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.db import connection
from django.db.models import Min

from insight import mails
from insight.models import Digest, Subscription
from insight.services import digests
from outbox.models import Letter
from suppliers.access import looking_as_house
from tests.factories import make_person
from tests.insight.mailing import stand_in, subscribe

ZONES = ("Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe")
# Noon in UTC lies between two mails of every zone, so that a year has as many of each.
BEGIN, END = datetime(2026, 1, 1, 12, tzinfo=UTC), datetime(2027, 1, 1, 12, tzinfo=UTC)
MAILS = {"daily": 365, "weekly": 52, "monthly": 12}
WHAT = {"daily": "suppliers", "weekly": "inventory", "monthly": "overview"}
FIRST_UNTIL = {"daily": 1, "weekly": 7, "monthly": 1}  # day of the month on which a period begins
HOUR = 2  # the clock leaves it out in spring and has it twice in autumn
compose = mails.compose


def composed(**told: Any) -> mails.Mail:
    """Write the first mail of each rhythm in a month in earnest; the others say what they were asked for.

    All 1,716 drawn would take longer than the rest of the long tests together.
    """
    in_earnest = told["period"].first.day <= FIRST_UNTIL[told["contents"].rhythm]
    return (compose if in_earnest else stand_in)(**told)


@pytest.fixture
def readers(books) -> dict[str, str]:
    """One reader a zone, with a subscription of each rhythm: addresses and their zones."""
    found = {}
    for zone in ZONES:
        person = make_person(
            books.organisations["LEAD"], email=f"{zone.partition('/')[2].lower()}@lead.example"
        )
        person.user.zone = zone
        person.user.save()
        for rhythm, what in WHAT.items():
            subscribe(person, now=BEGIN, what=what, rhythm=rhythm, hour=HOUR)
        found[person.user.email] = zone
    return found


def moments() -> Iterator[datetime]:
    """The moments at which something is due, as long as the year lasts."""
    while (at := Subscription.objects.aggregate(at=Min("next_at"))["at"]) <= END:
        yield at + timedelta(seconds=30)


@pytest.mark.soak
def test_every_mail_of_a_year_arrives_once(transactional_db, readers, mail_server, monkeypatch):
    monkeypatch.setattr("insight.mails.compose", composed)
    with ThreadPoolExecutor(2) as beats:
        for at in moments():
            both = [beats.submit(digests.send_all, now=at) for _beat in range(2)]
            assert [one.exception() for one in both] == [None, None]
        for _beat in beats.map(lambda _number: connection.close(), range(2)):
            pass
    stood_in = sum(letter["Subject"].startswith(tuple(WHAT.values())) for letter in mail_server.letters)
    assert len(mail_server.letters) - stood_in == len(ZONES) * len(WHAT) * MAILS["monthly"]
    came = [letter["Message-ID"] for letter in mail_server.letters]
    assert Counter(Counter(came).values()) == {1: len(came)}
    assert sorted(came) == sorted(Letter.objects.values_list("message_id", flat=True))
    to = Counter(letter["To"] for letter in mail_server.letters)
    assert to == dict.fromkeys(readers, sum(MAILS.values()))
    with looking_as_house("read what became of a year"):
        assert set(Digest.objects.values_list("state", flat=True)) == {"sent"}
        for one in Subscription.objects.all():
            told = list(Digest.objects.filter(subscription=one).order_by("due_at"))
            assert len(told) == MAILS[one.rhythm], (one.zone, one.rhythm)
            gaps = {later.first_date - before.last_date for before, later in pairwise(told)}
            assert gaps == {timedelta(days=1)}, (one.zone, one.rhythm)
