"""The data requests of the plan, as the sample makes them."""

import csv
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from sample.services.cast import make_cast
from sample.services.requests import PLAN, make_requests
from suppliers.access import looking_as_house
from suppliers.models import DataAnswer, DataRequest, Partnership
from suppliers.queries.asking import requests_asked

NOW = datetime(2026, 6, 30, 12, tzinfo=ZoneInfo("Asia/Shanghai"))

pytestmark = pytest.mark.django_db


@pytest.fixture
def made() -> int:
    make_cast(now=NOW)
    return make_requests(now=NOW)


def planned() -> list[dict[str, str]]:
    with (PLAN / "data_requests.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_request_between_partners_on_tongpin_is_made_and_no_other(made):
    with looking_as_house("look at what was made"):
        here = {(one.customer_code, one.supplier_code) for one in requests_asked()}
        pairs = set(Partnership.objects.values_list("customer__code", "supplier__code"))
        wanted = [row for row in planned() if (row["customer"], row["supplier"] or row["customer"]) in pairs]
        assert DataRequest.objects.count() == len(wanted)
    assert here == {(row["customer"], row["supplier"] or row["customer"]) for row in wanted}


def test_what_the_lead_sends_itself_stands_on_its_own_books(made):
    with looking_as_house("look at what was made"):
        own = [one for one in requests_asked() if one.of_own_books]
    assert {one.sender for one in own} == {"customer"}
    assert {one.kind for one in own} == {"incoming", "deliveries", "stock", "movements", "returns"}


def test_an_empty_file_of_the_plan_is_an_answer_of_that_day(made):
    with looking_as_house("look at what was answered"):
        answers = DataAnswer.objects.values_list(
            "partnership__supplier__code", "request__kind", "period_first"
        )
        assert set(answers) == {
            ("S04", "movements", date(2026, 2, 1)),
            ("S07", "measurements", date(2026, 2, 1)),
        }


def test_again_changes_nothing(made):
    assert made > 0
    assert make_requests(now=NOW) == 0
