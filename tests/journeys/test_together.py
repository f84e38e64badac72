"""The whole way: a supplier's file, the buyer's figure, a task, the supplier's answer, the manager's mail."""

import re
from datetime import date, timedelta
from urllib.parse import urlparse

import pytest
from playwright.sync_api import Page

from core import clock
from insight.services import digests
from suppliers.models import Person
from tests.journeys.conftest import log_in
from tests.journeys.sheets import write_book

HALF = "from=2026-01-01&to=2026-06-30"
FIRST = date(2026, 1, 6)
ROWS = [
    (
        FIRST + timedelta(weeks=week),
        "0201002",
        "接线端子板",
        f"J{week:02d}",
        3200,
        125,
        week % 3,
        "合格",
        "周敏",
        "",
    )
    for week in range(25)
]


def as_(page: Page, person: Person) -> Page:
    page.context.clear_cookies()
    log_in(page, person.user.email)
    return page


@pytest.mark.parametrize("width", ["page", "phone"])
def test_from_a_file_to_a_task_to_a_mail(request, width, chain, mail_server, tmp_path):
    page = request.getfixturevalue(width)

    # The supplier's clerk hands in the ledger, and sees at once that all of it was taken.
    as_(page, chain.clerk)
    page.goto("/uploads/")
    page.set_input_files("#files", write_book(tmp_path / "上半年.xlsx", ROWS))
    page.click("#file-list li:has-text('上半年.xlsx') a.btn")
    page.click(".sticky-bar button.btn-primary")
    page.wait_for_selector("h1 + .badge:has-text('已提交')")

    # The buyer's engineer opens a task from the figure: the passport, then the door.
    as_(page, chain.buyer)
    page.goto(f"/suppliers/S01/?{HALF}")
    page.locator("[data-passport]:visible").first.click()
    page.get_by_role("dialog").get_by_role("link", name="发起改善").click()
    page.wait_for_url("**/tasks/new/**")
    assert "示例·甲冲压" in page.inner_text("dl.facts")
    page.click("form[method=post] button.btn-primary:has-text('发起改善')")
    page.wait_for_url(re.compile(r"/tasks/\d+/$"))
    task = page.url

    # The supplier's engineer finds it in the to-do and answers.
    as_(page, chain.engineer)
    page.locator(f"a[href^='{urlparse(task).path}']:visible").first.click()
    page.wait_for_url(re.compile(r"/tasks/\d+/"))
    page.fill("#talk textarea", "换了冲头，下周看数据。")
    page.click("#talk button:has-text('发送')")
    page.wait_for_selector("#talk .said:has-text('换了冲头')")

    # The buyer reads it; the manager has the figures sent.
    as_(page, chain.buyer)
    page.goto(task)
    assert "供应商" in page.inner_text("#talk .said")
    as_(page, chain.owner)
    page.goto("/subscriptions/new/")
    page.click("form[method=post] button.btn-primary:has-text('订阅')")
    page.wait_for_url("**/subscriptions/")
    page.click("button:has-text('现在发一封给我')")
    digests.send_all(now=clock.now())
    mails = [
        letter
        for letter in mail_server.letters
        if letter["To"] == chain.owner.user.email and letter["List-Unsubscribe"]
    ]
    assert len(mails) == 1
    assert re.search(r"\d+(\.\d+)?%", mails[0]["Subject"])
    told = mails[0].get_body(("plain",)).get_content()
    assert "供方报出" in told

    # A button in the mail leads to what it tells, at the same days.
    found = re.search(r"https?://\S+/overview/\S*", told)
    assert found is not None
    page.goto(found[0])
    assert "125 件" in told
    assert "125 件" in page.inner_text(".stages")
