"""What every journey begins with: the sample's day, links that lead to the live server, a way in."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from core import clock
from intake.services import work
from suppliers.models import Person

PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def june(settings, live_server) -> None:
    settings.CLOCK_DATE = "2026-06-30"
    settings.SITE_URL = live_server.url


@pytest.fixture(autouse=True)
def no_worker_stands_by(monkeypatch) -> None:
    """Do at once what a busy machine does not do within the three seconds that a page waits."""

    def do_it(_task: str, *, upload_id: int, **_queue: str) -> None:
        work.work_on(upload_id=upload_id, now=clock.now())

    monkeypatch.setattr(work, "wake", do_it)


@pytest.fixture
def come_in(page: Page) -> Callable[[Person], Page]:
    """Log in by the form, as somebody does, and return the page behind it."""

    def as_somebody(person: Person) -> Page:
        log_in(page, person.user.email)
        return page

    return as_somebody


def log_in(page: Page, email: str) -> None:
    fill_in_login(page, email)
    page.wait_for_selector("#page h1")


def fill_in_login(page: Page, email: str) -> None:
    page.goto("/account/login/")
    page.fill("input[name=login]", email)
    page.fill("input[name=password]", PASSWORD)
    page.click("button.btn-primary")
