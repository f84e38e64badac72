"""Performance of values that are not normal: the ways there are, and which of them to take."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from quality.formulas.capability import Indices, Ppm, expected_ppm, indices
from quality.formulas.johnson import Family as JohnsonFamily
from quality.formulas.johnson import johnson_best
from quality.formulas.normality import Normality, anderson_darling, anderson_darling_statistic
from quality.formulas.percentiles import SHARES, Family, best_fit, percentile_indices
from quality.formulas.percentiles import expected_ppm as expected_ppm_of
from quality.formulas.proportion import Floats
from quality.formulas.transformations import box_cox, box_cox_fit

UNUSUAL = 0.05  # of Anderson and Darling's test: below it a law is held to be refuted
MOST_FITTED = 2000  # values that a Johnson curve is chosen by; its percentiles say no more with more


class Way(StrEnum):
    """How performance was worked out, the simpler before."""

    NORMAL = "normal"
    PERCENTILES = "percentiles"  # of the law of two parameters that fits best
    BOX_COX = "box_cox"  # the usual indices of transformed values and limits
    JOHNSON = "johnson"  # percentiles of a Johnson curve


class Why(StrEnum):
    """Why a way was chosen."""

    NOT_REFUTED = "not_refuted"  # the simplest whose law the test does not refute
    NONE_FITS = "none_fits"  # the test refutes all: mixed processes, or a gauge that rounds
    UNTESTED = "untested"  # too few values to test


@dataclass(frozen=True, slots=True)
class Other:
    """One way for values that are not normal: Pp and Ppk, ppm out of limits, and the test of its normal scores."""

    way: Way
    law: str  # of percentiles a Family, of Johnson its family; empty for Box and Cox
    power: float  # of Box and Cox; NaN of others
    indices: Indices
    expected: Ppm
    test: Normality  # p is a guide: parameters of the law were fitted to the same values


def other_ways(values: ArrayLike, lsl: float, usl: float) -> list[Other]:
    """Work out performance in every way that these values allow.

    Parameters
    ----------
    values : array_like of float, shape (values,)
    lsl, usl : float
        NaN where there is none.

    Returns
    -------
    list of Other
        In the order of `Way`; empty where values do not vary or there is no limit.

    References
    ----------
    .. [1] ISO 22514-2:2017 (percentile method); G. E. P. Box, D. R. Cox (1964), J. Royal Stat. Soc. B 26, 211-252.
    .. [2] Y.-M. Chou, A. M. Polansky, R. L. Mason (1998), J. Quality Technology 30, 133-141 (Johnson curves).
    """
    x = np.sort(np.asarray(values, dtype=float))
    if x.size < 2 or not x[-1] > x[0] or (np.isnan(lsl) and np.isnan(usl)) or lsl >= usl:
        return []
    found = [one(x, lsl, usl) for one in (_by_percentiles, _by_power, _by_curve)]
    return [one for one in found if one is not None and np.isfinite(one.indices.cpk)]


def chosen_way(normality: Normality, others: list[Other]) -> tuple[Way, Why]:
    """Choose the simplest way whose law the test does not refute.

    Where it refutes all the usual indices stay: a curve bent to values that follow no law promises too much.

    Parameters
    ----------
    normality : Normality
        Test of the values as they are.
    others : list of Other
        As `other_ways` gives them.
    """
    if not np.isfinite(normality.p):
        return Way.NORMAL, Why.UNTESTED
    if normality.p >= UNUSUAL:
        return Way.NORMAL, Why.NOT_REFUTED
    for one in others:
        if one.test.p >= UNUSUAL:
            return one.way, Why.NOT_REFUTED
    return Way.NORMAL, Why.NONE_FITS


def _by_percentiles(x: Floats, lsl: float, usl: float) -> Other | None:
    families = tuple(family for family in Family if family is not Family.NORMAL)
    name, tried = best_fit(x, families)
    law = next((one for one in tried if one.family.value == str(name)), None)
    if law is None:
        return None
    with np.errstate(divide="ignore"):
        below, above = (np.log(share) for share in law.shares(x))
    return Other(
        Way.PERCENTILES,
        law.family.value,
        np.nan,
        percentile_indices(law.values(SHARES), lsl, usl),
        expected_ppm_of(law, lsl, usl),
        anderson_darling_statistic(below, above, np.asarray(float(x.size))),
    )


def _by_power(x: Floats, lsl: float, usl: float) -> Other | None:
    power = float(box_cox_fit(x).power)
    if not np.isfinite(power):
        return None
    scaled = box_cox(x, power)
    low, high = box_cox([lsl, usl], power)
    mean, sigma = scaled.mean(), scaled.std(ddof=1)
    return Other(
        Way.BOX_COX,
        "",
        power,
        indices(mean, sigma, low, high),
        expected_ppm(mean, sigma, low, high),
        anderson_darling(scaled),
    )


def _by_curve(x: Floats, lsl: float, usl: float) -> Other | None:
    thinned = x
    if x.size > MOST_FITTED:
        thinned = x[np.linspace(0, x.size - 1, MOST_FITTED).round().astype(int)]
    curve, _test = johnson_best(thinned)
    if str(curve.family) == JohnsonFamily.NONE:
        return None
    scores = curve.scores(x)
    below, above = special.log_ndtr(scores), special.log_ndtr(-scores)
    test = anderson_darling_statistic(below, above, np.asarray(float(x.size)))
    at_low, at_high = (curve.scores([limit])[0] for limit in (lsl, usl))
    shares = (
        np.where(np.isnan(limit), 0.0, special.ndtr(score))
        for limit, score in ((lsl, at_low), (usl, -at_high))
    )
    return Other(
        Way.JOHNSON,
        str(curve.family),
        np.nan,
        percentile_indices(curve.values(special.ndtri(SHARES)), lsl, usl),
        Ppm(*(1e6 * share for share in shares)),
        test,
    )
