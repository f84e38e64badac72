"""axe-core finds nothing serious on any page, wide and on a phone, light and dark.

It is read into the page from outside, so that the pages' own strict content policy stays as it is. The page of the
API's documentation is Swagger UI's, and not looked at.
"""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from core import clock
from core.period import Period
from improvement.services import open_task
from improvement.services import programme as programmes
from suppliers import services
from suppliers.access import looking_as, looking_as_house
from suppliers.models import Person
from tests.cast import with_defect_codes
from tests.factories import make_characteristic, make_person
from tests.fixtures.browser import PHONE, WIDE
from tests.insight.conftest import add_supplier
from tests.intake.files import INSPECTIONS, hand_in, sheet
from tests.kpis.books import NOW, Books
from tests.quality.test_process_charts import VALUES, record

pytestmark = pytest.mark.soak
AXE = (Path(__file__).parents[1] / "data" / "vendor" / "axe" / "axe.min.js").read_text("utf-8")
LOOK = "() => axe.run(document, {resultTypes: ['violations']})"
GRAVE = {"serious", "critical"}
HALF = "from=2026-01-01&to=2026-06-30"
BEFORE_THE_DOOR = ["/account/login/", "/account/password/reset/", "/invitations/used/"]
OF_BOTH = [
    "/",
    f"/parts/?{HALF}",
    f"/lots/?{HALF}",
    f"/inventory/?{HALF}",
    "/search/?q=S01",
    f"/passport/pass_rate/?{HALF}&stage=outgoing",
    "/definitions/",
    "/definitions/pass_rate/1/",
    "/requests/",
    "/uploads/",
    "/uploads/?send=stock",
    "/uploads/lot/",
    "/people/",
    "/tasks/",
    "/tasks/new/",
    f"/tasks/new/?kpi=pass_rate&supplier=S01&customer=LEAD&{HALF}",
    "/account/",
    "/account/2fa/",
    "/account/password/change/",
    "/programmes/",
    "/programmes/joint/",
    "/no-such-page/",
]
OF_CUSTOMER = [
    "/programmes/new/",
    "/programmes/joint/edit/",
    f"/overview/?{HALF}",
    f"/suppliers/?{HALF}",
    f"/suppliers/S01/?{HALF}",
]


@pytest.fixture
def chain_of_a_year(db) -> tuple[Person, Person, list[str]]:
    """A customer's owner, a supplier's owner, and the pages of one part, lot and file that are there for both."""
    with_defect_codes()
    with looking_as_house("set a test's scene"):
        books = Books()
        add_supplier(books, "LEAD", "S01", rate=0.004, parts=2)
        add_supplier(books, "LEAD", "S02", rate=0.03)
        books.add_lot_sums()
    with looking_as_house("ask for data that have not come"):
        services.ask_for_data(
            partnership_ids=[one.pk for one in books.partnerships.values()], kind="stock", sender="supplier",
            rule=services.Rule("monthly", 31), valid_from=date(2026, 1, 1), by=None, now=clock.now(),
        )  # fmt: skip
    buyer, maker = (make_person(books.organisations[code], "owner") for code in ("LEAD", "S01"))
    with looking_as(buyer):
        make_programme(buyer, books)
    rows = [
        "2026-05-44,S01-1,J0504,3200,125,1,合格,",
        "2026-05-05,S01-1,J0505,3200,125,0,合格,",
        "2026-05-06,S01-9,J0506,3200,125,0,合格,",
    ]
    waiting = hand_in(maker, sheet(INSPECTIONS, *rows), stage="outgoing", dry_run=True)
    lot = next(lot for key, lot in books.lots.items() if key[1] == "S01-1")
    with looking_as(maker):
        task = open_task(
            partnership_id=books.partnerships["LEAD/S01"].pk,
            kind="eight_d",
            kpi="pass_rate",
            title="毛刺",
            problem="端子板毛刺超标",
            target="99%",
            due_date=date(2026, 6, 1),
            by=maker,
            now=NOW,
        )
    pages = [
        reverse("task", args=[task.pk]),
        reverse("task-edit", args=[task.pk]),
        f"{reverse('part', args=[books.parts['S01-1'].pk])}?{HALF}",
        reverse("lot", args=[lot.pk]),
        *charts_of(books),
    ]
    return buyer, maker, [*pages, reverse("upload", args=[waiting.pk])]


def charts_of(books: Books) -> list[str]:
    """Measured values of a part, and the pages of its charts, drawn and as tables, and of its next lot."""
    part = books.parts["S01-1"].pk
    version = make_characteristic(books.parts["S01-1"], "D1", nominal=10.0, lsl=9.5, usl=10.5, unit="mm").pk
    record(books.partnerships["LEAD/S01"], part, version, VALUES)
    one, every = reverse("part-chart", args=[part, version]), reverse("part-charts", args=[part])
    return [
        one,
        f"{one}?as=table&chart=cusum",
        f"{every}?chart=p",
        f"{every}?chart=p&as=table",
        reverse("sampling-next-lot", args=[part]),
        "/help/charts/",
    ]


def make_programme(owner: Person, books: Books) -> None:
    """A programme with both suppliers and a pledge."""
    made = programmes.create_programme(
        by=owner, slug="joint", name="协同", now=NOW, baseline=Period.parse("2025-01..2025-06"),
        report_period=Period.parse("2026-01..2026-06"),
    )  # fmt: skip
    told = {"programme_id": made.pk, "by": owner, "now": NOW}
    programmes.set_pledge(**told, kpi="pass_rate", stage="outgoing", target=Decimal("0.992"))
    for name in ("LEAD/S01", "LEAD/S02"):
        programmes.add_member(
            **told, partnership_id=books.partnerships[name].pk, joined_on=made.baseline_from
        )


def looked_at(page: Any, path: str) -> list[str]:
    """What axe-core holds against a page: rule, place, and why."""
    page.goto(path)
    return complaints(page, path)


def complaints(page: Any, where: str) -> list[str]:
    page.evaluate(AXE)
    return [
        f"{where} {found['id']}: {node['target'][0]}: {node['failureSummary']}"
        for found in page.evaluate(LOOK)["violations"]
        if found["impact"] in GRAVE
        for node in found["nodes"]
    ]


def session_of(person: Person, url: str) -> dict[str, str]:
    client = Client()
    client.force_login(person.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": url}


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["1440", "390"])
def test_no_page_has_a_serious_fault(chain_of_a_year, page, live_server, size, theme):
    buyer, maker, things = chain_of_a_year
    page.set_viewport_size(size)
    page.context.add_cookies([{"name": "theme", "value": theme, "url": live_server.url}])
    faults = [fault for path in BEFORE_THE_DOOR for fault in looked_at(page, path)]
    for person, paths in ((buyer, [*OF_CUSTOMER, *OF_BOTH, *things[:2]]), (maker, [*OF_BOTH, *things])):
        page.context.add_cookies([session_of(person, live_server.url)])
        faults += [fault for path in paths for fault in looked_at(page, path)]
    page.goto(f"/?{HALF}")
    page.locator("[data-passport]").first.click()
    page.wait_for_selector("#pop[open]")
    faults += complaints(page, "passport")
    assert not faults, "\n".join(faults)
