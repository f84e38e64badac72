"""What nobody can mean is answered in words, and never by a fault of ours."""

import pytest

from core import clock
from core.text import number_or_none
from suppliers import services

PAGES = ["/overview/", "/suppliers/", "/parts/", "/inventory/", "/lots/"]


@pytest.fixture
def asked(client, chain):
    client.force_login(chain.buyer.user)
    return client


@pytest.fixture
def told(client, chain):
    _key, token = services.make_key(person=chain.engineer, name="test", may_write=True, now=clock.now())

    def tell(path: str, body: str):
        return client.post(
            path, body, content_type="application/json", headers={"authorization": f"Api-Key {token}"}
        )

    return tell


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize(
    "days", ["from=2010-01-01&to=2026-06-30", "from=0001-01-01&to=0001-01-31", "base=0001-01..9999-12"]
)
def test_a_period_that_nobody_reads_gives_the_usual_one(asked, path, days):
    assert asked.get(f"{path}?{days}").status_code == 200


def test_the_page_says_why_another_period_is_shown(asked):
    page = asked.get("/overview/?from=2010-01-01&to=2026-06-30", headers={"accept-language": "en"})
    assert "2199" in page.text


@pytest.mark.parametrize("path", [*PAGES, "/search/", "/deliveries/", "/requests/", "/passport/pass_rate/"])
@pytest.mark.parametrize("name", ["supplier", "part", "q", "lot"])
def test_nothing_is_called_nul(asked, path, name):
    assert asked.get(f"{path}?{name}=%00").status_code == 404


def test_no_form_takes_a_nul(client, chain):
    client.force_login(chain.owner.user)
    assert client.post("/sharing/open/", {"partnership": "1", "viewer": "a\0"}).status_code == 404


@pytest.mark.parametrize("path", ["uploads", "tasks", "subscriptions", "data-requests"])
def test_json_nested_too_deep_is_refused(told, path):
    assert told(f"/api/v1/{path}/", "[" * 20_000).status_code == 400


@pytest.mark.parametrize("path", ["uploads", "tasks"])
def test_half_a_character_is_refused_and_a_whole_one_of_two_halves_is_not(told, path):
    codes = [
        told(f"/api/v1/{path}/", body).json()["errors"][0]["code"]
        for body in (r'{"kind": "\ud800", "\udfff": 1}', r'{"kind": "\ud83d\ude00"}')
    ]
    assert codes[0] == "parse_error"
    assert codes[1] != "parse_error"


@pytest.mark.parametrize(
    ("text", "number"), [("12", 12), ("9" * 5000, None), ("²", None), ("-1", None), ("", None)]
)
def test_a_number_of_an_address_is_digits_that_an_id_can_have(text, number):
    assert number_or_none(text) == number


def test_rows_of_many_keys_are_refused_before_they_are_written_out(told):
    rows = ",".join(f'{{"k{place}": 1}}' for place in range(201))
    answer = told("/api/v1/uploads/", f'{{"kind": "inspections", "stage": "outgoing", "rows": [{rows}]}}')
    assert answer.status_code == 400
    assert "200" in answer.text


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_a_day_off_the_calendar_is_refused(told, chain, day):
    words = '"title": "T", "problem": "P", "target": "G"'
    body = f'{{"partnership": {chain.ours.pk}, "kind": "lean", "kpi": "pass_rate", {words}, "due_date": "{day}"}}'
    assert told("/api/v1/tasks/", body).status_code == 400
