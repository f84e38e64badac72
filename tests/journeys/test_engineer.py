"""A buyer's engineer: from a number to its lots, the passport by keyboard, filters that stay."""

import re
from datetime import date, timedelta
from urllib.parse import parse_qs, urlparse

import pytest

from tests.intake.files import INSPECTIONS, hand_in, sheet

HALF = "from=2026-01-01&to=2026-06-30"
FIRST = date(2026, 1, 6)


@pytest.fixture
def half_a_year(chain) -> int:
    """Twenty-four lots of the supplier, a week apart; how many."""
    rows = [
        f"{FIRST + timedelta(weeks=week)},0201001,J{week:02d},3200,125,{week % 3},合格," for week in range(24)
    ]
    hand_in(chain.clerk, sheet(INSPECTIONS, *rows), "上半年.csv", partnership_id=chain.ours.pk)
    return len(rows)


def test_a_number_of_the_overview_leads_to_its_lots_and_on_to_one_lot(chain, come_in, half_a_year):
    page = come_in(chain.buyer)
    page.goto(f"/overview/?{HALF}")
    page.locator(".stages .kpi-value a").first.click()
    page.wait_for_url("**/lots/**")
    asked = parse_qs(urlparse(page.url).query)
    assert (asked["from"], asked["to"]) == (["2026-01-01"], ["2026-06-30"])
    assert f"{half_a_year} 批" in page.inner_text(".lead")
    assert page.locator("#rows tr[data-row]").count() == half_a_year

    page.get_by_role("link", name="J07").click()
    page.wait_for_url(re.compile(r"/lots/\d+/$"))
    assert "J07" in page.inner_text("h1")
    assert "125" in page.inner_text("dl.facts")


def test_the_passport_opens_with_i_closes_with_escape_and_gives_the_focus_back(chain, come_in, half_a_year):
    page = come_in(chain.buyer)
    page.goto(f"/overview/?{HALF}")
    door = page.locator("[data-passport]").first
    door.focus()
    page.keyboard.press("i")
    pop = page.get_by_role("dialog")
    pop.wait_for()
    assert "合格率" in pop.inner_text()
    assert door.get_attribute("aria-expanded") == "true"
    page.keyboard.press("Escape")
    pop.wait_for(state="hidden")
    assert door.evaluate("link => link === document.activeElement")


def test_filters_stay_in_the_address_from_page_to_page(chain, come_in, half_a_year):
    page = come_in(chain.buyer)
    page.goto(f"/lots/?{HALF}")
    page.click("summary:has-text('检验环节'), summary:has-text('环节'), summary:has-text('阶段')")
    page.locator("details[open] a", has_text="出货").click()
    page.wait_for_url("**stage=outgoing**")
    assert "from=2026-01-01" in page.url
    page.reload()
    assert page.locator("#rows tr[data-row]").count() == half_a_year
    page.goto(page.url.replace("from=2026-01-01", "from=2026-06-01"))
    assert page.locator("#rows tr[data-row]").count() < half_a_year
    page.go_back()
    assert page.locator("#rows tr[data-row]").count() == half_a_year
