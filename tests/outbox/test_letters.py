"""A letter is a promise: written once, sent once, tried again where that may help, given up in the end."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction

from core import lease
from outbox import services
from outbox.models import Letter, LetterState

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2026, 6, 30, 4, 0, tzinfo=UTC)


def write(subject_key="invitation:1", to="somebody@example.org", **more) -> Letter:
    letter_id = services.write_letter(
        subject_key=subject_key,
        to=to,
        language="zh-hans",
        subject="来自示例·总装的\n邀请",
        text="请点开 https://example.org/i/abc",
        now=NOW,
        **more,
    )
    return Letter.objects.get(pk=letter_id)


def send(letter: Letter, at=NOW) -> Letter:
    services.send_letter(letter_id=letter.pk, now=at)
    letter.refresh_from_db()
    return letter


def test_a_letter_about_one_thing_is_written_once(mail_server):
    assert write().pk == write().pk
    assert write("invitation:2").pk != write().pk


def test_a_letter_arrives_once_with_the_message_id_it_was_written_with(mail_server):
    letter = write(html="<p>请点开</p>")
    assert send(letter).state == LetterState.SENT
    assert not services.send_letter(letter_id=letter.pk, now=NOW + timedelta(days=1))
    (arrived,) = mail_server.letters
    assert arrived["Message-ID"] == letter.message_id
    assert arrived["Subject"] == "来自示例·总装的 邀请"
    assert arrived["To"] == "somebody@example.org"
    assert arrived.get_body(("plain",)).get_content().strip() == "请点开 https://example.org/i/abc"


def test_an_address_that_does_not_exist_is_not_tried_again(mail_server):
    mail_server.answers["gone@example.org"] = "550 5.1.1 No such user"
    letter = send(write(to="gone@example.org"))
    assert letter.state == LetterState.BOUNCED
    assert letter.last_answer == "550 5.1.1 No such user"
    assert services.ring_for_waiting_letters(now=NOW + timedelta(days=2)) == 0


def test_a_server_that_says_later_is_asked_later_and_at_growing_pauses(mail_server):
    mail_server.answers["busy@example.org"] = "451 4.3.0 Come back later"
    letter, at, pauses = write(to="busy@example.org"), NOW, []
    while letter.state == LetterState.WAITING:
        send(letter, at)
        pauses.append(letter.due_at - at)
        at = letter.due_at
        assert not services.send_letter(letter_id=letter.pk, now=at - timedelta(seconds=1))
    minutes = [pause / timedelta(minutes=1) for pause in pauses]
    assert minutes[:9] == [1, 2, 4, 8, 16, 32, 64, 128, 240]
    assert letter.state == LetterState.GIVEN_UP
    assert letter.last_answer == "451 4.3.0 Come back later"
    assert at - NOW == timedelta(hours=24)


def test_a_letter_that_a_person_sets_going_again_begins_with_short_pauses(mail_server):
    mail_server.answers["busy@example.org"] = "451 4.3.0 Come back later"
    letter = write(to="busy@example.org", organisation_id=1)
    Letter.objects.filter(pk=letter.pk).update(state=LetterState.GIVEN_UP, attempts=15)
    later = NOW + timedelta(days=2)
    assert services.send_again(letter_id=letter.pk, organisation_id=1, attempts=15, now=later)
    letter = send(letter, later)
    assert (letter.attempts, letter.due_at - later) == (16, timedelta(minutes=1))
    assert send(letter, letter.due_at).due_at == later + timedelta(minutes=3)


def test_a_letter_waits_for_a_server_that_is_away(mail_server, settings):
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 9  # discard: nobody answers
    letter = send(write())
    assert letter.state == LetterState.WAITING
    assert "refused" in letter.last_answer.lower()
    settings.EMAIL_PORT = port
    assert send(letter, NOW + timedelta(minutes=1)).state == LetterState.SENT


def test_an_address_that_no_mail_can_carry_is_refused_and_holds_up_nothing(mail_server):
    letter = send(write(to="no address\n@example.org"))
    assert letter.state == LetterState.REFUSED


def test_a_secret_is_forgotten_once_it_was_sent(mail_server):
    kept, forgotten = send(write("digest:1")), send(write("reset:1", secret=True))
    assert "https://" in kept.text
    assert forgotten.text == ""
    assert "https://" in mail_server.letters[1].get_content()


def test_many_workers_that_are_woken_at_once_send_one_letter(mail_server):
    letter = write()

    def work() -> None:
        services.send_letter(letter_id=letter.pk, now=NOW)
        connection.close()

    workers = [threading.Thread(target=work) for _ in range(6)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(mail_server.letters) == 1


def test_a_letter_of_a_worker_that_died_is_rung_for_and_sent(mail_server, settings):
    settings.LEASE_SECONDS = 0
    letter = write()
    lease.claim(Letter.objects.all(), letter.pk)  # and then its worker dies
    assert services.ring_for_waiting_letters(now=NOW) == 1
    settings.LEASE_SECONDS = 30
    assert send(letter).state == LetterState.SENT
    assert len(mail_server.letters) == 1


def test_a_letter_of_a_transaction_that_failed_was_never_written(mail_server):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        write()
        raise ZeroDivisionError
    assert not Letter.objects.exists()
