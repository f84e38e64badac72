"""By the keyboard alone: everything on a page is reached and seen in focus, a file is sent, mended and saved."""

import pytest

from tests.intake.files import book, hand_in
from tests.journeys.sheets import write_book
from tests.journeys.test_uploader import ROWS, standing

MOST = 250  # presses of a key after which something turns in a circle
OF_A_SUPPLIER = ["/", "/uploads/", "/uploads/lot/", "/lots/", "/parts/", "/tasks/", "/requests/", "/people/"]
OF_A_CUSTOMER = [
    "/overview/",
    "/suppliers/",
    "/inventory/",
    "/subscriptions/new/",
    "/tasks/new/",
    "/programmes/",
]

# Everything that can be acted on and is on the screen; of the points of a chart the last, arrows walk the others.
TO_REACH = """() => [...document.querySelectorAll(
    "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']")]
  .filter(one => !one.disabled && one.tabIndex >= 0 && one.checkVisibility({visibilityProperty: true}))
  .filter(one => !one.closest("dialog:not([open])"))
  .filter(one => one.type !== "radio" || one.checked || !document.querySelector(`[name="${one.name}"]:checked`))
  .map((one, at) => { one.dataset.reach = at; return one.outerHTML.slice(0, 120); })"""
IN_FOCUS = """() => {
  const one = document.activeElement;
  const ringed = (each) => {
    const style = getComputedStyle(each);
    return style.outlineStyle !== "none" || style.boxShadow !== "none" || style.fillOpacity === "0.6";
  };
  const around = [one, one.nextElementSibling, one.closest("label, .drop, .give, .field"), ...one.children];
  // The browser itself marks the day, the month or the year within a date.
  const shown = one.type === "date" || around.some((each) => each && ringed(each));
  return [one.dataset.reach, shown, one.outerHTML.slice(0, 120)];
}"""


def press_until(page, chosen: str, key: str = "Tab"):
    """Press a key until what is chosen has the focus."""
    for _ in range(MOST):
        page.keyboard.press(key)
        if page.evaluate("chosen => document.activeElement.matches(chosen)", chosen):
            return
    raise AssertionError(f"the keyboard does not come to {chosen}")


@pytest.mark.parametrize("paths", [OF_A_SUPPLIER, OF_A_CUSTOMER], ids=["supplier", "customer"])
def test_the_tab_key_comes_to_everything_and_shows_where_it_is(chain, come_in, paths):
    hand_in(chain.clerk, book(("J0504", 1)), partnership_id=chain.ours.pk)
    page = come_in(chain.clerk if paths is OF_A_SUPPLIER else chain.buyer)
    for path in paths:
        page.goto(path)
        wanted = dict(enumerate(page.evaluate(TO_REACH)))
        unseen = []
        for _ in range(len(wanted) + 10):
            page.keyboard.press("Tab")
            at, ringed, what = page.evaluate(IN_FOCUS)
            if at is not None:
                wanted.pop(int(at), None)
                if not ringed:
                    unseen.append(what)
        assert not wanted, f"{path}: not reached: {list(wanted.values())}"
        assert not unseen, f"{path}: in focus, and it does not show: {unseen}"


def test_a_file_is_sent_mended_and_saved_without_a_mouse(chain, come_in, tmp_path):
    wrong = [ROWS[1]]
    page = come_in(chain.clerk)
    page.wait_for_load_state("load")
    page.keyboard.press("u")
    page.wait_for_url("**/uploads/")
    press_until(page, "#files")
    page.set_input_files("#files", write_book(tmp_path / "5月.xlsx", wrong))  # as its own window does
    page.wait_for_selector("#file-list a:has-text('去修改')")
    press_until(page, "#file-list a.btn-primary")
    page.keyboard.press("Enter")
    page.wait_for_selector("#upload-head")
    page.keyboard.press("e")
    press_until(page, ".remedy-in input[name=value]")
    page.keyboard.press("Control+A")
    page.keyboard.type("2026-05-05")
    page.keyboard.press("Enter")
    page.wait_for_selector("[aria-invalid=true]", state="detached")
    press_until(page, ".sticky-bar button.btn-primary")
    page.keyboard.press("Enter")
    page.wait_for_selector("h1 + .badge:has-text('已提交')")
    assert standing() == [("J0505", 0)]
