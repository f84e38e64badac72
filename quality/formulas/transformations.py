"""Box and Cox's power transformation, and capability on the scale it leads to."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import elementwise

from quality.formulas.proportion import Floats

WIDEST = 10.0  # a power beyond it is no transformation anyone would use


class BoxCox(NamedTuple):
    """Power of the best transformation and its log-likelihood, each of shape (...); NaN where there is none."""

    power: Floats
    log_likelihood: Floats


def box_cox(values: ArrayLike, power: ArrayLike) -> Floats:
    """Transform values by (x^power - 1)/power, at 0 by the logarithm.

    Parameters
    ----------
    values : array_like of float, shape (...)
        Above 0; NaN stays NaN, and so is what is not above 0.
    power : array_like of float
        Broadcasts against the values.

    Returns
    -------
    ndarray of float

    References
    ----------
    .. [1] G. E. P. Box, D. R. Cox (1964), J. Royal Stat. Soc. B 26, 211-252.
    """
    x, exponent = np.asarray(values, dtype=float), np.asarray(power, dtype=float)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        logs = np.where(x > 0, np.log(x), np.nan)
        return np.where(exponent == 0, logs, np.expm1(exponent * logs) / np.where(exponent == 0, 1, exponent))


def box_cox_fit(values: ArrayLike) -> BoxCox:
    """Power that makes values most normal, by maximum likelihood.

    The log-likelihood is (power - 1) sum ln x - n/2 ln(variance of the transformed, divisor n); its root is
    sought between -10 and 10.

    Parameters
    ----------
    values : array_like of float, shape (..., values)
        NaN where there is none.

    Returns
    -------
    BoxCox
        NaN where a value is not above 0, or they do not vary.

    References
    ----------
    .. [1] G. E. P. Box, D. R. Cox (1964), J. Royal Stat. Soc. B 26, 211-252.
    """
    x = np.asarray(values, dtype=float)
    there = ~np.isnan(x)
    n = there.sum(-1, dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.where(there, np.log(np.where(x > 0, x, np.nan)), 0.0)
        level = logs.sum(-1) / n
    centred = logs - level[..., None]  # the unit does not matter to the power, and powers stay small
    spread = np.abs(np.where(there, centred, 0.0)).max(-1, initial=0.0)
    possible = np.isfinite(level) & (n > 1) & (spread > 1e-12)
    rows = np.where(there, centred, np.nan)[possible]
    power = np.full(n.shape, np.nan)
    if len(rows):
        power[possible] = _best_powers(rows)
    transformed = box_cox(x, power[..., None])
    likelihood = (power - 1) * n * level - n / 2 * np.log(np.where(possible, _variance(transformed), 1.0))
    return BoxCox(power, likelihood)


def _best_powers(logs: Floats) -> Floats:
    """Root of the slope of the likelihood of each row of centred logarithms, or the end it points to."""
    counted = np.count_nonzero(~np.isnan(logs), axis=-1)
    rows = np.arange(len(logs))

    def slope(power: Floats, row: NDArray[np.int64]) -> Floats:
        y = logs[row]
        each = power[..., None]
        small = np.abs(each) < 1e-4  # there the quotients lose their digits, and the series does not
        step = np.where(small, 1.0, each)
        grown = np.exp(each * y)
        value = np.where(small, y + each * y**2 / 2, (grown - 1) / step)
        change = np.where(small, y**2 / 2 + each * y**3 / 3, (y * grown - value) / step)
        off = value - np.nanmean(value, axis=-1, keepdims=True)
        share = np.nansum(off * change, axis=-1) / np.nansum(off**2, axis=-1)
        return np.nansum(y, axis=-1) / counted[row] - share

    low, high = np.full(len(logs), -WIDEST), np.full(len(logs), WIDEST)
    rising, falling = slope(low, rows) > 0, slope(high, rows) < 0
    found = elementwise.find_root(slope, (low, high), args=(rows,)).x
    return np.where(rising & falling, found, np.where(rising, WIDEST, -WIDEST))


def _variance(values: Floats) -> Floats:
    there = ~np.isnan(values)
    n = there.sum(-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.where(there, values, 0.0).sum(-1) / n
        return np.where(there, (values - mean[..., None]) ** 2, 0.0).sum(-1) / n
