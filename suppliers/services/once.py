"""The same request sent twice is done once: an Idempotency-Key, a hash of all that was asked, its answer.

The row of a key says what has been reached. Either the work and its answer are one transaction, or the work
notes in its own transaction what it made (`Attempt.note_made`), so that whoever comes after a crash finds it.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models.functions import Now

from core.lease import Lease, claim
from suppliers.models import ApiKey, KeptAnswer, Person

LONGEST_KEY = 255
KEPT = timedelta(hours=48)  # twice what is promised


class KeyUnfit(ValueError):
    """A key that is too long, or holds more than visible ASCII."""


class KeyReused(Exception):
    """A key that came with another request before."""


class StillRunning(Exception):
    """The same request is being worked on."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request was answered the first time."""

    status: int
    body: str


@dataclass(frozen=True, slots=True)
class Attempt:
    """Leave to do what was asked. `made` is the id of what an attempt before this one made and died on."""

    lease: Lease
    made: int | None

    @property
    def is_again(self) -> bool:
        return self.lease.attempt > 1

    def note_made(self, pk: int) -> None:
        """Note in the transaction that makes it. Raises LeaseLost, to roll it back, if another took over."""
        self.lease.write(made=pk)

    def keep(self, answer: Answer) -> None:
        """Keep the answer. Raises LeaseLost if another took over; let it roll the work back."""
        self.lease.settle(status=answer.status, body=answer.body)

    def let_go(self) -> None:
        """Leave the request to the next who asks. Raises LeaseLost likewise."""
        self.lease.settle()


def begin(*, person: Person, api_key: ApiKey | None, key: str, asked: str) -> Answer | Attempt:
    """Return leave to do what was asked under a key, or what it was answered before.

    Call it outside any transaction. `asked` is the SHA-256 of the request.

    Raises
    ------
    KeyUnfit
        If no key can look like this.
    KeyReused
        If the key came from this credential with another request.
    StillRunning
        If somebody is at it, or died less than a lease ago.
    """
    if len(key) > LONGEST_KEY or not (key.isascii() and key.isprintable()):
        raise KeyUnfit(key)
    KeptAnswer.objects.bulk_create(
        [KeptAnswer(person=person, api_key=api_key, key=key, asked=asked)], ignore_conflicts=True
    )
    row = KeptAnswer.objects.get(person=person, api_key=api_key, key=key)
    if row.asked != asked:
        raise KeyReused(key)
    lease = claim(KeptAnswer.objects.filter(status=None), row.pk) if row.status is None else None
    if lease is None:
        row.refresh_from_db()
    if row.status is not None:
        return Answer(row.status, row.body)
    if lease is None:
        raise StillRunning(key)
    row.refresh_from_db(fields=["made"])
    return Attempt(lease, row.made)


def throw_away() -> int:
    """Delete answers that were kept long enough; return how many."""
    return KeptAnswer.objects.filter(created_at__lt=Now() - KEPT).delete()[0]
