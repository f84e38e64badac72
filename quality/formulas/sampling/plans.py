"""Sampling plans of ISO 2859-1: code letters, single and double plans, arrows followed.

The master tables are a grid of preferred numbers: the next letter takes 1.6 times the sample, the next
AQL allows 1.6 times the nonconforming pieces. So n times AQL, and with it the acceptance number, is the
same along every diagonal, and the tables are kept here as their diagonals and their edges, not as cells.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Ints = NDArray[np.int64]

LETTERS = "ABCDEFGHJKLMNPQR"
LEVELS = ("S-1", "S-2", "S-3", "S-4", "I", "II", "III")
SEVERITIES = ("normal", "tightened", "reduced")
# In percent nonconforming (up to 10), or nonconformities per 100 items.
# fmt: off
AQLS = (
    "0.010", "0.015", "0.025", "0.040", "0.065", "0.10", "0.15", "0.25", "0.40", "0.65", "1.0", "1.5", "2.5",
    "4.0", "6.5", "10", "15", "25", "40", "65", "100", "150", "250", "400", "650", "1000",
)
# fmt: on
HIGHEST_PERCENT = "10"  # a higher AQL counts nonconformities, since no item is nonconforming thrice

# Table 1: first lot size of each row after the first, and the letters of the seven levels.
_LOTS_FROM = (9, 16, 26, 51, 91, 151, 281, 501, 1201, 3201, 10001, 35001, 150001, 500001)
_LETTERS_OF_LOTS = (
    "AAAAAAB",
    "AAAAABC",
    "AABBBCD",
    "ABBCCDE",
    "BBCCCEF",
    "BBCDDFG",
    "BCDEEGH",
    "BCDEFHJ",
    "CCEFGJK",
    "CDEGHKL",
    "CDFGJLM",
    "CDFHKMN",
    "DEGJLNP",
    "DEGJMPQ",
    "DEHKNQR",
)

_SIZES = (2, 3, 5, 8, 13, 20, 32, 50, 80, 125, 200, 315, 500, 800, 1250, 2000)
_REDUCED_SIZES = (2, 2, 2, 3, 5, 8, 13, 20, 32, 50, 80, 125, 200, 315, 500, 800)

# Acceptance numbers by diagonal, that is by place of the letter plus place of the AQL.
_DIAGONALS = {
    "normal": {14: 0, 17: 1, 18: 2, 19: 3, 20: 5, 21: 7, 22: 10, 23: 14, 24: 21},
    "tightened": {15: 0, 18: 1, 19: 2, 20: 3, 21: 5, 22: 8, 23: 12, 24: 18},
    "reduced": {14: 0, 18: 1, 19: 2, 20: 3, 21: 5, 22: 6, 23: 8, 24: 10},
}
# Two diagonals more for the letters A to E, whose samples are small enough to count that far.
_FURTHER = {
    "normal": {25: 30, 26: 44},
    "tightened": {25: 27, 26: 41},
    "reduced": {25: 14, 26: 21},
}
_FURTHER_LETTERS = 5
# On reduced inspection A and B take the two pieces of A on normal inspection, and its numbers.
_OF_TWO_PIECES = {17: 1, 18: 2, 19: 3, 20: 5, 21: 7, 22: 10, 23: 14, 24: 21, 25: 30}


# Between Ac 0 and Ac 1 lie arrows: the first points up to Ac 0 (on tightened inspection none does), the
# others down to Ac 1.
_UP_AFTER_ZERO = {"normal": 15, "reduced": 15}

# Tables 3-A, 3-B, 3-C: (Ac1, Re1, Ac2, Re2) of the double plan beside a single plan with this Ac.
_DOUBLES = {
    1: (0, 2, 1, 2),
    2: (0, 3, 3, 4),
    3: (1, 3, 4, 5),
    5: (2, 5, 6, 7),
    6: (3, 6, 7, 8),
    7: (3, 6, 9, 10),
    8: (4, 7, 10, 11),
    10: (5, 9, 12, 13),
    12: (6, 10, 15, 16),
    14: (7, 11, 18, 19),
    18: (9, 14, 23, 24),
    21: (11, 16, 26, 27),
    27: (15, 20, 34, 35),
    30: (17, 22, 37, 38),
    41: (23, 29, 52, 53),
    44: (25, 31, 56, 57),
}


class SinglePlan(NamedTuple):
    """Take n; accept at `ac` nonconforming or fewer, do not accept at `re` or more."""

    code: str
    n: int
    ac: int
    re: int


# The letter after R has one plan only, at the one AQL that R cannot serve on tightened inspection.
_S_PLAN = SinglePlan("S", 3150, 1, 2)
_S_AQL = AQLS.index("0.025")


class DoublePlan(NamedTuple):
    """Two samples; the second is drawn when the first has more than ac[0] and fewer than re[0].

    The second pair of numbers judges the nonconforming of both samples together.
    """

    code: str
    n: tuple[int, int]
    ac: tuple[int, int]
    re: tuple[int, int]


class LotPlans(NamedTuple):
    """Single plans of lots, each field of shape (...).

    `code` is the letter of lot and level, `plan_code` the one at the end of the arrow. Where the sample
    is not smaller than the lot, n is the lot and `full_inspection` is true.
    """

    code: NDArray[np.str_]
    plan_code: NDArray[np.str_]
    n: Ints
    ac: Ints
    re: Ints
    full_inspection: NDArray[np.bool_]


def code_letters(lot_size: ArrayLike, level: str = "II") -> NDArray[np.str_]:
    """Sample size code letters.

    Parameters
    ----------
    lot_size : array_like of int, shape (...)
        Pieces in the lot.
    level : str
        Inspection level, one of `LEVELS`.

    Returns
    -------
    ndarray of str, shape (...)

    Raises
    ------
    ValueError
        If a lot has fewer than two pieces (then there is nothing to sample) or the level is unknown.

    References
    ----------
    .. [1] ISO 2859-1:1999 (GB/T 2828.1-2012), 10.1 and table 1.
    """
    return np.array(list(LETTERS))[_letter_places(lot_size, level)]


def single_plan(code: str, aql: str, severity: str = "normal") -> SinglePlan:
    """The single sampling plan of one cell of the master tables, arrows followed.

    Parameters
    ----------
    code : str
        Code letter, one of `LETTERS`.
    aql : str
        Acceptance quality limit as printed, one of `AQLS`.
    severity : str
        One of `SEVERITIES`.

    Returns
    -------
    SinglePlan
        Its `code` is that of the plan used, which differs from `code` where there is an arrow.

    Raises
    ------
    ValueError
        If letter, AQL or severity is unknown.

    References
    ----------
    .. [1] ISO 2859-1:1999 (GB/T 2828.1-2012), 10.3 and tables 2-A, 2-B, 2-C.
    """
    return _master_table(severity)[_place(LETTERS, code, "code letter")][_place(AQLS, aql, "AQL")]


def double_plan(code: str, aql: str, severity: str = "normal") -> DoublePlan | SinglePlan:
    """The double sampling plan of one cell, or the single one where the standard has no double.

    There is none beside a single plan with Ac 0, nor for samples of two pieces. Both samples are of the
    size that the letter before has for single sampling, about two thirds of the single sample.

    Parameters and errors are those of `single_plan`.

    Notes
    -----
    The table could not be read in a public copy: its pairs are held against the single plans by their
    operating characteristics, the pair beside Ac 6 (reduced) being the one that comes closest.

    References
    ----------
    .. [1] ISO 2859-1:1999 (GB/T 2828.1-2012), 10.4 and tables 3-A, 3-B, 3-C.
    """
    single = single_plan(code, aql, severity)
    if single.ac not in _DOUBLES or single.n <= 2:
        return single
    sizes = _REDUCED_SIZES if severity == "reduced" else _SIZES
    size = sizes[(*LETTERS, "S").index(single.code) - 1]
    ac1, re1, ac2, re2 = _DOUBLES[single.ac]
    return DoublePlan(single.code, (size, size), (ac1, ac2), (re1, re2))


def plans_for_lots(
    lot_size: ArrayLike, *, level: str = "II", aql: str = "1.0", severity: str = "normal"
) -> LotPlans:
    """Single plans of lots of one AQL and severity.

    Parameters
    ----------
    lot_size : array_like of int, shape (...)
        Pieces in the lot.
    level, aql, severity : str
        One each of `LEVELS`, `AQLS`, `SEVERITIES`.

    Returns
    -------
    LotPlans of ndarray, shape (...)

    Raises
    ------
    ValueError
        If a lot has fewer than two pieces, or a word is unknown.

    References
    ----------
    .. [1] ISO 2859-1:1999 (GB/T 2828.1-2012), table 1, tables 2-A, 2-B, 2-C and their notes.
    """
    lots = np.asarray(lot_size, dtype=np.int64)
    entered = _letter_places(lots, level)
    column = [row[_place(AQLS, aql, "AQL")] for row in _master_table(severity)]
    plan_code, n, ac, re = (np.array(field)[entered] for field in zip(*column, strict=True))
    return LotPlans(
        np.array(list(LETTERS))[entered], plan_code, np.minimum(n, lots), ac, re, np.asarray(n >= lots)
    )


def tighter_acceptance(plan: SinglePlan, aql: str, severity: str = "normal") -> int | None:
    """Acceptance number of the same sample one AQL step tighter, as the switching score asks for it.

    None where the table has no number for this sample at the tighter AQL, which happens at Ac 0 and 1.

    References
    ----------
    .. [1] ISO 2859-1:1999, 9.3.3.2 b).
    """
    column = _place(AQLS, aql, "AQL") - 1
    letter = LETTERS.find(plan.code)
    return _own_acceptance(severity, letter, column) if letter >= 0 and column >= 0 else None


def _letter_places(lot_size: ArrayLike, level: str) -> Ints:
    lots = np.asarray(lot_size)
    if not np.all(lots >= 2):
        raise ValueError("a lot that is sampled has at least two pieces")
    of_level = [LETTERS.index(row[_place(LEVELS, level, "inspection level")]) for row in _LETTERS_OF_LOTS]
    return np.array(of_level, dtype=np.int64)[np.searchsorted(_LOTS_FROM, lots, side="right")]


@lru_cache(maxsize=3)
def _master_table(severity: str) -> tuple[tuple[SinglePlan, ...], ...]:
    """All cells of one severity, a row a letter, a column an AQL."""
    _place(SEVERITIES, severity, "severity")
    return tuple(
        tuple(_follow_arrow(severity, letter, column) for column in range(len(AQLS)))
        for letter in range(len(LETTERS))
    )


def _follow_arrow(severity: str, letter: int, column: int) -> SinglePlan:
    """The plan of a cell: its own, or the nearest one that its arrow points to."""
    numbers = {
        place: ac
        for place in range(len(LETTERS))
        if (ac := _own_acceptance(severity, place, column)) is not None
    }
    above = [place for place in numbers if place < letter]
    below = [place for place in numbers if place >= letter]
    if severity == "tightened" and column == _S_AQL and not below:
        return _S_PLAN
    diagonal = letter + column
    points_up = diagonal == _UP_AFTER_ZERO.get(severity) or diagonal > max(_DIAGONALS[severity])
    if letter in numbers:
        nearest = letter
    else:  # an arrow that would leave the table turns round
        nearest = above[-1] if above and (points_up or not below) else below[0]
    return _plan(severity, nearest, numbers[nearest])


def _own_acceptance(severity: str, letter: int, column: int) -> int | None:
    """Acceptance number printed in a cell; None where there is an arrow."""
    diagonal = letter + column
    if severity == "reduced" and letter < 2 and diagonal != 14:
        return _OF_TWO_PIECES.get(column)
    ac = _DIAGONALS[severity].get(diagonal)
    if ac is None and letter < _FURTHER_LETTERS:
        ac = _FURTHER[severity].get(diagonal)
    return ac


def _plan(severity: str, letter: int, ac: int) -> SinglePlan:
    sizes = _REDUCED_SIZES if severity == "reduced" else _SIZES
    return SinglePlan(LETTERS[letter], sizes[letter], ac, ac + 1)


def _place(names: Sequence[str], name: str, what: str) -> int:
    if name not in tuple(names):
        raise ValueError(f"unknown {what}: {name}")
    return names.index(name)
