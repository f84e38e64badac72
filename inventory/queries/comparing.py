"""What rows of stock, movements, deliveries and returns say against what is stored."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from core import copy
from core.scope import must_hold
from inventory.queries.ledgers import (
    BALANCES,
    DELIVERIES,
    ITEM,
    MOVEMENTS,
    RETURNS,
    Ledger,
    balances_given,
    deliveries_given,
    movements_given,
    returns_given,
)

Given = Callable[[pd.DataFrame], pd.DataFrame]
# What a return cannot be counted without.
NEEDED = {"inventory_return": ("found_at", "liability")}
DAY = "day_without_number"  # what the key has beside a ledger's columns


@dataclass(frozen=True, slots=True)
class Match:
    """Rows of a file beside what is stored.

    Attributes
    ----------
    given : DataFrame
        A line for every key of the file, counts added up, with `status`, `stored_id` (Int64) and what makes
        its stock item.
    line : Series of int
        Position in `given` of every row of the file, along the file's index.
    stored : DataFrame
        What is stored under the same keys, along `given`.
    """

    given: pd.DataFrame
    line: pd.Series
    stored: pd.DataFrame


def compare_stock(*, partnership_id: int | None, rows: pd.DataFrame, stage: None = None) -> pd.DataFrame:
    """Compare a statement of stock with what is stored; see `_answer`."""
    return _answer(partnership_id, rows, BALANCES, balances_given)


def compare_movements(*, partnership_id: int | None, rows: pd.DataFrame, stage: None = None) -> pd.DataFrame:
    """Compare lines of a stock ledger with what is stored; see `_answer`."""
    return _answer(partnership_id, rows, MOVEMENTS, movements_given)


def compare_deliveries(*, partnership_id: int | None, rows: pd.DataFrame, stage: None = None) -> pd.DataFrame:
    """Compare receipts of goods with what is stored; see `_answer`."""
    return _answer(partnership_id, rows, DELIVERIES, deliveries_given)


def compare_returns(*, partnership_id: int | None, rows: pd.DataFrame, stage: None = None) -> pd.DataFrame:
    """Compare returns with what is stored; see `_answer`."""
    return _answer(partnership_id, rows, RETURNS, returns_given)


def match_rows(partnership_id: int | None, rows: pd.DataFrame, ledger: Ledger, given_as: Given) -> Match:
    """Match rows of a file with what is stored, for the comparisons above and for the service.

    Rows of one key in one file are lines of one document, or without a number of one day, and are added up.
    """
    if partnership_id is not None:
        rows = rows.assign(partnership_id=partnership_id)
    for one in rows["partnership_id"].unique():
        must_hold(int(one))
    rows_given = given_as(rows)
    rows_given[DAY] = ledger.day_without_number(rows_given)
    same = [*ITEM, *[name for name in ledger.key if name != "stock_item_id"], DAY]
    same = [name for name in dict.fromkeys(same) if name in rows_given]
    line = rows_given.groupby(same, sort=False, dropna=False).ngroup()
    rest = {name: "first" for name in rows_given if name not in {*ledger.counts}}
    grouped = rows_given.groupby(line.to_numpy(), sort=True)
    given = grouped.agg(rest)
    for name in ledger.counts:
        given[name] = grouped[name].sum(min_count=1)
    stored = _stored(given, ledger)
    given["stored_id"] = stored["id"]
    given["status"] = _status(given, stored, ledger)
    return Match(given, line, stored)


def _answer(partnership_id: int | None, rows: pd.DataFrame, ledger: Ledger, given_as: Given) -> pd.DataFrame:
    """Return, along the index of `rows`, `status`, `stored_id`, `stored` and, of some kinds, `rule`.

    All rows are of one partnership, or with None each of its own `partnership_id`: one set of queries either
    way.
    """
    match = match_rows(partnership_id, rows, ledger, given_as)
    lines = match.given.loc[match.line.to_numpy()]
    answer = pd.DataFrame(
        {
            "status": lines["status"].to_numpy(),
            "stored_id": lines["stored_id"].array,
            "stored": _held(match, ledger).loc[match.line.to_numpy()].to_numpy(),
        },
        index=rows.index,
    )
    for name in NEEDED.get(ledger.table, ()):
        if "rule" not in answer:
            answer["rule"] = None
        missing = (lines[name] == "").to_numpy()
        answer.loc[missing & answer["rule"].isna().to_numpy(), "rule"] = f"{name}_missing"
    return answer


def _stored(given: pd.DataFrame, ledger: Ledger) -> pd.DataFrame:
    """Return what is stored under the keys of `given`, along its index; `id` is missing where nothing is."""
    parent, other = ledger.key[:2]
    names = ["partnership_id", parent, other]
    asked = given.loc[given[parent].notna(), names].drop_duplicates()
    statement = (
        f"SELECT r.id, r.partnership_id, {', '.join(f'r.{name}' for name in ledger.columns)}"  # noqa: S608 - names of ours
        " FROM unnest(%(partnerships)s::bigint[], %(parents)s::bigint[], %(others)s::text[])"
        " AS asked (partnership, parent, other)"
        f" JOIN {ledger.table} r ON r.partnership_id = asked.partnership AND r.{parent} = asked.parent"
        f" AND r.{other} = asked.other"
        " WHERE r.partnership_id = ANY(%(all)s) AND r.withdrawn_at IS NULL"
    )
    found = copy.read(
        statement,
        {
            "partnerships": copy.array_of(asked["partnership_id"]),
            "parents": copy.array_of(asked[parent]),
            "others": copy.array_of(asked[other].astype("str")),
            "all": asked["partnership_id"].unique().tolist(),
        },
        {"id": "bigint", "partnership_id": "bigint"} | {name: ledger.types[name] for name in ledger.columns},
    )
    for name in ledger.columns:
        if ledger.types[name] == "text":
            found[name] = found[name].astype("object").where(found[name].notna(), "").astype("str")
        elif ledger.types[name] == "numeric":
            found[name] = found[name].astype("object").where(found[name].notna(), None)
    found[DAY] = ledger.day_without_number(found)
    key = ["partnership_id", *ledger.key, DAY]
    wanted = given[key].astype({parent: "Int64"})
    found = found.astype({parent: "Int64", "partnership_id": "int64"})
    merged = wanted.merge(found, on=key, how="left")
    return merged.set_axis(given.index).astype({"id": "Int64"})


def _status(given: pd.DataFrame, stored: pd.DataFrame, ledger: Ledger) -> pd.Series:
    status = pd.Series("new", index=given.index, dtype="str")
    known = stored["id"].notna()
    status[known] = "same"
    for name in ledger.words:
        status[known & _differs(given[name], stored[name])] = "changed"
    for name in (*ledger.counts, *ledger.facts):
        status[known & _differs(given[name], stored[name])] = "conflicting"
    return status


def _differs(said: pd.Series, held: pd.Series) -> pd.Series:
    """Where a row says something, and something else than what is held; silence contradicts nothing."""
    return (~silent(said) & (held.isna() | said.ne(held).fillna(True))).astype(bool)


def silent(said: pd.Series) -> pd.Series:
    """Where a row says nothing: a missing value or an empty text."""
    return said.isna() | (said.astype("str") == "")


def _held(match: Match, ledger: Ledger) -> pd.Series:
    """Of changed and conflicting lines what is held where it differs, by column; None else."""
    held = pd.Series([None] * len(match.given), index=match.given.index, dtype="object")
    apart = match.given["status"].isin(["changed", "conflicting"]).to_numpy()
    if not apart.any():
        return held
    names = [*ledger.counts, *ledger.facts, *ledger.words]
    differs = {name: _differs(match.given[name], match.stored[name]) for name in names}
    for at in match.given.index[apart]:
        told = {name: match.stored.at[at, name] for name in names if differs[name].at[at]}
        held.at[at] = {name: _plain(value) for name, value in told.items()}
    return held


def _plain(value: object) -> object:
    if value is None or value is pd.NaT or value is pd.NA:
        return None
    if isinstance(value, pd.Timestamp):
        return value.date()
    return value.item() if isinstance(value, np.generic) else value
