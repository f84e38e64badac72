"""Rates of pieces that come in events: returns, rejected lots."""

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from quality.formulas.proportion import Floats


def event_sum_interval(
    total: ArrayLike, squares: ArrayLike, largest: ArrayLike, *, confidence: float = 0.95
) -> tuple[Floats, Floats]:
    """Interval of an expected number of pieces that come in independent events.

    Charged pieces are not independent: one return may bring three hundred. The events are taken for
    Poisson, each weighted by its pieces, and the gamma interval of a weighted sum of Poisson counts
    is used. Where every event is one piece it is Garwood's exact interval of a Poisson count. A kind
    of event far larger than any seen yet is outside every interval: with some dozen events of very
    unequal size the upper bound is too low more often than promised.

    Parameters
    ----------
    total : array_like of int, shape (...)
        Pieces of all events.
    squares : array_like of int, shape (...)
        Sum of the squared pieces of the events.
    largest : array_like of int, shape (...)
        Pieces of the largest event; the upper bound allows for one more of them. Where there was no
        event, the largest that is to be expected.
    confidence : float
        Coverage as a fraction.

    Returns
    -------
    low, high : ndarray of float, shape (...)
        Bounds in pieces.

    Raises
    ------
    ValueError
        If a sum is negative or the sums contradict each other, or `confidence` is outside (0, 1).

    References
    ----------
    .. [1] M. P. Fay, E. J. Feuer (1997), Statistics in Medicine 16, 791-801.
    .. [2] F. Garwood (1936), Biometrika 28, 437-442.
    """
    if not 0 < confidence < 1:
        raise ValueError("confidence must lie between 0 and 1")
    y, v, w = np.broadcast_arrays(*(np.asarray(values, dtype=float) for values in (total, squares, largest)))
    if not np.all((y >= 0) & (w > 0) & (v <= w * y * (1 + 1e-12)) & ((v > 0) == (y > 0))):
        raise ValueError("the sums of events contradict each other")
    tail = (1 - confidence) / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        low = np.where(y > 0, v / y * special.gammaincinv(y**2 / v, tail), 0.0)
    y1, v1 = y + w, v + w**2
    return low, v1 / y1 * special.gammaincinv(y1**2 / v1, 1 - tail)
