"""Every figure opens its rows: for a customer, for a supplier, and for nobody else."""

import re
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from inventory.models import Movement, StockItem
from kpis.definitions import definition, names
from suppliers.access import looking_as_house
from suppliers.models import Person, User
from tests.kpis.books import COMMIT, NOW, Books

HALF = "from=2026-01-01&to=2026-06-30"
LISTS = ["deliveries", "returns", "movements", "balances"]


def furnish(books: Books, customer: str, supplier: str, part: str) -> None:
    """Give a partnership one of everything that a figure counts; the part's number is its mark."""
    where, day = f"{customer}/{supplier}", date(2026, 3, 2)
    for place in range(3):
        books.inspect(where, part, f"{part}-L{place}", day, (125, place))
        books.inspect(where, part, f"{part}-L{place}", day, (50, 1), stage="incoming")
    books.deliver(where, part, day, 1000)
    books.deliver(where, part, date(2026, 3, 9), 500, late=2)
    books.send_back(where, part, day, 7)
    books.send_back(where, part, date(2026, 3, 9), 5, liability="disputed")
    books.keep_stock(where, part, customer, "own", opening=100, moves={day: (50, 40)})
    ours = books.partnerships[where]
    Movement.objects.create(
        partnership=ours, stock_item=StockItem.objects.get(partnership=ours), movement_date=day,
        movement_no=f"{part}-M", kind="issue", quantity=-40, **COMMIT,
    )  # fmt: skip
    books.price(where, part, date(2025, 1, 1), "2.50")


@pytest.fixture
def books(db):
    with looking_as_house("set a test's scene"):
        made = Books()
        furnish(made, "LEAD", "S01", "P-OURS")
        furnish(made, "LEAD", "S02", "P-SIBLING")
        furnish(made, "OTHER", "S09", "P-FOREIGN")
        made.state_stock("LEAD/S01", "P-STATED", "LEAD", "own", [(date(2026, 3, 31), 200, 60, 140)])
        made.price("LEAD/S01", "P-STATED", date(2025, 1, 1), "2.50")
        made.add_lot_sums()
        return made


@pytest.fixture
def enter(books):
    def enter(organisation: str) -> Client:
        user = User.objects.create_user(f"{organisation}@x.example".lower(), "x" * 12, language="en")
        Person.objects.create(
            user=user, organisation=books.organisations[organisation], role="viewer", joined_at=NOW
        )
        client = Client()
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return enter


def lead(response) -> str:
    return re.search(r'<p class="lead">(.*?)</p>', response.content.decode()).group(1)


def text(response) -> str:
    return response.content.decode()


@pytest.mark.parametrize("organisation", ["LEAD", "S01"])
@pytest.mark.parametrize("name", names())
def test_the_passport_of_every_figure_opens_rows(enter, name, organisation):
    client, opened = enter(organisation), 0
    for stage in definition(name).stages or [""]:
        passport = text(client.get(reverse("passport", args=[name]), {"stage": stage} if stage else {}))
        link = re.search(r'class="btn btn-small btn-primary" href="([^"]+)"', passport)
        if link is None:
            continue  # a figure without a value has no rows
        rows = client.get(link[1].replace("&amp;", "&"))
        assert rows.status_code == 200, link[1]
        assert "<tr data-row>" in text(rows), link[1]
        assert "P-OURS" in text(rows), link[1]
        assert "P-FOREIGN" not in text(rows)
        assert ("P-SIBLING" in text(rows)) == (organisation == "LEAD")
        opened += 1
    assert opened, f"{name} has no value here"


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize(("organisation", "sees"), [("S02", "P-SIBLING"), ("OTHER", "P-FOREIGN")])
def test_nobody_lists_what_is_another_s(enter, path, organisation, sees):
    client = enter(organisation)
    for query in ("", "?supplier=S01", "?part=P-OURS", "?customer=LEAD", "?supplier=S01&part=P-OURS"):
        page = client.get(f"/{path}/{query}")
        assert page.status_code == 200
        table = re.search(r"<tbody[^>]*>.*</tbody>", text(page), re.DOTALL)
        rows = table[0] if table else ""  # nothing to list: what to do next stands in its place
        assert "P-OURS" not in rows.replace("P-OURS&amp;", "")
        assert "P-STATED" not in rows
    if path != "balances":
        assert sees in text(client.get(f"/{path}/"))


@pytest.mark.parametrize("path", LISTS)
def test_nobody_looks_without_logging_in(client, books, path):
    assert client.get(f"/{path}/").status_code == 302


@pytest.mark.parametrize("path", ["/returns/1/", "/deliveries/nothing/", "/movements/1/"])
def test_there_is_no_page_of_one_row(enter, path):
    assert enter("LEAD").get(path).status_code == 404


@pytest.mark.parametrize(
    ("address", "said"),
    [
        (f"deliveries/?{HALF}", "4 deliveries, 3,000 pieces; 2 of 4 with a promised date came on time."),
        ("deliveries/?supplier=S01", "2 deliveries, 1,500 pieces; 1 of 2 with"),
        ("deliveries/?from=2026-03-09&part=p-ours", "1 delivery, 500 pieces; 0 of 1 with"),
        ("returns/", "4 returns, 24 pieces; 14 of them from line or field and charged."),
        ("returns/?liability=charged&supplier=S01", "1 return, 7 pieces; 7 of them"),
        ("returns/?found_at=incoming", "No row fits this view."),
        ("returns/?liability=perhaps&from=x&to=y", "4 returns"),  # what is no filter is left aside
        ("movements/?kind=issue&part=P-OURS", "1 movement: 0 pieces in, 40 pieces out."),
        ("balances/", "1 balance; the last one closes on "),
        ("balances/?part=P-OURS", "No row fits this view."),
    ],
)
def test_a_list_says_what_it_adds_up_to(enter, address, said):
    assert lead(enter("LEAD").get(f"/{address}")).startswith(said)


def test_stock_known_from_statements_alone_opens_the_balances(enter):
    passport = text(enter("LEAD").get("/passport/turnover/?part=P-STATED"))
    assert re.search(r'href="/balances/\?[^"]*part=P-STATED', passport)


def test_the_next_rows_come_alone(enter, books):
    with looking_as_house("set a test's scene"):
        for _place in range(58):
            books.deliver("LEAD/S01", "P-OURS", date(2026, 3, 16), 10)
    client = enter("S01")
    following = re.search(r'hx-get="([^"]+)"', text(client.get("/deliveries/?supplier=S01")))
    rows = client.get(following[1].replace("&amp;", "&"), headers={"HX-Request": "true"})
    assert text(rows).count("<tr data-row>") == 30
    assert "<html" not in text(rows)
    assert "HX-Request" in rows.headers["Vary"]


@pytest.mark.parametrize("path", LISTS)
def test_more_rows_take_no_more_queries(enter, books, path, django_assert_max_num_queries):
    client = enter("LEAD")
    client.get(f"/{path}/")
    with django_assert_max_num_queries(30) as few:
        client.get(f"/{path}/")
    with looking_as_house("set a test's scene"):
        for place in range(5):
            furnish(books, "LEAD", f"T{place}", f"P-T{place}")
            books.state_stock(f"LEAD/T{place}", f"Q-T{place}", "LEAD", "own", [(date(2026, 3, 31), 2, 1, 1)])
    with django_assert_max_num_queries(len(few)):
        client.get(f"/{path}/")
