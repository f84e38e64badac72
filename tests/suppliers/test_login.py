"""Logging in, resetting a password, a second factor: slow for who guesses, open for the owner."""

import re
import time
from datetime import datetime, timedelta
from itertools import count

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from outbox.models import Letter
from suppliers import services

PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def no_tries_counted(db):
    cache.clear()


def log_in(client, email, password=PASSWORD, address="10.0.0.1"):
    form = {"login": email, "password": password}
    return client.post(reverse("account_login"), form, REMOTE_ADDR=address)


def is_in(client) -> bool:
    return client.get(reverse("account")).status_code == 200


def test_a_password_opens_and_logging_out_closes(client, chain):
    assert log_in(client, chain.buyer.user.email.upper()).status_code == 302
    assert is_in(client)
    client.post(reverse("account_logout"))
    assert not is_in(client)


def test_twenty_wrong_tries_slow_down_who_guesses_and_not_the_owner(client, chain):
    email = chain.buyer.user.email
    known = Client()
    log_in(known, email, address="10.0.0.9")
    known.post(reverse("account_logout"))
    for _try in range(20):
        assert log_in(client, email, "wrong guess").status_code == 200
    assert log_in(client, email).status_code == 200, "the guesser has to wait, even with the right word"
    assert not is_in(client)

    assert log_in(Client(), email, address="10.0.0.2").status_code == 302, "the owner elsewhere"
    assert log_in(known, email, address="10.0.0.1").status_code == 302, "the owner's own machine next door"


def test_a_cookie_of_one_s_own_login_does_not_help_to_guess_another(client, chain):
    log_in(client, chain.outsider.user.email)
    client.post(reverse("account_logout"))
    for _try in range(20):
        log_in(client, chain.buyer.user.email, "wrong guess")
    assert log_in(client, chain.buyer.user.email).status_code == 200


def test_a_wrong_address_and_a_wrong_password_are_answered_alike(client, chain):
    answers = {
        re.sub(r'(value|token)="[^"]*"', "", log_in(Client(), email, "wrong guess").text)
        for email in (chain.buyer.user.email, "nobody@lead.example")
    }
    assert len(answers) == 1


def ask_for_reset(client, email, **more):
    return client.post(reverse("account_reset_password"), {"email": email}, **more)


def test_the_link_of_a_reset_comes_from_our_own_address(client, chain, settings):
    settings.ALLOWED_HOSTS = ["*"]
    settings.SITE_URL = "https://tongpin.example"
    ask_for_reset(client, chain.buyer.user.email, HTTP_HOST="evil.example")
    letter = Letter.objects.get()
    assert "https://tongpin.example/account/password/reset/key/" in letter.text
    assert "evil" not in letter.text + letter.subject


def test_a_reset_works_once_and_ends_the_sessions(client, chain):
    browser = Client()
    browser.force_login(chain.buyer.user)
    ask_for_reset(client, chain.buyer.user.email)
    link = re.search(r"http://127\.0\.0\.1:8000(\S+)", Letter.objects.get().text)[1]
    form_at = client.get(link).url
    new = {"password1": "a quite new one", "password2": "a quite new one"}
    client.post(form_at, new)
    assert not is_in(browser)
    assert log_in(client, chain.buyer.user.email, "a quite new one").status_code == 302
    late = Client()
    late.get(link)
    late.post(form_at, {"password1": "stolen later on", "password2": "stolen later on"})
    assert log_in(Client(), chain.buyer.user.email, "a quite new one").status_code == 302


def test_asking_for_a_reset_tells_nobody_who_has_a_login_and_slows_down(client, chain, monkeypatch):
    seconds = (datetime(2026, 6, 30, 12) + timedelta(seconds=n) for n in count())  # noqa: DTZ001
    monkeypatch.setattr(
        PasswordResetTokenGenerator, "_now", lambda _: next(seconds)
    )  # a link of its own each
    known = ask_for_reset(client, chain.buyer.user.email)
    unknown = ask_for_reset(client, "nobody@lead.example")
    assert (known.status_code, known.url) == (unknown.status_code, unknown.url)
    assert [letter.to for letter in Letter.objects.all()] == [chain.buyer.user.email]
    for _try in range(18):
        ask_for_reset(client, chain.buyer.user.email)
    assert ask_for_reset(client, chain.buyer.user.email).status_code == 429
    assert ask_for_reset(client, chain.buyer.user.email, REMOTE_ADDR="10.0.0.7").status_code == 302
    assert Letter.objects.count() == 5, "an address is not flooded"


def test_a_login_without_a_password_gets_one_by_the_link_of_the_command(client, chain):
    chain.buyer.user.set_unusable_password()
    chain.buyer.user.save()
    link = services.set_password_link(chain.buyer.user)
    form_at = client.get(link.removeprefix("http://127.0.0.1:8000")).url
    client.post(form_at, {"password1": "a quite new one", "password2": "a quite new one"})
    assert log_in(client, chain.buyer.user.email, "a quite new one").status_code == 302


def code_of(secret, steps_away=0) -> str:
    """What a phone shows whose clock is so many steps of 30 s away; six digits."""
    return totp.format_hotp_value(totp.hotp_value(secret, int(time.time()) // 30 + steps_away))


# A step may pass between the showing of a code and the look at it: no case may turn on one.
@pytest.mark.parametrize(("steps_away", "opens"), [(-3, False), (0, True), (1, True), (3, False)])
def test_a_phone_half_a_minute_off_still_gets_in(client, chain, steps_away, opens):
    user, secret = chain.buyer.user, totp.generate_totp_secret()
    totp.TOTP.activate(user, secret)
    log_in(client, user.email)
    client.post(reverse("mfa_authenticate"), {"code": code_of(secret, steps_away)})
    assert is_in(client) is opens


def test_a_second_factor_is_asked_for_and_a_recovery_code_stands_in_once(client, chain):
    user = chain.buyer.user
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(user, secret)
    codes = RecoveryCodes.activate(user).get_unused_codes()
    ask = reverse("mfa_authenticate")

    assert log_in(client, user.email).url == ask
    assert not is_in(client)
    client.post(ask, {"code": code_of(secret)})
    assert is_in(client)

    for expected in (True, False):
        other = Client()
        log_in(other, user.email)
        other.post(ask, {"code": codes[0]})
        assert is_in(other) is expected
