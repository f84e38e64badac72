"""The cache on Redis, and in the database as long as Redis is away."""

import logging
from collections.abc import Callable
from time import monotonic
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.core.cache.backends.db import DatabaseCache
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

log = logging.getLogger(__name__)
TABLE = "core_cache"
MAX_ENTRIES = 100_000  # by Django's default of 300 many guesses would push each other's counts out
PAUSE_SECONDS = 5.0  # before Redis is asked again: no page waits more than once for a machine that is gone


class RedisElseDatabase(BaseCache):
    """Redis where it answers, else the table `core_cache`.

    Tries at logging in are counted here. Without Redis they are counted in the database, from zero: who guesses
    gets at most as many tries again, the owner gets in, and no page breaks.
    """

    _away_until = 0.0  # of this process, all its threads

    def __init__(self, location: str, params: dict[str, Any]) -> None:
        super().__init__(params)
        self._redis = RedisCache(location, params)
        self._database = DatabaseCache(TABLE, {**params, "OPTIONS": {"MAX_ENTRIES": MAX_ENTRIES}})

    def _ask(self, call: Callable[[BaseCache], Any]) -> Any:
        if monotonic() >= RedisElseDatabase._away_until:
            try:
                return call(self._redis)
            except RedisError as outage:
                RedisElseDatabase._away_until = monotonic() + PAUSE_SECONDS
                log.warning("Redis is away: %s; the database caches meanwhile.", outage)
        return call(self._database)

    def add(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: Any = None) -> bool:
        return bool(self._ask(lambda cache: cache.add(key, value, timeout, version)))

    def get(self, key: Any, default: Any = None, version: Any = None) -> Any:
        return self._ask(lambda cache: cache.get(key, default, version))

    def set(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: Any = None) -> None:
        self._ask(lambda cache: cache.set(key, value, timeout, version))

    def touch(self, key: Any, timeout: Any = DEFAULT_TIMEOUT, version: Any = None) -> bool:
        return bool(self._ask(lambda cache: cache.touch(key, timeout, version)))

    def delete(self, key: Any, version: Any = None) -> bool:
        return bool(self._ask(lambda cache: cache.delete(key, version)))

    def has_key(self, key: Any, version: Any = None) -> bool:
        return bool(self._ask(lambda cache: cache.has_key(key, version)))

    def clear(self) -> None:
        self._ask(lambda cache: cache.clear())
        self._database.clear()
