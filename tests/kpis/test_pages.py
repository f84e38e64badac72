"""Passports and definitions as pages."""

import pytest

from suppliers.models import Person, User
from tests.kpis.books import NOW

HALF = {"from": "2026-01-01", "to": "2026-06-30"}


@pytest.fixture
def buyer(year, client):
    user = User.objects.create_user("buyer@lead.example", "x" * 12, language="en")
    Person.objects.create(user=user, organisation=year.organisation("LEAD"), role="viewer", joined_at=NOW)
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def test_the_popover_asks_for_the_fragment_and_a_link_for_the_page(buyer):
    whole = buyer.get("/passport/pass_rate/", HALF)
    part = buyer.get("/passport/pass_rate/", HALF, headers={"HX-Request": "true"})
    assert "<html" in whole.content.decode()
    assert "<html" not in part.content.decode()
    assert "HX-Request" in part.headers["Vary"]


def test_a_passport_shows_the_sum_behind_the_number_and_leads_to_its_lots(buyer, year):
    page = buyer.get("/passport/pass_rate/", HALF | {"stage": "outgoing"}).content.decode()
    assert "conforming ÷" in page
    lots = sum(row["stage"] == "outgoing" and row["where"].startswith("LEAD") and row["day"].year == 2026
               for row in year.inspections)  # fmt: skip
    assert f"See {lots} lots" in page
    assert "definition v1" in page


def test_what_is_copied_names_number_interval_period_definition_and_link(buyer, settings):
    page = buyer.get("/passport/pass_rate/", HALF).content.decode()
    line = page.split('data-copy="', 1)[1].split('"', 1)[0]
    for part in ("95% interval", "n = ", "1 Jan – 30 Jun 2026", "definition pass_rate v1", settings.SITE_URL):
        assert part in line


@pytest.mark.parametrize("filters", ["scope=chain", "scope=own", "unit=quantity", "average=ends&scope=chain"])
def test_a_filter_of_the_page_that_a_figure_does_not_have_is_left_aside(buyer, filters):
    answer = buyer.get(f"/passport/chain_turnover/?from=2026-01-01&to=2026-06-30&{filters}")
    assert answer.status_code == 200
    assert "Chain turnover" in answer.content.decode()
    assert buyer.get(f"/passport/pass_rate/?from=2026-01-01&to=2026-06-30&{filters}").status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/passport/nothing/",
        "/passport/turnover/?scope=everywhere",
        "/passport/pass_rate/?stage=nowhere",
        "/definitions/nothing/1/",
        "/definitions/pass_rate/99/",
    ],
)
def test_a_figure_that_nobody_defined_is_not_there(buyer, path):
    assert buyer.get(path).status_code == 404


def test_every_figure_has_a_definition_page(buyer):
    for name in ("pass_rate", "turnover", "on_time_delivery"):
        assert name in buyer.get(f"/definitions/{name}/1/").content.decode()
    assert "Chain turnover" in buyer.get("/definitions/").content.decode()
