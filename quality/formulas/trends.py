"""Does a series rise or fall? Mann and Kendall's test, and the slope of Theil and Sen."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from quality.formulas.proportion import Floats


class Trend(NamedTuple):
    """Test and slope, each of shape (...); z, p and slope are NaN where there is no telling."""

    s: Floats
    variance: Floats
    z: Floats
    p: Floats
    slope: Floats  # a step, in the unit of the values


def mann_kendall(values: ArrayLike) -> Trend:
    """Test of a monotone trend with ties, and the Theil-Sen slope.

    S = sum of the signs of all later minus earlier values; variance = [n(n-1)(2n+5) - sum t(t-1)(2t+5)]/18;
    z with a continuity correction of 1. The test takes values for independent but for the trend.

    Parameters
    ----------
    values : array_like of float, shape (..., points)
        In order of time and at equal steps; NaN where there is none.

    Returns
    -------
    Trend
        NaN below three values; where all are equal z is 0 and p is 1.

    References
    ----------
    .. [1] M. G. Kendall (1975), Rank Correlation Methods, 4th ed.
    .. [2] P. K. Sen (1968), J. Amer. Stat. Assoc. 63, 1379-1389.
    """
    found = np.asarray(values, dtype=float)
    n = np.count_nonzero(~np.isnan(found), axis=-1).astype(float)
    s = np.zeros(n.shape)
    slopes = []
    for lag in range(1, found.shape[-1]):
        steps = found[..., lag:] - found[..., :-lag]
        s += np.nansum(np.sign(steps), axis=-1)
        slopes.append(steps / lag)
    variance = (n * (n - 1) * (2 * n + 5) - _ties(found)) / 18
    enough = n >= 3
    with np.errstate(divide="ignore", invalid="ignore"):
        z = np.where(s == 0, 0.0, (s - np.sign(s)) / np.sqrt(variance))
    slope = np.full(n.shape, np.nan)
    if enough.any():
        slope[enough] = np.nanmedian(np.concatenate(slopes, axis=-1)[enough], axis=-1)
    z = np.where(enough, z, np.nan)
    return Trend(s, variance, z, 2 * special.ndtr(-np.abs(z)), slope)


def _ties(values: Floats) -> Floats:
    """Sum of t(t-1)(2t+5) over groups of t equal values."""
    ordered = np.sort(values, axis=-1)
    same = ordered[..., 1:] == ordered[..., :-1]
    # The k-th of t equal values adds f(k) - f(k-1) = 6 k^2 - 6, which is 0 for a value that stands alone.
    length = np.ones(ordered.shape[:-1])
    total = np.zeros(ordered.shape[:-1])
    for place in range(same.shape[-1]):
        length = np.where(same[..., place], length + 1, 1.0)
        total += 6 * length**2 - 6
    return total
