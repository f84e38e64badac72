"""Intervals of what a crossed gauge study estimates, by generalised confidence."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from quality.formulas.gauges.repeatability import CATEGORIES, STUDY_WIDTH, gauge_anova
from quality.formulas.proportion import Floats

DRAWS = 20_000
SEED = 1


class GaugeIntervals(NamedTuple):
    """Lower and upper ends, each of shape (2,); of the share of a tolerance NaN without one."""

    repeatability: Floats  # standard deviation, in the unit
    reproducibility: Floats
    grr: Floats
    part: Floats
    pct_study_grr: Floats
    pct_tolerance_grr: Floats
    ndc_raw: Floats


def gauge_intervals(
    measurements: ArrayLike, *, tolerance: float | None = None, confidence: float = 0.95
) -> GaugeIntervals:
    """Two-sided intervals of standard deviations, %GRR and ndc of one crossed study.

    Each mean square stands in for its expectation, divided by a chi-square draw over its degrees of freedom; the
    components follow as in `gauge_anova`, and the ends are quantiles over the draws. The draws are the same every
    time. The interaction is joined to the repeatability where `gauge_anova` joins it.

    Parameters
    ----------
    measurements : array_like of float, shape (parts, operators, trials)
    tolerance : float, optional
        Width of the tolerance, in the unit.
    confidence : float
        Coverage as a fraction.

    Raises
    ------
    ValueError
        As `gauge_anova`, or if the array has another number of axes.

    References
    ----------
    .. [1] M. Hamada, S. Weaver (2000), Quality Engineering 12, 473-478.
    .. [2] R. K. Burdick, C. M. Borror, D. C. Montgomery (2005), Design and Analysis of Gauge R&R Studies, ch. 3.
    """
    x = np.asarray(measurements, dtype=float)
    if x.ndim != 3:
        raise ValueError("one study at a time")
    found = gauge_anova(x)
    parts, operators, trials = x.shape
    crossed, within = (parts - 1) * (operators - 1), parts * operators * (trials - 1)
    rng = np.random.default_rng(SEED)
    part = found.ss.part / rng.chisquare(parts - 1, DRAWS)
    operator = found.ss.operator / rng.chisquare(operators - 1, DRAWS)
    if found.pooled:
        error = (found.ss.interaction + found.ss.repeatability) / rng.chisquare(crossed + within, DRAWS)
        beside, interaction = error, np.zeros(DRAWS)
    else:
        error = found.ss.repeatability / rng.chisquare(within, DRAWS)
        beside = found.ss.interaction / rng.chisquare(crossed, DRAWS)
        interaction = np.maximum((beside - error) / trials, 0)
    reproducibility = np.maximum((operator - beside) / (parts * trials), 0) + interaction
    pieces = np.maximum((part - beside) / (operators * trials), 0)
    grr = error + reproducibility
    with np.errstate(divide="ignore", invalid="ignore"):
        share = 100 * np.sqrt(grr / (grr + pieces))
        raw = CATEGORIES * np.sqrt(pieces / grr)
        of_tolerance = 100 * STUDY_WIDTH * np.sqrt(grr) / (np.nan if tolerance is None else tolerance)
    ends = ((1 - confidence) / 2, (1 + confidence) / 2)
    deviations = (np.sqrt(one) for one in (error, reproducibility, grr, pieces))
    return GaugeIntervals(*(np.quantile(one, ends) for one in (*deviations, share, of_tolerance, raw)))
