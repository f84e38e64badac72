"""A statement that comes again takes the place of the earlier one as a whole, once somebody agreed."""

import pytest
from django.test import Client
from django.urls import reverse

from core.commits import BuiltUpon
from intake.models import Upload
from intake.services import answer, commit
from inventory.models import Balance, Movement
from inventory.services import rebuild_sums
from suppliers.access import looking_as, looking_as_house
from suppliers.models import Person
from tests.factories import make_part
from tests.intake.files import NOW, counted, hand_in, sheet
from tests.intake.test_kill import carry_on, kill_at

HERE = {"now": NOW, "seconds": None}
STOCK = "期间,仓库,存货编码,期初数量,本期收入,本期发出,期末数量"
LEDGER = "单据日期,单据号,业务类型,仓库名称,存货编码,入库数量,出库数量"


def stock(*parts: tuple[str, int], month: str = "2026-05", warehouse: str = "成品仓") -> bytes:
    return sheet(STOCK, *(f"{month},{warehouse},{part},0,{count},0,{count}" for part, count in parts))


FIRST = stock(("0201001", 100), ("0201002", 200), ("0201003", 300))
SECOND = stock(("0201001", 100), ("0201002", 250), ("0201004", 400))


@pytest.fixture
def shelf(chain):
    """The chain with two parts more that the supplier makes."""
    for number in ("0201003", "0201004"):
        make_part(number, chain.customer, [chain.ours])
    return chain


def held(person: Person) -> dict[str, int]:
    with looking_as(person):
        rows = Balance.objects.counting().values_list("stock_item__part__number", "closing_quantity")
        return dict(rows.order_by("stock_item__part__number"))


def said(person: Person, upload: Upload, what: str) -> Upload:
    with looking_as(person):
        answer.answer(upload_id=upload.pk, person=person, answers={"statement": what}, **HERE)
        return commit.commit(upload_id=upload.pk, person=person, **HERE)


def sums_are_rows() -> bool:
    with looking_as_house("test that sums equal rows"):
        return rebuild_sums(check=True) == []


BEFORE = {"0201001": 100, "0201002": 200, "0201003": 300}
REPLACED = {"0201001": 100, "0201002": 250, "0201004": 400}
ADDED = BEFORE | {"0201004": 400}


@pytest.mark.parametrize(("what", "stands"), [("replace", REPLACED), ("add", ADDED)])
def test_it_is_asked_once_and_then_replaced_as_a_whole_or_only_added_to(shelf, what, stands):
    hand_in(shelf.clerk, FIRST, partnership_id=shelf.ours.pk)
    upload = hand_in(shelf.clerk, SECOND, partnership_id=shelf.ours.pk)
    (question,) = upload.understanding["questions"]
    assert (upload.state, question["kind"], question["params"]) == (
        "waiting",
        "statement_gone",
        {"gone": 1, "differing": 1},
    )
    assert counted(upload, "new", "same", "conflicting", "gone") == [1, 1, 1, 1]
    assert held(shelf.clerk) == BEFORE
    saved = said(shelf.clerk, upload, what)
    assert (saved.state, saved.open_rows, held(shelf.clerk)) == ("committed", 0, stands)
    assert sums_are_rows()


def test_undoing_brings_back_what_was_replaced(shelf):
    hand_in(shelf.clerk, FIRST, partnership_id=shelf.ours.pk)
    upload = said(shelf.clerk, hand_in(shelf.clerk, SECOND, partnership_id=shelf.ours.pk), "replace")
    with looking_as(shelf.clerk):
        assert commit.undo(upload_id=upload.pk, person=shelf.clerk, **HERE).state == "undone"
    assert held(shelf.clerk) == BEFORE
    assert sums_are_rows()


def test_the_earlier_file_sent_again_brings_back_what_was_replaced(shelf):
    hand_in(shelf.clerk, FIRST, partnership_id=shelf.ours.pk)
    said(shelf.clerk, hand_in(shelf.clerk, SECOND, partnership_id=shelf.ours.pk), "replace")
    again = hand_in(shelf.clerk, FIRST, partnership_id=shelf.ours.pk)
    assert (again.identical_to, again.state) == (None, "waiting")
    said(shelf.clerk, again, "replace")
    assert held(shelf.clerk) == BEFORE
    assert sums_are_rows()


def test_what_came_again_since_stands_in_the_way_of_undoing(shelf):
    hand_in(shelf.clerk, FIRST, partnership_id=shelf.ours.pk)
    upload = said(shelf.clerk, hand_in(shelf.clerk, SECOND, partnership_id=shelf.ours.pk), "replace")
    again = hand_in(shelf.clerk, stock(("0201003", 310)), name="补.csv", partnership_id=shelf.ours.pk)
    assert again.state == "committed"
    with looking_as(shelf.clerk):
        with pytest.raises(BuiltUpon):
            commit.undo(upload_id=upload.pk, person=shelf.clerk, **HERE)
        commit.undo(upload_id=again.pk, person=shelf.clerk, **HERE)
        commit.undo(upload_id=upload.pk, person=shelf.clerk, **HERE)
    assert held(shelf.clerk) == BEFORE


@pytest.mark.parametrize(
    "other",
    [
        stock(("0201003", 300), ("0201004", 1), month="2026-06"),
        stock(("0201003", 300), ("0201004", 1), warehouse="二仓"),
        stock(("0201004", 400)),
    ],
    ids=["another month", "another warehouse", "parts that were not in it"],
)
def test_another_statement_asks_nothing(shelf, other):
    hand_in(shelf.clerk, FIRST, partnership_id=shelf.ours.pk)
    upload = hand_in(shelf.clerk, other, partnership_id=shelf.ours.pk)
    assert (upload.state, upload.understanding["questions"]) == ("committed", [])


def test_nothing_goes_while_a_row_is_to_be_mended(shelf):
    hand_in(shelf.clerk, FIRST, partnership_id=shelf.ours.pk)
    broken = stock(("0201001", 100), ("0201002", 250)) + "2026-05,成品仓,0201003,0,3O0,0,3O0\r\n".encode()
    upload = hand_in(shelf.clerk, broken, partnership_id=shelf.ours.pk)
    assert (upload.state, upload.counts["gone"], upload.understanding["questions"]) == ("waiting", 0, [])


def test_a_file_for_one_customer_leaves_what_another_file_said_of_the_next_one(shelf):
    """Goods for two customers lie in one warehouse of the supplier, and each gets a file of its own."""
    hand_in(shelf.clerk, FIRST, partnership_id=shelf.ours.pk)
    hand_in(shelf.clerk, stock(("0201001", 7)), name="配电.csv", partnership_id=shelf.second.pk)
    again = hand_in(shelf.clerk, stock(("0201001", 101), ("0201002", 200), ("0201003", 300)))
    assert again.counts["gone"] == 0


def test_what_another_organisation_stored_never_goes(shelf):
    hand_in(shelf.buyer, stock(("0201001", 1), ("0201002", 2)))
    hand_in(shelf.clerk, FIRST, partnership_id=shelf.ours.pk)
    mine = hand_in(shelf.clerk, stock(("0201001", 100)), name="少.csv", partnership_id=shelf.ours.pk)
    assert mine.counts["gone"] == 2
    said(shelf.clerk, mine, "replace")
    assert held(shelf.clerk) == {"0201001": 100}
    assert held(shelf.buyer)["0201002"] == 2


def test_rows_that_nobody_agreed_to_stay_and_are_asked_about_anew(shelf):
    hand_in(shelf.clerk, FIRST, partnership_id=shelf.ours.pk)
    upload = hand_in(shelf.clerk, SECOND, partnership_id=shelf.ours.pk)
    with looking_as(shelf.clerk):
        answer.answer(upload_id=upload.pk, person=shelf.clerk, answers={"statement": "replace"}, **HERE)
    make_part("0201005", shelf.customer, [shelf.ours])
    late = hand_in(shelf.engineer, stock(("0201005", 5)), name="晚.csv", partnership_id=shelf.ours.pk)
    assert late.state == "committed"
    with looking_as(shelf.clerk):
        upload = commit.commit(upload_id=upload.pk, person=shelf.clerk, **HERE)
    assert (upload.state, upload.counts["gone"]) == ("waiting", 2)
    assert held(shelf.clerk) == BEFORE | {"0201005": 5}


def test_a_ledger_of_the_same_days_is_replaced_and_one_that_overlaps_a_little_is_not(shelf):
    def lines(*numbers: str) -> list[str]:
        return [f"2026-05-{number[1:]},{number},产成品入库,成品仓,0201001,10," for number in numbers]

    may = [f"M{day:02}" for day in range(1, 11)]
    hand_in(shelf.clerk, sheet(LEDGER, *lines(*may)), partnership_id=shelf.ours.pk)
    next_days = sheet(LEDGER, *lines("M10", "M11", "M12"))
    assert hand_in(shelf.clerk, next_days, name="后.csv", partnership_id=shelf.ours.pk).state == "committed"
    again = sheet(LEDGER, *lines(*may[:4], *may[5:]))
    upload = hand_in(shelf.clerk, again, name="再.csv", partnership_id=shelf.ours.pk)
    assert (upload.state, upload.counts["gone"]) == ("waiting", 1)
    said(shelf.clerk, upload, "replace")
    with looking_as(shelf.clerk):
        assert not Movement.objects.counting().filter(movement_no="M05").exists()
        assert Movement.objects.counting().count() == 11
    assert sums_are_rows()


def test_the_page_shows_what_goes_and_asks_with_two_buttons(shelf):
    hand_in(shelf.clerk, FIRST, partnership_id=shelf.ours.pk)
    upload = hand_in(shelf.clerk, SECOND, partnership_id=shelf.ours.pk)
    client = Client()
    client.force_login(shelf.clerk.user)
    page = client.get(reverse("upload", args=[upload.pk])).content.decode()
    assert [word in page for word in ("整份替换", "只补新的行", "0201003", "300")] == [True] * 4
    client.post(reverse("upload-mend", args=[upload.pk]), {"problem": "q0", "value": "replace"})
    with looking_as(shelf.clerk):
        upload.refresh_from_db()
    assert upload.state == "understood"


@pytest.mark.parametrize(
    "step",
    [
        "rows written",
        *(pytest.param(one, marks=pytest.mark.soak) for one in ("commit begun", "settled", "committed")),
    ],
)
def test_a_worker_killed_while_it_replaces_leaves_what_the_next_one_finishes(
    durable, database_url, shelf, step
):
    hand_in(shelf.clerk, FIRST, partnership_id=shelf.ours.pk)
    upload = hand_in(shelf.clerk, SECOND, partnership_id=shelf.ours.pk)
    with looking_as(shelf.clerk):
        answer.answer(upload_id=upload.pk, person=shelf.clerk, answers={"statement": "replace"}, **HERE)
    kill_at(step, shelf.clerk, upload.pk, database_url)
    assert held(shelf.clerk) in (BEFORE, REPLACED)
    carry_on(upload.pk)
    assert held(shelf.clerk) == REPLACED
    with looking_as(shelf.clerk):
        upload.refresh_from_db()
        assert (upload.state, upload.commits.count()) == ("committed", 1)
    assert sums_are_rows()
