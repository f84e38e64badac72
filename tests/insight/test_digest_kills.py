"""kill -9 between any two steps of a mail: the next worker finishes it, and it arrives once."""

import collections
import os
import random
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from insight.models import Digest
from insight.services import digests
from outbox import services as outbox
from outbox.models import Letter, LetterPart, LetterState
from tests.factories import make_person
from tests.insight.kill import AMONG_SMTP, STEPS
from tests.insight.mailing import NOW, stand_in, subscribe

ROOT = Path(__file__).resolve().parents[2]
DUE = NOW + timedelta(days=1)
READERS = 6


def kill_at(step: str, database_url: str, mail_url: str) -> None:
    env = os.environ | {
        "DATABASE_URL": database_url,
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "EMAIL_URL": mail_url,
    }
    told = [sys.executable, "-m", "tests.insight.kill", step, DUE.isoformat()]
    ended = subprocess.run(told, cwd=ROOT, env=env, capture_output=True, timeout=120)
    assert ended.returncode == -signal.SIGKILL, ended.stderr.decode()[-3000:]


def carry_on() -> None:
    """What beat and the next workers do, once the leases of the dead have run out."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        digests.send_all(now=DUE)
        for pk in Letter.objects.filter(state=LetterState.WAITING).values_list("pk", flat=True):
            outbox.send_letter(letter_id=pk, now=DUE)
        digests.learn_fates(now=DUE)
        if not Digest.objects.filter(state__in=["due", "written"]).exists():
            return
        time.sleep(0.1)
    pytest.fail("nobody finished it")


@pytest.mark.parametrize("step", list(STEPS))
def test_a_mail_whose_worker_is_killed_at_any_step_arrives_once(
    chain, durable, database_url, mail_server, monkeypatch, step
):
    monkeypatch.setattr("insight.mails.compose", stand_in)
    one = subscribe(chain.buyer)
    kill_at(step, database_url, mail_server.url)
    carry_on()
    digest, letter = Digest.objects.get(), Letter.objects.get()
    assert (digest.subscription_id, digest.state, digest.letter_id) == (one.pk, "sent", letter.pk)
    came = [mail["Message-ID"] for mail in mail_server.letters]
    # Killed while the server's answer was on its way, it goes again: the same letter, known by its name.
    assert came == [letter.message_id] * (2 if step in AMONG_SMTP else 1)
    assert not LetterPart.objects.exists()
    carry_on()
    assert len(mail_server.letters) == len(came)


@pytest.fixture
def readers(workshop, smtp_sink, durable, chain):
    """Readers whose hour has come, a mail server that takes its time, and workers that compose slowly."""
    smtp_sink.seconds = 0.3
    workshop.env["EMAIL_URL"] = smtp_sink.url
    for number in range(READERS):
        reader = make_person(chain.customer, email=f"{number}@lead.example")
        subscribe(reader, now=timezone.now() - timedelta(hours=25))
    return smtp_sink


def settled() -> bool:
    return Digest.objects.exists() and not Digest.objects.filter(state__in=["due", "written"]).exists()


def each_came_once_but_for_what_was_in_hand(mail_server) -> None:
    came = collections.Counter(mail["Message-ID"] for mail in mail_server.letters)
    assert set(came) == set(Letter.objects.values_list("message_id", flat=True))
    in_hand = Letter.objects.filter(attempts__gt=1).count()
    assert sum(came.values()) <= len(came) + in_hand
    states = collections.Counter(Digest.objects.values_list("state", flat=True))
    assert states["sent"] == len(came)
    assert set(states) <= {"sent", "skipped"}  # skipped: a period that another hour had told


def test_beat_and_workers_send_each_mail_though_workers_are_killed(workshop, readers):
    workshop.open("tests.insight.worker")
    workshop.waits_for(lambda: Digest.objects.exclude(lease_until=None).exists())
    workshop.kill("worker")
    workshop.waits_for(lambda: len(readers.letters) >= 2)
    workshop.kill("worker")
    workshop.waits_for(settled)
    each_came_once_but_for_what_was_in_hand(readers)
    assert Digest.objects.filter(state="sent").count() == READERS


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(5))
def test_workers_that_are_killed_at_random_lose_no_mail(workshop, readers, seed):
    rng = random.Random(seed)
    workshop.open("tests.insight.worker")
    for _ in range(6):
        wait_until = time.monotonic() + rng.uniform(0.5, 6)
        workshop.waits_for(lambda until=wait_until: time.monotonic() > until)
        workshop.kill(rng.choice(["worker", "worker", "beat"]))
    workshop.waits_for(settled, seconds=180)
    each_came_once_but_for_what_was_in_hand(readers)
