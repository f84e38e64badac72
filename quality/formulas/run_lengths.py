"""Average run lengths: how many points until a chart signals, rightly or by chance."""

from collections.abc import Callable
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from quality.formulas.proportion import Floats

_NODES = 80


def shewhart_run_length(shift: ArrayLike, *, n: ArrayLike = 1, width: float = 3.0) -> Floats:
    """Average run length of a chart of means of n, 1 / P(a point beyond a limit).

    Parameters
    ----------
    shift : array_like of float, shape (...)
        Shift of the process, in its own standard deviations.
    n : array_like of int, shape (...)
        Size of subgroups.
    width : float
        Distance of the limits, in standard deviations of a mean.

    Returns
    -------
    ndarray of float, shape (...)

    References
    ----------
    .. [1] ISO 7870-2:2013, 6.3.
    """
    moved = np.asarray(shift, dtype=float) * np.sqrt(np.asarray(n, dtype=float))
    return 1 / (special.ndtr(-width - moved) + special.ndtr(-width + moved))


def cusum_run_length(
    shift: ArrayLike, *, allowance: float, decision: float, start: float = 0.0, sides: int = 2
) -> Floats:
    """Average run length of a tabular CUSUM of normal values that starts at `start`.

    Of two sides 1/ARL = 1/ARL+ + 1/ARL-, which holds exactly for a start at 0.

    Parameters
    ----------
    shift : array_like of float, shape (...)
        Shift from the target, in standard deviations of a value; of one side towards it.
    allowance, decision, start : float
        k, h and head start, in standard deviations.
    sides : int
        1 or 2.

    Returns
    -------
    ndarray of float, shape (...)

    References
    ----------
    .. [1] E. S. Page (1954), Biometrika 41, 100-115 (the integral equation).
    .. [2] D. Brook, D. A. Evans (1972), Biometrika 59, 539-549.
    """

    def of_one(moved: float) -> float:
        up = _cusum_side(moved, allowance, decision, start)
        return up if sides == 1 else 1 / (1 / up + 1 / _cusum_side(-moved, allowance, decision, start))

    return _each(shift, of_one)


def ewma_run_length(shift: ArrayLike, *, weight: float, width: float) -> Floats:
    """Average run length of an EWMA chart with the limits of its steady state that starts at the target.

    Parameters
    ----------
    shift : array_like of float, shape (...)
        Shift from the target, in standard deviations of a value.
    weight, width : float
        Lambda and L.

    Returns
    -------
    ndarray of float, shape (...)

    References
    ----------
    .. [1] S. V. Crowder (1987), Technometrics 29, 401-407 (the integral equation).
    """
    return _each(shift, lambda moved: _ewma(moved, weight, width))


def _each(shift: ArrayLike, length: Callable[[float], float]) -> Floats:
    shifts = np.asarray(shift, dtype=float)
    return np.array([length(float(moved)) for moved in shifts.ravel()]).reshape(shifts.shape)


@lru_cache(maxsize=256)
def _cusum_side(shift: float, allowance: float, decision: float, start: float) -> float:
    """L(z) = 1 + L(0) Φ(k - shift - z) + ∫0^h L(y) φ(y + k - shift - z) dy, at z = start."""
    nodes, weights = special.roots_legendre(_NODES)
    y, w = decision / 2 * (nodes + 1), decision / 2 * weights
    z = np.concatenate([[0.0], y])
    back = special.ndtr(allowance - shift - z)
    move = _density(y + allowance - shift - z[:, None]) * w
    system = np.eye(_NODES + 1) - np.column_stack([back, move])
    lengths = np.linalg.solve(system, np.ones(_NODES + 1))
    ahead = _density(y + allowance - shift - start) * w
    return float(1 + lengths[0] * special.ndtr(allowance - shift - start) + ahead @ lengths[1:])


@lru_cache(maxsize=256)
def _ewma(shift: float, weight: float, width: float) -> float:
    """L(z) = 1 + 1/λ ∫ L(y) φ((y - (1-λ) z)/λ - shift) dy between the limits, at z = 0."""
    nodes, weights = special.roots_legendre(_NODES)
    reach = width * np.sqrt(weight / (2 - weight))
    y, w = reach * nodes, reach * weights / weight
    from_each = _density((y - (1 - weight) * y[:, None]) / weight - shift) * w
    lengths = np.linalg.solve(np.eye(_NODES) - from_each, np.ones(_NODES))
    return float(1 + _density(y / weight - shift) * w @ lengths)


def _density(z: Floats) -> Floats:
    return np.exp(-z * z / 2) / np.sqrt(2 * np.pi)
