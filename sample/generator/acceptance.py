"""Acceptance numbers of GB/T 2828.1 (ISO 2859-1), single sampling, normal inspection."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

#: Acceptance number by sample size and AQL, table 2-A: the pairs of the simulated year.
ACCEPTANCE: dict[tuple[int, float], int] = {
    (20, 0.65): 0,
    (20, 2.5): 1,
    (50, 1.0): 1,
    (50, 2.5): 3,
    (80, 0.65): 1,
    (80, 1.0): 2,
    (80, 2.5): 5,
    (80, 4.0): 7,
    (125, 0.65): 2,
    (125, 1.0): 3,
    (125, 2.5): 7,
    (125, 4.0): 10,
    (200, 0.65): 3,
    (200, 1.0): 5,
    (200, 2.5): 10,
    (200, 4.0): 14,
    (315, 1.0): 7,
    (315, 2.5): 14,
}


def acceptance_numbers(sample_size: ArrayLike, aql: ArrayLike) -> NDArray[np.int64]:
    """Return the acceptance number of each pair of sample size and AQL."""
    pairs = zip(np.asarray(sample_size).tolist(), np.asarray(aql).tolist(), strict=True)
    return np.array([ACCEPTANCE[pair] for pair in pairs], dtype=np.int64)


def accepted(
    critical: ArrayLike, major: ArrayLike, minor: ArrayLike, ac_major: ArrayLike, ac_minor: ArrayLike
) -> NDArray[np.bool_]:
    """Say which lots are accepted: no critical unit, majors and minors within their numbers.

    Parameters
    ----------
    critical, major, minor : array_like of int, shape (lots,)
        Nonconforming units by the class of their worst nonconformity.
    ac_major, ac_minor : array_like of int, shape (lots,)
        Acceptance numbers.

    Returns
    -------
    ndarray of bool, shape (lots,)
    """
    within = (np.asarray(major) <= np.asarray(ac_major)) & (np.asarray(minor) <= np.asarray(ac_minor))
    both: NDArray[np.bool_] = np.logical_and(np.asarray(critical) == 0, within)
    return both
