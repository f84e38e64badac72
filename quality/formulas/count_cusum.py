"""CUSUM of counts that vary more between lots than chance allows, with the run length that it has.

Pieces of one lot resemble each other, so a count of nonconforming pieces is not binomial. It is taken for
negative binomial here: of mean m and variance `dispersion` times m. The average run length is that of this
law, by a Markov chain, not that of normal values, which would promise far too much of counts near 0.
"""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import linalg, stats

from quality.formulas.proportion import Floats

STEPS = 4  # of the lattice of sums, to a reference
MOST_STATES = 4000


class CountDesign(NamedTuple):
    """A one-sided CUSUM of counts a lot: S = max(0, S + x - reference), a signal is S above `decision`."""

    reference: float
    decision: float
    run_length: float  # lots until a false alarm, on average, while the mean is the expected one


class CountSignals(NamedTuple):
    """Sums and signals, each of shape (lots,); a sum begins again at 0 after a signal."""

    sums: Floats
    signals: NDArray[np.bool_]
    began: NDArray[np.int64]  # 0-based first lot after the last 0: where a change is thought to have begun


def design_count_cusum(
    expected: float, *, dispersion: float = 1.0, ratio: float = 2.0, run_length: float = 500.0
) -> CountDesign:
    """Choose the CUSUM that watches for a count that rises to `ratio` times the expected one.

    The reference is that of the sequential likelihood ratio of two Poisson means, m (ratio - 1) / ln ratio,
    rounded to a lattice of whole pieces or parts of one; the decision interval is the smallest whose average run length
    reaches what is asked for.

    Parameters
    ----------
    expected : float
        Mean count of a lot in control, above 0.
    dispersion : float
        Variance over mean, 1 for a Poisson count; less is taken for 1.
    ratio : float
        Rise to be found soonest, above 1.
    run_length : float
        Lots until a false alarm, on average, at least.

    Returns
    -------
    CountDesign
        An infinite decision where `MOST_STATES` sums do not reach the run length.

    Raises
    ------
    ValueError
        If the mean is not positive or the ratio not above 1.

    References
    ----------
    .. [1] J. M. Lucas (1985), Technometrics 27, 129-144 (counted data CUSUMs).
    .. [2] D. Brook, D. A. Evans (1972), Biometrika 59, 539-549 (the Markov chain).
    """
    if expected <= 0 or ratio <= 1:
        raise ValueError("a count that is expected lies above 0, and a rise is above 1")
    reference = expected * (ratio - 1) / np.log(ratio)
    # A lattice fine beside both the reference and a piece; the sums then move on it exactly.
    steps = int(np.ceil(STEPS / reference))
    slack = max(1, round(reference * steps))
    low, high = 0, 1
    while high < MOST_STATES and _run_length(expected, dispersion, steps, slack, high) < run_length:
        low, high = high, 2 * high
    high = min(high, MOST_STATES)
    if _run_length(expected, dispersion, steps, slack, high) < run_length:
        return CountDesign(slack / steps, np.inf, np.inf)
    while high - low > 1:
        middle = (low + high) // 2
        reached = _run_length(expected, dispersion, steps, slack, middle) >= run_length
        low, high = (low, middle) if reached else (middle, high)
    return CountDesign(
        slack / steps, high / steps, float(_run_length(expected, dispersion, steps, slack, high))
    )


def count_run_length(design: CountDesign, mean: float, *, dispersion: float = 1.0) -> float:
    """Return the lots until a signal, on average, where the mean count of a lot is `mean`.

    Parameters
    ----------
    design : CountDesign
        With a finite decision interval; its sums start at 0.
    mean : float
        Above 0.
    dispersion : float
        Variance over mean; less than 1 is taken for 1.
    """
    steps = next(
        one for one in range(1, 10_000) if _whole(design.reference * one) and _whole(design.decision * one)
    )
    return _run_length(
        mean, dispersion, steps, round(design.reference * steps), round(design.decision * steps)
    )


def count_cusum(
    counts: ArrayLike, sizes: ArrayLike, *, usual_size: ArrayLike, reference: ArrayLike, decision: ArrayLike
) -> CountSignals:
    """Run a one-sided CUSUM over lots, beginning again after each signal.

    Parameters
    ----------
    counts, sizes : array_like of int, shape (lots,)
        Nonconforming pieces, on how many inspected ones, in order of time.
    usual_size, reference, decision : array_like of float, shape (lots,) or ()
        Pieces that the design is of, and the design in force at each lot; a lot of another size has a
        reference in proportion, and a sum under another decision keeps its share of it.

    Returns
    -------
    CountSignals
    """
    x, n = np.asarray(counts, dtype=float), np.asarray(sizes, dtype=float)
    usual, slack, limit = (
        np.broadcast_to(np.asarray(given, dtype=float), x.shape)
        for given in (usual_size, reference, decision)
    )
    sums, signals = np.zeros(x.shape), np.zeros(x.shape, dtype=bool)
    began = np.zeros(x.shape, dtype=np.int64)
    total, since = 0.0, 0
    for lot in range(len(x)):
        if lot and limit[lot] != limit[lot - 1]:
            total = (
                total * limit[lot] / limit[lot - 1] if np.isfinite(limit[lot - 1 : lot + 1]).all() else 0.0
            )
        since = since if total > 0 else lot
        total = max(0.0, total + x[lot] - slack[lot] * n[lot] / usual[lot])
        sums[lot], began[lot], signals[lot] = total, since, total > limit[lot]
        if signals[lot]:
            total = 0.0
    return CountSignals(sums, signals, began)


@lru_cache(maxsize=20_000)
def _run_length(mean: float, dispersion: float, steps: int, slack: int, decision: int) -> float:
    """Solve L = 1 + Q L for sums 0 … decision on the lattice, from 0; a sum above it is the signal."""
    chances = _chances(mean, dispersion, (decision + slack) // steps)
    # Of one step of the sum, by its size on the lattice from -decision - slack on; counts come every `steps`.
    moves = np.zeros(2 * decision + slack + 1)
    down = decision + slack
    moves[down - slack :: steps] = chances[: len(moves[down - slack :: steps])]
    stays = np.cumsum(moves)
    # L = 1 + Q L. Behind 0 a move depends on its size alone, so L behind 0 is 1 and 0 times L(0) under a
    # Toeplitz matrix, which Levinson's recursion solves in the square of the states.
    ahead, back = moves[down : down + decision + 1], moves[down::-1][: decision + 1]
    to_zero = stays[down - np.arange(decision + 1)]
    own = float(ahead[0])
    if not decision:
        return 1 / (1 - float(to_zero[0]))
    column, row = -back[:decision], -ahead[:decision]
    column = np.concatenate([[1 - own], column[1:]])
    row = np.concatenate([[1 - own], row[1:]])
    known = np.column_stack([np.ones(decision), to_zero[1:]])
    free, times = linalg.solve_toeplitz((column, row), known).T
    onwards = ahead[1:]
    return float((1 + onwards @ free) / (1 - to_zero[0] - onwards @ times))


def _chances(mean: float, dispersion: float, most: int) -> Floats:
    """Chances of 0 … most pieces."""
    counts = np.arange(most + 1)
    if dispersion <= 1.0001:
        return stats.poisson.pmf(counts, mean)
    return stats.nbinom.pmf(counts, mean / (dispersion - 1), 1 / dispersion)


def _whole(value: float) -> bool:
    return abs(value - round(value)) < 1e-9
