"""Joint programmes: what they say, who sees what of them, and what the tables refuse."""

import re
import threading
import time
from datetime import date
from decimal import Decimal
from html import unescape

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from improvement.models import KeyTask, Pledge, Programme, ProgrammeMember, Task
from improvement.queries.programme import programme_figures, programmes_to_list, standing
from improvement.services import programme as services
from kpis.queries.evaluate import evaluate
from kpis.queries.headlines import OF_QUALITY, OF_STOCK, Way
from kpis.queries.readings import Change, Reading
from sample.services.headline import headline_table
from suppliers.access import looking_as, looking_as_house
from suppliers.services import MayNot, NotHere
from tests.improvement.programmes import ADDRESS, BASELINE, REPORT, TODAY, Joint, client_of, joint, page
from tests.insight.test_exports import column, opened, said_in
from tests.kpis.books import NOW

__all__ = ["joint"]  # a fixture
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def the_last_day_of_the_report_period(settings):
    settings.CLOCK_DATE = TODAY.isoformat()


def figures(joint: Joint, person):
    with looking_as(person), translation.override("en"):
        return programme_figures(programmes_to_list().get(slug="joint"), person=person, today=TODAY)


def rows_of(html: str) -> list[str]:
    """The text of every row of a table, with its cells set apart by blanks."""
    found = re.findall(r"<tr data-row.*?</tr>", html, re.DOTALL)
    return [" ".join(unescape(re.sub(r"<[^>]+>", " ", row)).split()) for row in found]


# -- what it says -----------------------------------------------------------------------------------


def test_page_and_headline_command_print_the_same_numbers(joint):
    with translation.override("en"), looking_as_house("print the figures of a test"):
        __, *lines = headline_table()
    rows = rows_of(page(joint.owner).content.decode())
    printed = {name: (before, after) for name, before, after, *__ in lines}
    with translation.override("en"):
        names = [str(way) for way in (*OF_QUALITY, *OF_STOCK)]
    for name in names:
        row = next(row for row in rows if row.startswith(name))
        for cell in printed[name]:
            value, *interval = cell.replace("× / year", "").replace("(", "").replace(")", "").split()
            assert value in row, name
            assert all(bound in row for bound in interval if bound != "—"), name
    assert any("%" in after for __, after in printed.values())


def test_every_reading_of_both_headlines_stands_before_and_after(joint):
    found = figures(joint, joint.owner)
    assert list(found.readings) == [*OF_QUALITY, *OF_STOCK]
    for one in found.readings.values():
        assert one.period == REPORT
        assert one.change.reading.period == BASELINE
        assert one.value is not None
    corrected = found.readings[Way("pass_rate", "corrected")]
    assert corrected.value < found.readings[Way("pass_rate", "outgoing")].value


def test_volume_and_stock_add_up_to_the_change_of_a_turnover(joint):
    for way, one in figures(joint, joint.owner).readings.items():
        if way in OF_STOCK:
            assert one.details["volume"] + one.details["stock"] == pytest.approx(one.change.difference)


def test_the_pledged_reading_is_marked_and_the_definition_linked(joint):
    html = page(joint.owner).content.decode()
    pledged = [row for row in rows_of(html) if " pledged " in row]
    assert [row.split(" pledged ")[0] for row in pledged] == [
        "Pass rate, pieces · Reported",
        "Inventory turnover · month ends · period prices",
    ]
    assert 'href="/definitions/pass_rate/1/"' in html
    assert 'href="/definitions/chain_turnover/1/"' in html


def test_a_number_leads_to_its_rows_and_its_passport_of_the_same_days(joint):
    client = client_of(joint.owner)
    html = client.get(ADDRESS).content.decode()
    doors = {
        unescape(url)
        for url in re.findall(r'href="(/(?:passport/\w+|lots|movements|balances)/\?[^"]*)"', html)
    }
    assert any("from=2025-01-01&to=2025-06-30" in url for url in doors)
    assert all("2026-06-30" in url or "2025-06-30" in url for url in doors)
    for url in doors:
        assert client.get(url).status_code == 200, url


def test_the_lead_says_where_each_pledge_stands(joint):
    lead = re.search(r'<p class="lead[^"]*">(.*?)</p>', page(joint.owner).content.decode(), re.DOTALL).group(
        1
    )
    said = " ".join(re.sub(r"<[^>]+>", "", lead).split())
    assert "Pass rate, pieces: not yet decidable" in said
    assert "Inventory turnover: met so far" in said


def test_a_late_key_task_stands_out(joint):
    joint.list_key_task(joint.task("LEAD/S02", "late one", due_date=date(2026, 6, 19), state="in_progress"))
    joint.list_key_task(joint.task("LEAD/S01", "early one"))
    html = page(joint.owner).content.decode()
    assert "1 key task is overdue." in html
    assert "11 days overdue" in html
    assert html.index("late one") < html.index("early one")


def test_a_key_task_of_nobody_says_so_and_leads_to_the_form_that_names_an_owner(joint):
    task = joint.task("LEAD/S01", "of nobody")
    joint.list_key_task(task)
    form = f'href="/tasks/{task.pk}/edit/#id_supplier_owner_id"'
    for person, query in ((joint.owner, {}), (joint.member, {"customer": "LEAD"})):
        html = page(person, **query).text
        assert "1 key task has no owner." in html
        assert "nobody yet" in html and form in html
    seen = page(joint.viewer).text
    assert "nobody yet" in seen and form not in seen
    assert form in page(joint.owner, ADDRESS + "edit/").text
    Task._base_manager.update(supplier_owner=joint.member, due_date=date(2026, 6, 20))
    html = page(joint.owner).text
    assert str(joint.member.user) in html and "nobody yet" not in html
    assert 'data-value="2026-06-20"' in html  # a column's name sorts by it
    sheet = opened(client_of(joint.owner), f"{ADDRESS}?as=xlsx")["Key tasks"]
    assert column(sheet, "Owner at the supplier") == [str(joint.member.user)]
    assert column(sheet, "Days overdue") == [10]


@pytest.mark.parametrize(
    ("low", "high", "preliminary", "word"),
    [
        (0.9921, 0.9950, False, "met"),
        (0.9850, 0.9919, False, "not_met"),
        (0.9900, 0.9940, False, "undecided"),
        (0.9921, 0.9950, True, "undecided"),
        (None, None, False, "undecided"),
    ],
)
def test_a_rate_is_judged_by_its_interval(low, high, preliminary, word):
    pledge = Pledge(kpi="pass_rate", stage="outgoing", target=Decimal("0.992"))
    one = Reading(
        {}, "", 0.993, "pass_rate", 1, REPORT, low, high, n=1000, preliminary=preliminary, stage="outgoing"
    )
    assert standing(pledge, one).word == word


@pytest.mark.parametrize(("value", "word"), [(19.65, "met"), (19.64, "not_met")])
def test_a_turnover_is_judged_by_its_value(value, word):
    pledge = Pledge(
        kpi="turnover", average="snapshots", prices="period", target=Decimal("0.19"), by_change=True
    )
    change = Change(BASELINE, 16.51, value - 16.51, None, None, value / 16.51 - 1, "better")
    one = Reading(
        {}, "", value, "turnover", 1, REPORT,
        numerator=Decimal(1000), denominator=Decimal(100), change=change,
    )  # fmt: skip
    assert standing(pledge, one).word == word


def test_a_pledge_without_data_is_not_judged(joint):
    with looking_as(joint.owner):
        for where in ("LEAD/S01", "LEAD/S02"):
            services.let_member_go(
                programme_id=joint.programme.pk, partnership_id=joint.partnership(where),
                left_on=date(2025, 1, 1), by=joint.owner, now=NOW,
            )  # fmt: skip
    assert [one.word for one in figures(joint, joint.owner).standings] == ["", ""]
    assert page(joint.owner).status_code == 200


def test_all_suppliers_together_are_the_customer_with_its_own_books(joint):
    assert figures(joint, joint.owner).what["suppliers"] == ["S01", "S02"]
    with looking_as(joint.owner):
        services.add_member(
            programme_id=joint.programme.pk, partnership_id=joint.partnership("LEAD/S03"),
            joined_on=date(2025, 1, 1), by=joint.owner, now=NOW,
        )  # fmt: skip
    assert figures(joint, joint.owner).what["suppliers"] is None


def test_who_left_before_the_end_counts_in_neither_period(joint):
    with looking_as(joint.owner):
        services.let_member_go(
            programme_id=joint.programme.pk, partnership_id=joint.partnership("LEAD/S02"),
            left_on=date(2026, 3, 1), by=joint.owner, now=NOW,
        )  # fmt: skip
    found = figures(joint, joint.owner)
    assert found.what["suppliers"] == ["S01"]
    assert [(one.code, one.counting) for one in found.members] == [("S01", True), ("S02", False)]
    assert "left 1 Mar 2026" in page(joint.owner).content.decode()


def test_more_members_take_no_more_queries(joint):
    def queries() -> int:
        programme = Programme._base_manager.select_related("customer").get()
        with looking_as(joint.owner), CaptureQueriesContext(connection) as taken:
            programme_figures(programme, person=joint.owner, today=TODAY)
        return len(taken)

    few = queries()
    with looking_as_house("set a test's scene"):
        more = [joint.books.partnership("LEAD", f"S1{place}") for place in range(6)]
    with looking_as(joint.owner):
        for one in more:
            services.add_member(
                programme_id=joint.programme.pk,
                partnership_id=one.pk,
                joined_on=BASELINE.first,
                by=joint.owner,
                now=NOW,
            )
    assert queries() == few
    assert few <= 30


# -- who sees what ----------------------------------------------------------------------------------


def test_a_member_sees_its_own_figures_and_tasks_and_nothing_of_its_siblings(joint):
    joint.list_key_task(joint.task("LEAD/S01", "our task"))
    joint.list_key_task(joint.task("LEAD/S02", "their task"))
    html = page(joint.member).content.decode()
    assert "our task" in html
    for hidden in ("their task", "S02", "of 3 suppliers", "Members", "so far", "B-1"):
        assert hidden not in html
    found = figures(joint, joint.member)
    assert (found.whole, list(found.standings), list(found.members), found.suppliers_of_customer) == (
        False, [], [], 0,
    )  # fmt: skip
    with looking_as(joint.member):
        (own,) = evaluate("pass_rate", stage="outgoing", period=REPORT, customer="LEAD", suppliers=["S01"])
    mine = found.readings[Way("pass_rate", "outgoing")]
    assert (mine.numerator, mine.denominator) == (own.numerator, own.denominator)
    whole = figures(joint, joint.owner).readings[Way("pass_rate", "outgoing")]
    assert mine.denominator < whole.denominator


def test_a_member_s_doors_lead_to_its_own_rows(joint):
    client = client_of(joint.member)
    html = client.get(ADDRESS, {"customer": "LEAD"}).content.decode()
    doors = {unescape(url) for url in re.findall(r'href="(/(?:passport/\w+|lots|movements)/\?[^"]*)"', html)}
    assert doors
    for url in doors:
        assert "customer=LEAD" in url
        assert client.get(url).status_code == 200, url


@pytest.mark.parametrize("who", ["outside", "other_buyer", "guest"])
def test_to_others_the_programme_is_not_there(joint, who):
    person = getattr(joint, who)
    assert page(person).status_code == 404
    assert page(person, customer="LEAD").status_code == 404
    assert "Joint" not in page(person, "/programmes/").content.decode()
    client = client_of(person)
    assert client.get("/api/v1/programmes/").json()["results"] == []
    assert client.get(f"/api/v1/programmes/{joint.programme.pk}/").status_code == 404


def test_who_left_no_longer_sees_it(joint):
    assert page(joint.sibling).status_code == 200
    with looking_as(joint.owner):
        services.let_member_go(
            programme_id=joint.programme.pk, partnership_id=joint.partnership("LEAD/S02"), left_on=TODAY,
            by=joint.owner, now=NOW,
        )  # fmt: skip
    assert page(joint.sibling).status_code == 404


def test_a_supplier_of_two_customers_names_whose_programme_it_means(joint):
    with looking_as(joint.other_buyer):
        other = services.create_programme(
            by=joint.other_buyer, slug="joint", name="另一个", name_en="Another", baseline=BASELINE,
            report_period=REPORT, now=NOW,
        )  # fmt: skip
        services.add_member(
            programme_id=other.pk, partnership_id=joint.partnership("CUST2/S01"), joined_on=TODAY,
            by=joint.other_buyer, now=NOW,
        )  # fmt: skip
    listed = page(joint.member, "/programmes/").content.decode()
    assert "/programmes/joint/?customer=LEAD" in listed
    assert "/programmes/joint/?customer=CUST2" in listed
    assert "Another" in page(joint.member, customer="CUST2").content.decode()
    assert "Another" not in page(joint.member, customer="LEAD").content.decode()


# -- what the tables and services refuse ------------------------------------------------------------


def test_the_database_refuses_a_member_of_another_customer(joint):
    foreign = joint.partnership("CUST2/S01")
    with looking_as_house("try what the database says"), pytest.raises(IntegrityError), transaction.atomic():
        ProgrammeMember.objects.create(
            customer=joint.programme.customer,
            programme=joint.programme,
            partnership_id=foreign,
            joined_on=TODAY,
        )


@pytest.mark.parametrize("where", ["CUST2/S01", "LEAD/S03"])
def test_the_database_refuses_a_key_task_of_another_customer_or_of_no_member(joint, where):
    task = joint.task(where, "elsewhere")
    with looking_as_house("try what the database says"), pytest.raises(IntegrityError), transaction.atomic():
        KeyTask.objects.create(
            partnership_id=task.partnership_id, programme=joint.programme, task=task, position=1, added_at=NOW
        )


@pytest.mark.parametrize(
    "told",
    [
        {"kpi": "pass_rate", "target": Decimal("0.99")},
        {"kpi": "pass_rate", "stage": "outgoing", "average": "daily", "target": Decimal("0.99")},
        {"kpi": "lot_acceptance_rate", "stage": "corrected", "target": Decimal("0.99")},
        {"kpi": "turnover", "average": "daily", "target": Decimal(10)},
        {"kpi": "pass_rate", "stage": "incoming", "target": Decimal("99.2")},
        {"kpi": "turnover", "average": "daily", "prices": "period", "target": Decimal(0)},
    ],
)
def test_a_pledge_names_one_reading_and_a_target_that_can_be(joint, told):
    with looking_as(joint.owner), pytest.raises(services.PledgeMakesNoSense):
        services.set_pledge(programme_id=joint.programme.pk, by=joint.owner, now=NOW, **told)


def test_the_same_pledge_again_changes_its_target(joint):
    with looking_as(joint.owner):
        services.set_pledge(
            programme_id=joint.programme.pk, by=joint.owner, now=NOW, kpi="pass_rate", stage="outgoing",
            target=Decimal("0.98"),
        )  # fmt: skip
    words = [one.word for one in figures(joint, joint.owner).standings]
    assert words == ["met", "met"]


def test_members_come_go_and_come_back(joint):
    told = {
        "programme_id": joint.programme.pk,
        "partnership_id": joint.partnership("LEAD/S02"),
        "by": joint.owner,
        "now": NOW,
    }
    with looking_as(joint.owner):
        services.let_member_go(**told, left_on=date(2024, 1, 1))
        gone = ProgrammeMember.objects.get(partnership=told["partnership_id"])
        assert gone.left_on == gone.joined_on == date(2025, 1, 1)
        with pytest.raises(NotHere):
            services.let_member_go(**told, left_on=TODAY)
        back = services.add_member(**told, joined_on=TODAY)
    assert (back.pk, back.joined_on, back.left_on) == (gone.pk, TODAY, None)


def test_its_own_books_are_no_member(joint):
    with looking_as_house("set a test's scene"):
        books = joint.books.partnership("LEAD", "LEAD")
    with looking_as(joint.owner), pytest.raises(NotHere):
        services.add_member(
            programme_id=joint.programme.pk, partnership_id=books.pk, joined_on=TODAY, by=joint.owner, now=NOW
        )


def test_who_may_only_look_and_who_is_a_member_cannot_change_it(joint):
    task = joint.task("LEAD/S01", "a task")
    told = {"programme_id": joint.programme.pk, "task_id": task.pk, "now": NOW}
    with looking_as(joint.viewer), pytest.raises(MayNot):
        services.add_key_task(**told, by=joint.viewer)
    with looking_as(joint.member), pytest.raises(NotHere):
        services.add_key_task(**told, by=joint.member)


def test_the_list_keeps_its_order_and_takes_a_task_once(joint):
    tasks = [joint.task("LEAD/S01", f"task {place}").pk for place in range(4)]
    told = {"programme_id": joint.programme.pk, "by": joint.owner}
    with looking_as(joint.owner):
        for task in (*tasks, tasks[0]):
            services.add_key_task(**told, task_id=task, now=NOW)
        services.order_key_tasks(**told, task_ids=[tasks[2], tasks[0]])
        services.remove_key_task(**told, task_id=tasks[1], now=NOW)
        with pytest.raises(NotHere):
            services.remove_key_task(**told, task_id=tasks[1], now=NOW)
        with pytest.raises(NotHere):
            services.order_key_tasks(**told, task_ids=[tasks[1]])
    assert [one.id for one in figures(joint, joint.owner).key_tasks] == [tasks[2], tasks[0], tasks[3]]


@pytest.mark.django_db(transaction=True)
def test_who_moves_a_task_while_another_does_undoes_nothing_of_it(joint):
    tasks = [joint.task("LEAD/S01", f"task {place}") for place in range(4)]
    told = {"programme_id": joint.programme.pk, "by": joint.owner}
    with looking_as(joint.owner):
        for task in tasks:
            services.add_key_task(**told, task_id=task.pk, now=NOW)
    first, last = tasks[0], tasks[3]

    def move_down() -> None:
        try:
            client_of(joint.owner).post("/programmes/joint/tasks/move/", {"task": first.shown_number})
        finally:
            connection.close()

    mover = threading.Thread(target=move_down)
    with looking_as(joint.owner), transaction.atomic():
        services.move_key_task(**told, task_id=last.pk, up=True)
        mover.start()
        wait_until_somebody_waits()
    mover.join()
    moved = [one.id for one in figures(joint, joint.owner).key_tasks]
    assert moved == [tasks[place].pk for place in (1, 0, 3, 2)]


def wait_until_somebody_waits() -> None:
    """Return as soon as another connection waits for the transaction of this one."""
    waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND transactionid = pg_current_xact_id()::xid"
    until = time.monotonic() + 20
    with connection.cursor() as cursor:
        while time.monotonic() < until:
            cursor.execute(waiting)
            if cursor.fetchone()[0]:
                return
            time.sleep(0.02)
    raise AssertionError("Nobody waits.")


def test_a_task_at_an_end_of_the_list_stays_there_and_one_that_is_not_on_it_cannot_be_moved(joint):
    tasks = [joint.task("LEAD/S01", f"task {place}").pk for place in range(3)]
    told = {"programme_id": joint.programme.pk, "by": joint.owner}
    with looking_as(joint.owner):
        for task in tasks[:2]:
            services.add_key_task(**told, task_id=task, now=NOW)
        services.move_key_task(**told, task_id=tasks[0], up=True)
        services.move_key_task(**told, task_id=tasks[1], up=False)
        with pytest.raises(NotHere):
            services.move_key_task(**told, task_id=tasks[2], up=True)
    assert [one.id for one in figures(joint, joint.owner).key_tasks] == tasks[:2]


def test_the_same_programme_again_is_the_one_that_is_there(joint):
    told = {
        "by": joint.owner, "slug": "joint", "name": "协同", "name_en": "Joint", "baseline": BASELINE,
        "report_period": REPORT, "now": NOW,
    }  # fmt: skip
    with looking_as(joint.owner):
        assert services.create_programme(**told).pk == joint.programme.pk
        with pytest.raises(services.SlugTaken):
            services.create_programme(**told | {"name": "别的"})
        with pytest.raises(ValueError, match="after the baseline"):
            services.create_programme(**told | {"slug": "late", "baseline": REPORT})


def test_the_readings_are_saved_as_the_page_shows_them_and_a_member_saves_its_own(joint):
    assert 'href="/programmes/joint/?as=xlsx"' in page(joint.owner).text
    book = opened(client_of(joint.owner), "/programmes/joint/?as=xlsx")
    found = figures(joint, joint.owner)
    readings = book["Readings"]
    with translation.override("en"):
        assert column(readings, "Reading") == [str(way) for way in found.readings]
    assert column(readings, "Report period") == [one.value for one in found.readings.values()]
    assert set(column(book["Members"], "Supplier")) == {"S01", "S02"}
    assert "Programme" in said_in(book)
    assert 'href="/programmes/joint/?customer=LEAD&amp;as=xlsx"' in page(joint.member, customer="LEAD").text
    own = opened(client_of(joint.member), "/programmes/joint/?customer=LEAD&as=xlsx")
    told = figures(joint, joint.member).readings
    assert column(own["Readings"], "Report period") == [one.value for one in told.values()]
    assert "S02" not in said_in(own)
    assert page(joint.outside, customer="LEAD", **{"as": "xlsx"}).status_code == 404
