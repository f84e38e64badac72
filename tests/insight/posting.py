"""Mails of the small chain, composed as somebody reads them."""

import html
import re
from datetime import time, timedelta

from core import clock
from core.period import Period
from insight.mails import Contents, Mail, compose
from suppliers.access import looking_as
from suppliers.models import Person, User
from tests.kpis.books import NOW, Books

WEEK = Period.parse("2026-06-22..2026-06-28")
MONTH = Period.parse("2026-06")
SITE = "https://tongpin.example"
CHANGE, LEAVE = f"{SITE}/subscriptions/7/", f"{SITE}/subscriptions/7/leave/?key=abc"


def reader(books: Books, code: str, *, name: str = "Reader") -> Person:
    """Return somebody of an organisation, made where nobody is."""
    user, _ = User.objects.get_or_create(email=f"reader@{code}.example".lower(), defaults={"name": name})
    person, _ = Person.objects.get_or_create(
        user=user,
        organisation=books.organisations[code],
        defaults={"role": "quality_engineer", "joined_at": NOW},
    )
    return person


def mail_to(person: Person, *, period: Period = MONTH, late_by: timedelta | None = None, **contents) -> Mail:
    """Compose a mail as its reader, monthly about the overview unless `contents` say otherwise."""
    asked = {
        "what": "overview",
        "rhythm": "monthly",
        "language": "en",
        "site": SITE,
        "at": time(7, 30),
        "day": 1,
    }
    asked |= {"change_url": CHANGE, "unsubscribe_url": LEAVE} | contents
    with looking_as(person):
        return compose(
            person=person, contents=Contents(**asked), period=period, now=clock.now(), late_by=late_by
        )


def words_of(written: str) -> str:
    """Return what HTML says, without its marks; alternative texts of pictures count as said."""
    page = re.sub(r"(?s)<style\b.*?</style>", "", written)
    page = re.sub(r'<img\b[^>]*\balt="([^"]*)"[^>]*>', r" \1 ", page)
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page)))
