"""Statements that come again: which rows of an earlier one the new one no longer has."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import partial

import pandas as pd

from core import copy
from inventory.queries.comparing import Given, match_rows
from inventory.queries.ledgers import (
    BALANCES,
    DELIVERIES,
    MOVEMENTS,
    Ledger,
    balances_given,
    deliveries_given,
    movements_given,
)

FileOf = Callable[[list[int]], Mapping[int, int]]
GONE = {
    "id": "bigint", "partnership_id": "bigint", "part_id": "bigint", "location": "text", "day": "date",
    "quantity": "bigint",
}  # fmt: skip
# Of a list by days its days alone say the period, and a late row may stretch them over another list: it
# takes half of what is stored there to call it the same. A balance of one warehouse and day is the same by that.
HALF = 0.5


@dataclass(frozen=True, slots=True)
class Stated:
    """How a statement of a ledger says what it is about.

    Attributes
    ----------
    place : tuple of str
        Columns of `Given` that say holder, warehouse and, of a balance, the grain and the day that it closes.
    day, quantity : str
        Columns of the day, and of the quantity by which a person knows a row.
    share : float
        Least part of the stored rows of a place and period that a file must have to be the same statement.
    """

    ledger: Ledger
    given_as: Given
    place: tuple[str, ...]
    day: str
    quantity: str
    share: float


STOCK = Stated(
    BALANCES,
    balances_given,
    ("holder_id", "location_key", "grain", "balance_date"),
    "balance_date",
    "closing_quantity",
    0.0,
)
MOVED = Stated(MOVEMENTS, movements_given, ("holder_id", "location_key"), "movement_date", "quantity", HALF)
RECEIVED = Stated(DELIVERIES, deliveries_given, (), "received_date", "received_quantity", HALF)
COLUMNS_OF_PLACE = {"holder_id": "bigint", "location_key": "text", "grain": "text"}


def _rows_gone(
    stated: Stated, *, rows: pd.DataFrame, among: Collection[int], file_of: FileOf
) -> pd.DataFrame:
    """Return the stored rows of the statement that `rows` say again which are not among them.

    What is stored at the same place and period is the same statement where the file has some of it again: of
    the same partnership, or of the same earlier file. A file for another partnership is another statement.

    Parameters
    ----------
    rows : DataFrame
        Canonical rows with `partnership_id` and `part_id`, at least all that are to stay.
    among : collection of int
        Partnerships on which the statement speaks; one whose rows are all gone is among them, too.
    file_of : callable (commit ids) -> dict of commit id to upload id
        Of the commits those of files of who sends this one: what somebody else stored never goes.

    Returns
    -------
    DataFrame
        `id`, `partnership_id`, `part_id`, `location`, `day`, `quantity`.
    """
    match = match_rows(None, rows, stated.ledger, stated.given_as)
    known = match.given["stored_id"].dropna().astype("int64")
    if known.empty:
        return nothing_gone()
    found = _stored_at(_places(match.given, stated), stated, among)
    found["file"] = found["commit_id"].map(file_of(found["commit_id"].drop_duplicates().tolist()))
    found = found[found["file"].notna()]
    stays = found["id"].isin(known)
    again = pd.Series(False, index=found.index)
    for same in ("partnership_id", "file"):
        share = stays.groupby([found["said"], found[same]]).transform("mean")
        again |= (share > 0) & (share >= stated.share)
    return found.loc[again & ~stays, list(GONE)].reset_index(drop=True)


def nothing_gone() -> pd.DataFrame:
    """Return no rows, with the columns of those that are gone."""
    return pd.DataFrame({name: [] for name in GONE}).astype(dict.fromkeys(list(GONE)[:3], "int64"))


def _places(given: pd.DataFrame, stated: Stated) -> pd.DataFrame:
    """Each place of a statement once, `said` by its number, with its first and last day (ISO text)."""
    days = given.assign(first=given[stated.day], last=given[stated.day], everywhere=0).dropna(subset="first")
    grouped = days.groupby(list(stated.place) or ["everywhere"], as_index=False)
    places = grouped.agg(first=("first", "min"), last=("last", "max"))
    for name in ("first", "last"):
        places[name] = places[name].dt.strftime("%Y-%m-%d")
    return places.assign(said=range(len(places)))


def _stored_at(places: pd.DataFrame, stated: Stated, among: Collection[int]) -> pd.DataFrame:
    of_place = {name: type_ for name, type_ in COLUMNS_OF_PLACE.items() if name in stated.place}
    columns = {"said": "bigint", "first": "date", "last": "date"} | of_place
    same = "".join(f" AND {'r' if name == 'grain' else 'i'}.{name} = p.{name}" for name in of_place)
    of_item = " JOIN inventory_stockitem i ON i.partnership_id = r.partnership_id AND i.id = r.stock_item_id"
    part, location, item = ("i.part_id", "i.location", of_item) if of_place else ("r.part_id", "''", "")
    arrays = ", ".join(f"%({name})s::{type_}[]" for name, type_ in columns.items())
    return copy.read(
        f"SELECT r.id, r.partnership_id, {part}, {location}, r.{stated.day}, r.{stated.quantity},"  # noqa: S608 - names of ours
        f" r.commit_id, p.said FROM {stated.ledger.table} r{item}"
        f" JOIN unnest({arrays}) AS p ({', '.join(columns)})"
        f" ON r.{stated.day} BETWEEN p.first AND p.last{same}"
        " WHERE r.partnership_id = ANY(%(among)s) AND r.withdrawn_at IS NULL ORDER BY r.id",
        {name: copy.array_of(places[name]) for name in columns} | {"among": list(among)},
        GONE | {"commit_id": "bigint", "said": "bigint"},
    )


stock_gone = partial(_rows_gone, STOCK)
movements_gone = partial(_rows_gone, MOVED)
deliveries_gone = partial(_rows_gone, RECEIVED)
