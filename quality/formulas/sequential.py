"""Looking again and again: intervals and p values that hold at every look together.

A fixed interval that is looked at after every lot will miss the truth sooner or later; these do so with
probability alpha at most, however often one looks (Ville's inequality for a mixture likelihood ratio).
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy import special
from scipy.optimize import elementwise

from quality.formulas.proportion import Floats


class NormalSequence(NamedTuple):
    """A mean that is watched, each of shape (..., values): at every value so far."""

    ratio: Floats  # mixture likelihood ratio against the null
    p: Floats  # always valid
    low: Floats  # confidence sequence of the mean
    high: Floats


def proportion_sequence(
    successes: ArrayLike, trials: ArrayLike, *, a: float = 1.0, b: float = 1.0, alpha: float = 0.05
) -> tuple[Floats, Floats]:
    """Confidence sequence of a proportion by the beta mixture.

    {p : M_t(p) < 1/alpha} with M_t(p) = B(a+S, b+t-S) / (B(a,b) p^S (1-p)^(t-S)); no running intersection.

    Parameters
    ----------
    successes, trials : array_like of int, shape (...)
        S among t at each look.
    a, b : float
        Beta prior of the mixture.
    alpha : float
        Probability that any look misses the proportion.

    Returns
    -------
    low, high : ndarray of float, shape (...)
        0 where S = 0, 1 where S = t; both before the first trial.

    Raises
    ------
    ValueError
        If a count is impossible.

    References
    ----------
    .. [1] H. Robbins (1970), Annals of Mathematical Statistics 41, 1397-1409.
    """
    s, t = np.broadcast_arrays(np.asarray(successes, dtype=float), np.asarray(trials, dtype=float))
    if not np.all((s >= 0) & (s <= t)):
        raise ValueError("counts must satisfy 0 <= successes <= trials")
    level = -np.log(alpha)
    shape = np.shape(s)
    s, t = np.atleast_1d(s), np.atleast_1d(t)
    mode = np.where(t > 0, s / np.maximum(t, 1), 0.5)

    # The logarithm of M is convex in the logit, least at S/t: one root on either side. The logit keeps
    # the digits of a proportion close to 1.
    def excess(logit: Floats, found: Floats, tried: Floats) -> Floats:
        return _log_mixture(logit, found, tried, a, b) - level

    low, high = np.zeros(s.shape), np.ones(s.shape)
    centre = special.logit(np.clip(mode, 1e-12, 1 - 1e-12))
    for bound, side, wanted in ((low, -1.0, s > 0), (high, 1.0, s < t)):
        if wanted.any():
            middle, found, tried = centre[wanted], s[wanted], t[wanted]
            # At the end where nothing else stands the bound has a closed form within reach of 700.
            far = np.full(middle.shape, side * 700.0)
            root = elementwise.find_root(excess, (far, middle), args=(found, tried)).x
            bound[wanted] = special.expit(root)
    return low.reshape(shape), high.reshape(shape)


def proportion_p_values(observations: ArrayLike, p0: ArrayLike, *, a: float = 1.0, b: float = 1.0) -> Floats:
    """Always-valid p values of H0: p = p0 after every observation, min over s <= t of 1/M_s(p0), at most 1.

    Parameters
    ----------
    observations : array_like of int, shape (values,)
        1 for a success, 0 for a failure, in order.
    p0 : array_like of float, shape (...)
        Proportions to be tested, between 0 and 1.

    Returns
    -------
    ndarray of float, shape (..., values)

    References
    ----------
    .. [1] H. Robbins (1970); R. Johari, P. Koomen, L. Pekelis, D. Walsh (2022), Operations Research 70, 1806-1821.
    """
    s = np.cumsum(np.asarray(observations, dtype=float))
    t = np.arange(1.0, len(s) + 1)
    logit = special.logit(np.asarray(p0, dtype=float))[..., None]
    smallest = np.minimum.accumulate(-_log_mixture(logit, s, t, a, b), axis=-1)
    return np.exp(np.minimum(smallest, 0.0))


def normal_sequence(
    values: ArrayLike, *, sigma: float, tau: float, theta0: float = 0.0, alpha: float = 0.05
) -> NormalSequence:
    """Mixture sequential probability ratio test of a mean with known sigma.

    L_n = sqrt(s2/(s2 + n t2)) exp(n^2 t2 (mean - theta0)^2 / (2 s2 (s2 + n t2))), s2 = sigma^2, t2 = tau^2; p =
    min(1, 1/max L so far); the interval holds every theta with L_n(theta) < 1/alpha.

    Parameters
    ----------
    values : array_like of float, shape (..., values)
        In order of time, none missing.
    sigma, tau : float
        Standard deviation of a value, and of the mixture: the size of a shift that matters.
    theta0 : float
        Mean under the null.
    alpha : float
        Probability that any look errs.

    Returns
    -------
    NormalSequence

    References
    ----------
    .. [1] R. Johari, L. Pekelis, D. Walsh (2015), Always Valid Inference, arXiv:1512.04922.
    """
    found = np.asarray(values, dtype=float)
    n = np.arange(1.0, found.shape[-1] + 1)
    mean = np.cumsum(found, axis=-1) / n
    s2, t2 = sigma**2, tau**2
    wide = s2 + n * t2
    exponent = n**2 * t2 * (mean - theta0) ** 2 / (2 * s2 * wide)
    log_ratio = 0.5 * np.log(s2 / wide) + exponent
    p = np.exp(np.minimum(-np.maximum.accumulate(log_ratio, axis=-1), 0.0))
    half = np.sqrt(s2 * wide / (n**2 * t2) * (2 * np.log(1 / alpha) + np.log(wide / s2)))
    with np.errstate(over="ignore"):
        return NormalSequence(np.exp(log_ratio), p, mean - half, mean + half)


def _log_mixture(logit: Floats, s: Floats, t: Floats, a: float, b: float) -> Floats:
    """ln M_t at p = expit(logit)."""
    likelihood = s * special.log_expit(logit) + (t - s) * special.log_expit(-logit)
    return special.betaln(a + s, b + t - s) - special.betaln(a, b) - likelihood
