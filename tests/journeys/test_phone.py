"""On a phone, down to 320 px: every tool of a page is a whole word on the screen, and help is within reach."""

import pytest

from tests.intake.files import book, hand_in
from tests.journeys.conftest import log_in

WIDTHS = (390, 360, 320)
PAGES = (
    "/overview/",
    "/suppliers/",
    "/suppliers/S01/",
    "/parts/",
    "/inventory/",
    "/tasks/",
    "/lots/",
    "/requests/",
    "/programmes/",
    "/subscriptions/",
)
# Tools of the head that lie outside the screen or are squeezed to a column of single characters.
OUT_OF_PLACE = """() => {
  const tools = document.querySelectorAll(".page-head .btn, .page-head .chip, .page-head input:not([type=hidden])");
  const wrong = Array.from(tools).filter((tool) => {
    const at = tool.getBoundingClientRect();
    return !tool.closest(".menu-body") && at.width && (at.left < 0 || at.right > window.innerWidth || at.height > 60);
  });
  return wrong.map((tool) => tool.textContent.trim());
}"""
SIDEWAYS = """() => [document.documentElement, document.querySelector(".page-head")]
  .some((part) => part.scrollWidth > part.clientWidth)"""


@pytest.mark.parametrize("width", WIDTHS)
def test_tools_of_every_page_stand_whole_on_a_phone(chain, phone, width):
    hand_in(chain.clerk, book(("J0504", 1), part="0201001"), partnership_id=chain.ours.pk)
    log_in(phone, chain.buyer.user.email)
    phone.set_viewport_size({"width": width, "height": 844})
    for path in PAGES:
        phone.goto(path)
        assert phone.evaluate(OUT_OF_PLACE) == [], path
        assert not phone.evaluate(SIDEWAYS), path


def test_help_is_in_the_sheet_of_a_phone(chain, phone):
    log_in(phone, chain.buyer.user.email)
    phone.click("[data-sheet='rail']")
    phone.click("#rail a[href='/help/']")
    phone.wait_for_selector("h1:has-text('帮助')")


def test_the_verdict_of_a_lot_is_on_the_screen_in_english(chain, phone):
    hand_in(chain.clerk, book(("J0504", 1), part="0201001"), partnership_id=chain.ours.pk)
    chain.buyer.user.language = "en"
    chain.buyer.user.save()
    log_in(phone, chain.buyer.user.email)
    phone.goto("/lots/")
    verdict = phone.locator("thead th", has_text="Verdict").bounding_box()
    assert verdict is not None
    assert verdict["x"] + verdict["width"] <= 390


def test_cells_are_mended_one_after_the_other(chain, phone):
    smudged = book(("P-1", "污"), ("P-2", "污损"), ("P-3", "污损了"))
    upload = hand_in(chain.clerk, smudged, partnership_id=chain.ours.pk)
    log_in(phone, chain.clerk.user.email)
    phone.goto(f"/uploads/{upload.pk}/")
    for mended in ("1", "2"):
        place = phone.inner_text("[data-next] .sub")
        phone.fill("#cell-value", mended)
        phone.click("[data-next] button:has-text('改好，下一格')")
        phone.wait_for_function(
            "was => document.querySelector('[data-next] .sub').innerText !== was", arg=place
        )
        assert phone.evaluate("document.activeElement.id") == "cell-value"
        at = phone.evaluate("document.activeElement.getBoundingClientRect().top")
        assert 0 <= at < 844, "the next cell is on the screen"
