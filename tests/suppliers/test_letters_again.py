"""An owner has a letter sent again that may not have arrived: the same one, and once."""

import importlib
from datetime import UTC, datetime, timedelta

import pytest
from django.apps import apps
from django.test import Client

from outbox import services
from outbox.models import Letter, LetterState

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 6, 30, tzinfo=UTC)


def failed(person, state: str, **more) -> Letter:
    """A letter to somebody, with a picture, that was tried three times."""
    pk = services.write_letter(
        subject_key=f"digest:{state}", to=person.user.email, language="en", subject="S", text="T", now=NOW,
        html='<img src="cid:one">', parts=[services.Part("one.png", "image/png", b"PNG", "one")],
        organisation_id=person.organisation_id, **more,
    )  # fmt: skip
    Letter.objects.filter(pk=pk).update(state=state, attempts=3, give_up_at=NOW)
    return Letter.objects.get(pk=pk)


def again(client: Client, letter: Letter, attempts: int = 3) -> tuple[int, str]:
    answer = client.post(f"/account/letters/{letter.pk}/again/", {"attempts": attempts}, follow=True)
    return answer.status_code, Letter.objects.get(pk=letter.pk).state


@pytest.fixture
def owner(chain) -> Client:
    client = Client()
    client.force_login(chain.owner.user)
    return client


@pytest.mark.parametrize("state", ["unsure", "given_up", "bounced"])
def test_a_letter_that_may_not_have_arrived_is_sent_again_as_it_was(chain, owner, state):
    letter = failed(chain.buyer, state)
    page = owner.get("/account/letters/").content.decode()
    assert f"/account/letters/{letter.pk}/again/" in page
    # 可能已经送达 is said of the one fate in which it may come twice.
    assert ("may arrive twice" in page or "收到两封" in page) == (state == "unsure")
    assert again(owner, letter) == (200, LetterState.WAITING)
    sent = Letter.objects.get(pk=letter.pk)
    assert sent.message_id == letter.message_id and sent.parts.count() == 1
    assert sent.give_up_at > letter.give_up_at


def test_parts_are_kept_for_thirty_days_and_then_nobody_is_offered_to_send_a_rump(chain, owner):
    letter, sent, waiting = (failed(chain.buyer, state) for state in ("bounced", "unsure", "waiting"))
    Letter.objects.filter(pk=sent.pk).update(give_up_at=NOW + timedelta(days=1))
    assert services.forget_old_parts(now=NOW + timedelta(days=30)) == 0
    assert services.forget_old_parts(now=NOW + timedelta(days=30, hours=1)) == 1
    assert services.forget_old_parts(now=NOW + timedelta(days=30, hours=1)) == 0
    assert [one.parts.count() for one in (letter, sent, waiting)] == [0, 1, 1]
    page = owner.get("/account/letters/").content.decode()
    assert f"/{letter.pk}/again/" not in page and f"/{sent.pk}/again/" in page
    assert again(owner, letter) == (200, LetterState.BOUNCED)


def test_a_letter_whose_workbook_is_gone_does_not_go_out_without_it(chain, owner):
    pk = services.write_letter(
        subject_key="digest:workbook", to=chain.buyer.user.email, language="en", subject="S", text="T", now=NOW,
        parts=[services.Part("figures.xlsx", "application/x-excel", b"PK")],
        organisation_id=chain.buyer.organisation_id,
    )  # fmt: skip
    Letter.objects.filter(pk=pk).update(state="given_up", attempts=3)
    letter = Letter.objects.get(pk=pk)
    letter.parts.all().delete()
    assert f"/{pk}/again/" not in owner.get("/account/letters/").content.decode()
    assert again(owner, letter) == (200, LetterState.GIVEN_UP)


def test_of_a_letter_older_than_the_count_of_parts_it_is_known_only_where_some_are_left(chain, owner):
    whole, bare = failed(chain.buyer, "bounced"), failed(chain.buyer, "given_up")
    bare.parts.all().delete()
    Letter.objects.update(parts_written=None)
    importlib.import_module("outbox.migrations.0004_parts_written_and_tries_again").count_parts(apps, None)
    assert again(owner, bare) == (200, LetterState.GIVEN_UP)
    assert again(owner, whole) == (200, LetterState.WAITING)


def test_asked_twice_it_goes_out_once(chain, owner):
    letter = failed(chain.buyer, "unsure")
    assert again(owner, letter) == (200, LetterState.WAITING)
    Letter.objects.filter(pk=letter.pk).update(
        state="unsure", attempts=4
    )  # it was tried, and is unsure again
    assert again(owner, letter) == (200, LetterState.UNCONFIRMED)  # the second click of the first page
    assert again(owner, letter, attempts=4) == (200, LetterState.WAITING)


def test_what_was_sent_or_held_a_secret_is_not_sent_again(chain, owner):
    for letter in (failed(chain.buyer, "sent"), failed(chain.buyer, "given_up", secret=True)):
        state = letter.state
        assert f"/{letter.pk}/again/" not in owner.get("/account/letters/").content.decode()
        assert again(owner, letter) == (200, state)


def test_somebody_who_left_gets_nothing_any_more(chain, owner):
    letter = failed(chain.buyer, "unsure")
    chain.buyer.left_at = NOW
    chain.buyer.save()
    assert f"/{letter.pk}/again/" not in owner.get("/account/letters/").content.decode()
    assert again(owner, letter) == (200, LetterState.UNCONFIRMED)


def test_only_an_owner_of_the_same_organisation_may(chain, owner):
    theirs = failed(chain.second_buyer, "unsure")
    assert again(owner, theirs) == (404, LetterState.UNCONFIRMED)
    letter = failed(chain.owner, "bounced")
    client = Client()
    client.force_login(chain.buyer.user)
    assert again(client, letter) == (403, LetterState.BOUNCED)
