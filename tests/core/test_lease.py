"""Work goes on when its worker dies, on either broker, and nothing is done twice."""

import random
import threading
import time
from datetime import timedelta

import pytest
import redis
from django.db import connection, transaction
from django.utils import timezone

from core import lease, wake
from outbox.models import Letter, LetterState

SLOW_LETTERS = "tests.fixtures.work"


def make_letters(count: int) -> list[int]:
    now = timezone.now()
    letters = [
        Letter(
            subject_key=f"test:{number}",
            message_id=f"<{number}@test>",
            to="someone@example.org",
            language="en",
            subject="A letter",
            text="Text",
            created_at=now,
            due_at=now,
            give_up_at=now + timedelta(days=1),
        )
        for number in range(count)
    ]
    return [letter.pk for letter in Letter.objects.bulk_create(letters)]


def all_sent() -> bool:
    return not Letter.objects.exclude(state=LetterState.SENT).exists()


def waiting():
    return Letter.objects.filter(state=LetterState.WAITING)


def test_a_row_is_claimed_by_one_of_many_at_once(transactional_db):
    (pk,) = make_letters(1)
    claims = []

    def try_to_claim() -> None:
        claims.append(lease.claim(waiting(), pk))
        connection.close()

    rivals = [threading.Thread(target=try_to_claim) for _ in range(8)]
    for rival in rivals:
        rival.start()
    for rival in rivals:
        rival.join()
    assert sum(claim is not None for claim in claims) == 1


def test_a_lease_outlives_its_length_while_its_holder_lives(transactional_db, settings):
    settings.LEASE_SECONDS = 1
    (pk,) = make_letters(1)
    held = lease.claim(waiting(), pk)
    with lease.kept(held), transaction.atomic():
        time.sleep(1.6)
        assert lease.claim(waiting(), pk) is None
        held.settle(state=LetterState.SENT)
    assert all_sent()


def test_who_lost_the_lease_cannot_keep_what_it_did(transactional_db, settings):
    settings.LEASE_SECONDS = 0
    (pk,) = make_letters(1)
    slow = lease.claim(waiting(), pk)
    time.sleep(0.01)
    quick = lease.claim(waiting(), pk)
    assert quick.attempt == slow.attempt + 1
    assert not slow.renew()
    with pytest.raises(lease.LeaseLost):
        slow.settle(state=LetterState.SENT)
    quick.settle(state=LetterState.SENT)
    assert all_sent()


def test_progress_is_seen_before_the_work_commits(transactional_db):
    (pk,) = make_letters(1)
    held = lease.claim(waiting(), pk)
    seen = []

    def look() -> None:
        seen.append(Letter.objects.get(pk=pk).last_answer)
        connection.close()

    with lease.kept(held), transaction.atomic():
        held.note(last_answer="1 of 2")
        time.sleep(1)
        reader = threading.Thread(target=look)
        reader.start()
        reader.join()
    assert seen == ["1 of 2"]


def test_a_ring_waits_for_the_commit_and_an_absent_broker_is_no_error(transactional_db, monkeypatch):
    rung = []

    def away(task, **options):
        rung.append(task)
        raise OSError("the broker is away")

    monkeypatch.setattr(wake.current_app, "send_task", away)
    with transaction.atomic():
        wake.wake("tests.deliver", letter_id=1)
        assert rung == []
    assert rung == ["tests.deliver"]


def test_work_goes_on_after_the_workers_group_is_killed(workshop, durable):
    make_letters(6)
    workshop.open(SLOW_LETTERS)
    workshop.waits_for(lambda: Letter.objects.filter(attempts__gt=0).count() >= 2)
    workshop.kill("worker")
    workshop.waits_for(all_sent)
    assert Letter.objects.filter(attempts=2).exists()  # what was in hand was taken up again


def test_work_goes_on_after_beat_is_killed(workshop, durable):
    workshop.open(SLOW_LETTERS)
    workshop.kill("beat")
    make_letters(2)  # nobody rings for them but the sweep
    workshop.waits_for(all_sent)


def test_work_goes_on_after_redis_forgets_everything(redis_url, workshop_on_redis, durable):
    workshop_on_redis.open(SLOW_LETTERS)
    make_letters(4)
    workshop_on_redis.waits_for(lambda: Letter.objects.filter(attempts__gt=0).count() >= 2)
    with redis.Redis.from_url(redis_url) as client:
        client.flushall()
    workshop_on_redis.waits_for(all_sent)
    assert not Letter.objects.filter(attempts__gt=1).exists()  # what was in hand was finished


@pytest.mark.soak
def test_random_kills_lose_nothing(workshop, durable):
    dice = random.Random(20260630)
    make_letters(40)
    workshop.open(SLOW_LETTERS)
    for _ in range(12):
        name = dice.choice(["worker", "worker", "beat"])
        workshop.waits_for(lambda name=name: workshop.is_up(name))
        time.sleep(dice.uniform(0.2, 6))
        workshop.kill(name)
    workshop.waits_for(all_sent, seconds=180)
