"""Readings of stock: turnover, its days, the chain's, and the split of a change into volume and stock."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, get_args

import pandas as pd

from core.period import Period
from inventory.formulas import turnover as formulas
from inventory.queries import stock as books
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
        return _readings(question, now)
    before = _values(question.before(), until)
    method = question.average or _finest([now, before])
    chosen = replace(question, average=method)
    readings = compare(chosen, _readings(chosen, now), _readings(chosen.before(), before), _change)
    return _split(chosen, readings, now, before)


def _later(question: Question) -> date:
    return max(question.period.last, (question.base or question.period).last)


def _prices(question: Question, costs: pd.DataFrame) -> Prices:
    if question.prices == "constant":
        return constant_prices(costs, question.base or question.period)
    return period_prices(costs, question.period)


def _values(question: Question, until: date) -> pd.DataFrame:
    """Stock at cost, of the chain or the customer's own; what several readings have in common is read once."""
    common = replace(
        question,
        name="turnover",
        by=("month",) if "month" in question.by else (),
        average=None,
        scope="chain",
    )
    rows = question.sources.once(_valued, common, until=until)
    return rows[rows["own"]] if question.scope == "own" else rows


def _valued(question: Question, *, until: date) -> pd.DataFrame:
    """Issues and the three averages of each item and month, at cost, whose prices are known up to a day.

    The averages are weighted by the days of the month over those of the figure, so that groups of months
    just add up; "ends" has its weight in the first and the last month alone.
    """
    rows = question.sources.once(books.stock_months, question.selection, question.period).copy()
    customers = {one.partnership: one.customer for one in question.selection.relations}
    rows["customer"] = rows["partnership"].map(customers)
    own_books = rows["partnership"].isin(question.selection.own_books)
    rows["customer"] = rows["customer"].where(~own_books, rows["holder"])
    rows["supplier"] = rows["partnership"].map(
        {one.partnership: one.supplier for one in question.selection.relations}
    )
    rows["own"] = (rows["ownership"] == "own") & (rows["holder"] == rows["customer"])
    costs = question.sources.once(books.unit_costs, question.selection, until=until)
    rows["cost"] = _prices(question, costs).of(rows)
    days = rows["days"] if "month" in question.by else question.period.days
    weight = rows["days"] / days * rows["cost"]
    rows["issues"] = (rows["issues"] * rows["cost"]).where(rows["own"], 0.0)
    rows["daily"] = rows["average"] * weight
    rows["snapshots"] = (rows["opening"] + rows["closing"]) / 2 * weight
    first, last = _ends(question)
    begins, ends = rows["month"] == first, rows["month"] == last
    if "month" in question.by:
        begins = ends = rows["month"] == rows["month"]
    rows["ends"] = (rows["opening"].where(begins, 0.0) + rows["closing"].where(ends, 0.0)) / 2 * rows["cost"]
    return rows


def _ends(question: Question) -> tuple[date, date]:
    return question.period.first.replace(day=1), question.period.last.replace(day=1)


def _finest(frames: Sequence[pd.DataFrame]) -> Average:
    """Daily balances where all of the stock has them, else month ends."""
    return "snapshots" if any((frame["source"] == "statement").any() for frame in frames) else "daily"


def _readings(question: Question, rows: pd.DataFrame) -> list[Reading]:
    question = replace(question, average=question.average or _finest([rows]))
    groups = _summed(question, rows)
    keys = groups_to_show(question, list(groups))
    labels = Labels(question, keys)
    # Stock on a customer's own books is some supplier's, and nobody can tell whose.
    nothing = "supplier_not_told_apart" if rows["supplier"].isna().any() else "no_stock_known"
    readings = []
    for key in keys:
        found = groups.get(key)
        named = labels.of(key)
        values = {"reason": nothing} if found is None else _figures(question, found, _days_of(question, key))
        if found is not None and found.stated:
            values["rows_path"] = rows_path(question, named[0], stated=True)
        readings.append(reading_of(question, named, **values))
    return readings


@dataclass(frozen=True, slots=True)
class Summed:
    """Rows of one group, added up."""

    priced: int  # rows with a cost
    issues: float  # at cost
    average: float  # at cost; NaN where a row has none
    parts_without_cost: int
    stated: bool  # by statements alone
    last_day: date | None


def _summed(question: Question, rows: pd.DataFrame) -> dict[tuple, Summed]:
    """Add up the rows of each group; what cannot be told apart belongs to none."""
    priced = rows["cost"].notna()
    average = rows[question.average].where(priced, 0.0)
    facts = pd.DataFrame(
        {
            "priced": priced,
            "issues": rows["issues"].where(priced, 0.0),
            "average": average,
            "unknown": average.isna(),
            "other_source": rows["source"] != "statement",
            "last_day": rows["last_day"],
        }
    )
    by = [rows[name] for name in question.by] or [pd.Series(0, index=rows.index)]
    groups = facts.groupby(by, sort=False)
    sums = groups[["priced", "issues", "average", "unknown", "other_source"]].sum()
    last_days = groups["last_day"].max()
    costless = rows[~priced]
    missing = costless.groupby([column[~priced] for column in by])["part"].nunique() if len(costless) else {}
    return {
        _as_tuple(key) if question.by else (): Summed(
            priced=int(row.priced),
            issues=row.issues,
            average=math.nan if row.unknown else row.average,
            parts_without_cost=int(missing.get(key, 0)),
            stated=not row.other_source,
            last_day=None if pd.isna(last_day) else last_day.date(),
        )
        for (key, last_day), row in zip(last_days.items(), sums.itertuples(), strict=True)
    }


def _figures(question: Question, found: Summed, period: Period) -> dict[str, Any]:
    turns = number(formulas.turnover(found.issues, found.average, days=period.days))
    value, reason = turns, ""
    if not found.priced:
        reason = "no_unit_cost"
    elif math.isnan(found.average):
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
        "denominator": None if not found.priced or math.isnan(found.average) else _money(found.average),
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
