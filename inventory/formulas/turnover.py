"""Turnover of stock: averages, rate and days, and an exact split of a change of it.

Costs and averages of one call share one currency and one price basis; which one is the caller's to
say. Stock may be a quantity times a price or a quantity alone (of one part).
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

YEAR_DAYS = 365


def average_of_days(closing: ArrayLike) -> Floats:
    """Time-weighted average stock: the mean of the closing balances of all days.

    Parameters
    ----------
    closing : array_like of float, shape (..., days)
        Closing balance of every calendar day of the period.

    Returns
    -------
    ndarray of float, shape (...)
        NaN for a period of no days.
    """
    closing = np.asarray(closing, dtype=float)
    if not closing.shape[-1]:
        return np.full(closing.shape[:-1], np.nan)
    return closing.mean(axis=-1)


def daily_balances(opening: float, day: ArrayLike, quantity: ArrayLike, *, days: int) -> Floats:
    """Closing balance of each day, from an opening balance and movements.

    Parameters
    ----------
    opening : float
        Balance before day 0.
    day : array_like of int, shape (movements,)
        Day of each movement, 0 to days - 1, in any order; it counts from that day's close on.
    quantity : array_like of float, shape (movements,)
        Receipts positive, issues negative.
    days : int
        Length of the period.

    Returns
    -------
    ndarray of float, shape (days,)

    Raises
    ------
    ValueError
        If a movement lies outside the period.
    """
    day = np.asarray(day, dtype=np.int64)
    if day.size and not (day.min() >= 0 and day.max() < days):
        raise ValueError("every movement must lie inside the period")
    moved = np.bincount(day, np.asarray(quantity, dtype=float), minlength=days)
    return np.cumsum(moved, dtype=np.float64) + opening


def average_of_snapshots(day: ArrayLike, value: ArrayLike, *, rule: str = "ends") -> Floats:
    """Average stock from the balances that are known, weighted by time.

    Parameters
    ----------
    day : array_like of float, shape (snapshots,)
        When each balance held, ascending; the first and last span the period.
    value : array_like of float, shape (..., snapshots)
        The balances.
    rule : {"ends", "step"}
        Between two snapshots the stock is taken for the mean of both ("ends"), or for the earlier
        one ("step").

    Returns
    -------
    ndarray of float, shape (...)
        NaN with fewer than two snapshots.

    Raises
    ------
    ValueError
        If the days do not ascend.
    """
    day, value = np.asarray(day, dtype=float), np.asarray(value, dtype=float)
    length = np.diff(day)
    if not np.all(length > 0):
        raise ValueError("snapshots must be in order of time, one a day")
    if not length.size:
        return np.full(value.shape[:-1], np.nan)
    held = value[..., :-1] if rule == "step" else (value[..., :-1] + value[..., 1:]) / 2
    return (held * length).sum(axis=-1) / length.sum()


def average_of_ends(opening: ArrayLike, closing: ArrayLike) -> Floats:
    """Mean of the opening and the closing balance: the coarsest average there is."""
    return (np.asarray(opening, dtype=float) + np.asarray(closing, dtype=float)) / 2


def turnover(cost_of_issues: ArrayLike, average: ArrayLike, *, days: ArrayLike) -> Floats:
    """Turns a year: cost of issues over average stock, times 365 over the days of the period.

    Parameters
    ----------
    cost_of_issues : array_like of float, shape (...)
        Issues of the period at cost.
    average : array_like of float, shape (...)
        Average stock of the period at the same prices.
    days : array_like of int, shape (...)
        Calendar days of the period.

    Returns
    -------
    ndarray of float, shape (...)
        NaN where no stock was held: the quotient does not exist, it is not infinitely good.

    References
    ----------
    .. [1] ISO 22400-2, inventory turns.
    """
    cost, average = np.asarray(cost_of_issues, dtype=float), np.asarray(average, dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(average > 0, cost / average * YEAR_DAYS / np.asarray(days, dtype=float), np.nan)


def days_of_inventory(turns: ArrayLike) -> Floats:
    """Days that the average stock lasts at the period's issues: 365 over turnover; NaN without issues."""
    turns = np.asarray(turns, dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(turns > 0, YEAR_DAYS / turns, np.nan)


def improvement(kpi1: ArrayLike, kpi0: ArrayLike) -> Floats:
    """Relative change KPI1/KPI0 - 1 as a fraction; NaN where there is nothing to compare with."""
    kpi1, kpi0 = np.asarray(kpi1, dtype=float), np.asarray(kpi0, dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(kpi0 > 0, kpi1 / kpi0 - 1, np.nan)


def logarithmic_mean(a: ArrayLike, b: ArrayLike) -> Floats:
    """(a - b) / (ln a - ln b), a where both are equal, 0 where one of them is 0.

    Parameters
    ----------
    a, b : array_like of float, shape (...)
        Not negative.

    Returns
    -------
    ndarray of float, shape (...)
    """
    a, b = np.broadcast_arrays(np.asarray(a, dtype=float), np.asarray(b, dtype=float))
    low, high = np.minimum(a, b), np.maximum(a, b)
    with np.errstate(divide="ignore", invalid="ignore"):
        # With u = (high - low)/low the mean is low * u / ln(1 + u), steady as u goes to 0.
        relative = (high - low) / low
        mean = np.where(relative < 1e-12, low, low * relative / np.log1p(relative))
    return np.where(low > 0, mean, 0.0)


class Split(NamedTuple):
    """A change of turnover, in turns a year: what issues did and what stock did."""

    volume: Floats
    stock: Floats


def volume_and_stock(issues1: ArrayLike, stock1: ArrayLike, issues0: ArrayLike, stock0: ArrayLike) -> Split:
    """Exact split of a change of turnover into volume and stock, by the logarithmic mean (LMDI).

    volume = L(T1, T0) ln(issues1/issues0) and stock = L(T1, T0) ln(stock0/stock1); they add up to
    T1 - T0.

    Parameters
    ----------
    issues1, issues0 : array_like of float, shape (...)
        Cost of issues **a year** (cost / days * 365) after and before.
    stock1, stock0 : array_like of float, shape (...)
        Average stock at cost after and before.

    Returns
    -------
    Split of ndarray, shape (...)
        NaN where either turnover does not exist. From or to no issues at all the whole change is
        volume, the limit of the formula.

    References
    ----------
    .. [1] B. W. Ang (2005), Energy Policy 33, 867-871 (LMDI).
    .. [2] B. W. Ang, N. Liu (2007), Energy Policy 35, 238-246 (zero values).
    """
    c1, s1, c0, s0 = np.broadcast_arrays(
        *(np.asarray(values, dtype=float) for values in (issues1, stock1, issues0, stock0))
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        t1, t0 = np.where(s1 > 0, c1 / s1, np.nan), np.where(s0 > 0, c0 / s0, np.nan)
        stock = logarithmic_mean(t1, t0) * np.log(s0 / s1)
    return Split(volume=t1 - t0 - stock, stock=stock)


def split_by_part(issues1: ArrayLike, stock1: ArrayLike, issues0: ArrayLike, stock0: ArrayLike) -> Split:
    """What each supplier (or part) added to the volume and the stock effect of the whole.

    The whole is the sum over the last axis. A supplier's share of the volume effect is
    L(T1, T0)/L(issues1, issues0) times the change of its issues, of the stock effect
    -L(T1, T0)/L(stock1, stock0) times the change of its stock: all volumes and all stocks add up
    to those of `volume_and_stock` of the sums, and suppliers that come or go need no exception.

    Parameters
    ----------
    issues1, issues0 : array_like of float, shape (..., suppliers)
        Cost of issues **a year** after and before.
    stock1, stock0 : array_like of float, shape (..., suppliers)
        Average stock at cost after and before.

    Returns
    -------
    Split of ndarray, shape (..., suppliers)
        NaN where a turnover of the whole does not exist.

    References
    ----------
    .. [1] B. W. Ang (2005), Energy Policy 33, 867-871 (LMDI, additive).
    """
    c1, s1, c0, s0 = np.broadcast_arrays(
        *(np.asarray(values, dtype=float) for values in (issues1, stock1, issues0, stock0))
    )
    totals = c1.sum(-1), s1.sum(-1), c0.sum(-1), s0.sum(-1)
    whole = volume_and_stock(*totals)
    with np.errstate(divide="ignore", invalid="ignore"):
        turns = logarithmic_mean(totals[0] / totals[1], totals[2] / totals[3])
    return Split(
        volume=_shares(whole.volume, turns, c1, c0),
        stock=_shares(whole.stock, -turns, s1, s0),
    )


def _shares(effect: Floats, turns: Floats, after: Floats, before: Floats) -> Floats:
    change, mean = (after - before).sum(-1), logarithmic_mean(after.sum(-1), before.sum(-1))
    with np.errstate(divide="ignore", invalid="ignore"):
        # The mean is 0 only where there were no issues at all, before or after: then all of the
        # effect is shared out by the change, if there was one.
        by_change = np.where(change != 0, effect / change, 0.0)
        factor = np.where(mean > 0, turns / mean, by_change)
    return np.where(np.isnan(effect), np.nan, factor)[..., None] * (after - before)
