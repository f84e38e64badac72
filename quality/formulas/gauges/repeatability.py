"""Gauge R&R of crossed studies: every operator measures every part several times.

Many studies of one shape go in one call: measurements have shape (..., parts, operators, trials).
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from quality.formulas.proportion import Floats

POOL_ABOVE = 0.25  # p value above which the interaction is taken for repeatability (AIAG)
CATEGORIES = 1.41  # sqrt 2: width of a 97 % interval of a part beside the gauge's
STUDY_WIDTH = 6  # standard deviations that a study variation spans


class Components(NamedTuple):
    """Variance components, each of shape (...), in the square of the unit; negative estimates are 0."""

    repeatability: Floats
    operator: Floats
    interaction: Floats
    reproducibility: Floats  # operator and interaction
    grr: Floats  # repeatability and reproducibility
    part: Floats
    total: Floats


class SumsOfSquares(NamedTuple):
    """Of the full table, each of shape (...)."""

    part: Floats
    operator: Floats
    interaction: Floats
    repeatability: Floats
    total: Floats


class GaugeAnova(NamedTuple):
    """A crossed study by analysis of variance; every field of shape (...).

    `pooled` says whether the interaction was joined to the repeatability. Percentages and categories are
    NaN where the values do not vary at all; `pct_tolerance` without a tolerance.
    """

    ss: SumsOfSquares
    f_interaction: Floats
    p_interaction: Floats
    pooled: np.ndarray
    var: Components
    pct_contribution_grr: Floats
    pct_study_grr: Floats
    pct_tolerance_grr: Floats
    ndc: Floats
    ndc_raw: Floats


class GaugeRanges(NamedTuple):
    """A crossed study by averages and ranges; standard deviations in the unit, shape (...)."""

    rbar: Floats
    xdiff: Floats
    rp: Floats
    ev: Floats
    av: Floats
    grr: Floats
    pv: Floats
    tv: Floats
    pct_ev: Floats
    pct_av: Floats
    pct_grr: Floats
    pct_pv: Floats
    ndc: Floats


def gauge_anova(
    measurements: ArrayLike, *, tolerance: ArrayLike | None = None, pool: bool | None = None
) -> GaugeAnova:
    """Gauge R&R of a crossed study by two-way random analysis of variance.

    With the interaction: repeatability = MS error, interaction = (MS inter - MS error)/r, operator =
    (MS operator - MS inter)/(p r), part = (MS part - MS inter)/(o r). Pooled: the sums of squares of
    interaction and error together make one mean square, which is the repeatability and stands in place
    of MS inter.

    Parameters
    ----------
    measurements : array_like of float, shape (..., parts, operators, trials)
        Two of each at least; no gaps.
    tolerance : array_like of float, shape (...), optional
        Width of the tolerance, in the unit of the measurements.
    pool : bool, optional
        Whether to join interaction and error; by default where its p value exceeds `POOL_ABOVE`.

    Returns
    -------
    GaugeAnova of ndarray, shape (...)
        `ndc` is the whole part of 1.41 sqrt(part/grr), never less than 1.

    Raises
    ------
    ValueError
        If there are fewer than two parts, operators or trials, or a measurement is missing.

    References
    ----------
    .. [1] AIAG (2010), Measurement Systems Analysis, 4th ed., ch. III-B and appendix A.
    """
    x = _study(measurements)
    parts, operators, trials = x.shape[-3:]
    ss = _sums_of_squares(x)
    df_interaction = (parts - 1) * (operators - 1)
    df_error = parts * operators * (trials - 1)
    ms_interaction = ss.interaction / df_interaction
    ms_error = ss.repeatability / df_error
    with np.errstate(divide="ignore", invalid="ignore"):
        f = ms_interaction / ms_error
    p = special.fdtrc(df_interaction, df_error, f)
    pooled = np.asarray(p > POOL_ABOVE) if pool is None else np.full(p.shape, pool)
    ms_pooled = (ss.interaction + ss.repeatability) / (df_interaction + df_error)
    error = np.where(pooled, ms_pooled, ms_error)
    beside = np.where(pooled, ms_pooled, ms_interaction)
    var = _components(
        repeatability=error,
        operator=(ss.operator / (operators - 1) - beside) / (parts * trials),
        interaction=np.where(pooled, 0.0, (ms_interaction - ms_error) / trials),
        part=(ss.part / (parts - 1) - beside) / (operators * trials),
    )
    width = np.full(p.shape, np.nan) if tolerance is None else np.asarray(tolerance, dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        raw = CATEGORIES * np.sqrt(var.part / var.grr)
        share = var.grr / var.total
        of_tolerance = 100 * STUDY_WIDTH * np.sqrt(var.grr) / width
    return GaugeAnova(
        ss, f, p, pooled, var, 100 * share, 100 * np.sqrt(share), of_tolerance, _whole_categories(raw), raw
    )


def gauge_ranges(measurements: ArrayLike, *, k1: float, k2: float, k3: float) -> GaugeRanges:
    """Gauge R&R of a crossed study by averages and ranges.

    EV = Rbar K1; AV = sqrt((xdiff K2)^2 - EV^2/(parts trials)), 0 where that is negative; GRR and TV add
    squares; PV = Rp K3.

    Parameters
    ----------
    measurements : array_like of float, shape (..., parts, operators, trials)
    k1, k2, k3 : float
        1/d2* of trials, operators and parts, as the manual prints them.

    Returns
    -------
    GaugeRanges of ndarray, shape (...)
        Percentages are of the total variation; NaN where the values do not vary at all.

    Raises
    ------
    ValueError
        If there are fewer than two parts, operators or trials, or a measurement is missing.

    References
    ----------
    .. [1] AIAG (2010), Measurement Systems Analysis, 4th ed., ch. III-B, data sheet and report.
    """
    x = _study(measurements)
    parts, _, trials = x.shape[-3:]
    rbar = np.ptp(x, axis=-1).mean((-1, -2))
    xdiff = np.ptp(x.mean((-1, -3)), axis=-1)
    rp = np.ptp(x.mean((-1, -2)), axis=-1)
    ev = rbar * k1
    av = np.sqrt(np.maximum((xdiff * k2) ** 2 - ev**2 / (parts * trials), 0.0))
    grr, pv = np.hypot(ev, av), rp * k3
    tv = np.hypot(grr, pv)
    with np.errstate(divide="ignore", invalid="ignore"):
        pct_ev, pct_av, pct_grr, pct_pv = (100 * part / tv for part in (ev, av, grr, pv))
        ndc = _whole_categories(CATEGORIES * pv / grr)
    return GaugeRanges(rbar, xdiff, rp, ev, av, grr, pv, tv, pct_ev, pct_av, pct_grr, pct_pv, ndc)


def _study(measurements: ArrayLike) -> Floats:
    x = np.asarray(measurements, dtype=float)
    if x.ndim < 3 or min(x.shape[-3:]) < 2:
        raise ValueError("a crossed study needs two parts, two operators and two trials at least")
    if not np.all(np.isfinite(x)):
        raise ValueError("a crossed study has no gaps: every operator measures every part equally often")
    return x


def _sums_of_squares(x: Floats) -> SumsOfSquares:
    parts, operators, trials = x.shape[-3:]
    whole = (-1, -2, -3)
    # Centred, or squares of large means would cancel; a constant study must not leave the rounding of its mean.
    varies = np.ptp(x, axis=whole, keepdims=True) > 0
    x = np.where(varies, x - x.mean(whole, keepdims=True), 0.0)
    cells = x.mean(-1)
    of_parts, of_operators = cells.mean(-1), cells.mean(-2)
    crossed = cells - of_parts[..., :, None] - of_operators[..., None, :]
    return SumsOfSquares(
        part=operators * trials * (of_parts**2).sum(-1),
        operator=parts * trials * (of_operators**2).sum(-1),
        interaction=trials * (crossed**2).sum((-1, -2)),
        repeatability=((x - cells[..., None]) ** 2).sum((-1, -2, -3)),
        total=(x**2).sum((-1, -2, -3)),
    )


def _components(*, repeatability: Floats, operator: Floats, interaction: Floats, part: Floats) -> Components:
    operator, interaction, part = (np.maximum(value, 0.0) for value in (operator, interaction, part))
    reproducibility = operator + interaction
    grr = repeatability + reproducibility
    return Components(repeatability, operator, interaction, reproducibility, grr, part, grr + part)


def _whole_categories(raw: Floats) -> Floats:
    """Whole distinct categories, one at the least; infinite where the gauge shows no variation."""
    return np.maximum(np.floor(raw), 1.0)
