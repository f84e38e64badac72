"""Limits for a next value where a process is known from few values alone."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from quality.formulas.proportion import Floats

CHANCE = 2 * float(special.ndtr(-3.0))  # of a value beyond three known sigma


class NextValue(NamedTuple):
    """Centre, and a third of the distance to the limits, each of shape (...)."""

    centre: Floats
    sigma: Floats


def next_value(values: ArrayLike, *, chance: float = CHANCE) -> NextValue:
    """Limits that one more value of the same normal process crosses with a given chance.

    mean -+ t_(n-1) s sqrt(1 + 1/n): wider than three times s, by what is not known of level and spread yet.
    s is that of all values, so that what differs slowly is part of it.

    Parameters
    ----------
    values : array_like of float, shape (..., n)
        Earlier values, none missing; two at least.
    chance : float
        Of crossing either limit, on average over samples like this one.

    Returns
    -------
    NextValue
        Three times `sigma` from the centre lie the limits.

    Raises
    ------
    ValueError
        If there are fewer than two values.

    References
    ----------
    .. [1] G. J. Hahn, W. Q. Meeker (1991), Statistical Intervals, section 4.7.
    """
    found = np.asarray(values, dtype=float)
    n = found.shape[-1]
    if n < 2:
        raise ValueError("needs two values")
    reach = special.stdtrit(n - 1, 1 - chance / 2) * found.std(-1, ddof=1) * np.sqrt(1 + 1 / n)
    return NextValue(found.mean(-1), reach / 3)
