"""One short text for the values of a lot, the same whatever their order."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

_LANES = (np.uint64(0x9E3779B97F4A7C15), np.uint64(0xD6E8FEB86659FD93))


def fingerprint_values(
    group: ArrayLike, characteristic: ArrayLike, piece: ArrayLike, value: ArrayLike
) -> NDArray[np.str_]:
    """Fingerprint the measured values of each group.

    Parameters
    ----------
    group : array_like of int, shape (n,)
        Sorted; rows of one group stand together.
    characteristic, piece : array_like of int, shape (n,)
        What was measured, on which piece.
    value : array_like of float, shape (n,)
        Measured value; -0.0 counts as 0.0.

    Returns
    -------
    ndarray of str, shape (number of groups,)
        32 hexadecimal digits a group: two sums of mixed 64-bit words and so free of order. It tells files
        that were changed by people apart; it is no defence against someone who seeks a collision.
    """
    group = np.asarray(group)
    if not len(group):
        return np.empty(0, dtype="U32")
    starts = np.flatnonzero(np.concatenate([[True], group[1:] != group[:-1]]))
    words = [
        np.ascontiguousarray(characteristic, dtype=np.int64).view(np.uint64),
        np.ascontiguousarray(piece, dtype=np.int64).view(np.uint64),
        (np.ascontiguousarray(value, dtype=np.float64) + 0.0).view(np.uint64),
    ]
    lanes = []
    for seed in _LANES:
        mixed = np.full(len(group), seed)
        for word in words:
            mixed = _mix(mixed ^ word)
        lanes.append(np.add.reduceat(mixed, starts))
    return np.array([f"{high:016x}{low:016x}" for high, low in zip(*lanes, strict=True)], dtype="U32")


def _mix(word: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Stafford's variant 13 of the 64-bit finaliser (as in SplitMix64)."""
    word = (word ^ (word >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    word = (word ^ (word >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return word ^ (word >> np.uint64(31))
