"""Counts, means and squared deviations of groups, and how two of them merge."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray


class Moments(NamedTuple):
    """Of each group: number of values, mean, Σ(value − mean)², extremes, values out of limits."""

    n: NDArray[np.int64]
    mean: NDArray[np.float64]
    m2: NDArray[np.float64]
    minimum: NDArray[np.float64]
    maximum: NDArray[np.float64]
    out_of_limits: NDArray[np.int64]


def moments_of_groups(starts: ArrayLike, value: ArrayLike, lsl: ArrayLike, usl: ArrayLike) -> Moments:
    """Return the moments of runs of values.

    Parameters
    ----------
    starts : array_like of int, shape (g,)
        Where each run begins in `value`; the first is 0.
    value : array_like of float, shape (n,)
        Values, runs one after the other.
    lsl, usl : array_like of float, shape (g,)
        Limits of each run; NaN where there is none.

    Returns
    -------
    Moments
        Arrays of shape (g,). Two passes, so that a mean far from 0 costs no digits.
    """
    starts, value = np.asarray(starts, dtype=np.int64), np.asarray(value, dtype=np.float64)
    n = np.diff(np.append(starts, len(value)))
    mean = np.add.reduceat(value, starts) / n
    apart = value - np.repeat(mean, n)
    # What rounding left of the mean is taken back here (the corrected two-pass algorithm).
    rest = np.add.reduceat(apart, starts)
    m2 = np.add.reduceat(apart * apart, starts) - rest * rest / n
    # Comparisons with NaN are false: a limit that is not there is never broken.
    out = (value < np.repeat(np.asarray(lsl, dtype=np.float64), n)) | (
        value > np.repeat(np.asarray(usl, dtype=np.float64), n)
    )
    return Moments(
        n=n,
        mean=mean + rest / n,
        m2=np.maximum(m2, 0.0),
        minimum=np.minimum.reduceat(value, starts),
        maximum=np.maximum.reduceat(value, starts),
        out_of_limits=np.add.reduceat(out.astype(np.int64), starts),
    )


def merge_moments(one: Moments, other: Moments) -> Moments:
    """Merge the moments of two disjoint sets of values, group by group.

    Parameters
    ----------
    one, other : Moments
        Arrays of shapes that broadcast; a group may be empty (`n` 0) on either side.

    References
    ----------
    .. [1] T. F. Chan, G. H. Golub, R. J. LeVeque (1983), The American Statistician 37, 242-247.
    """
    n = one.n + other.n
    share = np.divide(other.n, n, out=np.zeros(np.shape(n)), where=n > 0)
    delta = other.mean - one.mean
    return Moments(
        n=n,
        mean=one.mean + delta * share,
        m2=one.m2 + other.m2 + delta * delta * one.n * share,
        minimum=np.minimum(one.minimum, other.minimum),
        maximum=np.maximum(one.maximum, other.maximum),
        out_of_limits=one.out_of_limits + other.out_of_limits,
    )
