"""A new supplier's clerk: from the invitation in the mail to the first accepted lot of its own file."""

import re
from datetime import date

from core import clock
from outbox.models import Letter
from quality.models import Inspection
from suppliers import services
from suppliers.access import looking_as, looking_as_house
from suppliers.models import Partnership
from tests.factories import make_part
from tests.journeys.sheets import write_book

MAY = [
    (date(2026, 5, 6), "0601001", "磁轭", "Y260506-1", 3200, 125, 0, "合格", "周敏", ""),
    (date(2026, 5, 12), "0601001", "磁轭", "Y260512-1", 2800, 125, 1, "合格", "周敏", "毛刺1件已返修"),
    (date(2026, 5, 20), "0601001", "磁轭", "Y260520-2", 3200, 125, 0, "合格", "李强", ""),
]


def test_from_the_invitation_to_the_first_accepted_lot_in_at_most_six_actions(chain, page, tmp_path):
    with looking_as(chain.buyer):
        services.invite_supplier(
            email="zhou@cie.example", by=chain.buyer, now=clock.now(), name="示例·磁材厂", code="S77"
        )
    with looking_as_house("give the new supplier a part, as the customer's list does"):
        partnership = Partnership.objects.get(supplier__name="示例·磁材厂")
    make_part("0601001", chain.customer, [partnership], name="磁轭")
    link = re.search(r"http://\S+", Letter.objects.get(to="zhou@cie.example").text)[0]
    book = write_book(tmp_path / "5月出货检验.xlsx", MAY)
    actions = 0

    page.goto(link)
    actions += 1  # opens the link
    assert "示例·总装" in page.inner_text("h1")

    page.fill("input[name=name]", "周敏")
    page.fill("input[name=password1]", "magnets and yokes")
    page.click("text=接受")
    actions += 1  # name and password
    page.wait_for_selector("#page h1")

    page.set_input_files("#files", book)
    actions += 1  # the file as it is, on the first page that opens
    page.wait_for_url("**/uploads/*/")
    assert "0601001" in page.inner_text(".sheet")
    assert page.locator("[aria-invalid=true]").count() == 0

    page.click(".sticky-bar button.btn-primary")
    actions += 1  # saves
    page.wait_for_selector("h1 + .badge:has-text('已提交')")

    page.click("nav.rail a[href='/lots/']")
    page.click("text=Y260506-1")
    actions += 2  # looks at the lot that now counts
    assert "合格" in page.inner_text("#page") or "接收" in page.inner_text("#page")

    assert actions <= 6
    with looking_as_house("see what was stored"):
        first = Inspection.objects.get(lot__number="Y260506-1")
        assert (first.partnership_id, first.inspected, first.nonconforming) == (partnership.pk, 125, 0)
        assert (first.stage, first.verdict, Inspection.objects.count()) == ("outgoing", "accepted", 3)
