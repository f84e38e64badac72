"""Somebody who may look: sees the rows, and finds no way to hand anything in."""

from tests.intake.files import book, hand_in


def test_a_viewer_looks_at_lots_and_cannot_upload(chain, come_in):
    hand_in(chain.clerk, book(("J0504", 1), part="0201001"), partnership_id=chain.ours.pk)
    page = come_in(chain.viewer)
    assert page.locator("#drop").count() == 0
    page.click("nav.rail a[href='/lots/']")
    page.get_by_role("link", name="J0504").click()
    page.wait_for_selector("h1:has-text('J0504')")

    assert page.locator("a[href^='/uploads/']").count() == 0, "no way leads there"
    for path in ("/uploads/", "/uploads/lot/"):
        answered = page.goto(path)
        assert answered is not None
        assert answered.status == 403
        assert page.inner_text("h1")
