"""The keyboard map: every page by `g` and a letter, rows by `j` and `k`, never in fields, and off when one wants."""

import re

import pytest

from tests.intake.files import INSPECTIONS, hand_in, sheet

ROWS = ["2026-06-24,0201001,J0624,3200,125,0,合格,", "2026-06-25,0201001,J0625,3200,125,1,合格,"]


@pytest.fixture
def lots(chain, come_in):
    hand_in(chain.clerk, sheet(INSPECTIONS, *ROWS), "6月.csv", partnership_id=chain.ours.pk)
    page = come_in(chain.buyer)
    page.goto("/lots/?stage=outgoing")
    return page


def press(page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def focused(page, what: str):
    return page.evaluate(f"() => document.activeElement.{what}")


@pytest.mark.parametrize(
    ("letter", "path"),
    [("o", "/overview/"), ("s", "/suppliers/"), ("p", "/parts/"), ("l", "/lots/"), ("i", "/inventory/")],
)
def test_g_and_a_letter_go_to_a_page(lots, letter, path):
    press(lots, "g", letter)
    lots.wait_for_url(re.compile(re.escape(path)))


def test_u_goes_to_uploads_and_caps_lock_does_not_matter(lots):
    press(lots, "U")
    lots.wait_for_url("**/uploads/")


def test_a_letter_without_a_page_goes_nowhere(lots):
    press(lots, "g", "z")
    assert lots.url.endswith("/lots/?stage=outgoing")


def test_slash_searches_and_no_key_acts_in_the_field(lots):
    press(lots, "/")
    assert focused(lots, "id") == "search"
    lots.keyboard.type("gou?")
    assert lots.input_value("#search") == "gou?"
    assert lots.url.endswith("/lots/?stage=outgoing")
    assert not lots.locator("#keys").is_visible()


def test_j_and_k_walk_the_rows_and_enter_opens_one(lots):
    press(lots, "j", "j")
    assert "J0624" in focused(lots, "textContent")
    press(lots, "k")
    assert "J0625" in focused(lots, "textContent")
    press(lots, "Enter")
    lots.wait_for_url(re.compile(r"/lots/\d+/$"))


def test_the_list_of_keys_names_the_pages_that_are_there_and_covers_the_rest(lots):
    lots.focus("#find")
    lots.evaluate("() => document.activeElement.blur()")
    press(lots, "?")
    listed = lots.locator("#keys")
    listed.wait_for()
    told = listed.inner_text()
    letters = lots.eval_on_selector_all("[data-key]", "nodes => nodes.map(node => node.dataset.key)")
    keys = lots.eval_on_selector_all("#keys kbd", "nodes => nodes.map(node => node.textContent)")
    assert set(letters) <= set(keys)
    assert "批次" in told and "搜索" in told
    press(lots, "g", "o", "?")  # below the list nothing hears keys
    assert lots.url.endswith("/lots/?stage=outgoing")
    press(lots, "Escape")
    listed.wait_for(state="hidden")


def test_single_keys_are_switched_off_in_the_list_itself(lots):
    press(lots, "?")
    lots.click("#keys button[value=off]")
    lots.wait_for_selector("body[data-keys=off]")
    press(lots, "g", "o", "u", "?")
    assert lots.url.endswith("/lots/?stage=outgoing")
    assert not lots.locator("#keys").is_visible()
    lots.click(".keys-hint")
    lots.click("#keys button[value=on]")
    lots.wait_for_selector("body[data-keys=on]")


def test_e_goes_to_the_cell_to_mend(chain, come_in):
    rows = ["2026-05-44,0201001,J0504,3200,125,1,合格,", "2026-05-05,0201001,J0505,3200,125,0,合格,"]
    upload = hand_in(
        chain.clerk, sheet(INSPECTIONS, *rows), "5月.csv", partnership_id=chain.ours.pk, dry_run=True
    )
    page = come_in(chain.clerk)
    page.goto(f"/uploads/{upload.pk}/")
    page.evaluate("() => document.activeElement.blur()")
    press(page, "e")
    assert focused(page, "name") == "value"
