"""Control charts of counted things: p, np, c and u, and Laney's p' and u' where lots differ by themselves."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike

from quality.formulas.chart_constants import d2
from quality.formulas.process import Band, moving_ranges
from quality.formulas.proportion import Floats, possible_counts


class Law(StrEnum):
    """What is counted: nonconforming units out of n, or nonconformities on n units."""

    BINOMIAL = "binomial"  # p and np charts
    POISSON = "poisson"  # c and u charts


@dataclass(frozen=True)
class RateBaseline:
    """Level of counts in phase I, each field of shape (...), frozen for phase II.

    `spread` widens the limits where lots differ more than the law allows (Laney's sigma of z); it is 1
    on p, np, c and u charts.
    """

    law: Law
    rate: Floats
    spread: Floats

    def rate_band(self, sizes: ArrayLike) -> Band:
        """Limits of rates of lots of n: rate -+ 3 spread se(n), not below 0, and for units not above 1.

        Parameters
        ----------
        sizes : array_like of int, shape (..., points), or one number for all
            Units of each lot.
        """
        rate, spread, n = self._beside(sizes)
        with np.errstate(divide="ignore", invalid="ignore"):
            reach = 3 * spread * np.where(n > 0, np.sqrt(self._variance(rate) / n), np.nan)
        high = rate + reach
        if self.law is Law.BINOMIAL:
            high = np.minimum(high, 1.0)
        return Band(rate + 0 * reach, np.maximum(rate - reach, 0.0), high)

    def count_band(self, sizes: ArrayLike = 1) -> Band:
        """Limits of the counts themselves: of np charts, and of c charts where every lot is one unit."""
        band, n = self.rate_band(sizes), np.asarray(sizes, dtype=float)
        return Band(*(line * n for line in band))

    def scores(self, counts: ArrayLike, sizes: ArrayLike) -> Floats:
        """Distance of each lot from the level in standard errors, shape (..., points).

        0 where the level allows no other count (none, or all, nonconforming); NaN for a lot of none.
        """
        rate, _, n = self._beside(np.atleast_1d(sizes))
        with np.errstate(divide="ignore", invalid="ignore"):
            error = np.sqrt(self._variance(rate) / n)
            z = (np.asarray(counts, dtype=float) / n - rate) / error
        return np.where((n > 0) & (error == 0), 0.0, z)

    def _variance(self, rate: Floats) -> Floats:
        return rate * (1 - rate) if self.law is Law.BINOMIAL else rate

    def _beside(self, sizes: ArrayLike) -> tuple[Floats, Floats, Floats]:
        n = np.asarray(sizes, dtype=float)
        if not n.ndim:
            return self.rate, self.spread, n
        return self.rate[..., None], self.spread[..., None], n


def rate_baseline(counts: ArrayLike, sizes: ArrayLike, *, law: Law) -> RateBaseline:
    """Level of a p, np, c or u chart: all counts over all units.

    Parameters
    ----------
    counts : array_like of int, shape (..., points)
        Nonconforming units, or nonconformities.
    sizes : array_like of int, shape (..., points), or one number for all
        Units inspected; for a c chart 1. A lot of none says nothing.
    law : Law
        Which of both is counted.

    Returns
    -------
    RateBaseline
        Rate NaN where nothing was inspected.

    Raises
    ------
    ValueError
        If a count is impossible.

    References
    ----------
    .. [1] ISO 7870-2:2013, clause 8 (attribute charts).
    """
    x, n = _counts(counts, sizes, law)
    units = n.sum(-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = np.where(units > 0, x.sum(-1) / units, np.nan)
    return RateBaseline(law, rate, np.ones(rate.shape))


def laney_baseline(counts: ArrayLike, sizes: ArrayLike, *, law: Law) -> RateBaseline:
    """Level of a p' or u' chart: the spread between lots is taken from their own moving ranges.

    z_i = (rate_i - rate) / se_i; spread = mean |z_i - z_(i-1)| / d2(2). It may be below 1 (lots more
    alike than chance allows: a sign of sorted or invented counts).

    Parameters, returns and errors are those of `rate_baseline`; with fewer than two lots the spread is NaN.

    References
    ----------
    .. [1] D. B. Laney (2002), Quality Engineering 14, 531-537.
    """
    plain = rate_baseline(counts, sizes, law=law)
    x, n = _counts(counts, sizes, law)
    steps = moving_ranges(plain.scores(x, n))
    told = ~np.isnan(steps)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.where(told, steps, 0.0).sum(-1) / told.sum(-1)
    return RateBaseline(law, plain.rate, mean / d2(2))


def _counts(counts: ArrayLike, sizes: ArrayLike, law: Law) -> tuple[Floats, Floats]:
    if law is Law.BINOMIAL:
        return possible_counts(counts, sizes)
    x, n = np.broadcast_arrays(np.asarray(counts, dtype=float), np.asarray(sizes, dtype=float))
    if not np.all((x >= 0) & (n >= 0) & ((n > 0) | (x == 0))):
        raise ValueError("nonconformities and units must not be negative, and there are none on no unit")
    return x, n
