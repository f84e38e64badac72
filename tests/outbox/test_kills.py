"""Letters go out though workers are killed while the mail server answers."""

import collections

import pytest
from django.utils import timezone

from outbox import services
from outbox.models import Letter, LetterState

LETTERS = 6


@pytest.fixture
def slow_mail_server(workshop, smtp_sink):
    """A mail server that takes its time, so that a kill meets a worker that waits for it."""
    smtp_sink.seconds = 1.0
    workshop.env["EMAIL_URL"] = smtp_sink.url
    return smtp_sink


def test_every_letter_arrives_though_its_worker_is_killed(workshop, slow_mail_server, durable):
    workshop.open()
    for number in range(LETTERS):
        services.write_letter(
            subject_key=f"test:{number}",
            to=f"reader{number}@example.org",
            language="en",
            subject="A letter",
            text="Text",
            now=timezone.now(),
        )
    workshop.waits_for(lambda: len(slow_mail_server.letters) >= 2)
    workshop.kill("worker")
    workshop.waits_for(lambda: not Letter.objects.exclude(state=LetterState.SENT).exists())
    came = collections.Counter(letter["Message-ID"] for letter in slow_mail_server.letters)
    assert set(came) == set(Letter.objects.values_list("message_id", flat=True))
    # Killed between the server's "250 OK" and our commit, a letter goes again, with the same Message-ID.
    in_hand = Letter.objects.filter(attempts__gt=1).count()
    assert sum(came.values()) <= LETTERS + in_hand
    assert in_hand <= 2  # as many as the worker has processes
