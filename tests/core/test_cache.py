"""Redis may go at any time: pages answer, and who guesses passwords is slowed down all the same."""

import pytest
import redis
from django.core.cache import cache
from django.test import Client, override_settings
from django.urls import reverse

from core.cache import RedisElseDatabase

PASSWORD = "correct horse battery"


@pytest.fixture
def on_redis(redis_url, monkeypatch, db):
    """The cache of the site on a Redis of the test's own."""
    monkeypatch.setattr(RedisElseDatabase, "_away_until", 0.0)
    told = {
        "BACKEND": "core.cache.RedisElseDatabase",
        "LOCATION": redis_url,
        "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 1},
    }
    with override_settings(CACHES={"default": told}):
        cache.clear()
        yield redis.Redis.from_url(redis_url)
        cache.clear()


def stop(server: redis.Redis) -> None:
    server.shutdown(nosave=True)
    with pytest.raises(redis.ConnectionError):
        server.ping()


def log_in(client, email, password=PASSWORD, address="10.0.0.1"):
    return client.post(reverse("account_login"), {"login": email, "password": password}, REMOTE_ADDR=address)


def test_without_redis_values_are_kept_in_the_database(on_redis):
    cache.set("a", 1)
    assert on_redis.keys()
    stop(on_redis)
    assert cache.get("a") is None
    assert cache.add("a", 2)
    assert not cache.add("a", 3)
    assert cache.get("a") == 2
    assert cache.incr("a") == 3
    assert "a" in cache
    assert cache.delete("a")
    assert cache.get("a", "nothing") == "nothing"


def test_without_redis_pages_answer_and_the_owner_gets_in(on_redis, chain):
    stop(on_redis)
    client = Client()
    assert client.get(reverse("account_login")).status_code == 200
    assert log_in(client, chain.buyer.user.email).status_code == 302
    assert client.get("/", follow=True).status_code == 200


def test_who_guesses_is_slowed_down_though_redis_goes_in_between(on_redis, chain):
    guesser, email = Client(), chain.buyer.user.email
    for _try in range(10):
        log_in(guesser, email, "wrong guess")
    stop(on_redis)
    for _try in range(20):
        assert log_in(guesser, email, "wrong guess").status_code == 200
    log_in(guesser, email)
    assert guesser.get(reverse("account")).status_code == 302, "even with the right word"
    assert log_in(Client(), email, address="10.0.0.2").status_code == 302, "the owner elsewhere"


def test_asking_for_resets_is_slowed_down_without_redis(on_redis, chain):
    stop(on_redis)
    client = Client()
    answers = [
        client.post(reverse("account_reset_password"), {"email": f"nobody{n}@lead.example"}).status_code
        for n in range(21)
    ]
    assert answers == [302] * 20 + [429]
