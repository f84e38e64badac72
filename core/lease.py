"""Work is a row: claimed by a conditional update, kept by a heart-beat, free again when its holder dies.

A row that can be work has `lease_until` (datetime or null) and `attempts` (int). Leases run on the
real time of the database, never on `core.clock`.
"""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection, models
from django.db.models import F, Q
from django.db.models.functions import Now

log = logging.getLogger(__name__)
BEATS_PER_LEASE = 4
NOTE_SECONDS = 0.5  # between two writings of progress


class LeaseLost(Exception):
    """Another worker has taken the row since: what was done here must not be kept."""


def unheld() -> Q:
    """Rows that nobody holds: never claimed, let go, or left by a worker that died."""
    return Q(lease_until=None) | Q(lease_until__lt=Now())


@dataclass(slots=True)
class Lease:
    """One attempt at one row. `attempt` tells it from every earlier and later holder."""

    model: type[models.Model]
    pk: int
    attempt: int
    _notes: dict[str, Any] = field(default_factory=dict)
    _noted: threading.Condition = field(default_factory=threading.Condition)
    _ended: bool = False

    def note(self, **columns: Any) -> None:
        """Have columns of the row, such as its progress, written with the next heart-beat."""
        with self._noted:
            self._notes |= columns
            self._noted.notify()

    def settle(self, **columns: Any) -> None:
        """Write the outcome and let go, if the row is still ours.

        The last statement of the work's transaction: it locks the row until the commit.

        Raises
        ------
        LeaseLost
            If another worker holds the row; let it roll the transaction back.
        """
        self.write(**columns, lease_until=None)

    def write(self, **columns: Any) -> None:
        """Write columns in the open transaction and hold on. Raises LeaseLost likewise."""
        if not self._mine().update(**columns):
            raise LeaseLost(f"{self.model.__name__} {self.pk}, attempt {self.attempt}")

    def renew(self) -> bool:
        """Hold the row for another lease, write what was noted, and return whether it is still ours."""
        with self._noted:
            notes, self._notes = self._notes, {}
        return bool(self._mine().update(lease_until=_lease_end(), **notes))

    def end(self) -> None:
        """End the heart-beat."""
        with self._noted:
            self._ended = True
            self._noted.notify()

    def wait_for_beat(self) -> bool:
        """Wait until the next heart-beat is due, sooner if something was noted; False once ended."""
        with self._noted:
            self._noted.wait_for(lambda: self._ended, NOTE_SECONDS)
            self._noted.wait_for(lambda: self._ended or self._notes, settings.LEASE_SECONDS / BEATS_PER_LEASE)
            return not self._ended

    def _mine(self) -> models.QuerySet:
        # By key and attempt alone: in the heart-beat's thread no scope is open. Once settled it is nobody's,
        # also for a heart-beat that waited for the settling transaction.
        return self.model._base_manager.filter(pk=self.pk, attempts=self.attempt, lease_until__isnull=False)


def claim(rows: models.QuerySet, pk: int) -> Lease | None:
    """Take the row `pk` of `rows` if nobody holds it; return its lease, or None if that failed.

    `rows` says what is still to be done (state, due time). Call it outside any transaction, so
    that others see the claim at once.
    """
    held = rows.filter(unheld(), pk=pk).update(lease_until=_lease_end(), attempts=F("attempts") + 1)
    if not held:
        return None
    attempt = rows.model._base_manager.values_list("attempts", flat=True).get(pk=pk)
    return Lease(rows.model, pk, attempt)


@contextmanager
def kept(lease: Lease) -> Iterator[Lease]:
    """Keep the lease alive while the block runs.

    The heart-beat has a connection of its own, in autocommit: a long transaction of the work
    neither hides it nor is held up by it. A block that fails keeps the row until its lease runs
    out, which is the pause before the next attempt.
    """
    beat = threading.Thread(target=_beat_until_ended, args=(lease,), name="heart-beat", daemon=True)
    beat.start()
    try:
        yield lease
    finally:
        lease.end()
        beat.join()


def _beat_until_ended(lease: Lease) -> None:
    try:
        while lease.wait_for_beat():
            try:
                with connection.cursor() as cursor:
                    # The work locks its row when it settles; waiting here for that would be for ever.
                    cursor.execute("SET lock_timeout TO '1s'")
                if not lease.renew():
                    return
            except DatabaseError as trouble:
                log.warning("A heart-beat was missed: %s", trouble)
                connection.close()
    finally:
        connection.close()


def _lease_end() -> Any:
    return Now() + timedelta(seconds=settings.LEASE_SECONDS)
