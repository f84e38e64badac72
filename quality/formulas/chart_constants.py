"""Constants of control charts, from their definitions for any size of subgroup.

Books print them to three or four digits up to n = 25; here they are computed, so that a chart of
subgroups of 60 is as right as one of 5, and rounding never shows as a difference to another program.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from quality.formulas.proportion import Floats

_WIDEST = 22.0  # a range of more sigma has probability below 1e-16 for any n up to a million


class Factors(NamedTuple):
    """Factors of charts of means, ranges and standard deviations, each of shape (...); NaN below n = 2."""

    a2: Floats  # limits of means from the mean range
    a3: Floats  # limits of means from the mean standard deviation
    b3: Floats  # limits of standard deviations
    b4: Floats
    d3: Floats  # limits of ranges (D3 in the books, where d3 is the constant below)
    d4: Floats
    e2: Floats  # limits of single values from the mean range


def c4(n: ArrayLike) -> Floats:
    """Expected standard deviation of n normal values, in sigma.

    sqrt(2/(n-1)) Gamma(n/2) / Gamma((n-1)/2).

    Parameters
    ----------
    n : array_like of int, shape (...)
        Sizes of subgroups.

    Returns
    -------
    ndarray of float, shape (...)
        NaN below n = 2.

    References
    ----------
    .. [1] ISO 7870-2:2013, annex A.
    """
    size = np.asarray(n, dtype=float)
    half = (np.maximum(size, 2.0) - 1) / 2
    return np.where(size >= 2, special.poch(half, 0.5) / np.sqrt(half), np.nan)


def d2(n: ArrayLike) -> Floats:
    """Expected range of n normal values, in sigma.

    Parameters
    ----------
    n : array_like of int, shape (...)
        Sizes of subgroups, up to a million.

    Returns
    -------
    ndarray of float, shape (...)
        Right to 1e-10; NaN below n = 2.

    References
    ----------
    .. [1] L. H. C. Tippett (1925), Biometrika 17, 364-387.
    """
    return _each_size(n, lambda size: _range_moments(size)[0])


def d3(n: ArrayLike) -> Floats:
    """Standard deviation of the range of n normal values, in sigma.

    Parameters and returns are those of `d2`.
    """
    return _each_size(n, lambda size: _range_moments(size)[1])


def factors(n: ArrayLike) -> Factors:
    """Factors that multiply the mean range or the mean standard deviation.

    A2 = 3/(d2 sqrt n), A3 = 3/(c4 sqrt n), B3 and B4 = 1 -+ 3 sqrt(1-c4^2)/c4, D3 and D4 = 1 -+ 3 d3/d2,
    E2 = 3/d2; lower ones not below 0.

    Parameters
    ----------
    n : array_like of int, shape (...)
        Sizes of subgroups.

    Returns
    -------
    Factors

    References
    ----------
    .. [1] ISO 7870-2:2013, table 2.
    """
    size = np.asarray(n, dtype=float)
    of_deviation, of_range = c4(size), d2(size)
    deviation_width = 3 * np.sqrt(1 - of_deviation**2) / of_deviation
    range_width = 3 * d3(size) / of_range
    with np.errstate(invalid="ignore"):
        return Factors(
            a2=3 / (of_range * np.sqrt(size)),
            a3=3 / (of_deviation * np.sqrt(size)),
            b3=np.maximum(1 - deviation_width, 0.0),
            b4=1 + deviation_width,
            d3=np.maximum(1 - range_width, 0.0),
            d4=1 + range_width,
            e2=3 / of_range,
        )


def _each_size(n: ArrayLike, constant: Callable[[int], float]) -> Floats:
    """A constant of each size; every size that occurs is computed once."""
    sizes, places = np.unique(np.asarray(n, dtype=float), return_inverse=True)
    found = [constant(int(size)) if size >= 2 else np.nan for size in sizes]
    return np.asarray(found, dtype=float)[places].reshape(np.shape(n))


@lru_cache(maxsize=1024)
def _range_moments(n: int) -> tuple[float, float]:
    """Mean and standard deviation of the range, from its law P(R <= r) = n ∫ φ(x) (Φ(x+r) - Φ(x))^(n-1) dx."""
    r, weights, density, inside = _grid()
    exceeds = 1 - n * (inside ** (n - 1) @ density)
    mean = float(weights @ exceeds)
    square = float(2 * weights @ (r * exceeds))
    return mean, float(np.sqrt(square - mean * mean))


@lru_cache(maxsize=1)
def _grid() -> tuple[Floats, Floats, Floats, Floats]:
    """Nodes and weights over ranges; density and probability between x and x + r over x.

    Over x a trapezoidal sum converges geometrically, since the function is smooth and dies away at both
    ends; over r, where it does not, the nodes are Gauss and Legendre's.
    """
    x, step = np.linspace(-10.0, 10.0, 201, retstep=True)
    nodes, weights = special.roots_legendre(240)
    r = _WIDEST / 2 * (nodes + 1)
    density = step * np.exp(-x * x / 2) / np.sqrt(2 * np.pi)
    return r, weights * _WIDEST / 2, density, special.ndtr(x + r[:, None]) - special.ndtr(x)
