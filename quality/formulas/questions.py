"""Which tests of plausibility fit a series of measured lots, and what they answer at one false-alarm rate.

A test is done only where what it calls honest can be true of the scale and the number of values; every test that is
done counts, so that whoever reads knows how many questions chance alone would ask.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np

from quality.formulas.plausibility import (
    copies_of_earlier,
    heaping_at_limit,
    last_digit_preference,
    repeated_blocks,
    too_little_variance,
)
from quality.formulas.proportion import Floats

FALSE_ALARMS = 0.001  # of a test: one honest series in a thousand is asked about
LEAST_DIGITS = 50
DIGIT_STEPS = 6  # steps of the scale in a standard deviation, from which on last digits are equally likely
LEAST_AT_LIMIT = 20  # values in both strips
LEAST_BLOCK, LONGEST_BLOCK = 4, 12
LEAST_VALUES = 30  # of a series in which runs may come back
LEAST_OF_LOT, LEAST_DEGREES = 3, 30
VARIANCE_STEPS = 2.0  # steps in the usual standard deviation, below which rounding decides
LEAST_PLACES = 4  # values of a lot that may agree with those of another


class Pattern(StrEnum):
    HEAP_LSL = "heap_lsl"
    HEAP_USL = "heap_usl"
    LAST_DIGIT = "last_digit"
    REPEATED = "repeated"
    VARIANCE = "variance"
    COPY = "copy"


@dataclass(frozen=True)
class Lots:
    """Lots of one characteristic in order of time.

    Attributes
    ----------
    values : sequence of ndarray
        Of each lot, piece after piece, rounded as reported.
    asked : int
        How many of the last lots the questions are about; the others are what came before.
    step : float
        Step of the scale: the last decimal that was written.
    """

    values: Sequence[Floats]
    asked: int
    step: float
    lsl: float | None = None
    usl: float | None = None

    @property
    def now(self) -> Sequence[Floats]:
        return self.values[len(self.values) - self.asked :]

    @property
    def before(self) -> Sequence[Floats]:
        return self.values[: len(self.values) - self.asked]


@dataclass(frozen=True)
class Done:
    """One test that was done: its chance under honest data, and what it saw.

    `lot` and `earlier` are places in `Lots.values`; -1 where the series as a whole is meant.
    """

    test: Pattern
    p: float
    facts: Mapping[str, float] = field(default_factory=dict)
    lot: int = -1
    earlier: int = -1

    @property
    def asks(self) -> bool:
        return self.p < FALSE_ALARMS


def checks_of(lots: Lots) -> list[Done]:
    """Do every test that fits; a test over many lots counts as one, its chance held for all of them (Bonferroni)."""
    if not lots.asked:
        return []
    copies = list(_copies(lots))
    pairs = [(one.lot, one.earlier) for one in copies if one.asks]
    # A lot that is a copy has a run that comes back, too: one question is enough.
    repeated = [one for one in _repeated(lots) if (one.lot, one.earlier) not in pairs]
    return [*_heaping(lots), *_last_digit(lots), *repeated, *_variance(lots), *copies]


def step_of(values: Floats, *, finest: int = 6) -> float:
    """Return the step of the scale: that of the last decimal that any value uses.

    Parameters
    ----------
    values : ndarray of float, shape (n,)
    finest : int
        Decimals that are looked at; values with more have no step that could be told.
    """
    for places in range(finest + 1):
        if np.allclose(values, np.round(values, places), rtol=0, atol=10.0 ** -(finest + 3)):
            return 10.0**-places
    return 10.0**-finest


def _heaping(lots: Lots) -> Iterator[Done]:
    x = np.concatenate(lots.now)
    spread = x.std(ddof=1) if x.size > 1 else 0.0
    strip = lots.step * max(1, round(float(spread) / lots.step / 4))
    for limit, upper in ((lots.lsl, False), (lots.usl, True)):
        if limit is None:
            continue
        inside = (limit - x.mean()) if upper else (x.mean() - limit)
        found = heaping_at_limit(x, limit, strip, upper=upper)
        both = int(found.at_limit + found.next_to_it)
        # A process centred at its limit lies in the last strip honestly.
        if both < LEAST_AT_LIMIT or inside < 2 * strip:
            continue
        facts = {
            "limit": limit,
            "strip": strip,
            "at_limit": int(found.at_limit),
            "next_to_it": int(found.next_to_it),
            "beyond": int(found.beyond),
        }
        yield Done(Pattern.HEAP_USL if upper else Pattern.HEAP_LSL, float(found.p), facts)


def _last_digit(lots: Lots) -> Iterator[Done]:
    x = np.concatenate(lots.now)
    if x.size < LEAST_DIGITS or x.std(ddof=1) < DIGIT_STEPS * lots.step:
        return
    digits = np.rint(np.abs(x) / lots.step).astype(np.int64) % 10
    found = last_digit_preference(digits)
    favourite = int(np.argmax(found.counts))
    facts = {"digit": favourite, "count": int(found.counts[favourite]), "n": int(x.size)}
    yield Done(Pattern.LAST_DIGIT, float(found.p), facts)


def _repeated(lots: Lots) -> Iterator[Done]:
    """The shortest run whose coming back chance would not make is looked for."""
    x = np.concatenate(lots.now)
    if x.size < LEAST_VALUES:
        return
    for length in range(LEAST_BLOCK, LONGEST_BLOCK + 1):
        found = repeated_blocks(x, length=length)
        if found.p < FALSE_ALARMS:
            break
    else:
        return
    if not found.blocks:
        yield Done(Pattern.REPEATED, 1.0)
        return
    of_lot = np.repeat(np.arange(lots.asked), [one.size for one in lots.now]) + len(lots.before)
    first, again = (int(of_lot[start - 1]) for start in found.blocks[0].starts[:2])
    facts = {"length": length, "blocks": len(found.blocks), "n": int(x.size)}
    yield Done(Pattern.REPEATED, found.p, facts, lot=again, earlier=first)


def _variance(lots: Lots) -> Iterator[Done]:
    usual = [one for one in lots.before if one.size >= 2]
    degrees = sum(one.size - 1 for one in usual)
    if degrees < LEAST_DEGREES:
        return
    sigma = float(np.sqrt(sum(((one - one.mean()) ** 2).sum() for one in usual) / degrees))
    if sigma < VARIANCE_STEPS * lots.step:
        return
    tried = [at for at, one in enumerate(lots.now) if one.size >= LEAST_OF_LOT]
    if not tried:
        return
    found = [too_little_variance(lots.now[at], sigma, degrees=degrees, step=lots.step) for at in tried]
    least = min(range(len(tried)), key=lambda place: float(found[place].p))
    own = lots.now[tried[least]]
    facts = {"sd": float(own.std(ddof=1)), "usual": sigma, "n": int(own.size)}
    p = min(1.0, float(found[least].p) * len(tried))
    yield Done(Pattern.VARIANCE, p, facts, lot=len(lots.before) + tried[least])


def _copies(lots: Lots) -> Iterator[Done]:
    """Lots of as many values as most of those asked about, against all earlier ones of that size."""
    sizes = [one.size for one in lots.now]
    size = max(set(sizes), key=sizes.count)
    like = [at for at, one in enumerate(lots.values) if one.size == size]
    tried = [place for place, at in enumerate(like) if at >= len(lots.before) and place]
    if size < LEAST_PLACES or not tried:
        return
    found = copies_of_earlier(np.array([lots.values[at] for at in like]))
    worst = min(tried, key=lambda place: float(found.p[place]))
    facts = {"alike": int(found.alike[worst]), "n": int(size)}
    p = min(1.0, float(found.p[worst]) * len(tried))
    yield Done(Pattern.COPY, p, facts, lot=like[worst], earlier=like[int(found.earlier[worst])])
