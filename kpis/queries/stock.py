"""Readings of stock: turnover, its days, the chain's, and the split of a change into volume and stock."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, get_args

import numpy as np

from core.period import Period
from inventory.formulas import turnover as formulas
from inventory.queries.books import read_books
from inventory.queries.stock import UnitCosts, unit_costs
from kpis.queries.prices import Prices, constant_prices, period_prices
from kpis.queries.readings import (
    Average,
    Change,
    Labels,
    Question,
    Reading,
    compare,
    groups_to_show,
    number,
    reading_of,
    rows_path,
)

AVERAGES = get_args(Average)


def read(question: Question) -> list[Reading]:
    """Readings of turnover or of one of its kin, split against the base period if there is one."""
    if question.name == "chain_turnover":
        question = replace(question, scope="chain")
    until = _later(question)
    now = _values(question, until)
    if question.base is None:
        chosen = replace(question, average=question.average or _finest(now))
        return _readings(chosen, now, _summed(chosen, now))
    before = _values(question.before(), until)
    chosen = replace(question, average=question.average or _finest(now, before))
    after, earlier = _summed(chosen, now), _summed(chosen, before)
    readings = compare(
        chosen, _readings(chosen, now, after), _readings(chosen.before(), before, earlier), _change
    )
    return _split(chosen, readings, after, earlier)


def _later(question: Question) -> date:
    return max(question.period.last, (question.base or question.period).last)


def _prices(question: Question, costs: UnitCosts) -> Prices:
    if question.prices == "constant":
        return constant_prices(costs, question.base or question.period)
    return period_prices(costs, question.period)


@dataclass(frozen=True, slots=True)
class Valued:
    """Stock of items in the months of a period, at cost.

    Attributes
    ----------
    keys : dict of str to ndarray of int, shape (items,)
        Ids of supplier, customer and part; the supplier of a customer's own books, which nobody can tell, is 0.
    own, stated : ndarray of bool, shape (items,)
        Whether the customer owns and holds it, and whether statements alone are known.
    months : tuple of date
    cost, issues, daily, snapshots, ends : ndarray of float, shape (items, months)
        Of one piece, of what was issued, and the three averages; NaN where none is known.
    last_day : ndarray of datetime64[D], shape (items, months)
    """

    keys: dict[str, np.ndarray]
    own: np.ndarray
    stated: np.ndarray
    months: tuple[date, ...]
    cost: np.ndarray
    issues: np.ndarray
    daily: np.ndarray
    snapshots: np.ndarray
    ends: np.ndarray
    last_day: np.ndarray

    def average(self, method: Average) -> np.ndarray:
        return {"daily": self.daily, "snapshots": self.snapshots, "ends": self.ends}[method]

    def of_owner(self) -> "Valued":
        """Return what the customer owns and holds."""
        own = self.own
        return Valued(
            {name: ids[own] for name, ids in self.keys.items()}, own[own], self.stated[own], self.months,
            self.cost[own], self.issues[own], self.daily[own], self.snapshots[own], self.ends[own],
            self.last_day[own],
        )  # fmt: skip


def _values(question: Question, until: date) -> Valued:
    """Stock at cost, of the chain or the customer's own; what several readings have in common is read once."""
    common = replace(
        question,
        name="turnover",
        by=("month",) if "month" in question.by else (),
        average=None,
        scope="chain",
    )
    found = question.sources.once(_valued, common, until=until)
    return found.of_owner() if question.scope == "own" else found


def _valued(question: Question, *, until: date) -> Valued:
    """Issues and the three averages of each item and month, at cost, whose prices are known up to a day.

    The averages are weighted by the days of the month over those of the figure, so that groups of months
    just add up; "ends" has its weight in the first and the last month alone.
    """
    sources, selection, period = question.sources, question.selection, question.period
    books = sources.once(read_books, selection, sources.days_to_read(period))
    stock = books.months(period)
    customers = {one.partnership: one.customer for one in selection.relations}
    suppliers = {one.partnership: one.supplier for one in selection.relations}
    partnerships = stock.partnership.tolist()
    customer = np.array([customers.get(pk, 0) for pk in partnerships], dtype=np.int64)
    customer = np.where(np.isin(stock.partnership, selection.own_books), stock.holder, customer)
    supplier = np.array([suppliers.get(pk, 0) for pk in partnerships], dtype=np.int64)
    own = (stock.ownership == "own") & (stock.holder == customer)
    costs = sources.once(unit_costs, selection, until=until)
    cost = _prices(question, costs).of(stock.partnership, stock.part, stock.months)
    by_month = "month" in question.by
    weight = cost * (1.0 if by_month else stock.days / period.days)
    ends = (stock.opening + stock.closing) / 2
    if not by_month:
        ends[:, 1:-1] = 0.0
        if len(stock.months) > 1:
            ends[:, 0], ends[:, -1] = stock.opening[:, 0] / 2, stock.closing[:, -1] / 2
    return Valued(
        keys={"customer": customer, "supplier": supplier, "part": stock.part},
        own=own,
        stated=stock.stated,
        months=stock.months,
        cost=cost,
        issues=np.where(own[:, None], stock.issues * cost, 0.0),
        daily=stock.average * weight,
        snapshots=(stock.opening + stock.closing) / 2 * weight,
        ends=ends * cost,
        last_day=stock.last_day,
    )


def _finest(*found: Valued) -> Average:
    """Daily balances where all of the stock has them, else month ends."""
    return "snapshots" if any(one.stated.any() for one in found) else "daily"


@dataclass(frozen=True, slots=True)
class Summed:
    """Items and months of one group, added up."""

    priced: int  # of them those with a cost
    issues: float  # at cost
    average: float  # at cost, of those with one
    average_unknown: bool  # of some that have a cost
    parts_without_cost: int
    stated: bool  # by statements alone
    last_day: date | None


def _summed(question: Question, found: Valued) -> dict[tuple, Summed]:
    """Add up each group; what cannot be told apart belongs to none."""
    groups, cells = _groups(question, found)
    told = cells >= 0
    cells = cells[told]

    def added(values: np.ndarray) -> list:
        return np.bincount(cells, values[told], minlength=len(groups)).tolist()

    assert question.average is not None
    priced = ~np.isnan(found.cost)
    average = found.average(question.average)
    moved = np.broadcast_to(~found.stated[:, None], priced.shape)
    last_days = np.full(len(groups), np.datetime64("NaT", "D"))
    np.fmax.at(last_days, cells, found.last_day[told])
    columns = zip(
        groups,
        added(priced),
        added(np.where(priced, found.issues, 0.0)),
        added(np.where(priced, np.nan_to_num(average), 0.0)),
        added(priced & np.isnan(average)),
        _without_cost(found, cells, told, len(groups)),
        added(moved),
        last_days.tolist(),
        strict=True,
    )
    return {
        key: Summed(int(count), issues, held, unknown > 0, costless, not by_movements, last_day)
        for key, count, issues, held, unknown, costless, by_movements, last_day in columns
    }


def _groups(question: Question, found: Valued) -> tuple[list[tuple], np.ndarray]:
    """Return the groups that there are, and of each item and month the place of its group (-1: none)."""
    shape = found.cost.shape
    of_items = [name for name in question.by if name != "month"]
    ids = np.stack([found.keys[name] for name in of_items], axis=1) if of_items else np.zeros((shape[0], 1))
    keys, line = np.unique(ids.astype(np.int64), axis=0, return_inverse=True)
    line = np.where((ids == 0).any(axis=1), -1, line) if of_items else line
    if "month" not in question.by:
        groups = [tuple(key) if of_items else () for key in keys.tolist()]
        return groups, np.broadcast_to(line[:, None], shape)
    at = question.by.index("month")
    groups = [
        (*key[:at], month, *key[at:])
        for key in (keys.tolist() if of_items else [()] * len(keys))
        for month in found.months
    ]
    cells = line[:, None] * shape[1] + np.arange(shape[1])
    return groups, np.where(line[:, None] < 0, -1, cells)


def _without_cost(found: Valued, cells: np.ndarray, told: np.ndarray, groups: int) -> list[int]:
    """Count in each group the parts of which something has no cost."""
    missing = np.isnan(found.cost)[told]
    if not missing.any():
        return [0] * groups
    parts = np.broadcast_to(found.keys["part"][:, None], told.shape)[told]
    pairs = np.unique(np.stack([cells[missing], parts[missing]], axis=1), axis=0)
    return np.bincount(pairs[:, 0], minlength=groups).tolist()


def _readings(question: Question, found: Valued, groups: dict[tuple, Summed]) -> list[Reading]:
    keys = groups_to_show(question, list(groups))
    labels = Labels(question, keys)
    # Stock on a customer's own books is some supplier's, and nobody can tell whose.
    nothing = "supplier_not_told_apart" if (found.keys["supplier"] == 0).any() else "no_stock_known"
    readings = []
    for key in keys:
        summed = groups.get(key)
        named = labels.of(key)
        values = (
            {"reason": nothing} if summed is None else _figures(question, summed, _days_of(question, key))
        )
        if summed is not None and summed.stated:
            values["rows_path"] = rows_path(question, named[0], stated=True)
        readings.append(reading_of(question, named, **values))
    return readings


def _figures(question: Question, found: Summed, period: Period) -> dict[str, Any]:
    turns = number(formulas.turnover(found.issues, found.average, days=period.days))
    value, reason = turns, ""
    if not found.priced:
        reason = "no_unit_cost"
    elif found.average_unknown:
        reason = "no_daily_balances"
    elif turns is None:
        reason = "no_stock"
    elif question.name == "days_of_inventory":
        value = number(formulas.days_of_inventory(turns))
        reason = "" if value else "no_issues"
    return {
        "value": None if reason else value,
        "reason": reason,
        "period": period,
        "numerator": _money(found.issues) if found.priced else None,
        "denominator": None if not found.priced or found.average_unknown else _money(found.average),
        "data_until": found.last_day,
        "details": {
            "average": question.average,
            "prices": question.prices,
            "scope": question.scope,
            "days": period.days,
            "parts_without_cost": found.parts_without_cost,
        },
    }


def _days_of(question: Question, key: tuple) -> Period:
    if "month" not in question.by:
        return question.period
    return Period.month(key[question.by.index("month")]).cut_to(question.period)


def _change(one: Reading, before: Reading | None, base: Period) -> Change:
    """A change of books counted in full: it has no interval, and its word is its direction."""
    if before is None or one.value is None or before.value is None:
        return Change(base, before.value if before else None, None, None, None, None, "")
    difference = one.value - before.value
    better = (difference > 0) == (one.definition != "days_of_inventory")
    word = "undecided" if difference == 0 else "better" if better else "worse"
    relative = number(formulas.improvement(one.value, before.value))
    return Change(base, before.value, difference, None, None, relative, word)


def _split(
    question: Question, readings: list[Reading], after: dict[tuple, Summed], before: dict[tuple, Summed]
) -> list[Reading]:
    """Add to each reading what volume and stock did: to it, and by supplier to the whole."""
    if "month" in question.by or question.name == "days_of_inventory":
        return readings
    keys = sorted({key for groups in (after, before) for key, one in groups.items() if one.priced})
    keys = keys if question.by else [()]
    sums = [*_yearly(question, after, keys), *_yearly(question.before(), before, keys)]
    own = formulas.volume_and_stock(*sums)
    shares = formulas.split_by_part(*sums)
    codes = Labels(question, keys)
    found = {
        tuple(codes.of(key)[0].items()): {
            "volume": number(own.volume[place]),
            "stock": number(own.stock[place]),
        }
        | ({"share_volume": number(shares.volume[place]), "share_stock": number(shares.stock[place])}
           if question.by else {})
        for place, key in enumerate(keys)
    }  # fmt: skip
    return [
        replace(one, details=one.details | found.get(tuple(one.by.items()), {}))
        if one.change and one.change.difference is not None
        else one
        for one in readings
    ]


def _yearly(
    question: Question, groups: dict[tuple, Summed], keys: list[tuple]
) -> tuple[np.ndarray, np.ndarray]:
    """Cost of issues a year and average stock of each group; 0 where nothing is known."""

    def each(of: Callable[[Summed], float]) -> np.ndarray:
        return np.array([of(groups[key]) if key in groups else 0.0 for key in keys], dtype=float)

    return each(lambda one: one.issues) * formulas.YEAR_DAYS / question.period.days, each(
        lambda one: one.average
    )


def _money(amount: float) -> Decimal:
    return Decimal(repr(round(amount, 2)))
