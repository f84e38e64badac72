"""A customer with two suppliers, and a second customer: a lot a week, two bad pieces in a hundred."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from improvement import services
from improvement.models import Task
from suppliers.access import Person, looking_as, looking_as_house
from suppliers.models import PartnershipGrant
from tests.factories import make_person
from tests.kpis.books import Books

NOW = datetime(2026, 6, 30, 12, tzinfo=ZoneInfo("Asia/Shanghai"))
FIRST_LOT = date(2024, 12, 30)  # a Monday; a lot a week from here on
WEEKS = 79
TARDY_FIRST_LOT = date(2026, 1, 5)


@dataclass
class Scene:
    """Who works here, and what a task is opened on."""

    books: Books
    buyer: Person  # LEAD's quality engineer
    boss: Person  # LEAD's owner
    engineer: Person  # S01's quality engineer
    clerk: Person  # S01's uploader
    viewer: Person  # S01's, may only look
    sibling: Person  # S02's quality engineer
    other_buyer: Person  # CUST2's, who also buys from S01
    guest: Person  # GUEST's, who reads LEAD/S01 by a grant

    def partnership(self, name: str) -> int:
        return self.books.partnerships[name].pk

    def open_task(self, by: Person | None = None, **told: Any) -> Task:
        """Open a task on LEAD/S01 as the buyer, unless something else is told."""
        by = by or self.buyer
        asked = {
            "partnership_id": self.partnership("LEAD/S01"),
            "kind": "eight_d",
            "kpi": "pass_rate",
            "stage": "outgoing",
            "part_ids": [self.books.parts["A-1"].pk],
            "title": "毛刺超标",
            "problem": "端子板毛刺超标",
            "target": "供方报出合格率不低于 99%",
            "due_date": date(2026, 8, 31),
            "customer_owner_id": self.buyer.pk,
            "supplier_owner_id": self.engineer.pk,
            "now": NOW,
        }
        with looking_as(by):
            return services.open_task(by=by, **(asked | told))


def weekly(first: date, weeks: int) -> list[date]:
    return [first + timedelta(days=7 * week) for week in range(weeks)]


def sum_up(books: Books, where: str, part: str, day: date, counts: tuple[int, int]) -> None:
    """Add a lot to the sums that figures are read from, without its rows."""
    books.part(books.partnership(*where.split("/")), part)
    told = {"where": where, "part": part, "day": day, "stage": "outgoing", "verdict": "accepted"}
    books.inspections.append(told | {"n": counts[0], "x": counts[1], "conceded": False})


@pytest.fixture
def scene(db: None) -> Scene:
    with looking_as_house("set a test's scene"):
        books = Books()
        for where, part in (("LEAD/S01", "A-1"), ("LEAD/S02", "B-1"), ("CUST2/S01", "C-1")):
            for day in weekly(FIRST_LOT, WEEKS):
                sum_up(books, where, part, day, (100, 2))
        for day in weekly(TARDY_FIRST_LOT, 26):
            sum_up(books, "LEAD/S01", "A-2", day, (50, 1))
        books.part(books.partnership("LEAD", "S01"), "A-3")  # never inspected
        books.add_lot_sums()
        guest = books.organisation("GUEST")
    people = books.organisations
    made = Scene(
        books=books,
        buyer=make_person(people["LEAD"]),
        boss=make_person(people["LEAD"], "owner"),
        engineer=make_person(people["S01"]),
        clerk=make_person(people["S01"], "uploader"),
        viewer=make_person(people["S01"], "viewer"),
        sibling=make_person(people["S02"]),
        other_buyer=make_person(people["CUST2"]),
        guest=make_person(guest),
    )
    PartnershipGrant.objects.create(
        partnership=books.partnerships["LEAD/S01"], viewer=guest, granted_by=made.boss, granted_at=NOW
    )
    return made


@pytest.fixture
def enter() -> Iterator[Callable[..., Client]]:
    """Log in as a person, reading English unless something else is said."""

    def as_person(person: Person, language: str = "en") -> Client:
        person.user.language = language
        person.user.save()
        client = Client()
        client.force_login(person.user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return as_person


@pytest.fixture(autouse=True)
def june(settings: Any, tmp_path: Any) -> None:
    settings.CLOCK_DATE = "2026-06-30"
    settings.MEDIA_ROOT = str(tmp_path / "files")
