"""Charts with a memory: EWMA and tabular CUSUM, for shifts too small for single points."""

from enum import StrEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from quality.formulas.process import Band
from quality.formulas.proportion import Floats


class Memory(StrEnum):
    """Kinds of charts whose points remember those before them."""

    EWMA = "ewma"
    CUSUM = "cusum"


class Cusum(NamedTuple):
    """Both sums and what they signal, each of shape (..., points)."""

    high: Floats
    low: Floats
    signals_high: NDArray[np.bool_]
    signals_low: NDArray[np.bool_]
    # 0-based point at which the sum that stands last left 0: where the shift is thought to have begun.
    began_high: NDArray[np.int64]
    began_low: NDArray[np.int64]


def ewma(values: ArrayLike, *, weight: float, start: ArrayLike) -> Floats:
    """Exponentially weighted moving average, z_i = weight x_i + (1 - weight) z_(i-1).

    Parameters
    ----------
    values : array_like of float, shape (..., points)
        In order of time; where there is none (NaN) the average stays.
    weight : float
        The lambda of the books, above 0 and at most 1.
    start : array_like of float, shape (...)
        Average before the first point: the target, or the centre of phase I.

    Returns
    -------
    ndarray of float, shape (..., points)

    Raises
    ------
    ValueError
        If the weight is outside (0, 1].

    References
    ----------
    .. [1] ISO 7870-6:2016.
    .. [2] S. W. Roberts (1959), Technometrics 1, 239-250.
    """
    _check_weight(weight)
    found = np.asarray(values, dtype=float)
    averages = np.empty(found.shape)
    last = np.broadcast_to(np.asarray(start, dtype=float), found.shape[:-1])
    for point in range(found.shape[-1]):
        value = found[..., point]
        last = np.where(np.isnan(value), last, weight * value + (1 - weight) * last)
        averages[..., point] = last
    return averages


def ewma_band(
    centre: ArrayLike,
    sigma: ArrayLike,
    *,
    weight: float,
    width: float = 3.0,
    points: int | None = None,
) -> Band:
    """Control limits of an EWMA chart.

    Centre -+ width sigma sqrt(weight/(2-weight)); with `points` those of the first so many points, which are
    narrower: times sqrt(1 - (1-weight)^(2i)).

    Parameters
    ----------
    centre, sigma : array_like of float, shape (...)
        Level, and standard deviation of one plotted value (of a mean of n: sigma / sqrt n).
    weight, width : float
        Lambda and L of the books.
    points : int, optional
        Number of points from the start of the chart; without it the limits of the steady state.

    Returns
    -------
    Band
        Of shape (...), or (..., points).

    Raises
    ------
    ValueError
        If the weight is outside (0, 1].

    References
    ----------
    .. [1] J. M. Lucas, M. S. Saccucci (1990), Technometrics 32, 1-12.
    """
    _check_weight(weight)
    middle, reach = np.asarray(centre, dtype=float), np.asarray(sigma, dtype=float)
    reach = width * reach * np.sqrt(weight / (2 - weight))
    if points is not None:
        ages = np.arange(1, points + 1)
        middle, reach = middle[..., None], reach[..., None] * np.sqrt(1 - (1 - weight) ** (2 * ages))
    return Band(middle + 0 * reach, middle - reach, middle + reach)


def ewma_band_of(centre: ArrayLike, errors: ArrayLike, *, weight: float, width: float = 3.0) -> Band:
    """Control limits of an EWMA chart whose points differ in size.

    Centre -+ width sqrt(v_i), v_i = weight^2 e_i^2 + (1-weight)^2 v_(i-1) from v_0 = 0: where all points have one
    standard error e these are the limits of `ewma_band` by its points.

    Parameters
    ----------
    centre : array_like of float, shape (...) or (..., points)
        Level.
    errors : array_like of float, shape (..., points)
        Standard error of each plotted value; NaN where there is none: the average and its variance stay.
    weight, width : float
        Lambda and L of the books.

    Returns
    -------
    Band
        Of shape (..., points).

    Raises
    ------
    ValueError
        If the weight is outside (0, 1].

    References
    ----------
    .. [1] J. M. Lucas, M. S. Saccucci (1990), Technometrics 32, 1-12 (the variance of the average).
    """
    _check_weight(weight)
    found, level = np.asarray(errors, dtype=float), np.asarray(centre, dtype=float)
    middle = level if level.ndim == found.ndim else level[..., None]
    variances = np.empty(found.shape)
    last = np.zeros(found.shape[:-1])
    for point in range(found.shape[-1]):
        error = found[..., point]
        last = np.where(np.isnan(error), last, (weight * error) ** 2 + (1 - weight) ** 2 * last)
        variances[..., point] = last
    reach = width * np.sqrt(variances)
    return Band(middle + 0 * reach, middle - reach, middle + reach)


def cusum(
    values: ArrayLike, *, target: ArrayLike, allowance: ArrayLike, decision: ArrayLike, start: ArrayLike = 0.0
) -> Cusum:
    """Tabular CUSUM of both sides, without reset after a signal.

    S+_i = max(0, S+_(i-1) + x_i - target - allowance), S-_i = max(0, S-_(i-1) + target - allowance - x_i);
    a signal is a sum above the decision interval.

    Parameters
    ----------
    values : array_like of float, shape (..., points)
        In order of time; where there is none (NaN) the sums stay.
    target, allowance, decision : array_like of float, shape (...)
        Target, K and H in the unit of the values (usually 0.5 and 4 or 5 sigma).
    start : array_like of float, shape (...)
        Both sums before the first point; half the decision interval for a fast initial response.

    Returns
    -------
    Cusum

    References
    ----------
    .. [1] ISO 7870-4:2021.
    .. [2] E. S. Page (1954), Biometrika 41, 100-115; J. M. Lucas, R. B. Crosier (1982), Technometrics 24, 199-205.
    """
    found = np.asarray(values, dtype=float)
    level, slack, limit = (np.asarray(line, dtype=float) for line in (target, allowance, decision))
    off = np.nan_to_num(found - level[..., None])
    known = ~np.isnan(found)
    high, began_high = _one_sided(off, known, slack, start)
    low, began_low = _one_sided(-off, known, slack, start)
    return Cusum(high, low, high > limit[..., None], low > limit[..., None], began_high, began_low)


def _one_sided(
    off: Floats, known: NDArray[np.bool_], slack: Floats, start: ArrayLike
) -> tuple[Floats, NDArray[np.int64]]:
    sums, began = np.empty(off.shape), np.zeros(off.shape, dtype=np.int64)
    total = np.broadcast_to(np.asarray(start, dtype=float), off.shape[:-1])
    since = np.zeros(off.shape[:-1], dtype=np.int64)
    for point in range(off.shape[-1]):
        since = np.where(total > 0, since, point)
        total = np.where(known[..., point], np.maximum(0.0, total + off[..., point] - slack), total)
        sums[..., point], began[..., point] = total, since
    return sums, began


def _check_weight(weight: float) -> None:
    if not 0 < weight <= 1:
        raise ValueError("the weight of an EWMA lies above 0 and is at most 1")
