"""Data requests on pages: the supplier's to-do, the customer's worklist and card, and the page of their own."""

import io
import re
from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from suppliers import services
from suppliers.access import looking_as_house
from suppliers.models import DataAnswer, DataRequest
from suppliers.services import Rule
from tests.insight.conftest import add_supplier
from tests.insight.test_pages import text_of

NOW = datetime(2026, 6, 30, 4, tzinfo=UTC)
MONTH_END = Rule("monthly", 31, grace_days=3)
MAY = "from=2026-05-01&to=2026-05-31"


@pytest.fixture
def ask(books):
    """Ask LEAD's suppliers for a kind of data, as the house does for the sample."""

    def asking(kind: str, *codes: str, rule: Rule = MONTH_END, first="2026-05-01"):
        with looking_as_house("set a test's scene"):
            return services.ask_for_data(
                partnership_ids=[books.partnerships[f"LEAD/{code}"].pk for code in codes or ("S01", "S02")],
                kind=kind, sender="supplier", rule=rule, valid_from=date.fromisoformat(first), by=None, now=NOW,
            )  # fmt: skip

    return asking


def worklist_of(page: str) -> str:
    return re.search(r'(?s)<ul class="work">.*?</ul>', page).group(0)


def test_the_suppliers_home_asks_for_what_is_late_and_offers_both_ways_out(enter, ask):
    ask("stock", "S01", first="2026-05-01", rule=Rule("monthly", 31))
    page = enter("S01").get("/").content.decode()
    work = worklist_of(page)
    assert "Stock statements for May, due on 31 May" in work
    assert "/uploads/?send=stock" in work
    assert work.count("btn-primary") == 1
    assert "Overdue: <b" in page


def test_the_rail_counts_requests_as_the_to_do_list_does(enter, ask):
    ask("stock", "S01", first="2026-01-01", rule=Rule("monthly", 31))
    page = enter("S01").get("/").content.decode()
    (in_rail,) = re.findall(r'(?s)<li><a href="/requests/"[^>]*>.*?class="count[^"]*"[^>]*>(\d+)', page)
    assert worklist_of(page).count("Stock statements") == 1
    assert in_rail == "1"


def test_what_chooses_a_request_is_labelled(enter, ask):
    ask("stock", "S01")
    page = enter("LEAD", role="owner").get("/requests/").content.decode()
    assert re.search(
        r'<label class="check"><input type="checkbox" name="requests"[^>]*><span[^>]*>Choose</span>', page
    )


def test_a_single_period_is_settled_by_one_click_and_opened_again_by_another(enter, ask):
    ask("stock", "S01", first="2026-06-01")
    client = enter("S01", role="uploader")
    page = client.get("/").content.decode()
    url, period = re.search(
        r'action="(/requests/\d+/nothing/)".*?name="period" value="([^"]+)"', page, re.S
    ).groups()
    done = client.post(url, {"period": period}, follow=True).content.decode()
    assert "Stock statements for June: nothing to send" in worklist_of(done)
    assert not re.search(r"/requests/\d+/nothing/", done)
    back = re.search(r'action="(/requests/answers/\d+/revoke/)"', done).group(1)
    assert "due on 30 Jun" in worklist_of(client.post(back, follow=True).content.decode())


def test_the_reason_for_nothing_is_read_by_the_customer(enter, ask):
    (pk,) = ask("stock", "S01", first="2026-06-01")
    client = enter("S01", role="uploader")
    assert 'name="reason"' in worklist_of(client.get("/").content.decode())
    answer = {"period": "2026-06-01", "reason": "Works holidays <b>"}
    client.post(f"/requests/{pk}/nothing/", answer)
    page = enter("LEAD").get("/requests/").content.decode()
    assert "June, nothing to send: Works holidays &lt;b&gt;" in page
    book = b"".join(enter("LEAD").get("/requests/?as=xlsx").streaming_content)
    ((name, kind, *_, reason),) = (
        load_workbook(io.BytesIO(book)).worksheets[1].iter_rows(min_row=2, values_only=True)
    )
    assert (name, kind, reason) == ("Sample S01", "Stock statements", "Works holidays <b>")


def test_the_rail_counts_what_waits_to_be_sent(enter, ask):
    ask("stock", "S01", first="2026-05-01")
    page = enter("S01").get("/lots/").content.decode()
    entry = re.search(r'(?s)href="/requests/".*?</a>', page).group(0)
    assert re.search(
        r"\b1\b", re.sub(r"<svg.*?</svg>", "", entry, flags=re.S)
    )  # one request, of May and June


def test_somebody_who_may_only_look_is_asked_for_nothing(enter, ask):
    ask("stock", "S01")
    page = enter("S01", role="viewer").get("/").content.decode()
    assert "/nothing/" not in page
    assert "/uploads/?send" not in page


def test_a_preset_kind_goes_with_the_file(enter, ask):
    page = enter("S01").get("/uploads/?send=stock").content.decode()
    assert '<input type="hidden" name="send" value="stock">' in page
    assert 'name="send"' not in enter("S01").get("/uploads/?send=nonsense").content.decode()


def test_missing_data_stand_last_on_the_worklist_and_on_the_card(enter, ask):
    ask("measurements", "S01", "S02")
    ask("outgoing", "S01", "S02")
    page = enter("LEAD").get(f"/overview/?{MAY}").content.decode()
    said = text_of(enter("LEAD").get(f"/overview/?{MAY}"))
    assert "Measurements: 2 suppliers have not sent them" in worklist_of(page)
    assert "Measurements0 / 2" in said
    assert "Outgoing inspections2 / 2" in said


def test_what_is_owed_today_is_said_whatever_days_the_page_shows(enter, ask, books):
    """Only what figures call for is of the chosen days, and says of which."""
    ask("measurements", "S01", "S02")
    with looking_as_house("agree on a target"):
        books.partnerships["LEAD/S02"].target_pass_rate = "0.99"
        books.partnerships["LEAD/S02"].save()
    told = {}
    for days in (MAY, "from=2026-01-01&to=2026-06-30", "from=2024-01-01&to=2024-12-31"):
        work = worklist_of(enter("LEAD").get(f"/overview/?{days}").text)
        told[days] = re.findall(r"<h3>(.*?)</h3>\s*<p>(.*?)</p>", work)
    owed = [[item for item in work if item[0].startswith("Measurements")] for work in told.values()]
    assert owed[0] and owed[0] == owed[1] == owed[2]
    below = [line for _title, line in told["from=2026-01-01&to=2026-06-30"] if "target 99.0%" in line]
    assert len(below) == 1
    assert below[0].startswith("1 Jan – 30 Jun 2026: ")


def test_without_a_request_the_card_says_how_to_begin(enter):
    page = enter("LEAD").get(f"/overview/?{MAY}")
    assert "Nobody is asked for data yet" in text_of(page)
    assert "/requests/#new" in page.content.decode()
    assert "/requests/#new" not in enter("LEAD", role="viewer").get("/overview/").content.decode()


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("code", ["LEAD", "S01"])
@pytest.mark.parametrize("anything", [True, False])
def test_the_page_has_a_heading_and_a_sentence_with_and_without_requests(
    enter, ask, code, language, anything
):
    if anything:
        ask("stock")
    page = enter(code, language=language).get("/requests/").content.decode()
    assert len(re.findall(r"<h1\b", page)) == 1
    assert re.search(r'class="lead[^>]*>\s*\S', page)
    assert ("strip-marks" in page) == anything


NEW = {
    "kind": "stock", "sender": "supplier", "rhythm": "monthly", "due_day": "5", "due_next": "on",
    "grace_days": "2", "valid_from": "2026-06-01",
}  # fmt: skip


def test_an_engineer_asks_several_suppliers_at_once(enter, books):
    both = [books.partnerships[f"LEAD/{code}"].pk for code in ("S01", "S02")]
    enter("LEAD").post("/requests/new/", NEW | {"partnerships": both})
    with looking_as_house("look at what was made"):
        made = DataRequest.objects.values_list("partnership", "kind", "due_day", "due_next", "grace_days")
        assert sorted(made) == sorted((pk, "stock", 5, True, 2) for pk in both)


def test_asking_again_says_who_is_asked_already_and_keeps_what_was_typed(enter, ask, books):
    ask("stock", "S01")
    place = books.partnerships["LEAD/S01"].pk
    answer = enter("LEAD").post("/requests/new/", NEW | {"partnerships": [place]})
    assert "Asked for already: S01." in text_of(answer)
    assert 'value="5"' in answer.content.decode()


def test_a_day_that_fits_no_rhythm_is_said_at_its_field(enter, books):
    place = books.partnerships["LEAD/S01"].pk
    wrong = NEW | {"partnerships": [place], "rhythm": "weekly", "due_day": "9"}
    assert "This day does not fit the rhythm." in text_of(enter("LEAD").post("/requests/new/", wrong))


def test_the_chosen_ones_are_changed_and_ended_together(enter, ask):
    ids = ask("stock", first="2026-01-01")
    client = enter("LEAD")
    change = {
        "requests": ids,
        "rhythm": "weekly",
        "due_day": "5",
        "grace_days": "0",
        "from_day": "2026-06-30",
    }
    passed = client.post("/requests/change/", change | {"from_day": "2026-06-29"})
    assert "What was asked for before today stays as it was" in text_of(passed)
    client.post("/requests/change/", change)
    with looking_as_house("look at what was changed"):
        held = list(DataRequest.objects.filter(valid_until=None).values_list("pk", "rhythm"))
    assert [rhythm for _pk, rhythm in held] == ["weekly", "weekly"]
    end = {"requests": [pk for pk, _rhythm in held], "last_day": "2026-06-29"}
    assert "What was asked for before today stays as it was" in text_of(client.post("/requests/end/", end))
    client.post("/requests/end/", end | {"last_day": "2026-06-30"})
    with looking_as_house("look at what was ended"):
        assert not DataRequest.objects.filter(valid_until=None).exists()


@pytest.mark.parametrize(("code", "role"), [("S01", "owner"), ("LEAD", "uploader"), ("LEAD", "viewer")])
def test_only_the_customers_owner_and_engineer_ask(enter, books, code, role):
    place = books.partnerships["LEAD/S01"].pk
    assert enter(code, role=role).post("/requests/new/", NEW | {"partnerships": [place]}).status_code in {
        200,
        403,
    }
    with looking_as_house("look at what was made"):
        assert not DataRequest.objects.exists()


def test_a_stranger_finds_no_request_and_answers_none(enter, ask):
    (pk,) = ask("stock", "S01")
    for code in ("S02", "OTHER", "S09"):
        client = enter(code)
        assert client.post(f"/requests/{pk}/nothing/", {"period": "2026-06-01"}).status_code == 404
        assert "Sample S01" not in text_of(client.get("/requests/"))
    assert enter("LEAD").post(f"/requests/{pk}/nothing/", {"period": "2026-06-01"}).status_code == 403
    with looking_as_house("look at what was answered"):
        assert not DataAnswer.objects.exists()


def test_the_api_makes_answers_and_lists_requests(enter, books):
    place = books.partnerships["LEAD/S01"].pk
    client = enter("LEAD")
    body = {
        "partnerships": [place],
        "kind": "stock",
        "rhythm": "monthly",
        "due_day": 31,
        "valid_from": "2026-05-01",
    }
    made = client.post("/api/v1/data-requests/", body, content_type="application/json")
    assert made.status_code == 201, made.content
    again = client.post("/api/v1/data-requests/", body, content_type="application/json")
    assert again.status_code == 409
    pk = made.json()[0]["id"]
    supplier = enter("S01")
    said = supplier.post(
        f"/api/v1/data-requests/{pk}/nothing/",
        {"period_first": "2026-05-01"},
        content_type="application/json",
    )
    (answer,) = said.json()["answers"]
    states = {
        one["period_first"]: one["state"]
        for one in supplier.get("/api/v1/data-requests/standings/?from=2026-05-01&to=2026-06-30").json()
    }
    assert states == {"2026-05-01": "nothing", "2026-06-01": "due"}
    supplier.post(
        f"/api/v1/data-requests/{pk}/take-back/", {"answer": answer["id"]}, content_type="application/json"
    )
    late = supplier.get("/api/v1/data-requests/standings/?state=late").json()
    assert [one["period_first"] for one in late] == ["2026-05-01"]
    assert "have not come" in late[0]["text"]


def test_the_api_changes_and_ends(enter, ask):
    (pk,) = ask("stock", "S01", first="2026-01-01")
    client, path = enter("LEAD"), "/api/v1/data-requests/"
    rule = {"rhythm": "weekly", "due_day": 5, "from_day": "2026-06-30"}
    passed = client.patch(f"{path}{pk}/", rule | {"from_day": "2026-06-01"}, content_type="application/json")
    assert (passed.status_code, passed.json()["errors"][0]["attr"]) == (400, "from_day")
    later = client.patch(f"{path}{pk}/", rule, content_type="application/json").json()
    assert (later["rhythm"], later["valid_from"]) == ("weekly", "2026-06-30")
    ended = client.post(
        f"{path}{later['id']}/end/", {"last_day": "2026-06-30"}, content_type="application/json"
    )
    assert ended.json()["valid_until"] == "2026-06-30"
    wrong = client.patch(f"{path}{pk}/", rule | {"due_day": 9}, content_type="application/json")
    assert (wrong.status_code, wrong.json()["errors"][0]["attr"]) == (400, "due_day")


def test_a_figure_of_the_api_names_what_it_waits_for(enter, ask):
    ask("incoming", "S01", "S02", first="2026-04-01")
    found = enter("LEAD").get(
        "/api/v1/kpis/pass_rate/?stage=outgoing&from=2026-05-01&to=2026-05-31&customer=LEAD"
    )
    assert found.json()[0]["waiting"] == []
    ask("outgoing", "S01", "S02", first="2020-01-01")
    (old,) = enter("LEAD").get(
        "/api/v1/kpis/pass_rate/?stage=outgoing&from=2020-01-01&to=2020-01-31&customer=LEAD"
    ).json()  # fmt: skip
    assert [one["due"] for one in old["waiting"]] == ["2020-01-31", "2020-01-31"]


def test_more_suppliers_take_no_more_queries(enter, ask, books):
    ask("outgoing", "S01", "S02")
    client = enter("LEAD")
    client.get("/requests/")
    with CaptureQueriesContext(connection) as few:
        client.get("/requests/")
    with looking_as_house("add suppliers"):
        for code in ("S11", "S12", "S13"):
            add_supplier(books, "LEAD", code, rate=0.01)
    ask("outgoing", "S11", "S12", "S13")
    with CaptureQueriesContext(connection) as many:
        client.get("/requests/")
    assert len(many) == len(few)
