"""Bias of a gauge, and how the bias changes over its range."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from quality.formulas.proportion import Floats, student_quantile


class Bias(NamedTuple):
    """Mean deviation from the reference, in the unit; every field of shape (...)."""

    bias: Floats
    s: Floats
    se: Floats
    t: Floats
    p: Floats
    low: Floats
    high: Floats


class Linearity(NamedTuple):
    """Straight line of bias over reference values, with Student's tests of slope and intercept."""

    slope: float
    intercept: float
    se_slope: float
    se_intercept: float
    t_slope: float
    t_intercept: float
    p_slope: float
    p_intercept: float
    s: float  # residual standard deviation, n - 2
    r2: float
    references: Floats  # distinct reference values, ascending
    bias_by_part: Floats  # mean bias at each of them
    bias_overall: float


def gauge_bias(measured: ArrayLike, reference: ArrayLike, *, confidence: float = 0.95) -> Bias:
    """Bias of repeated measurements of parts with a known value, by Student's t.

    Parameters
    ----------
    measured : array_like of float, shape (..., n)
        Repeated measurements, in the unit of the reference.
    reference : array_like of float, shape (...)
        The known value of each part.
    confidence : float
        Coverage of the interval as a fraction.

    Returns
    -------
    Bias of ndarray, shape (...)
        Where all measurements are equal t is infinite, or NaN if there is no bias either.

    Raises
    ------
    ValueError
        If there are fewer than two measurements.

    References
    ----------
    .. [1] AIAG (2010), Measurement Systems Analysis, 4th ed., ch. III-B (bias, independent sample).
    """
    x = np.asarray(measured, dtype=float)
    n = x.shape[-1]
    if n < 2:
        raise ValueError("bias needs two measurements at least")
    deviation = x - np.asarray(reference, dtype=float)[..., None]
    bias, s = deviation.mean(-1), deviation.std(-1, ddof=1)
    se = s / np.sqrt(n)
    with np.errstate(divide="ignore", invalid="ignore"):
        t = bias / se
    half = student_quantile(confidence, n - 1) * se
    return Bias(bias, s, se, t, _two_sided(t, n - 1), bias - half, bias + half)


def gauge_linearity(reference: ArrayLike, measured: ArrayLike) -> Linearity:
    """Regression of bias (measured - reference) on the reference value, least squares.

    Parameters
    ----------
    reference, measured : array_like of float, broadcast to one shape
        For example (parts, 1) and (parts, measurements), or two flat lists of pairs.

    Returns
    -------
    Linearity

    Raises
    ------
    ValueError
        If there are fewer than three pairs, or all have one reference value.

    References
    ----------
    .. [1] AIAG (2010), Measurement Systems Analysis, 4th ed., ch. III-B (linearity).
    """
    x, y = (
        values.ravel()
        for values in np.broadcast_arrays(np.asarray(reference, float), np.asarray(measured, float))
    )
    if x.size < 3 or np.ptp(x) == 0:
        raise ValueError("linearity needs three pairs and two reference values at least")
    bias = y - x
    centred = x - x.mean()
    sxx = centred @ centred
    slope = centred @ bias / sxx
    intercept = bias.mean() - slope * x.mean()
    residual = bias - intercept - slope * x
    degrees = x.size - 2
    s = np.sqrt(residual @ residual / degrees)
    se_slope = s / np.sqrt(sxx)
    se_intercept = s * np.sqrt(1 / x.size + x.mean() ** 2 / sxx)
    spread = (bias - bias.mean()) @ (bias - bias.mean())
    references, places = np.unique(x, return_inverse=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        t_slope, t_intercept = slope / se_slope, intercept / se_intercept
        r2 = 1 - residual @ residual / spread
    return Linearity(
        slope=float(slope),
        intercept=float(intercept),
        se_slope=float(se_slope),
        se_intercept=float(se_intercept),
        t_slope=float(t_slope),
        t_intercept=float(t_intercept),
        p_slope=float(_two_sided(t_slope, degrees)),
        p_intercept=float(_two_sided(t_intercept, degrees)),
        s=float(s),
        r2=float(r2),
        references=references,
        bias_by_part=np.bincount(places, bias) / np.bincount(places),
        bias_overall=float(bias.mean()),
    )


def _two_sided(t: ArrayLike, degrees: int) -> Floats:
    return np.asarray(2 * special.stdtr(degrees, -np.abs(t)))
