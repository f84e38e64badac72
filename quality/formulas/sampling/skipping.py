"""Skip-lot inspection: good suppliers' lots looked at one in so many.

This is the plan SkSP-2 of Dodge and Perry, which ISO 2859-3 refines: its three states, its frequencies 1/2
to 1/5 and its interruption by the first lot not accepted are here; its qualification score is not.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from quality.formulas.proportion import Floats


class SkipLotLongRun(NamedTuple):
    """Each of shape (...): share of lots accepted, and of lots inspected, in the long run."""

    pa: Floats
    inspected_share: Floats


@dataclass(frozen=True)
class Skipping:
    """Where a series of lots stands: lots accepted in a row, and whether lots are being skipped."""

    in_row: int = 0
    skipping: bool = False


def skip_lot_long_run(pa: ArrayLike, *, clearance: int, fraction: float) -> SkipLotLongRun:
    """What SkSP-2 does in the long run.

    Pa = (f P + (1-f) P^i) / (f + (1-f) P^i); share inspected = f / (f + (1-f) P^i).

    Parameters
    ----------
    pa : array_like of float, shape (...)
        Chance P that the reference plan accepts a lot.
    clearance : int
        Lots i accepted in a row before skipping begins.
    fraction : float
        Share f of lots inspected while skipping.

    Returns
    -------
    SkipLotLongRun of ndarray, shape (...)

    Raises
    ------
    ValueError
        If the clearance is below 1, or the fraction outside (0, 1].

    References
    ----------
    .. [1] R. L. Perry (1973), J. Quality Technology 5, 123-130.
    .. [2] H. F. Dodge, R. L. Perry (1971), Annual Technical Conference Transactions of ASQC.
    """
    if clearance < 1 or not 0 < fraction <= 1:
        raise ValueError("needs a clearance of at least one lot and a fraction in (0, 1]")
    reference = np.asarray(pa, dtype=float)
    cleared = (1 - fraction) * reference**clearance
    whole = fraction + cleared
    return SkipLotLongRun((fraction * reference + cleared) / whole, fraction / whole)


def after_inspected_lot(state: Skipping, accepted: bool, *, clearance: int) -> Skipping:
    """The state after a lot that was inspected: the first not accepted brings every lot back."""
    if not accepted:
        return Skipping()
    in_row = min(state.in_row + 1, clearance)
    return Skipping(in_row, state.skipping or in_row >= clearance)
