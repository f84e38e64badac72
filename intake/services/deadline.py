"""How long a caller waits."""

from time import monotonic


class OutOfTime(Exception):
    """The caller could wait no longer: the rest is for a worker."""


class Deadline:
    """Asked between two pieces of work; without seconds it never comes."""

    def __init__(self, seconds: float | None = None) -> None:
        self.end = None if seconds is None else monotonic() + seconds

    def check(self) -> None:
        """Raise OutOfTime once the time is over."""
        if self.end is not None and monotonic() > self.end:
            raise OutOfTime
