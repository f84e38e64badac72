"""Who looks after some suppliers begins with these; one click shows all, and an address says which."""

import re

import pytest

from suppliers.access import looking_as_house
from suppliers.models import Partnership, Person
from tests.insight.test_pages import text_of

HALF = "from=2026-01-01&to=2026-06-30"
PAGES = ["/overview/", "/suppliers/", "/parts/", "/lots/", "/deliveries/"]


@pytest.fixture
def engineer(enter, books):
    """The customer's engineer, who looks after S02 alone."""
    client = enter("LEAD")
    with looking_as_house("say who looks after whom"):
        person = Person.objects.get(organisation=books.organisations["LEAD"])
        Partnership.objects.filter(pk=books.partnerships["LEAD/S02"].pk).update(responsible=person)
    return client


@pytest.mark.parametrize("path", PAGES)
def test_a_page_begins_with_my_suppliers_and_says_so(engineer, path):
    said = text_of(engineer.get(path))
    assert "my 1 supplier / all 2" in said
    assert "S01-1" not in said


@pytest.mark.parametrize("path", PAGES)
def test_one_click_shows_all(engineer, path):
    page = engineer.get(path).content.decode()
    assert f'href="{path}?mine=0"' in page
    said = text_of(engineer.get(f"{path}?mine=0"))
    assert "all 2 / my 1 supplier" in said


def test_links_of_the_page_keep_whose_it_is(engineer):
    page = engineer.get("/lots/").content.decode()
    assert "mine=1&amp;stage=outgoing" in page
    assert "as=xlsx&amp;mine=1" in page


def test_an_address_that_says_anything_says_all(engineer):
    assert "S01-1" in text_of(engineer.get(f"/lots/?{HALF}&stage=outgoing"))
    assert "S01-1" in text_of(engineer.get("/lots/?supplier=S01"))
    assert "S01-1" not in text_of(engineer.get(f"/lots/?{HALF}&mine=1"))


@pytest.mark.parametrize("path", PAGES)
def test_who_looks_after_nobody_sees_all_and_no_choice(enter, path):
    said = text_of(enter("LEAD", role="viewer").get(path))
    assert not re.search(r"my \d+ supplier", said)
    assert "Scope" not in said


def test_my_suppliers_are_nobody_else_s(engineer, enter):
    assert "S02-1" in text_of(enter("S02").get("/lots/?mine=1"))
    assert "S02-1" not in text_of(enter("S01").get("/lots/?mine=1"))
