"""Which rows are the same presentation of a lot, and which presentation of it each one is.

Files rarely number presentations. The same lot and stage on a later day after a rejection is the next
submission; the same day, or after an acceptance, is the same one (ISO 2859-1 knows a resubmission of lots
that were not accepted only).
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray


class Matched(NamedTuple):
    """For each row the row that it repeats (its position, or -1), and the number of its presentation."""

    repeats: NDArray[np.int64]
    number: NDArray[np.int64]


def match_presentations(
    *,
    lot: ArrayLike,
    day: ArrayLike,
    stated: ArrayLike,
    stored: ArrayLike,
    rejected: ArrayLike,
    inspected: ArrayLike,
    nonconforming: ArrayLike,
) -> Matched:
    """Match rows of files with each other and with what is stored, at one stage.

    Parameters
    ----------
    lot : array_like of int, shape (n,)
        Rows of one lot stand together, by `day`, then `stated`, then the stored ones first.
    day : array_like of int, shape (n,)
        Day of inspection as a number.
    stated : array_like of int, shape (n,)
        Number of the presentation where the row says it, else 0.
    stored : array_like of bool, shape (n,)
        Whether the row is stored already; of one lot these are presentations of their own.
    rejected : array_like of bool, shape (n,)
        Whether the lot was rejected.
    inspected, nonconforming : array_like of int, shape (n,)
        Units.

    Returns
    -------
    Matched
        A row that is not stored repeats a stored row where there is one, else an earlier row of the files.
    """
    lot, day, stated = np.asarray(lot), np.asarray(day), np.asarray(stated)
    repeats = np.full(len(lot), -1, dtype=np.int64)
    number = np.maximum(stated, 1).astype(np.int64)
    # One pass in plain Python over the lots that have several rows, since each step needs the last one.
    several = _with_neighbours(lot)
    rows = _Rows(
        *(np.asarray(a)[several].tolist() for a in (lot, day, stated, rejected, inspected, nonconforming))
    )
    is_stored, at = np.asarray(stored)[several].tolist(), several.tolist()
    found = [-1] * len(at)
    numbers = number[several].tolist()
    last, before = -1, 0
    for here in range(len(at)):
        if last < 0 or rows.lot[here] != rows.lot[last]:
            last, before = here, 0
        elif not rows.agree_on_presentation(last, here, numbers[last]) or (
            is_stored[here] and is_stored[last]
        ):
            before = numbers[last]
            numbers[here] = max(before + 1, numbers[here])
            last = here
        elif is_stored[here]:
            # The row of the file came first: it repeats this one, and so does what repeated it.
            numbers[here] = numbers[last] = max(before + 1, numbers[here])
            found[last] = at[here]
            last = here
        else:
            numbers[here] = numbers[last]
            found[here] = at[last]
    repeats[several], number[several] = found, numbers
    through = repeats[repeats]  # one step more: a row may repeat a row that repeats a stored one
    return Matched(np.where((repeats >= 0) & (through >= 0), through, repeats), number)


class _Rows(NamedTuple):
    lot: list[int]
    day: list[int]
    stated: list[int]
    rejected: list[bool]
    inspected: list[int]
    nonconforming: list[int]

    def agree_on_presentation(self, last: int, here: int, number_of_last: int) -> bool:
        if self.day[last] == self.day[here]:
            same_figures = (self.inspected[last], self.nonconforming[last]) == (
                self.inspected[here],
                self.nonconforming[here],
            )
            return same_figures or self.stated[here] <= number_of_last
        return not self.rejected[last] and self.stated[here] <= number_of_last


def _with_neighbours(lot: NDArray) -> NDArray[np.int64]:
    """Positions of rows whose lot has more than one row."""
    same_as_last = np.concatenate([[False], lot[1:] == lot[:-1]]) if len(lot) else np.empty(0, bool)
    return np.flatnonzero(same_as_last | np.concatenate([same_as_last[1:], [False]]))


def number_presentations(*, lot: ArrayLike, stated: ArrayLike) -> NDArray[np.int64]:
    """Number the presentations of each lot in their order: one more than the last, or as stated if more.

    Parameters
    ----------
    lot : array_like of int, shape (n,)
        Presentations of one lot stand together, in their order.
    stated : array_like of int, shape (n,)
        Number where the row says it, else 0.

    Returns
    -------
    ndarray of int, shape (n,)
        Rising within a lot.
    """
    lot = np.asarray(lot, dtype=np.int64)
    if not len(lot):
        return np.empty(0, dtype=np.int64)
    begins = np.concatenate([[True], lot[1:] != lot[:-1]])
    group = np.cumsum(begins)
    place = np.arange(len(lot)) - np.flatnonzero(begins)[group - 1] + 1
    # n[k] = max(n[k-1] + 1, stated[k])  <=>  n[k] - k = max over j <= k of (stated[j] - j), at least 0.
    ahead = np.maximum(np.asarray(stated, dtype=np.int64) - place, 0)
    apart = int(ahead.max()) + 1
    return place + np.maximum.accumulate(ahead + group * apart) - group * apart
