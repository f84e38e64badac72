"""Whoever reads English finds no Chinese but names; the second factor asks in between."""

import re
import time

import pytest
from allauth.mfa.totp.internal import auth as totp
from django.core.cache import cache

from tests.intake.files import book, hand_in
from tests.journeys.conftest import PASSWORD, fill_in_login

CHINESE = re.compile(r"[\u4e00-\u9fff]+")
PAGES = [
    "/",
    "/suppliers/",
    "/parts/",
    "/lots/",
    "/inventory/",
    "/uploads/",
    "/definitions/",
    "/people/",
    "/account/",
]
# Names that have no English, the language's own name, and what the person typed.
NAMES = {"中文", "接线端子板", "月"}


@pytest.mark.parametrize("who", ["buyer", "engineer"])
def test_one_click_turns_every_page_english_and_it_stays_so(chain, come_in, who):
    hand_in(chain.clerk, book(("J0504", 1), part="0201001"), "5月.csv", partnership_id=chain.ours.pk)
    page = come_in(getattr(chain, who))
    assert CHINESE.search(page.inner_text("h1"))
    page.click("header button[lang=en]")
    page.wait_for_selector("html[lang=en]")
    for path in PAGES:
        page.goto(path)
        left = set(CHINESE.findall(page.inner_text("body"))) | set(CHINESE.findall(page.title()))
        assert left <= NAMES, path


def code_of(secret: str) -> str:
    """What the authenticator app shows now."""
    return totp.format_hotp_value(totp.hotp_value(secret, int(time.time()) // 30))


def test_with_a_second_factor_the_password_alone_opens_nothing(chain, come_in):
    page = come_in(chain.buyer)
    page.goto("/account/2fa/totp/activate/")
    page.fill("input[name=password]", PASSWORD)  # asked once more before locks are changed
    page.click("button.btn-primary")
    secret = page.input_value("#secret")
    page.fill("input[name=code]", code_of(secret))
    page.click("main button.btn-primary")
    page.wait_for_url(lambda url: "activate" not in url)

    page.context.clear_cookies()
    fill_in_login(page, chain.buyer.user.email)
    page.wait_for_selector("input[name=code]")
    page.goto("/overview/")
    assert "/account/2fa/authenticate/" in page.url, "half a login is none"

    cache.clear()  # a code works once, and the one that switched it on is still what the app shows
    page.fill("input[name=code]", code_of(secret))
    page.click("button.btn-primary")
    page.wait_for_selector("#page h1")
