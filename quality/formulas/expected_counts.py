"""What is expected of lots by those before them: share nonconforming, spread between lots, the sum that watches."""

from typing import NamedTuple

import numpy as np

from quality.formulas.count_cusum import CountDesign, design_count_cusum
from quality.formulas.dispersion import dispersion_test

RATIO = 2.0  # the rise that is to be found soonest


class Expected(NamedTuple):
    """What lots are held against: pieces in a lot, the share nonconforming, the spread, how many lots, the design."""

    size: float
    rate: float
    dispersion: float
    lots: int
    design: CountDesign


def expected_of(found: np.ndarray, inspected: np.ndarray, *, run_length: float) -> Expected:
    """Return what is expected of lots like these, with the sum that watches it.

    Mean and spread are rounded up, to two digits and to quarters: which shares designs between cells, and
    errs towards fewer alarms. A share of 0 is taken for half a piece in all of them.

    Parameters
    ----------
    found, inspected : ndarray of int, shape (lots,)
        Nonconforming pieces, on how many inspected ones; one lot at least.
    run_length : float
        Lots between two false alarms, on average.
    """
    size = float(np.median(inspected))
    rate = (found.sum() + 0.5) / (inspected.sum() + 1)
    spread = dispersion_test(found, inspected).dispersion
    dispersion = np.ceil(4 * max(1.0, np.nan_to_num(float(spread), nan=1.0))) / 4
    mean = rate * size
    digit = 10.0 ** (np.floor(np.log10(mean)) - 1)
    design = design_count_cusum(
        float(np.ceil(mean / digit) * digit), dispersion=float(dispersion), ratio=RATIO, run_length=run_length
    )
    return Expected(size, float(rate), float(dispersion), len(found), design)
