"""Capability: how a process lies between its specification limits.

Two standard deviations are in use, and an index is named by its own: Cp, Cpk and Cpm by the one within
subgroups (what the process could do), Pp and Ppk by the one of all values (what was delivered).
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from quality.formulas.process import ProcessSums
from quality.formulas.proportion import Floats, normal_quantile

LEAST_SUBGROUPS = 25  # fewer are preliminary (ISO 22514-2, AIAG SPC)
LEAST_VALUES = 100
_ROUNDING = 1e-12  # a spread that is smaller beside the level is what rounding leaves of equal values


class Refusal(StrEnum):
    """Why there is no index."""

    NONE = ""
    TOO_FEW = "too_few"  # fewer than two values
    CONSTANT = "constant"  # all values are equal
    NO_SUBGROUPS = "no_subgroups"  # no subgroup tells a spread within
    CONSTANT_WITHIN = "constant_within"  # values differ between subgroups alone
    NO_LIMITS = "no_limits"  # neither a lower nor an upper one
    LIMITS_CROSSED = "limits_crossed"  # the lower one is not below the upper one


class Interval(NamedTuple):
    """Estimate and interval of an index, each of shape (...); NaN where it does not exist."""

    value: Floats
    low: Floats
    high: Floats


class Indices(NamedTuple):
    """Indices by one standard deviation, each of shape (...); NaN where one does not exist.

    With one limit there is no `cp` and no `cpm`; without a target no `cpm`. `k` is the distance of the
    level from the middle over half the tolerance.
    """

    cp: Floats
    cpl: Floats
    cpu: Floats
    cpk: Floats
    cpm: Floats
    k: Floats


class Ppm(NamedTuple):
    """Parts per million out of limits, each of shape (...); 0 at a side without a limit."""

    below: Floats
    above: Floats

    @property
    def total(self) -> Floats:
        return self.below + self.above


@dataclass(frozen=True)
class Study:
    """Indices by one standard deviation with their intervals, or why there are none, each of shape (...)."""

    sigma: Floats
    cp: Interval
    cpl: Floats
    cpu: Floats
    cpk: Interval
    cpm: Interval
    expected: Ppm  # by the normal law; NaN where refused
    refusal: NDArray[np.str_]  # a Refusal; empty where there are indices


@dataclass(frozen=True)
class Capability:
    """What a process can do and what it delivered, each field of shape (...)."""

    n: Floats
    subgroups: Floats
    mean: Floats
    within: Study  # Cp, Cpk, Cpm
    overall: Study  # Pp, Ppk, Ppm
    preliminary: NDArray[np.bool_]  # below 25 subgroups or 100 values


def indices(
    centre: ArrayLike, sigma: ArrayLike, lsl: ArrayLike, usl: ArrayLike, *, target: ArrayLike = np.nan
) -> Indices:
    """Capability indices of a level and a spread.

    Cp = (USL - LSL)/(6 sigma), Cpl and Cpu = distance to the limit/(3 sigma), Cpk the smaller of those that
    exist, Cpm = (USL - LSL)/(6 sqrt(sigma^2 + (centre - target)^2)).

    Parameters
    ----------
    centre, sigma : array_like of float, shape (...)
        Level and standard deviation; a sigma that is not above 0 gives no index.
    lsl, usl : array_like of float, shape (...)
        Specification limits; NaN where there is none.
    target : array_like of float, shape (...)
        Target of Cpm; NaN where there is none.

    Returns
    -------
    Indices

    References
    ----------
    .. [1] ISO 22514-2:2017; V. E. Kane (1986), J. Quality Technology 18, 41-52.
    .. [2] L. K. Chan, S. W. Cheng, F. A. Spiring (1988), J. Quality Technology 20, 162-175 (Cpm).
    """
    level, low, high, aim, spread = (
        np.asarray(given, dtype=float) for given in (centre, lsl, usl, target, sigma)
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = np.where(spread > 0, spread, np.nan)
        cpl, cpu = (level - low) / (3 * spread), (high - level) / (3 * spread)
        return Indices(
            cp=(high - low) / (6 * spread),
            cpl=cpl,
            cpu=cpu,
            cpk=np.fmin(cpl, cpu),
            cpm=(high - low) / (6 * np.hypot(spread, level - aim)),
            k=np.abs((low + high) / 2 - level) / ((high - low) / 2),
        )


def cp_interval(cp: ArrayLike, degrees: ArrayLike, *, confidence: float = 0.95) -> Interval:
    """Exact interval of Cp (or Pp) of normal values, Cp sqrt(chi2_q / f).

    Parameters
    ----------
    cp : array_like of float, shape (...)
    degrees : array_like of float, shape (...)
        Degrees of freedom f of sigma; n - 1 for the standard deviation of all values.
    confidence : float
        Coverage as a fraction.

    References
    ----------
    .. [1] V. E. Kane (1986), J. Quality Technology 18, 41-52; ISO 22514-2:2017, annex on confidence intervals.
    """
    return _by_chi_square(np.asarray(cp, dtype=float), np.asarray(degrees, dtype=float), confidence)


def cpk_interval(
    cpk: ArrayLike, n: ArrayLike, *, degrees: ArrayLike | None = None, confidence: float = 0.95
) -> Interval:
    """Normal approximation to the interval of Cpk, Cpk -+ z sqrt(1/(9n) + Cpk^2/(2f)).

    Parameters
    ----------
    cpk : array_like of float, shape (...)
        Cpk, or a one-sided index.
    n : array_like of int, shape (...)
        Number of values.
    degrees : array_like of float, shape (...), optional
        Degrees of freedom f of sigma; n - 1 without.
    confidence : float
        Coverage as a fraction.

    References
    ----------
    .. [1] A. F. Bissell (1990), Applied Statistics 39, 331-340.
    .. [2] NIST/SEMATECH e-Handbook of Statistical Methods, 6.1.6.
    """
    value, count = np.asarray(cpk, dtype=float), np.asarray(n, dtype=float)
    f = count - 1 if degrees is None else np.asarray(degrees, dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        error = np.where(f >= 1, np.sqrt(1 / (9 * count) + value**2 / (2 * f)), np.nan)
    half = normal_quantile(confidence) * error
    return Interval(value, value - half, value + half)


def cpm_interval(cpm: ArrayLike, n: ArrayLike, off: ArrayLike, *, confidence: float = 0.95) -> Interval:
    """Interval of Cpm, Cpm sqrt(chi2_q / f) with f = n (1 + xi)^2 / (1 + 2 xi), xi = off^2.

    Parameters
    ----------
    cpm : array_like of float, shape (...)
    n : array_like of int, shape (...)
        Number of values.
    off : array_like of float, shape (...)
        Distance of the level from the target, in sigma.
    confidence : float
        Coverage as a fraction.

    References
    ----------
    .. [1] R. A. Boyles (1991), J. Quality Technology 23, 17-26.
    """
    xi = np.square(np.asarray(off, dtype=float))
    degrees = np.asarray(n, dtype=float) * (1 + xi) ** 2 / (1 + 2 * xi)
    return _by_chi_square(np.asarray(cpm, dtype=float), degrees, confidence)


def expected_ppm(centre: ArrayLike, sigma: ArrayLike, lsl: ArrayLike, usl: ArrayLike) -> Ppm:
    """Parts per million that a normal law of this level and spread has below and above the limits.

    Parameters
    ----------
    centre, sigma, lsl, usl : array_like of float, shape (...)
        A side without a limit (NaN) expects none; NaN where sigma is not above 0.

    References
    ----------
    .. [1] ISO 22514-2:2017.
    """
    level, low, high, spread = (np.asarray(given, dtype=float) for given in (centre, lsl, usl, sigma))
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = np.where(spread > 0, spread, np.nan)
        below, above = special.ndtr((low - level) / spread), special.ndtr((level - high) / spread)
    known = np.isfinite(level) & np.isfinite(spread)
    return Ppm(
        *(
            np.where(known, np.where(np.isnan(limit), 0.0, 1e6 * share), np.nan)
            for limit, share in ((low, below), (high, above))
        )
    )


def observed_ppm(values: ArrayLike, lsl: ArrayLike, usl: ArrayLike) -> Ppm:
    """Parts per million of the values themselves that lie out of limits; on a limit is in.

    Parameters
    ----------
    values : array_like of float, shape (..., values)
        NaN where there is none.
    lsl, usl : array_like of float, shape (...)
        NaN where there is none.

    Returns
    -------
    Ppm
        NaN where there is no value.
    """
    found = np.asarray(values, dtype=float)
    low, high = (np.asarray(limit, dtype=float)[..., None] for limit in (lsl, usl))
    n = np.count_nonzero(~np.isnan(found), axis=-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        below = np.where(n > 0, 1e6 * np.count_nonzero(found < low, axis=-1) / n, np.nan)
        above = np.where(n > 0, 1e6 * np.count_nonzero(found > high, axis=-1) / n, np.nan)
    return Ppm(below, above)


def capability(
    sums: ProcessSums,
    lsl: ArrayLike,
    usl: ArrayLike,
    *,
    target: ArrayLike = np.nan,
    confidence: float = 0.95,
) -> Capability:
    """Capability and performance of processes from the sums of their values.

    Parameters
    ----------
    sums : ProcessSums, fields of shape (...)
        From `process.process_sums`; `spread` says how sigma within was estimated.
    lsl, usl : array_like of float, shape (...)
        Specification limits; NaN where there is none.
    target : array_like of float, shape (...)
        Target of Cpm; NaN where there is none.
    confidence : float
        Coverage of the intervals as a fraction.

    Returns
    -------
    Capability
        Where an index cannot be had it is NaN and `refusal` says why. The intervals by sigma within
        take n - 1 degrees of freedom as usual; they are a little short where subgroups are small.

    References
    ----------
    .. [1] ISO 22514-2:2017.
    .. [2] AIAG (2005), Statistical Process Control, 2nd ed., chapter IV.
    """
    low, high, aim = (np.asarray(given, dtype=float) for given in (lsl, usl, target))
    refusal = _refusals(sums, low, high)
    within, overall = sums.sigma_within, sums.sigma_overall
    least = _ROUNDING * np.abs(sums.mean)
    refusal_within = np.where(
        refusal != Refusal.NONE,
        refusal,
        np.select(
            [np.isnan(within), ~(within > least)],
            [Refusal.NO_SUBGROUPS.value, Refusal.CONSTANT_WITHIN.value],
            Refusal.NONE.value,
        ),
    )
    return Capability(
        n=sums.n,
        subgroups=sums.subgroups,
        mean=sums.mean,
        within=_study(sums, within, refusal_within, low, high, aim, confidence),
        overall=_study(sums, overall, refusal, low, high, aim, confidence),
        preliminary=is_preliminary(subgroups=sums.subgroups, values=sums.n),
    )


def is_preliminary(*, subgroups: ArrayLike, values: ArrayLike) -> NDArray[np.bool_]:
    """Whether so many subgroups or values are too few for a conclusion: below 25, or below 100."""
    return (np.asarray(subgroups) < LEAST_SUBGROUPS) | (np.asarray(values) < LEAST_VALUES)


def _refusals(sums: ProcessSums, lsl: Floats, usl: Floats) -> NDArray[np.str_]:
    constant = ~(sums.sigma_overall > _ROUNDING * np.abs(sums.mean))
    return np.select(
        [sums.n < 2, constant, np.isnan(lsl) & np.isnan(usl), lsl >= usl],
        [
            reason.value
            for reason in (Refusal.TOO_FEW, Refusal.CONSTANT, Refusal.NO_LIMITS, Refusal.LIMITS_CROSSED)
        ],
        Refusal.NONE.value,
    )


def _study(
    sums: ProcessSums,
    sigma: Floats,
    refusal: NDArray[np.str_],
    lsl: Floats,
    usl: Floats,
    target: Floats,
    confidence: float,
) -> Study:
    spread = np.where(refusal == Refusal.NONE, sigma, np.nan)
    found = indices(sums.mean, spread, lsl, usl, target=target)
    with np.errstate(invalid="ignore"):
        off = (sums.mean - target) / spread
    return Study(
        sigma=sigma,
        cp=cp_interval(found.cp, sums.n - 1, confidence=confidence),
        cpl=found.cpl,
        cpu=found.cpu,
        cpk=cpk_interval(found.cpk, sums.n, confidence=confidence),
        cpm=cpm_interval(found.cpm, sums.n, off, confidence=confidence),
        expected=expected_ppm(sums.mean, spread, lsl, usl),
        refusal=refusal,
    )


def _by_chi_square(value: Floats, degrees: Floats, confidence: float) -> Interval:
    if not 0 < confidence < 1:
        raise ValueError("confidence must lie between 0 and 1")
    tail = (1 - confidence) / 2
    # Of thousands of characteristics most have the same number of values, and a quantile takes its time.
    f, places = np.unique(np.where(degrees >= 1, degrees, np.nan), return_inverse=True)
    # chdtri takes the probability of the right tail.
    low, high = (np.sqrt(special.chdtri(f, above) / f)[places] for above in (1 - tail, tail))
    shape = degrees.shape
    return Interval(value, value * low.reshape(shape), value * high.reshape(shape))
