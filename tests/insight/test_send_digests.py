"""``send_digests``: what beat and a worker do, in one process, from cron or by hand."""

import json
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command

from insight.models import Digest
from tests.insight.mailing import NOW, stand_in, subscribe

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def composed(monkeypatch):
    monkeypatch.setattr("insight.mails.compose", stand_in)


def run(capsys, now: str) -> dict[str, int]:
    call_command("send_digests", "--now", now, "--json")
    return json.loads(capsys.readouterr().out)


def test_it_sends_what_is_due_once_and_counts(chain, mail_server, capsys):
    subscribe(chain.buyer)
    subscribe(chain.owner)
    type(chain.owner).objects.filter(pk=chain.owner.pk).update(left_at=NOW)
    counts = run(capsys, "2026-07-01T08:00")  # of the house, in Shanghai
    assert counts == {"due": 2, "written": 1, "skipped": 1, "failed": 0, "sent": 1, "waiting": 0}
    assert run(capsys, "2026-07-01T08:05+08:00") == dict.fromkeys(counts, 0)
    assert len(mail_server.letters) == 1


def test_a_server_that_is_away_leaves_the_letter_waiting(chain, mail_server, settings, capsys):
    settings.EMAIL_PORT = 9  # discard: nobody answers
    subscribe(chain.buyer)
    assert run(capsys, (NOW + timedelta(days=1)).isoformat())["waiting"] == 1
    assert Digest.objects.get().state == "written"


def test_what_is_no_moment_is_said(db):
    with pytest.raises(CommandError, match="Write it like"):
        call_command("send_digests", "--now", "tomorrow")
