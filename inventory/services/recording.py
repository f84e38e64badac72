"""Writing stock, movements, deliveries and returns, and taking a commit of them back."""

from collections.abc import Callable, Collection, Hashable
from datetime import datetime
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from django.db import connection, transaction

from core import copy
from core.commits import BuiltUpon, Contradicts
from core.scope import must_hold
from inventory.queries import ledgers
from inventory.queries.comparing import Given, match_rows, silent
from inventory.queries.ledgers import Ledger
from inventory.services import sums
from suppliers.services import lock_partnerships

Refresh = Callable[[pd.DataFrame], None]
MARKS = {"partnership_id": "bigint", "commit_id": "bigint", "recorded_at": "timestamptz"}
WITHDRAW = "UPDATE {table} SET withdrawn_at = %s, withdrawn_by_commit_id = %s WHERE id = ANY(%s)"
REVIVE = "UPDATE {table} SET withdrawn_at = NULL, withdrawn_by_commit_id = NULL WHERE id = ANY(%s)"


def _record(
    ledger: Ledger,
    given_as: Given,
    refresh: Refresh,
    *,
    partnership_id: int | None,
    rows: pd.DataFrame,
    commit_id: int,
    now: datetime,
    stage: None = None,
    replacing: Collection[Hashable] = frozenset(),
) -> dict[str, int]:
    """Store the rows of a file that are not stored yet, and correct those that it says otherwise.

    Parameters
    ----------
    partnership_id : int or None
        Whose rows; None: each row has its `partnership_id`. All must be in the open scope, and are locked.
    rows : DataFrame
        Canonical rows with `part_id` (and `holder_id` of stock); the index is unique.
    commit_id : int
        Stands on every row that is made or withdrawn.
    now : datetime
        When it is recorded.
    replacing : collection of labels
        Conflicting rows that are to replace what they contradict.

    Returns
    -------
    dict
        Number of rows `new`, `same`, `changed` and `replaced`.

    Raises
    ------
    Contradicts
        If a conflicting row is not in `replacing`; nothing is stored.
    """
    with transaction.atomic():
        lock_partnerships(
            [int(one) for one in rows["partnership_id"].unique()]
            if partnership_id is None
            else [partnership_id]
        )
        match = match_rows(partnership_id, rows, ledger, given_as)
        status = match.given["status"].loc[match.line.to_numpy()].set_axis(rows.index)
        conflicting = rows.index[status == "conflicting"]
        undecided = conflicting.difference(pd.Index(list(replacing)))
        if len(undecided):
            raise Contradicts(undecided)
        counts = status.value_counts()
        answer = {name: int(counts.get(name, 0)) for name in ("new", "same", "changed")}
        answer["replaced"] = len(conflicting)
        written = match.given[match.given["status"] != "same"].copy()
        if written.empty:
            return answer
        if "stock_item_id" in ledger.key:
            written["stock_item_id"] = _make_items(written)
        old = match.stored.loc[written.index[written["stored_id"].notna()]]
        _keep_unsaid(written, old, ledger)
        _execute(WITHDRAW, ledger, now, commit_id, old["id"].tolist())
        corrects = {"corrects_id": written["stored_id"]} if ledger is ledgers.RETURNS else {}
        marks = {"commit_id": commit_id, "recorded_at": pd.Timestamp(now)}
        copy.append(
            ledger.table,
            written.assign(**marks, **corrects),
            ledger.types | MARKS | dict.fromkeys(corrects, "bigint"),
        )
        refresh(pd.concat([_cells(written), _cells(old)]))
        return answer


def _withdraw(ledger: Ledger, refresh: Refresh, *, commit_id: int, now: datetime) -> dict[str, int]:
    """Take back what a commit stored, and revive what it had replaced; again changes nothing.

    Returns
    -------
    dict
        Number of rows `withdrawn` and `revived`.

    Raises
    ------
    BuiltUpon
        ``corrected_later`` with `commits`, if later commits corrected what this one stored, or brought again
        what it had let go.
    """
    with transaction.atomic():
        partnerships = _partnerships_of(ledger, commit_id)
        for partnership_id in partnerships:
            must_hold(partnership_id)
        lock_partnerships(partnerships)
        _refuse_if_corrected(ledger, partnerships, commit_id)
        _refuse_if_said_again(ledger, partnerships, commit_id)
        made = _rows_where(ledger, "commit_id = %s AND withdrawn_at IS NULL", [partnerships, commit_id])
        back = _rows_where(
            ledger, "withdrawn_by_commit_id = %s AND commit_id <> %s", [partnerships, commit_id, commit_id]
        )
        _execute(WITHDRAW, ledger, now, commit_id, made["id"].tolist())
        _execute(REVIVE, ledger, back["id"].tolist())
        refresh(pd.concat([_cells(made), _cells(back)]))
    return {"withdrawn": len(made), "revived": len(back)}


def _let_go(ledger: Ledger, refresh: Refresh, *, gone: pd.DataFrame, commit_id: int, now: datetime) -> int:
    """Withdraw rows that a statement no longer has, and return how many; undoing the commit revives them.

    Parameters
    ----------
    gone : DataFrame
        `id`, `partnership_id`. The partnerships must be in the open scope, and are locked.
    """
    with transaction.atomic():
        partnerships = sorted(int(one) for one in gone["partnership_id"].unique())
        for partnership_id in partnerships:
            must_hold(partnership_id)
        lock_partnerships(partnerships)
        ids = gone["id"].astype("int64").tolist()
        standing = _rows_where(ledger, "id = ANY(%s) AND withdrawn_at IS NULL", [partnerships, ids])
        _execute(WITHDRAW, ledger, now, commit_id, standing["id"].tolist())
        refresh(_cells(standing))
    return len(standing)


def _balance_cells(touched: pd.DataFrame) -> None:
    """A statement is a sum itself; what it changes beyond is the cost of its parts."""
    items = copy.read(
        "SELECT id, part_id FROM inventory_stockitem WHERE partnership_id = ANY(%s) AND id = ANY(%s)",
        [
            touched["partnership_id"].unique().tolist(),
            touched["stock_item_id"].astype("int64").unique().tolist(),
        ],
        {"stock_item_id": "bigint", "part_id": "bigint"},
    )
    sums.refresh_unit_costs(touched.astype({"stock_item_id": "Int64"}).merge(items, on="stock_item_id"))


record_movements = partial(_record, ledgers.MOVEMENTS, ledgers.movements_given, sums.refresh_stock_days)
record_stock = partial(_record, ledgers.BALANCES, ledgers.balances_given, _balance_cells)
record_deliveries = partial(_record, ledgers.DELIVERIES, ledgers.deliveries_given, sums.refresh_deliveries)
record_returns = partial(_record, ledgers.RETURNS, ledgers.returns_given, sums.refresh_returns)
let_movements_go = partial(_let_go, ledgers.MOVEMENTS, sums.refresh_stock_days)
let_stock_go = partial(_let_go, ledgers.BALANCES, _balance_cells)
let_deliveries_go = partial(_let_go, ledgers.DELIVERIES, sums.refresh_deliveries)
withdraw_movements = partial(_withdraw, ledgers.MOVEMENTS, sums.refresh_stock_days)
withdraw_stock = partial(_withdraw, ledgers.BALANCES, _balance_cells)
withdraw_deliveries = partial(_withdraw, ledgers.DELIVERIES, sums.refresh_deliveries)
withdraw_returns = partial(_withdraw, ledgers.RETURNS, sums.refresh_returns)


def _make_items(lines: pd.DataFrame) -> pd.Series:
    """Make the stock items that are missing, and return the id of each line's item."""
    missing = lines[lines["stock_item_id"].isna()].drop_duplicates(ledgers.ITEM)
    missing = missing.assign(id=copy.next_ids("inventory_stockitem", len(missing)))
    copy.append(
        "inventory_stockitem",
        missing,
        {
            "id": "bigint", "partnership_id": "bigint", "part_id": "bigint", "holder_id": "bigint",
            "location": "text", "location_key": "text", "ownership": "text",
        },
    )  # fmt: skip
    same = ledgers.ITEM
    made = lines[same].merge(missing[[*same, "id"]], on=same, how="left")["id"].set_axis(lines.index)
    return lines["stock_item_id"].fillna(made.astype("Int64")).astype("int64")


def _keep_unsaid(written: pd.DataFrame, old: pd.DataFrame, ledger: Ledger) -> None:
    """Let corrections keep what they do not mention; in place."""
    for name in (*ledger.counts, *ledger.facts, *ledger.words):
        said = written.loc[old.index, name]
        unsaid = said.index[silent(said)]
        if len(unsaid):
            written.loc[unsaid, name] = old.loc[unsaid, name]


def _cells(rows: pd.DataFrame) -> pd.DataFrame:
    day = next(
        name for name in ("movement_date", "balance_date", "received_date", "return_date") if name in rows
    )
    parent = "stock_item_id" if "stock_item_id" in rows else "part_id"
    return pd.DataFrame(
        {
            "partnership_id": rows["partnership_id"].astype("int64"),
            parent: rows[parent].astype("Int64"),
            "day": rows[day].astype("datetime64[s]"),
        }
    )


def _rows_where(ledger: Ledger, condition: str, params: list) -> pd.DataFrame:
    columns = {"id": "bigint", "partnership_id": "bigint"} | ledger.types
    return copy.read(
        f"SELECT {', '.join(columns)} FROM {ledger.table}"  # noqa: S608 - names of ours
        f" WHERE partnership_id = ANY(%s) AND {condition}",
        params,
        columns,
    )


def _refuse_if_corrected(ledger: Ledger, partnerships: list[int], commit_id: int) -> None:
    later = copy.read(
        f"SELECT DISTINCT withdrawn_by_commit_id FROM {ledger.table} WHERE partnership_id = ANY(%s)"  # noqa: S608
        " AND commit_id = %s AND withdrawn_by_commit_id <> %s ORDER BY 1 DESC",
        [partnerships, commit_id, commit_id],
        {"id": "bigint"},
    )
    if len(later):
        raise BuiltUpon("corrected_later", commits=later["id"].tolist())


def _refuse_if_said_again(ledger: Ledger, partnerships: list[int], commit_id: int) -> None:
    """A row that a statement let go cannot come back beside another one of its key."""
    same = [f"s.{name} = r.{name}" for name in ("partnership_id", *ledger.key)]
    if ledger.number:
        same.append(f"(r.{ledger.number} <> '' OR s.{ledger.day} = r.{ledger.day})")
    later = copy.read(
        f"SELECT DISTINCT s.commit_id FROM {ledger.table} r JOIN {ledger.table} s ON {' AND '.join(same)}"  # noqa: S608
        " AND s.withdrawn_at IS NULL AND s.commit_id <> %s"
        " WHERE r.partnership_id = ANY(%s) AND r.withdrawn_by_commit_id = %s AND r.commit_id <> %s ORDER BY 1 DESC",
        [commit_id, partnerships, commit_id, commit_id],
        {"id": "bigint"},
    )
    if len(later):
        raise BuiltUpon("corrected_later", commits=later["id"].tolist())


def _partnerships_of(ledger: Ledger, commit_id: int) -> list[int]:
    found = copy.read(
        f"SELECT partnership_id FROM {ledger.table}"  # noqa: S608
        " WHERE commit_id = %s OR withdrawn_by_commit_id = %s GROUP BY 1 ORDER BY 1",
        [commit_id, commit_id],
        {"id": "bigint"},
    )
    return np.asarray(found["id"], dtype=np.int64).tolist()


def _execute(statement: str, ledger: Ledger, *params: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement.format(table=ledger.table), list(params))
