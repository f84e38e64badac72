"""How much is left until a pledge is missed: pieces of a rate, stock of a turnover."""

from decimal import Decimal
from typing import NamedTuple

YEAR_DAYS = 365


class CountMargin(NamedTuple):
    """Nonconforming pieces (or lots not accepted): as many as the pledge allows, and as many as there are."""

    inspected: int
    allowed: int
    used: int

    @property
    def left(self) -> int:
        """How many more there may be; negative where there are too many."""
        return self.allowed - self.used


class StockMargin(NamedTuple):
    """Average stock: as much as the pledge allows at the present issues, and as much as there is."""

    allowed: Decimal
    held: Decimal

    @property
    def left(self) -> Decimal:
        """How much more there may be; negative where there is too much."""
        return self.allowed - self.held


def count_margin(*, inspected: int, conforming: int, target: Decimal) -> CountMargin:
    """Count what a pledged rate leaves of what has been inspected so far.

    Parameters
    ----------
    inspected, conforming : int
        Pieces, or lots.
    target : Decimal
        The rate that must be reached at least, as a fraction.

    Raises
    ------
    ValueError
        If a count or the target is impossible.
    """
    if not 0 <= conforming <= inspected:
        raise ValueError("conforming pieces lie between 0 and those inspected")
    if not 0 <= target <= 1:
        raise ValueError("a rate lies between 0 and 1")
    # Exact: one piece too many breaks the pledge, so that the share is cut and never rounded.
    return CountMargin(inspected, int(inspected * (1 - Decimal(target))), inspected - conforming)


def stock_margin(*, cost_of_issues: Decimal, held: Decimal, days: int, turns: Decimal) -> StockMargin:
    """Say which average stock a pledged turnover allows at the issues of a period.

    Parameters
    ----------
    cost_of_issues, held : Decimal
        Cost of issues of the period and its average stock, at the same prices.
    days : int
        Days of the period.
    turns : Decimal
        The turnover, a year, that must be reached at least.

    Raises
    ------
    ValueError
        If the turnover or the days are not positive.
    """
    if turns <= 0 or days <= 0:
        raise ValueError("turnover and days are positive")
    return StockMargin(cost_of_issues * YEAR_DAYS / days / turns, held)
