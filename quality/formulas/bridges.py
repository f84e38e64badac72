"""What moved a rate between two periods: better parts, or more of the better ones."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from quality.formulas.proportion import Floats, possible_counts


class Bridge(NamedTuple):
    """Change of a pooled rate of shape (...), and what each group did to it, shape (..., groups)."""

    total: Floats
    rate_effects: Floats
    mix_effects: Floats


def rate_bridge(found0: ArrayLike, inspected0: ArrayLike, found1: ArrayLike, inspected1: ArrayLike) -> Bridge:
    """Split the change of a pooled rate into effects of rates and of shares, exactly.

    With w the share of a group in all that was inspected and r its rate: rate effect (w0+w1)/2 (r1-r0), mix
    effect (r0+r1)/2 (w1-w0). A group that is absent in one period takes its rate from the other, so
    that its effect is all mix.

    Parameters
    ----------
    found0, inspected0, found1, inspected1 : array_like of int, shape (..., groups)
        Units found and inspected in the earlier and the later period.

    Returns
    -------
    Bridge
        The effects add up to the total; NaN where a period has nothing inspected.

    Raises
    ------
    ValueError
        If a count is impossible.

    References
    ----------
    .. [1] E. M. Kitagawa (1955), J. Amer. Stat. Assoc. 50, 1168-1194.
    """
    x0, n0 = possible_counts(found0, inspected0)
    x1, n1 = possible_counts(found1, inspected1)
    with np.errstate(divide="ignore", invalid="ignore"):
        share0, share1 = n0 / n0.sum(-1, keepdims=True), n1 / n1.sum(-1, keepdims=True)
        r0, r1 = x0 / n0, x1 / n1
        total = x1.sum(-1) / n1.sum(-1) - x0.sum(-1) / n0.sum(-1)
    # A group in neither period has no rate; its shares are 0, and so are its effects.
    r0, r1 = (
        np.nan_to_num(np.where(own > 0, rate, other)) for own, rate, other in ((n0, r0, r1), (n1, r1, r0))
    )
    return Bridge(total, (share0 + share1) / 2 * (r1 - r0), (r0 + r1) / 2 * (share1 - share0))
