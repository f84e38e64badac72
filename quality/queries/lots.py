"""Lots as files write them, and the lots that they are."""

import re
from collections.abc import Collection, Sequence

import numpy as np
import pandas as pd

from core import copy
from core.scope import must_hold
from core.text import folded_all
from quality.models import Stage

# What a customer writes before a supplier's lot number to make it its own: LL-X250305-1.
CUSTOMERS_PREFIX = re.compile(r"^([a-z]{1,6}-)(.{4,})$")


def match_lots(*, partnership_id: int, part_id: pd.Series, lot_no: pd.Series, stage: str) -> pd.DataFrame:
    """Find the lots that rows of a file are about.

    A number is compared after NFKC, without blanks and case, with the lot's own and with the customer's
    name for it. A customer that writes a prefix of its own before the supplier's number means the same lot;
    a prefix is the customer's if no lot that the supplier reported begins with it.

    Parameters
    ----------
    partnership_id : int
        Whose lots; no others are looked at.
    part_id, lot_no : Series of int and of str, one index
        As the file has them.
    stage : str
        Who writes: the supplier at `outgoing`, the customer at `incoming`.

    Returns
    -------
    DataFrame
        Along the same index: `lot` (int, equal for rows of one lot, whether stored or not), `lot_id`
        (Int64, missing where the lot is not stored), `part_id` (int), `number` (str), `number_key` (str),
        `called` (bool: the stored lot has another number, and this is what the customer calls it),
        `renames` (bool: the stored lot has the customer's number only, and this is its own).
    """
    asked = pd.DataFrame({"part_id": part_id.astype("int64"), "number": lot_no.astype("str").str.strip()})
    lots = asked.drop_duplicates().reset_index(drop=True)
    lots["number_key"] = folded_all(lots["number"])
    keys = lots[["part_id", "number_key"]].drop_duplicates().reset_index(drop=True)
    keys["lot_id"] = _stored(partnership_id, keys["part_id"], keys["number_key"]).reindex(keys.index)
    keys["called"], keys["renames"] = False, False
    match = _match_bare if stage == Stage.INCOMING else _match_prefixed
    unknown = keys[keys["lot_id"].isna()]
    found = match(partnership_id, unknown) if len(unknown) else pd.Series(dtype="Int64")
    keys.loc[found.index, "lot_id"] = found
    keys.loc[found.index, "called" if stage == Stage.INCOMING else "renames"] = True
    # Two spellings may be one stored lot; of lots that are not stored each key is one.
    known = keys["lot_id"].fillna(-1).to_numpy(dtype=np.int64)
    keys["lot"] = np.where(known >= 0, known, -2 - np.arange(len(keys)))
    keys["lot_id"] = keys["lot_id"].astype("Int64")
    lots = lots.merge(keys, on=["part_id", "number_key"], how="left")
    rows = asked.reset_index(drop=True).merge(lots, on=["part_id", "number"], how="left")
    return rows.set_index(part_id.index)


def lots_called(
    partnership_ids: Collection[int], part_ids: Collection[int], lot_keys: Collection[str]
) -> pd.DataFrame:
    """Return the lots of these parts that have one of these numbers, by which a row may find its supplier.

    Returns
    -------
    DataFrame
        `lot_key` (str, as asked), `part_id`, `partnership_id` (int); both sides' numbers of a lot count.
    """
    for partnership_id in partnership_ids:
        must_hold(partnership_id)
    return copy.read(
        """
        SELECT asked.key, lot.part_id, lot.partnership_id FROM unnest(%(keys)s::text[]) AS asked (key)
        JOIN quality_lot lot ON lot.number_key = asked.key
        WHERE lot.partnership_id = ANY(%(partnerships)s) AND lot.part_id = ANY(%(parts)s)
        UNION
        SELECT asked.key, lot.part_id, lot.partnership_id FROM unnest(%(keys)s::text[]) AS asked (key)
        JOIN quality_lot lot ON lot.customer_number_key = asked.key AND asked.key <> ''
        WHERE lot.partnership_id = ANY(%(partnerships)s) AND lot.part_id = ANY(%(parts)s)
        """,
        {"keys": list(lot_keys), "partnerships": list(partnership_ids), "parts": list(part_ids)},
        {"lot_key": "text", "part_id": "bigint", "partnership_id": "bigint"},
    ).astype({"part_id": "int64", "partnership_id": "int64"})


def _stored(partnership_id: int, part_ids: Sequence[int], keys: Sequence[str]) -> pd.Series:
    """Return the ids of the stored lots by position, by their own number before the customer's."""
    found = copy.read(
        """
        SELECT asked.place, lot.id, 0
        FROM unnest(%(parts)s::bigint[], %(keys)s::text[]) WITH ORDINALITY AS asked (part, key, place)
        JOIN quality_lot lot ON lot.partnership_id = %(partnership)s
            AND lot.part_id = asked.part AND lot.number_key = asked.key
        UNION ALL
        SELECT asked.place, lot.id, 1
        FROM unnest(%(parts)s::bigint[], %(keys)s::text[]) WITH ORDINALITY AS asked (part, key, place)
        JOIN quality_lot lot ON lot.partnership_id = %(partnership)s
            AND lot.part_id = asked.part AND lot.customer_number_key = asked.key
            AND lot.customer_number_key <> ''
        ORDER BY 1, 3
        """,
        {"parts": copy.array_of(part_ids), "keys": copy.array_of(keys), "partnership": partnership_id},
        {"place": "bigint", "lot_id": "bigint", "rank": "bigint"},
    ).drop_duplicates("place")
    return found.set_index(found["place"].to_numpy(dtype=np.int64) - 1)["lot_id"]


def _match_bare(partnership_id: int, unknown: pd.DataFrame) -> pd.Series:
    """Match numbers with a customer's prefix to lots whose own number is what follows it."""
    parts = unknown["number_key"].str.extract(CUSTOMERS_PREFIX).dropna()
    parts = parts[~parts[0].isin(_prefixes_of_supplier(partnership_id, parts[0].unique()))]
    found = _stored(partnership_id, unknown.loc[parts.index, "part_id"], parts[1])
    return _once(found.set_axis(parts.index[found.index]))


def _match_prefixed(partnership_id: int, unknown: pd.DataFrame) -> pd.Series:
    """Match numbers of the supplier to lots that so far only the customer reported, with its prefix."""
    only_incoming = copy.read(
        """
        SELECT id, part_id, number_key FROM quality_lot lot
        WHERE partnership_id = %s AND part_id = ANY(%s) AND customer_number_key = ''
            AND number_key ~ %s AND NOT EXISTS (
                SELECT FROM quality_inspection i WHERE i.lot_id = lot.id AND i.stage = 'outgoing')
        """,
        [
            partnership_id,
            list(map(int, unknown["part_id"].unique())),
            CUSTOMERS_PREFIX.pattern,
        ],
        {"lot_id": "bigint", "part_id": "bigint", "key": "text"},
    )
    if only_incoming.empty:
        return pd.Series(dtype="Int64")
    pieces = only_incoming["key"].str.extract(CUSTOMERS_PREFIX)
    only_incoming["number_key"] = pieces[1]
    of_supplier = _prefixes_of_supplier(partnership_id, pieces[0].unique())
    theirs = unknown["number_key"].str.extract(CUSTOMERS_PREFIX)[0].dropna().unique()
    only_incoming = only_incoming[~pieces[0].isin([*of_supplier, *theirs])]
    found = unknown.reset_index().merge(only_incoming, on=["part_id", "number_key"], suffixes=("", "_found"))
    return _once(found.set_index("index")["lot_id_found"])


def _once(found: pd.Series) -> pd.Series:
    """Drop what would make one stored lot out of two numbers: nobody knows which it is."""
    return found[~found.duplicated(keep=False) & ~found.index.duplicated(keep=False)]


def _prefixes_of_supplier(partnership_id: int, prefixes: Sequence[str]) -> list[str]:
    """Return which prefixes stand on lots that the supplier itself reported."""
    found = copy.read(
        """
        SELECT prefix FROM unnest(%s::text[]) AS asked (prefix)
        WHERE EXISTS (
            SELECT FROM quality_lot lot JOIN quality_inspection i ON i.lot_id = lot.id
            WHERE lot.partnership_id = %s AND i.stage = 'outgoing'
                AND lot.number_key >= prefix AND lot.number_key < rtrim(prefix, '-') || '.')
        """,
        [list(prefixes), partnership_id],
        {"prefix": "text"},
    )
    return list(found["prefix"])
