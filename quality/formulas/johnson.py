"""Johnson's curves: values of almost any shape carried to the normal law, by four of their percentiles."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from quality.formulas.normality import Normality, anderson_darling_statistic
from quality.formulas.proportion import Floats

NEAR_LOGNORMAL = 1e-6  # so close to 1 the ratio belongs to the lognormal family
TRIED = np.round(np.arange(0.25, 1.2501, 0.01), 2)  # percentiles that are tried for the best fit


class Family(StrEnum):
    """Johnson's families: unbounded, bounded on both sides, bounded below or above (lognormal)."""

    SU = "su"
    SB = "sb"
    SL = "sl"
    NONE = ""  # no curve passes through the percentiles


@dataclass(frozen=True)
class Johnson:
    """Fitted curves, each field of shape (...); parameters are NaN where there is none.

    SU: z = gamma + delta asinh(u); SB: z = gamma + delta ln(u / (1 - u)); SL: z = gamma + delta ln(u);
    u = (x - xi) / lam. Of SL lam is 1, or -1 where the curve is bounded above.
    """

    family: NDArray[np.str_]
    gamma: Floats
    delta: Floats
    xi: Floats
    lam: Floats
    ratio: Floats  # above 1 for SU, below for SB
    quantiles: Floats  # shape (..., 4): the percentiles that were matched

    def scores(self, values: ArrayLike) -> Floats:
        """Normal scores of values, shape (..., values); infinite outside the bounds of a curve."""
        family, gamma, delta, xi, lam = self._beside()
        u = (np.asarray(values, dtype=float) - xi) / lam
        with np.errstate(divide="ignore", invalid="ignore"):
            inside = np.maximum(u, 0.0)
            shape = np.select(
                [family == Family.SU, family == Family.SB, family == Family.SL],
                [
                    np.arcsinh(u),
                    np.where(u >= 1, np.inf, np.log(inside) - np.log1p(-np.minimum(u, 1.0))),
                    np.log(inside),
                ],
                np.nan,
            )
            z = gamma + delta * shape
        # Of a curve that is bounded above, small values lie far from the bound.
        return np.where(lam < 0, -z, z)

    def values(self, scores: ArrayLike) -> Floats:
        """Values at normal scores, shape (..., scores)."""
        family, gamma, delta, xi, lam = self._beside()
        z = np.asarray(scores, dtype=float)
        shape = (np.where(lam < 0, -z, z) - gamma) / delta
        with np.errstate(over="ignore", invalid="ignore"):
            u = np.select(
                [family == Family.SU, family == Family.SB, family == Family.SL],
                [np.sinh(shape), special.expit(shape), np.exp(shape)],
                np.nan,
            )
        return xi + lam * u

    def _beside(self) -> tuple[NDArray[np.str_], Floats, Floats, Floats, Floats]:
        return (
            self.family[..., None],
            self.gamma[..., None],
            self.delta[..., None],
            self.xi[..., None],
            self.lam[..., None],
        )


def johnson_fit(values: ArrayLike, *, z: ArrayLike = 0.524) -> Johnson:
    """Fit a Johnson curve through the percentiles at -3z, -z, z and 3z.

    With m = x4 - x3, n = x2 - x1, p = x3 - x2 the ratio mn/p^2 chooses the family: SU above 1, SB below,
    SL at 1; the parameters have closed forms.

    Parameters
    ----------
    values : array_like of float, shape (..., values)
        NaN where there is none. Percentiles are sample quantiles by linear interpolation (type 7).
    z : array_like of float, shape (...)
        Half the distance of the inner percentiles, in normal scores.

    Returns
    -------
    Johnson
        No family where two percentiles coincide.

    References
    ----------
    .. [1] J. F. Slifko, S. S. Shapiro (1980), Technometrics 22, 239-246.
    """
    found = np.asarray(values, dtype=float)
    inner = np.broadcast_to(np.asarray(z, dtype=float), found.shape[:-1])
    quantiles = _quantiles(found, special.ndtr(inner[..., None] * np.array([-3.0, -1.0, 1.0, 3.0])))
    n, p, m = np.moveaxis(np.diff(quantiles), -1, 0)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        ratio = np.where((n > 0) & (p > 0) & (m > 0), m * n / p**2, np.nan)
        chosen = [ratio > 1 + NEAR_LOGNORMAL, ratio < 1 - NEAR_LOGNORMAL, ~np.isnan(ratio)]
        family = np.select(chosen, [Family.SU.value, Family.SB.value, Family.SL.value], Family.NONE.value)
        middle = (quantiles[..., 1] + quantiles[..., 2]) / 2
        forms = [form(m / p, n / p, p, middle, inner) for form in (_unbounded, _bounded, _lognormal)]
        gamma, delta, xi, lam = (
            np.select(chosen, list(columns), np.nan) for columns in zip(*forms, strict=True)
        )
    return Johnson(family, gamma, delta, xi, lam, ratio, quantiles)


def johnson_best(values: ArrayLike) -> tuple[Johnson, Normality]:
    """Fit the curve whose normal scores look most normal, over z from 0.25 to 1.25.

    Parameters
    ----------
    values : array_like of float, shape (..., values)
        NaN where there is none.

    Returns
    -------
    Johnson
        Of shape (...).
    Normality
        Anderson-Darling test of its scores as standard normal ones; p is a guide, since four parameters
        were fitted.

    References
    ----------
    .. [1] Y.-M. Chou, A. M. Polansky, R. L. Mason (1998), J. Quality Technology 30, 133-141.
    """
    found = np.sort(np.asarray(values, dtype=float), axis=-1)
    tried = np.broadcast_to(found[..., None, :], (*found.shape[:-1], len(TRIED), found.shape[-1]))
    curves = johnson_fit(tried, z=TRIED)
    scores = curves.scores(tried)
    n = np.count_nonzero(~np.isnan(tried), axis=-1).astype(float)
    with np.errstate(invalid="ignore"):
        tests = anderson_darling_statistic(special.log_ndtr(scores), special.log_ndtr(-scores), n)
    # A value outside the bounds of a curve makes its statistic infinite: that curve does not fit.
    best = np.argmin(np.where(np.isfinite(tests.a2), tests.a2, np.inf), axis=-1)[..., None]

    def pick(field: np.ndarray) -> np.ndarray:
        return np.take_along_axis(field, best, axis=-1)[..., 0]

    chosen = Johnson(
        family=pick(curves.family),
        gamma=pick(curves.gamma),
        delta=pick(curves.delta),
        xi=pick(curves.xi),
        lam=pick(curves.lam),
        ratio=pick(curves.ratio),
        quantiles=np.take_along_axis(curves.quantiles, best[..., None], axis=-2)[..., 0, :],
    )
    return chosen, Normality(*(pick(field) for field in tests))


def _quantiles(values: Floats, shares: Floats) -> Floats:
    """Sample quantiles of type 7 at shares of shape (..., k); NaN comes last and is not counted."""
    ordered = np.sort(values, axis=-1)
    n = np.count_nonzero(~np.isnan(values), axis=-1)[..., None]
    place = np.maximum(n - 1, 0) * shares
    low = np.floor(place).astype(np.int64)
    lower = np.take_along_axis(ordered, low, axis=-1)
    upper = np.take_along_axis(ordered, np.minimum(low + 1, np.maximum(n - 1, 0)), axis=-1)
    return lower + (place - low) * (upper - lower)


Parameters = tuple[Floats, Floats, Floats, Floats]  # gamma, delta, xi, lam


def _unbounded(upper: Floats, lower: Floats, p: Floats, middle: Floats, z: Floats) -> Parameters:
    delta = 2 * z / np.arccosh((upper + lower) / 2)
    gamma = delta * np.arcsinh((lower - upper) / (2 * np.sqrt(upper * lower - 1)))
    lam = 2 * p * np.sqrt(upper * lower - 1) / ((upper + lower - 2) * np.sqrt(upper + lower + 2))
    xi = middle + p * (lower - upper) / (2 * (upper + lower - 2))
    return gamma, delta, xi, lam


def _bounded(upper: Floats, lower: Floats, p: Floats, middle: Floats, z: Floats) -> Parameters:
    by_upper, by_lower = 1 / upper, 1 / lower
    both = (1 + by_upper) * (1 + by_lower)
    delta = z / np.arccosh(np.sqrt(both) / 2)
    gamma = delta * np.arcsinh((by_lower - by_upper) * np.sqrt(both - 4) / (2 * (by_upper * by_lower - 1)))
    lam = p * np.sqrt((both - 2) ** 2 - 4) / (by_upper * by_lower - 1)
    xi = middle - lam / 2 + p * (by_lower - by_upper) / (2 * (by_upper * by_lower - 1))
    return gamma, delta, xi, lam


def _lognormal(upper: Floats, lower: Floats, p: Floats, middle: Floats, z: Floats) -> Parameters:
    """Bounded below where the upper percentiles lie wider apart, else the same curve mirrored."""
    wide = np.maximum(upper, 1 / upper)
    sign = np.where(upper >= 1, 1.0, -1.0)
    delta = 2 * z / np.log(wide)
    gamma = delta * np.log((wide - 1) / (p * np.sqrt(wide)))
    xi = middle - sign * p / 2 * (wide + 1) / (wide - 1)
    return gamma, delta, xi, sign
