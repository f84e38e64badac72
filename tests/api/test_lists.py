"""Lists of the API: what they hold, how they are narrowed and paged, and how many queries that takes."""

import pytest
from django.test import Client

from core import clock
from suppliers import services
from tests.rows import make_rows

LISTS = [
    "organisations",
    "partnerships",
    "parts",
    "characteristics",
    "lots",
    "inspections",
    "measurements",
    "stock-items",
    "movements",
    "balances",
    "deliveries",
    "returns",
]


@pytest.fixture
def rows(chain):
    return make_rows(chain.ours, chain.part, version=chain.length)


@pytest.fixture
def api(chain, rows):
    """The API as the supplier's engineer sees it."""
    _key, token = services.make_key(person=chain.engineer, name="test", may_write=False, now=clock.now())
    return Client(headers={"Authorization": f"Api-Key {token}"})


def results(client, path, **query):
    response = client.get(f"/api/v1/{path}/", query_params=query)
    assert response.status_code == 200, response.content
    return response.json()["results"]


@pytest.mark.parametrize("path", LISTS)
def test_a_list_and_each_of_its_rows_say_the_same(api, path):
    found = results(api, path)
    assert found
    if path != "measurements":
        assert api.get(f"/api/v1/{path}/{found[0]['id']}/").json() == found[0]


def test_an_inspection_comes_with_what_was_found_and_done(api, chain, rows):
    (inspection,) = results(api, "inspections")
    expected = {
        "id": rows.inspection,
        "partnership": chain.ours.pk,
        "part_number": "0201001",
        "lot_number": "J260629-1",
        "stage": "outgoing",
        "inspection_date": "2026-06-29",
        "inspected": 125,
        "conforming": 123,
        "nonconforming": 2,
        "nonconformities": [{"defect": "毛刺", "count": 2}],
        "dispositions": [{"kind": "reworked", "quantity": 2}],
    }
    assert expected.items() <= inspection.items()
    assert "commit_id" not in inspection, "the file is its sender's"


@pytest.mark.parametrize(
    ("path", "query", "count"),
    [
        ("inspections", {"stage": "outgoing"}, 1),
        ("inspections", {"stage": "incoming"}, 0),
        ("inspections", {"from": "2026-06-29", "to": "2026-06-29"}, 1),
        ("inspections", {"from": "2026-06-30"}, 0),
        ("inspections", {"part": ["0201001", "nothing"]}, 1),
        ("inspections", {"supplier": "S01", "customer": "LEAD"}, 1),
        ("inspections", {"supplier": "S02"}, 0),
        ("inspections", {"lot": " j260629-1 "}, 1),
        ("lots", {"lot": "J260629-1"}, 1),
        ("measurements", {}, 5),
        ("measurements", {"part": "0201001", "stage": "outgoing", "supplier": "S01"}, 5),
        ("measurements", {"lot": "another"}, 0),
        ("movements", {"part": "0201001", "kind": "receipt"}, 1),
        ("balances", {"to": "2026-06-28"}, 0),
        ("parts", {"q": "接线"}, 1),
        ("parts", {"number": "0201001"}, 2),
        ("organisations", {"code": "LEAD"}, 1),
        ("characteristics", {"part": "0201001", "number": "d1"}, 1),
    ],
)
def test_a_list_is_narrowed_by_its_filters(api, path, query, count):
    assert len(results(api, path, **query)) == count


@pytest.mark.parametrize("query", [{"from": "soon"}, {"stage": "both"}, {"partnership": "x"}, {"lot": "\0"}])
def test_a_filter_that_makes_no_sense_is_said_so(api, query):
    response = api.get("/api/v1/inspections/", query_params=query)
    assert response.status_code == 400
    assert response.json()["type"] == "validation_error"
    assert response.json()["errors"][0]["attr"] in query


@pytest.mark.parametrize("path", LISTS)
def test_a_cursor_that_no_page_gave_is_not_found(api, path):
    for cursor in ("x", "cD1hYmM=", "cD05OTk5OTk5OTk5OTk5OTk5OTk5OQ==", "é"):
        assert api.get(f"/api/v1/{path}/", query_params={"cursor": cursor}).status_code == 404


def test_pages_of_measured_values_hold_each_once_in_order(api, chain):
    make_rows(chain.second, chain.second_part, number="J2", version=chain.force)
    url, seen = "/api/v1/measurements/?page_size=2", []
    while url:
        page = api.get(url).json()
        assert len(page["results"]) <= 2
        seen += [(value["lot"], value["piece"]) for value in page["results"]]
        url = page["next"]
    assert len(seen) == len(set(seen)) == 10
    assert seen == sorted(seen)


def test_what_was_replaced_is_shown_when_it_is_asked_for(api, chain, rows, house):
    from inventory.models import Delivery

    Delivery.objects.update(withdrawn_at=clock.now())
    assert results(api, "deliveries") == []
    assert len(results(api, "deliveries", withdrawn="true")) == 1


@pytest.mark.parametrize("path", LISTS)
def test_forty_rows_take_the_queries_of_one(api, chain, path, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    results(api, path)  # the key's use is noted once a minute
    with CaptureQueriesContext(connection) as few:
        results(api, path)
    for number in range(40):
        make_rows(chain.ours, chain.shared_part, number=f"K{number}", version=chain.force)
    with django_assert_num_queries(len(few)):
        results(api, path)
    assert len(few) <= 5, "key, partnerships, rows, and two of what hangs on them"


def test_the_api_wants_somebody_and_says_so_in_one_shape(client, chain):
    response = client.get("/api/v1/lots/")
    assert response.status_code == 401
    assert response.json()["errors"][0]["code"] == "not_authenticated"
    wrong = client.get("/api/v1/lots/", headers={"Authorization": "Api-Key abc.def"})
    assert wrong.json()["errors"][0]["code"] == "authentication_failed"
    nothing = client.get("/api/v1/nothing/")
    assert (nothing.status_code, nothing.json()["errors"][0]["code"]) == (404, "not_found")
