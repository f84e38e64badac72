"""Questions to reported data: does it look like measurements, or like something written down?

Every test answers with the chance that honest data look at least so odd, so that whoever asks sets the
false-alarm rate: asking below p = 0.001 troubles one honest series in a thousand. What honest means is
said of each test. None of them proves anything; they word a question about the measurement.
"""

from collections import defaultdict
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy import special, stats

from quality.formulas.proportion import Floats


class DigitTest(NamedTuple):
    """Chi-square of last digits against equal shares; `counts` of shape (..., 10), the rest (...)."""

    counts: np.ndarray
    chi2: Floats
    df: int
    p: Floats


class RepeatedBlock(NamedTuple):
    """A run of values that occurs more than once, with the 1-based starts of its occurrences."""

    values: tuple[float, ...]
    starts: tuple[int, ...]


class RepeatedBlocks(NamedTuple):
    """The repeated runs of a series, and the chance of any in values of random order."""

    blocks: tuple[RepeatedBlock, ...]
    p: float


class Heaping(NamedTuple):
    """Values just inside a limit, in the strip next to it, and beyond the limit, with the chance."""

    at_limit: np.ndarray
    next_to_it: np.ndarray
    beyond: np.ndarray
    p: Floats


class SmallVariance(NamedTuple):
    """Variance beside the one expected, and the chance of so little; each of shape (...)."""

    ratio: Floats
    p: Floats


class Copies(NamedTuple):
    """For each lot the earlier lot most like it (index, -1 for the first), how many values agree, and p."""

    earlier: np.ndarray
    alike: np.ndarray
    p: Floats


def last_digit_preference(digits: ArrayLike) -> DigitTest:
    """Whether some last digits are written more often than others.

    Honest: the last digit is read off a scale that is fine beside the spread of the values (ten steps in
    a standard deviation are plenty), so that all ten digits are equally likely. Chi-square with nine
    degrees of freedom; its p is a good approximation from fifty digits on.

    Parameters
    ----------
    digits : array_like of int, shape (..., n)
        Last digits, 0 to 9.

    Returns
    -------
    DigitTest

    Raises
    ------
    ValueError
        If there is none, or one is no digit.
    """
    last = np.asarray(digits)
    if last.size == 0 or last.ndim == 0 or not np.all((last >= 0) & (last <= 9)):
        raise ValueError("needs digits from 0 to 9")
    counts = (last[..., None] == np.arange(10)).sum(-2)
    expected = last.shape[-1] / 10
    chi2 = ((counts - expected) ** 2).sum(-1) / expected
    return DigitTest(counts, chi2, 9, special.chdtrc(9, chi2))


def repeated_blocks(values: ArrayLike, *, length: int = 4) -> RepeatedBlocks:
    """Runs of consecutive values that come back, as they do where a block was copied.

    Every distinct run that occurs twice or more without overlap is listed, the first to begin first; runs
    that overlap an occurrence already listed are not listed again.

    Honest: the order of the values is random. Two places then agree in one value with the chance that
    two values drawn without replacement are equal; p is the number of pairs of places times that chance
    to the power of `length`, an upper bound that counts tied values for what they are.

    Parameters
    ----------
    values : array_like of float, shape (n,)
        In the order they were reported.
    length : int
        Values in a run, at least two.

    Returns
    -------
    RepeatedBlocks

    Raises
    ------
    ValueError
        If values have not one axis, or the length is below two.
    """
    series = np.asarray(values, dtype=float)
    if series.ndim != 1 or length < 2:
        raise ValueError("needs one series of values and a length of at least two")
    places = defaultdict(list)
    for start in range(series.size - length + 1):
        places[tuple(series[start : start + length].tolist())].append(start)
    listed = np.zeros(series.size, dtype=bool)
    blocks = []
    for run, starts in places.items():
        apart = _without_overlap(starts, length, listed) if len(starts) > 1 else []
        if len(apart) > 1:
            for start in apart:
                listed[start : start + length] = True
            blocks.append(RepeatedBlock(run, tuple(start + 1 for start in apart)))
    return RepeatedBlocks(tuple(blocks), _chance_of_a_repeat(series, length))


def heaping_at_limit(values: ArrayLike, limit: float, strip: float, *, upper: bool = True) -> Heaping:
    """Whether values pile up just inside a limit.

    Counts the values in the strip that ends at the limit (the limit itself included) and in the strip of
    equal width before it. Honest: the density does not rise towards the limit. Then a value in either strip
    lies in the one at the limit with a chance of at most one half; p is the binomial chance of as many.
    Where most values lie in the last strip anyway (a process centred at its limit) the test does not apply.

    Parameters
    ----------
    values : array_like of float, shape (..., n)
    limit, strip : float
        The limit and the width of a strip, in the unit of the values; the width a whole number of steps of
        the scale, so that both strips hold as many readings.
    upper : bool
        Whether the limit is an upper one.

    Returns
    -------
    Heaping of ndarray, shape (...)

    Raises
    ------
    ValueError
        If the strip has no width.
    """
    if strip <= 0:
        raise ValueError("a strip has a width")
    x = np.asarray(values, dtype=float)
    inside = (limit - x if upper else x - limit) / strip
    # Readings on a border differ from it by rounding: 10.05 - 10.00 is not 0.05.
    place = np.floor(inside + 1e-9)
    at_limit, next_to_it, beyond = ((place == 0).sum(-1), (place == 1).sum(-1), (place < 0).sum(-1))
    both = at_limit + next_to_it
    p = np.where(both > 0, special.bdtr(next_to_it, both, 0.5), 1.0)
    return Heaping(at_limit, next_to_it, beyond, p)


def too_little_variance(
    values: ArrayLike, sigma: ArrayLike, *, degrees: ArrayLike = np.inf, step: ArrayLike = 0.0
) -> SmallVariance:
    """Whether values vary less than the process and its gauge can.

    Honest: independent normal values with standard deviation `sigma`. p is the lower tail of chi-square,
    or of F where sigma is itself an estimate (earlier lots, or the gauge's repeatability).

    Parameters
    ----------
    values : array_like of float, shape (..., n)
    sigma : array_like of float, shape (...)
        Standard deviation to expect, in the unit of the values.
    degrees : array_like of float, shape (...)
        Degrees of freedom it was estimated with.
    step : array_like of float, shape (...)
        Step of the scale. Rounding may hide up to half a step, which is added to the standard deviation found:
        equal readings on a coarse scale are no wonder.

    Returns
    -------
    SmallVariance of ndarray, shape (...)

    Raises
    ------
    ValueError
        If there are fewer than two values, or sigma is not positive.
    """
    x, sigma = np.asarray(values, dtype=float), np.asarray(sigma, dtype=float)
    n = x.shape[-1]
    if n < 2 or not np.all(sigma > 0):
        raise ValueError("needs two values at least and a positive standard deviation")
    ratio = ((x.std(-1, ddof=1) + np.asarray(step, dtype=float) / 2) / sigma) ** 2
    degrees = np.asarray(degrees, dtype=float)
    known = np.isinf(degrees)
    by_f = special.fdtr(n - 1, np.where(known, 1.0, degrees), ratio)
    return SmallVariance(ratio, np.where(known, special.chdtr(n - 1, (n - 1) * ratio), by_f))


def copies_of_earlier(lots: ArrayLike) -> Copies:
    """Whether the values of a lot are those of an earlier one, place by place.

    Honest: values of different lots are independent. A value agrees with that of another lot at the same
    place with the chance that two values drawn from all lots are equal; p is the binomial chance of as many
    agreements as the most alike earlier lot has, times the number of earlier lots (Bonferroni), at most 1.

    Parameters
    ----------
    lots : array_like of float, shape (lots, n)
        Measured values, a row a lot, in the order the lots came; rounded as they were reported.

    Returns
    -------
    Copies of ndarray, shape (lots,)

    Raises
    ------
    ValueError
        If there are no two axes.
    """
    x = np.asarray(lots, dtype=float)
    if x.ndim != 2:
        raise ValueError("needs a row of values for each lot")
    count, n = x.shape
    chance = _chance_of_a_tie(x)
    earlier, alike = np.full(count, -1), np.zeros(count, dtype=np.int64)
    for lot in range(1, count):
        agreements = (x[:lot] == x[lot]).sum(-1)
        earlier[lot] = int(np.argmax(agreements))
        alike[lot] = agreements[earlier[lot]]
    single = stats.binom.sf(alike - 1, n, chance)
    p = np.where(earlier >= 0, np.minimum(1.0, single * np.arange(count)), 1.0)
    return Copies(earlier, alike, p)


def fewer_found(
    found: ArrayLike, inspected: ArrayLike, found_again: ArrayLike, inspected_again: ArrayLike
) -> Floats:
    """Chance that a first inspection finds so few of what both inspections of the same lots find.

    Honest: both draw from the same lots and count the same. Of what a lot shows in both samples together,
    each piece then lies in the first with the chance of its share of the pieces, whatever the lot is like, so
    lots may differ as they will; p is the lower tail of the binomial law of all lots together.

    Parameters
    ----------
    found, inspected : array_like of int, shape (...)
        Nonconforming units and units of the first inspections, summed over lots.
    found_again, inspected_again : array_like of int, shape (...)
        The same of the second inspections of these lots.

    Returns
    -------
    ndarray of float, shape (...)
        1 where neither found anything.

    Raises
    ------
    ValueError
        If nothing was inspected on either side.
    """
    x, n, y, m = (
        np.asarray(given, dtype=float) for given in (found, inspected, found_again, inspected_again)
    )
    if not np.all((n > 0) & (m > 0)):
        raise ValueError("needs pieces on both sides")
    both = (x + y).astype(np.int64)
    return np.where(both > 0, special.bdtr(x, both, n / (n + m)), 1.0)


def _without_overlap(starts: list[int], length: int, listed: np.ndarray) -> list[int]:
    """Those places, from the left, that overlap neither each other nor what is listed."""
    apart: list[int] = []
    for start in starts:
        if (not apart or start >= apart[-1] + length) and not listed[start : start + length].any():
            apart.append(start)
    return apart


def _chance_of_a_repeat(series: Floats, length: int) -> float:
    places = series.size - length + 1
    pairs = max(places - length, 0) * max(places - length + 1, 0) / 2  # without overlap
    return min(1.0, pairs * _chance_of_a_tie(series) ** length)


def _chance_of_a_tie(values: Floats) -> float:
    """Chance that two values drawn without replacement are equal."""
    _, counts = np.unique(values, return_counts=True)
    n = values.size
    return float((counts * (counts - 1)).sum() / (n * (n - 1))) if n > 1 else 0.0
