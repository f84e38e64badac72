"""Performance of a block of lots from the size, mean and squared deviations of each."""

from typing import NamedTuple

import numpy as np

from quality.formulas.capability import cpk_interval, indices


class BlockPpk(NamedTuple):
    """Ppk of all values of a block, the upper end of its interval, values and mean; NaN where there is none."""

    ppk: float
    high: float
    values: int
    mean: float


def block_ppk(
    n: np.ndarray, mean: np.ndarray, m2: np.ndarray, *, lsl: float, usl: float, confidence: float
) -> BlockPpk:
    """Return Ppk of a block, with the upper end of an interval for values that resemble each other within lots.

    Parameters
    ----------
    n, mean, m2 : ndarray, shape (lots,)
        Values of each lot, their mean, and the sum of their squared deviations from it; two lots at least.
    lsl, usl : float
        Specification limits in the unit of the values, NaN where there is none.
    confidence : float
        Of the two-sided interval.
    """
    values = int(n.sum())
    middle = float((n * mean).sum() / values)
    between, within = float((n * (mean - middle) ** 2).sum()), float(m2.sum())
    sigma = np.sqrt((between + within) / (values - 1)) if values > 1 else np.nan
    ppk = float(indices(middle, sigma, lsl, usl).cpk)
    if not np.isfinite(ppk):
        return BlockPpk(np.nan, np.nan, values, middle)
    alike = independent_values(values, len(n), between, within)
    return BlockPpk(ppk, float(cpk_interval(ppk, alike, confidence=confidence).high), values, middle)


def independent_values(values: int, lots: int, between: float, within: float) -> float:
    """Return of how many independent values lots are worth, by the ratio of mean squares between and within them.

    At least one a lot, at most all of them.
    """
    ratio = (between / (lots - 1)) / (within / (values - lots)) if within > 0 and values > lots else np.inf
    return float(max(lots, values / max(1.0, ratio)))
