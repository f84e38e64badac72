"""Readings of stock: turnover, its days, the chain's, and the split of a change into volume and stock."""

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, get_args

import pandas as pd

from core.period import Period
from inventory.formulas import turnover as formulas
from inventory.queries import stock as books
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
from kpis.queries.sources import Sources
from suppliers.queries.selection import Selection

AVERAGES = get_args(Average)
VALUED = ["supplier", "customer", "part", "month", "own", "source", "last_day", "cost", "issues"]


def read(question: Question) -> list[Reading]:
    """Readings of turnover or of one of its kin, split against the base period if there is one."""
    if question.name == "chain_turnover":
        question = replace(question, scope="chain")
    now = _values(question, question)
    if question.base is None:
        return _readings(question, now)
    before = _values(question.before(), question)
    method = question.average or _finest([now, before])
    chosen = replace(question, average=method)
    readings = compare(chosen, _readings(chosen, now), _readings(chosen.before(), before), _change)
    return _split(chosen, readings, now, before)


def _constant(costs: pd.DataFrame, basis: Period) -> pd.DataFrame:
    """One price a part: the mean over the months of the base period, else the first one known."""
    every_month = _monthly(costs, Period(basis.first.replace(day=1), basis.last))
    mean = every_month.groupby(["partnership", "part"], as_index=False)["unit_cost"].mean()
    later = costs.sort_values("month").drop_duplicates(["partnership", "part"])
    return (
        pd.concat([mean, later])
        .drop_duplicates(["partnership", "part"])[["partnership", "part", "unit_cost"]]
        .reset_index(drop=True)
    )


def _monthly(costs: pd.DataFrame, period: Period) -> pd.DataFrame:
    """The cost of each part in each month of a period: a month without one keeps the last."""
    months = pd.DataFrame({"month": [month.first.replace(day=1) for month in period.months()]})
    months["month"] = pd.to_datetime(months["month"])
    known = costs.assign(month=pd.to_datetime(costs["month"])).sort_values("month")
    wanted = known[["partnership", "part"]].drop_duplicates().merge(months, how="cross").sort_values("month")
    return pd.merge_asof(wanted, known, on="month", by=["partnership", "part"]).dropna(subset=["unit_cost"])


def _values(question: Question, asked: Question) -> pd.DataFrame:
    """Issues and the three averages of each item and month, at cost.

    `asked` is the question of both periods: it says which prices are constant, and how far they are known.
    """
    constant = (asked.base or asked.period) if asked.prices == "constant" else None
    rows = question.sources.once(
        _valued,
        question.sources,
        question.selection,
        question.period,
        by_month="month" in question.by,
        constant=constant,
        until=max(asked.period.last, (asked.base or asked.period).last),
    )
    return rows[rows["own"]] if question.scope == "own" else rows


def _valued(
    sources: Sources,
    selection: Selection,
    period: Period,
    *,
    by_month: bool,
    constant: Period | None,
    until: date,
) -> pd.DataFrame:
    """All stock of a period at cost: of each month, or at the `constant` prices of a period.

    The averages are weighted by the days of the month over those of the figure, so that groups of months
    just add up; "ends" has its weight in the first and the last month alone.
    """
    rows = sources.once(books.stock_months, selection, period).copy()
    customers = {one.partnership: one.customer for one in selection.relations}
    rows["customer"] = rows["partnership"].map(customers)
    own_books = rows["partnership"].isin(selection.own_books)
    rows["customer"] = rows["customer"].where(~own_books, rows["holder"])
    rows["supplier"] = rows["partnership"].map({one.partnership: one.supplier for one in selection.relations})
    rows["own"] = (rows["ownership"] == "own") & (rows["holder"] == rows["customer"])
    costs = sources.once(books.unit_costs, selection, until=until)
    rows = _priced(rows, period, costs, _constant(costs, constant) if constant else None)
    days = rows["days"] if by_month else period.days
    weight = rows["days"] / days * rows["cost"]
    rows["issues"] = (rows["issues"] * rows["cost"]).where(rows["own"], 0.0)
    rows["daily"] = rows["average"] * weight
    rows["snapshots"] = (rows["opening"] + rows["closing"]) / 2 * weight
    begins = rows["month"] == period.first.replace(day=1)
    ends = rows["month"] == period.last.replace(day=1)
    if by_month:
        begins = ends = rows["month"] == rows["month"]
    rows["ends"] = (rows["opening"].where(begins, 0.0) + rows["closing"].where(ends, 0.0)) / 2 * rows["cost"]
    return rows[[*VALUED, *AVERAGES]]


def _priced(
    rows: pd.DataFrame, period: Period, costs: pd.DataFrame, prices: pd.DataFrame | None
) -> pd.DataFrame:
    """Add the unit cost: of the partnership, else of the part, else (before the first) the first known."""
    own = ["partnership", "part"]
    if prices is None:
        prices = _monthly(costs, Period(period.first.replace(day=1), period.last))
        prices["month"] = prices["month"].dt.date
        keys = ["month"]
    else:
        keys = []
    rows = rows.merge(prices.rename(columns={"unit_cost": "cost"}), on=own + keys, how="left")
    by_part = prices.groupby(["part", *keys], as_index=False)["unit_cost"].mean()
    rows = rows.merge(by_part, on=["part", *keys], how="left")
    first = costs.sort_values("month").drop_duplicates(["part"])[["part", "unit_cost"]]
    rows = rows.merge(first.rename(columns={"unit_cost": "first_cost"}), on="part", how="left")
    rows["cost"] = rows["cost"].fillna(rows["unit_cost"]).fillna(rows["first_cost"])
    return rows


def _finest(frames: Sequence[pd.DataFrame]) -> Average:
    """Daily balances where all of the stock has them, else month ends."""
    return "snapshots" if any((frame["source"] == "statement").any() for frame in frames) else "daily"


def _readings(question: Question, rows: pd.DataFrame) -> list[Reading]:
    question = replace(question, average=question.average or _finest([rows]))
    groups = dict(_grouped(question, rows))
    keys = groups_to_show(question, list(groups))
    labels = Labels(question, keys)
    # Stock on a customer's own books is some supplier's, and nobody can tell whose.
    nothing = "supplier_not_told_apart" if rows["supplier"].isna().any() else "no_stock_known"
    readings = []
    for key in keys:
        found = groups.get(key)
        named = labels.of(key)
        values = {"reason": nothing} if found is None else _figures(question, found, _days_of(question, key))
        if found is not None and (found["source"] == "statement").all():
            values["rows_path"] = rows_path(question, named[0], stated=True)
        readings.append(reading_of(question, named, **values))
    return readings


def _grouped(question: Question, rows: pd.DataFrame) -> list[tuple[tuple, pd.DataFrame]]:
    if not question.by:
        return [((), rows)] if len(rows) else []
    told_apart = rows.dropna(subset=["supplier"]) if "supplier" in question.by else rows
    return [(tuple(key), part) for key, part in told_apart.groupby(list(question.by), sort=False)]


def _figures(question: Question, rows: pd.DataFrame, period: Period) -> dict[str, Any]:
    priced = rows.dropna(subset=["cost"])
    cost = float(priced["issues"].sum())
    average = float(priced[question.average].sum(skipna=False))
    turns = number(formulas.turnover(cost, average, days=period.days))
    value, reason = turns, ""
    if priced.empty:
        reason = "no_unit_cost"
    elif math.isnan(average):
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
        "numerator": None if priced.empty else _money(cost),
        "denominator": None if priced.empty or math.isnan(average) else _money(average),
        "data_until": max(rows["last_day"].dropna(), default=None),
        "details": {
            "average": question.average,
            "prices": question.prices,
            "scope": question.scope,
            "days": period.days,
            "parts_without_cost": int(rows.loc[rows["cost"].isna(), "part"].nunique()),
        },
    }


def _days_of(question: Question, key: tuple) -> Period:
    if "month" not in question.by:
        return question.period
    first = key[question.by.index("month")]
    return next(month for month in question.period.months() if month.first.replace(day=1) == first)


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
    question: Question, readings: list[Reading], now: pd.DataFrame, before: pd.DataFrame
) -> list[Reading]:
    """Add to each reading what volume and stock did: to it, and by supplier to the whole."""
    if "month" in question.by or question.name == "days_of_inventory":
        return readings
    after, earlier = _yearly(question, now), _yearly(question.before(), before)
    keys = list(after.index.union(earlier.index)) if question.by else [()]
    after, earlier = (
        frame.reindex(keys, fill_value=0.0) if question.by else frame for frame in (after, earlier)
    )
    sums = [frame[name].to_numpy() for frame in (after, earlier) for name in ("issues", "stock")]
    own = formulas.volume_and_stock(*sums)
    shares = formulas.split_by_part(*sums)
    codes = Labels(question, [_as_tuple(key) for key in keys])
    found = {
        tuple(codes.of(_as_tuple(key))[0].items()): {
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


def _as_tuple(key) -> tuple:
    return key if isinstance(key, tuple) else (key,)


def _yearly(question: Question, rows: pd.DataFrame) -> pd.DataFrame:
    """Cost of issues a year and average stock by group (one row where there is none)."""
    priced = rows.dropna(subset=["cost"]).assign(
        issues=lambda frame: frame["issues"] * formulas.YEAR_DAYS / question.period.days,
        stock=lambda frame: frame[question.average],
    )
    if not question.by:
        return priced[["issues", "stock"]].sum().to_frame().T
    return priced.dropna(subset=list(question.by)).groupby(list(question.by))[["issues", "stock"]].sum()


def _money(amount: float) -> Decimal:
    return Decimal(repr(round(amount, 2)))
