"""Calendar quarters: what a rule expects in one is known from before it, and stays the same while it runs.

Whoever looks again at the same lots so finds the same, also when later lots have come meanwhile.
"""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

LEAST_LOTS = 25  # from which something can be expected
USUAL_DAYS = 182  # half a year, before the quarter
MOST_DAYS = 364  # a year, where half of it has too few lots


@dataclass(frozen=True, slots=True)
class Quarter:
    """Places of lots in their order: those from which the quarter is known, and its own ones behind them."""

    known: np.ndarray
    own: np.ndarray


def quarter_of(day: date) -> date:
    """Return the first day of a calendar quarter."""
    return date(day.year, 3 * ((day.month - 1) // 3) + 1, 1)


def quarter_before(first: date) -> date:
    return quarter_of(first - timedelta(days=1))


def quarter_after(first: date) -> date:
    return quarter_of(first + timedelta(days=93))


def read_since(first: date, *, before: int = 0) -> date:
    """Return the first day that is read to judge the quarter that begins then, and so many before it."""
    for _one in range(before):
        first = quarter_before(first)
    return first - timedelta(days=MOST_DAYS)


def quarter_places(days: np.ndarray, first: date) -> Quarter:
    """Cut lots, by their days in order (datetime64[D]), for the quarter that begins on `first`.

    Known are those of half a year before it, the last `LEAST_LOTS` of a year where these are fewer; where
    there are fewer still, the first `LEAST_LOTS` of all, and only what lies behind them is the quarter's own.
    """
    begin = np.datetime64(first)
    before = np.flatnonzero((days < begin) & (days >= begin - MOST_DAYS))
    usual = np.flatnonzero((days < begin) & (days >= begin - USUAL_DAYS))
    own = np.flatnonzero((days >= begin) & (days < np.datetime64(quarter_after(first))))
    if len(before) < LEAST_LOTS:
        every = np.concatenate([before, own])
        return Quarter(every[:LEAST_LOTS], every[LEAST_LOTS:])
    return Quarter(usual if len(usual) >= LEAST_LOTS else before[-LEAST_LOTS:], own)
