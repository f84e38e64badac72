"""Capability of values that are not normal: by percentiles of a fitted law."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from quality.formulas.capability import Indices, Ppm
from quality.formulas.proportion import Floats

_STEPS = 60  # of Newton's method, which needs about six


class Family(StrEnum):
    """Laws of two parameters that measured values follow."""

    NORMAL = "normal"  # mean, standard deviation (divisor n)
    LOGNORMAL = "lognormal"  # mean and standard deviation of the logarithm (divisor n)
    WEIBULL = "weibull"  # shape, scale
    GAMMA = "gamma"  # shape, scale


@dataclass(frozen=True)
class Fitted:
    """Laws of one family fitted by maximum likelihood, each field of shape (...); NaN where it cannot be."""

    family: Family
    first: Floats
    second: Floats
    log_likelihood: Floats

    def values(self, shares: ArrayLike) -> Floats:
        """Percentiles at shares of shape (k,), shape (..., k)."""
        a, b, q = self.first[..., None], self.second[..., None], np.asarray(shares, dtype=float)
        match self.family:
            case Family.NORMAL:
                return a + b * special.ndtri(q)
            case Family.LOGNORMAL:
                return np.exp(a + b * special.ndtri(q))
            case Family.WEIBULL:
                return b * (-np.log1p(-q)) ** (1 / a)
            case Family.GAMMA:
                return b * special.gammaincinv(a, q)

    def shares(self, values: ArrayLike) -> tuple[Floats, Floats]:
        """Shares of the law below and above values that broadcast against (...)."""
        x = np.asarray(values, dtype=float)
        if self.family is Family.NORMAL:
            z = (x - self.first) / self.second
            return special.ndtr(z), special.ndtr(-z)
        x = np.maximum(x, 0.0)
        with np.errstate(divide="ignore"):
            if self.family is Family.LOGNORMAL:
                z = (np.log(x) - self.first) / self.second
                return special.ndtr(z), special.ndtr(-z)
            if self.family is Family.WEIBULL:
                grown = (x / self.second) ** self.first
                return -np.expm1(-grown), np.exp(-grown)
            return special.gammainc(self.first, x / self.second), special.gammaincc(
                self.first, x / self.second
            )


def fit(values: ArrayLike, family: Family) -> Fitted:
    """Fit a law by maximum likelihood.

    Parameters
    ----------
    values : array_like of float, shape (..., values)
        NaN where there is none. All families but the normal one need values above 0.
    family : Family

    Returns
    -------
    Fitted
        NaN where the family cannot hold the values, or they do not vary.

    References
    ----------
    .. [1] N. L. Johnson, S. Kotz, N. Balakrishnan (1994), Continuous Univariate Distributions 1, ch. 14, 17, 21.
    """
    x = np.asarray(values, dtype=float)
    there = ~np.isnan(x)
    n = there.sum(-1, dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        level = _mean(x, there)
        off = x - level[..., None]
        varies = (n > 1) & (np.sqrt(_mean(off**2, there)) > 1e-12 * np.abs(level))
        if family is Family.NORMAL:
            spread = np.where(varies, np.sqrt(_mean(off**2, there)), np.nan)
            likelihood = -n / 2 * (np.log(2 * np.pi * spread**2) + 1)
            return Fitted(family, np.where(varies, level, np.nan), spread, likelihood)
        possible = varies & np.where(there, x > 0, True).all(-1)
        logs = np.where(there & (x > 0), np.log(np.where(x > 0, x, 1.0)), np.nan)
        logs = np.where(possible[..., None], logs, np.nan)
        middle = np.where(possible, _mean(logs, there), np.nan)
        if family is Family.LOGNORMAL:
            spread = np.sqrt(_mean((logs - middle[..., None]) ** 2, there))
            likelihood = -n / 2 * (np.log(2 * np.pi * spread**2) + 1) - n * middle
            return Fitted(family, middle, spread, likelihood)
        if family is Family.WEIBULL:
            return _weibull(logs, there, n, middle)
        return _gamma(np.where(possible, level, np.nan), n, middle)


def best_fit(
    values: ArrayLike, families: tuple[Family, ...] = tuple(Family)
) -> tuple[NDArray[np.str_], list[Fitted]]:
    """The family of highest likelihood, and all that were tried; all have two parameters.

    Parameters
    ----------
    values : array_like of float, shape (..., values)
    families : tuple of Family
        In this order of preference where likelihoods are equal.

    Returns
    -------
    ndarray of str, shape (...)
        A Family, empty where none fits.
    list of Fitted
        In the order of `families`.
    """
    tried = [fit(values, family) for family in families]
    likelihoods = np.stack([law.log_likelihood for law in tried])
    told = np.isfinite(likelihoods)
    best = np.argmax(np.where(told, likelihoods, -np.inf), axis=0)
    names = np.array([family.value for family in families])[best]
    return np.where(told.any(0), names, ""), tried


def percentile_indices(percentiles: ArrayLike, lsl: ArrayLike, usl: ArrayLike) -> Indices:
    """Performance indices from the percentiles that hold 99.73 % between them.

    Pp = (USL - LSL)/(x_.99865 - x_.00135); Ppl = (x_.5 - LSL)/(x_.5 - x_.00135), Ppu = (USL - x_.5)/(x_.99865 - x_.5),
    Ppk the smaller. Of a normal law they are the usual ones.

    Parameters
    ----------
    percentiles : array_like of float, shape (..., 3)
        At the shares `SHARES`: of a fitted law, or of the values themselves.
    lsl, usl : array_like of float, shape (...)
        NaN where there is none.

    Returns
    -------
    Indices
        Without cpm.

    References
    ----------
    .. [1] ISO 22514-2:2017, general geometric method (M1,3 with calculation of location by the median).
    .. [2] J. A. Clements (1989), Quality Progress 22, 95-100.
    """
    lowest, middle, highest = np.moveaxis(np.asarray(percentiles, dtype=float), -1, 0)
    low, high = np.asarray(lsl, dtype=float), np.asarray(usl, dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        cpl = np.where(middle > lowest, (middle - low) / (middle - lowest), np.nan)
        cpu = np.where(highest > middle, (high - middle) / (highest - middle), np.nan)
        cp = np.where(highest > lowest, (high - low) / (highest - lowest), np.nan)
        k = np.abs((low + high) / 2 - middle) / ((high - low) / 2)
    return Indices(cp, cpl, cpu, np.fmin(cpl, cpu), np.full(np.shape(cp), np.nan), k)


def expected_ppm(law: Fitted, lsl: ArrayLike, usl: ArrayLike) -> Ppm:
    """Parts per million that a fitted law has below and above the limits; 0 at a side without one.

    Parameters
    ----------
    law : Fitted, fields of shape (...)
    lsl, usl : array_like of float, shape (...)
        NaN where there is none.
    """
    low, high = np.asarray(lsl, dtype=float), np.asarray(usl, dtype=float)
    below, above = law.shares(low)[0], law.shares(high)[1]
    known = np.isfinite(law.first)
    return Ppm(
        *(
            np.where(known, np.where(np.isnan(limit), 0.0, 1e6 * share), np.nan)
            for limit, share in ((low, below), (high, above))
        )
    )


# What three sigma leave of a normal law on either side, and its middle.
SHARES = (float(special.ndtr(-3.0)), 0.5, float(special.ndtr(3.0)))


def _mean(values: Floats, there: NDArray[np.bool_]) -> Floats:
    return np.where(there, values, 0.0).sum(-1) / there.sum(-1)


def _weibull(logs: Floats, there: NDArray[np.bool_], n: Floats, middle: Floats) -> Fitted:
    """Shape k solves sum x^k ln x / sum x^k - 1/k = mean ln x, by Newton's method in ln k."""
    y = logs - middle[..., None]  # scaled by the geometric mean, so that powers stay small
    shape = np.pi / np.sqrt(6 * _mean(y**2, there))  # from the standard deviation of the logarithm
    for _ in range(_STEPS):
        top = np.max(np.where(there, shape[..., None] * y, -np.inf), axis=-1, keepdims=True)
        power = np.where(there, np.exp(shape[..., None] * y - top), 0.0)
        total = power.sum(-1)
        first = (power * np.where(there, y, 0.0)).sum(-1) / total
        second = (power * np.where(there, y**2, 0.0)).sum(-1) / total
        error = first - 1 / shape
        slope = second - first**2 + 1 / shape**2
        step = np.clip(error / (slope * shape), -1.0, 1.0)
        shape = shape * np.exp(-step)
        if not np.any(np.abs(step) > 1e-14):
            break
    mean_power = _mean(np.exp(shape[..., None] * y), there)
    scale = np.exp(middle + np.log(mean_power) / shape)
    likelihood = n * (np.log(shape) - shape * np.log(scale) + (shape - 1) * middle - 1)
    return Fitted(Family.WEIBULL, shape, scale, likelihood)


def _gamma(level: Floats, n: Floats, middle: Floats) -> Fitted:
    """Shape a solves ln a - digamma(a) = ln(mean x) - mean(ln x), by Newton's method in 1/a."""
    gap = np.log(level) - middle
    shape = (3 - gap + np.sqrt((gap - 3) ** 2 + 24 * gap)) / (12 * gap)
    for _ in range(_STEPS):
        slope = 1 / shape - special.polygamma(1, shape)
        inverse = 1 / shape + (np.log(shape) - special.digamma(shape) - gap) / (shape**2 * slope)
        settled = ~(np.abs(inverse * shape - 1) > 1e-14)
        shape = 1 / inverse
        if settled.all():
            break
    scale = level / shape
    likelihood = n * ((shape - 1) * middle - shape - shape * np.log(scale) - special.gammaln(shape))
    return Fitted(Family.GAMMA, shape, scale, likelihood)
