"""At which unit cost stock is counted: each month at its own, or every month at that of the base period."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from core.period import Period
from inventory.formulas.carrying import as_of, first_known
from inventory.queries.stock import UnitCosts, month_number

FOREVER = (1 << 20) - 1  # a month after every other


@dataclass(frozen=True, slots=True)
class Prices:
    """Unit costs by partnership and part, and by part alone.

    Attributes
    ----------
    partnership_ids, part_ids : ndarray of int
        Those with a cost, sorted.
    pairs : ndarray of int, shape (pairs,)
        Place of the partnership * number of parts + place of the part, sorted.
    months : ndarray of int, shape (columns,)
        Months counted from year 0; empty where one column holds for all of them.
    costs : ndarray of float, shape (pairs, columns)
        NaN where none is known.
    first : ndarray of float, shape (parts,)
        The first cost known of the part, by any partnership.
    """

    partnership_ids: np.ndarray
    part_ids: np.ndarray
    pairs: np.ndarray
    months: np.ndarray
    costs: np.ndarray
    first: np.ndarray

    def of(self, partnerships: np.ndarray, parts: np.ndarray, months: Sequence[date]) -> np.ndarray:
        """Return the cost of items in months: float, shape (items, months).

        That of the partnership; else the mean over the partnerships that have one for the part; else the first
        known of the part. `partnerships` and `parts` are ids, of shape (items,).
        """
        part = _places(self.part_ids, parts)
        partnership = _places(self.partnership_ids, partnerships)
        columns = self._columns(months)
        pair = np.where((part < 0) | (partnership < 0), -1, partnership * len(self.part_ids) + part)
        own = _looked_up(self.costs, _places(self.pairs, pair), columns)
        if not np.isnan(own).any():
            return own
        return first_known(
            own,
            _looked_up(self._mean_by_part(), part, columns),
            _looked_up(self.first[:, None], part, columns * 0),
        )

    def _columns(self, months: Sequence[date]) -> np.ndarray:
        if not len(self.months):
            return np.zeros(len(months), dtype=np.int64)
        return np.searchsorted(self.months, [month_number(month) for month in months])

    def _mean_by_part(self) -> np.ndarray:
        part = self.pairs % max(len(self.part_ids), 1)
        total = np.zeros((len(self.part_ids), self.costs.shape[1]))
        count = np.zeros_like(total)
        np.add.at(total, part, np.nan_to_num(self.costs))
        np.add.at(count, part, ~np.isnan(self.costs))
        return _ratio(total, count)


def period_prices(costs: UnitCosts, period: Period) -> Prices:
    """Every month of a period at its own cost: a month without one keeps the last."""
    return _prices(costs, period, constant=False)


def constant_prices(costs: UnitCosts, basis: Period) -> Prices:
    """One cost for all months: the mean over the months of the basis, else the first one known."""
    return _prices(costs, basis, constant=True)


def _prices(costs: UnitCosts, period: Period, *, constant: bool) -> Prices:
    partnership_ids, partnership = np.unique(costs.partnership, return_inverse=True)
    part_ids, part = np.unique(costs.part, return_inverse=True)
    known = partnership * len(part_ids) + part, costs.month, costs.cost
    pairs = np.unique(known[0])
    months = np.array([month_number(month.first) for month in period.months()], dtype=np.int64)
    by_month = as_of(*known, pairs[:, None], months)
    if constant:
        mean = _ratio(np.nansum(by_month, axis=1), (~np.isnan(by_month)).sum(axis=1))
        by_month, months = first_known(mean, _first(*known, pairs))[:, None], months[:0]
    return Prices(
        partnership_ids, part_ids, pairs, months, by_month, _first(part, *known[1:], np.arange(len(part_ids)))
    )


def _first(keys: np.ndarray, months: np.ndarray, costs: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """The first cost known of each wanted key, of several in one month the first line: read against time."""
    return as_of(keys[::-1], FOREVER - months[::-1], costs[::-1], wanted, FOREVER)


def _looked_up(costs: np.ndarray, lines: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """Costs at each of these lines in each of these columns; NaN where the line is -1."""
    if not len(costs):
        return np.full((len(lines), len(columns)), np.nan)
    return np.where(lines[:, None] < 0, np.nan, costs[lines[:, None], columns])


def _places(ids: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Places of wanted ids among sorted ones; -1 for what is not there."""
    if not len(ids):
        return np.full(len(wanted), -1)
    place = np.minimum(np.searchsorted(ids, wanted), len(ids) - 1)
    return np.where(ids[place] == wanted, place, -1)


def _ratio(total: np.ndarray, count: np.ndarray) -> np.ndarray:
    with np.errstate(invalid="ignore"):
        return total / count
