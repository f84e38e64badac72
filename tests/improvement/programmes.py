"""A customer with its programme: two members, a supplier that is none, a second customer, a guest."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from core.period import Period
from improvement.models import Programme, Task
from improvement.services import programme as services
from suppliers.access import Person, looking_as, looking_as_house
from suppliers.models import PartnershipGrant
from tests.factories import make_person
from tests.kpis.books import NOW, Books

BASELINE = Period.parse("2025-01..2025-06")
REPORT = Period.parse("2026-01..2026-06")
TODAY = date(2026, 6, 30)
ADDRESS = "/programmes/joint/"


@dataclass
class Joint:
    """Who works here, and the programme of LEAD with S01 and S02."""

    books: Books
    programme: Programme
    owner: Person  # LEAD's owner
    viewer: Person  # LEAD's, may only look
    member: Person  # S01's quality engineer
    sibling: Person  # S02's
    outside: Person  # of S03, which supplies LEAD and is no member
    other_buyer: Person  # CUST2's, who buys from S01 too
    guest: Person  # GUEST's, who reads LEAD/S01 by a grant

    def partnership(self, name: str) -> int:
        return self.books.partnerships[name].pk

    def task(self, where: str, title: str, **told: Any) -> Task:
        """A task on a partnership, as its row alone."""
        partnership = self.books.partnerships[where]
        with looking_as_house("set a test's scene"):
            number = Task.objects.filter(customer=partnership.customer_id).count() + 1
            return Task.objects.create(
                partnership=partnership, customer_id=partnership.customer_id, number=number,
                title=title, opened_by=self.owner, opened_at=NOW,
                **{"kind": "lean", "kpi": "pass_rate", "stage": "outgoing", "due_date": date(2026, 8, 31)} | told,
            )  # fmt: skip

    def list_key_task(self, task: Task) -> None:
        with looking_as(self.owner):
            services.add_key_task(programme_id=self.programme.pk, task_id=task.pk, by=self.owner, now=NOW)


def write_rows(books: Books, where: str, part: str, *, bad: int, stock: int) -> None:
    """Fourteen lots in either period, half of them inspected by both, and stock that is issued every month."""
    for first, factor in ((date(2025, 1, 6), 2), (date(2026, 1, 5), 1)):
        for place in range(14):
            day = first + timedelta(days=12 * place)
            lot = f"{part}-{day}"
            books.inspect(where, part, lot, day, (200, bad * factor if place % 2 else 0))
            if place % 2:
                books.inspect(
                    where, part, lot, day + timedelta(days=3), (200, bad * factor + 1), stage="incoming"
                )
    moves = {date(year, month, 15): (500, 500) for year in (2025, 2026) for month in range(1, 7)}
    moves[date(2026, 1, 2)] = (0, stock // 4)
    books.keep_stock(where, part, "LEAD", "own", opening=stock, moves=moves)
    for year in (2025, 2026):
        for month in range(1, 7):
            books.price(where, part, date(year, month, 1), "2.00")


@pytest.fixture
def joint(db: None) -> Joint:
    with looking_as_house("set a test's scene"):
        books = Books()
        write_rows(books, "LEAD/S01", "A-1", bad=2, stock=1000)
        write_rows(books, "LEAD/S02", "B-1", bad=4, stock=800)
        for where in ("LEAD/S03", "CUST2/S01"):
            books.partnership(*where.split("/"))
        books.add_lot_sums()
        of = books.organisation
        guest = make_person(of("GUEST"))
        owner = make_person(of("LEAD"), "owner")
        PartnershipGrant.objects.create(
            partnership=books.partnerships["LEAD/S01"], viewer=of("GUEST"), granted_by=owner, granted_at=NOW
        )
    with looking_as(owner):
        programme = services.create_programme(
            by=owner, slug="joint", name="协同", name_en="Joint", baseline=BASELINE, report_period=REPORT, now=NOW
        )  # fmt: skip
        told = {"programme_id": programme.pk, "by": owner, "now": NOW}
        services.set_pledge(**told, kpi="pass_rate", stage="outgoing", target=Decimal("0.992"))
        services.set_pledge(
            **told,
            kpi="turnover",
            average="snapshots",
            prices="period",
            by_change=True,
            target=Decimal("0.19"),
        )
        for where in ("LEAD/S01", "LEAD/S02"):
            pk = books.partnerships[where].pk
            services.add_member(**told, partnership_id=pk, joined_on=date(2025, 1, 1))
    return Joint(
        books=books,
        programme=programme,
        owner=owner,
        viewer=make_person(of("LEAD"), "viewer"),
        member=make_person(of("S01")),
        sibling=make_person(of("S02")),
        outside=make_person(of("S03")),
        other_buyer=make_person(of("CUST2")),
        guest=guest,
    )


def client_of(person, language: str = "en") -> Client:
    person.user.language = language
    person.user.save()
    client = Client()
    client.force_login(person.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def page(person, address: str = ADDRESS, **query: str):
    return client_of(person).get(address, query)
