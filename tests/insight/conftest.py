"""A customer with two suppliers, and one that is nobody's business here: half a year and its baseline."""

import random
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.test import Client

from core.text import folded
from quality.models import DefectSum
from suppliers.access import looking_as_house
from suppliers.models import Person, User
from tests.kpis.books import NOW, Books

HALVES = (date(2025, 1, 6), date(2026, 1, 5))  # first day of the baseline's lots, and of the period's


def add_supplier(books: Books, customer: str, code: str, *, rate: float, parts: int = 1) -> None:
    """Give a supplier 26 lots a part: 13 in the first half of 2025, 13 in that of 2026, and stock."""
    rng = random.Random(code)
    where = f"{customer}/{code}"
    for place in range(parts):
        number = f"{code}-{place + 1}"
        for half in HALVES:
            for step in range(13):
                day = half + timedelta(days=14 * step)
                bad = sum(rng.random() < rate for _ in range(125))
                verdict = "rejected" if bad > 4 else "accepted"
                lot = f"{number}-{day:%y%m%d}"
                books.inspect(where, number, lot, day, (125, bad), verdict=verdict)
                if step % 3 == 0:
                    books.inspect(where, number, lot, day + timedelta(days=3), (80, 1), stage="incoming")
                    books.deliver(where, number, day + timedelta(days=2), 1000, lot=lot)
            moves = {date(2025, 1, 6) + timedelta(days=28 * step): (1000, 950) for step in range(20)}
        books.keep_stock(where, number, customer, "own", opening=3000, moves=moves)
        books.price(where, number, date(2025, 1, 1), "2.50")


@pytest.fixture
def books(db: None) -> Books:
    with looking_as_house("set a test's scene"):
        made = Books()
        add_supplier(made, "LEAD", "S01", rate=0.004, parts=2)
        add_supplier(made, "LEAD", "S02", rate=0.03)
        add_supplier(made, "OTHER", "S09", rate=0.02)
        made.add_lot_sums()
        ours = made.partnerships["LEAD/S01"]
        DefectSum.objects.create(
            partnership=ours, part=made.parts["S01-1"], stage="outgoing", day=date(2026, 2, 2),
            defect="毛刺", count=12, uncounted_lots=0,
        )  # fmt: skip
        for code, name in (("LEAD", "示例·总装"), ("S01", "示例·甲冲压"), ("S02", "示例·乙冲压")):
            organisation = made.organisations[code]
            organisation.name, organisation.name_key = name, folded(name)
            organisation.save()
        return made


@pytest.fixture
def enter(books: Books, client: Client) -> Callable[..., Client]:
    """Log in as somebody of an organisation and return the client."""

    def as_somebody(code: str, *, language: str = "en", role: str = "quality_engineer") -> Client:
        user, made = User.objects.get_or_create(
            email=f"{role}@{code}.example".lower(), defaults={"language": language, "name": code}
        )
        user.language = language
        user.save()
        if made:
            Person.objects.create(user=user, organisation=books.organisations[code], role=role, joined_at=NOW)
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return as_somebody


@pytest.fixture(autouse=True)
def june(settings) -> None:
    settings.CLOCK_DATE = "2026-06-30"
