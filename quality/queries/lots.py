"""Lots as files write them, and the lots that they are."""

import re
from collections.abc import Collection

import numpy as np
import pandas as pd

from core import copy
from core.scope import must_hold
from core.text import folded_all
from quality.models import Stage

KEY = ["partnership_id", "part_id", "number_key"]
# What a customer writes before a supplier's lot number to make it its own: LL-X250305-1.
CUSTOMERS_PREFIX = re.compile(r"^([a-z]{1,6}-)(.{4,})$")


def match_lots(
    *, partnership_id: int | pd.Series, part_id: pd.Series, lot_no: pd.Series, stage: str
) -> pd.DataFrame:
    """Find the lots that rows of a file are about.

    A number is compared after NFKC, without blanks and case, with the lot's own and with the customer's
    name for it. A customer that writes a prefix of its own before the supplier's number means the same lot;
    a prefix is the customer's if no lot that the supplier reported begins with it.

    Parameters
    ----------
    partnership_id : int, or Series of int
        Whose lots each row is about; no others are looked at.
    part_id, lot_no : Series of int and of str, one index
        As the file has them.
    stage : str
        Who writes: the supplier at `outgoing`, the customer at `incoming`.

    Returns
    -------
    DataFrame
        Along the same index: `lot` (int, equal for rows of one lot, whether stored or not), `lot_id`
        (Int64, missing where the lot is not stored), `partnership_id`, `part_id` (int), `number` (str),
        `number_key` (str),
        `called` (bool: the stored lot has another number, and this is what the customer calls it),
        `renames` (bool: the stored lot has the customer's number only, and this is its own).
    """
    asked = pd.DataFrame(
        {
            "partnership_id": partnership_id,
            "part_id": part_id.astype("int64"),
            "number": lot_no.astype("str").str.strip(),
        }
    ).astype({"partnership_id": "int64"})
    lots = asked.drop_duplicates().reset_index(drop=True)
    lots["number_key"] = folded_all(lots["number"].to_numpy(dtype=object))
    keys = lots[KEY].drop_duplicates().reset_index(drop=True)
    keys["lot_id"] = _stored(keys).reindex(keys.index)
    keys["called"], keys["renames"] = False, False
    match = _match_bare if stage == Stage.INCOMING else _match_prefixed
    unknown = keys[keys["lot_id"].isna()]
    found = match(unknown) if len(unknown) else pd.Series(dtype="Int64")
    keys.loc[found.index, "lot_id"] = found
    keys.loc[found.index, "called" if stage == Stage.INCOMING else "renames"] = True
    # Two spellings may be one stored lot; of lots that are not stored each key is one.
    known = keys["lot_id"].fillna(-1).to_numpy(dtype=np.int64)
    keys["lot"] = np.where(known >= 0, known, -2 - np.arange(len(keys)))
    keys["lot_id"] = keys["lot_id"].astype("Int64")
    lots = lots.merge(keys, on=KEY, how="left")
    rows = asked.reset_index(drop=True).merge(lots, on=["partnership_id", "part_id", "number"], how="left")
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


def _stored(keys: pd.DataFrame) -> pd.Series:
    """Return the ids of the stored lots of `KEY` by position, by their own number before the customer's."""
    found = copy.read(
        """
        SELECT asked.place, lot.id, 0
        FROM unnest(%(partnerships)s::bigint[], %(parts)s::bigint[], %(keys)s::text[])
            WITH ORDINALITY AS asked (partnership, part, key, place)
        JOIN quality_lot lot ON lot.partnership_id = asked.partnership
            AND lot.part_id = asked.part AND lot.number_key = asked.key
        WHERE lot.partnership_id = ANY(%(all)s)
        UNION ALL
        SELECT asked.place, lot.id, 1
        FROM unnest(%(partnerships)s::bigint[], %(parts)s::bigint[], %(keys)s::text[])
            WITH ORDINALITY AS asked (partnership, part, key, place)
        JOIN quality_lot lot ON lot.partnership_id = asked.partnership
            AND lot.part_id = asked.part AND lot.customer_number_key = asked.key
            AND lot.customer_number_key <> ''
        WHERE lot.partnership_id = ANY(%(all)s)
        ORDER BY 1, 3
        """,
        {
            "partnerships": copy.array_of(keys["partnership_id"]),
            "parts": copy.array_of(keys["part_id"]),
            "keys": copy.array_of(keys["number_key"]),
            "all": _distinct(keys["partnership_id"]),
        },
        {"place": "bigint", "lot_id": "bigint", "rank": "bigint"},
    ).drop_duplicates("place")
    return found.set_index(found["place"].to_numpy(dtype=np.int64) - 1)["lot_id"]


def _match_bare(unknown: pd.DataFrame) -> pd.Series:
    """Match numbers with a customer's prefix to lots whose own number is what follows it."""
    parts = unknown["number_key"].str.extract(CUSTOMERS_PREFIX).set_axis(["prefix", "rest"], axis=1).dropna()
    if parts.empty:
        return pd.Series(dtype="Int64")
    parts = parts.join(unknown[["partnership_id", "part_id"]])
    parts = parts[~_among(parts, _prefixes_of_supplier(parts))]
    found = _stored(parts.rename(columns={"rest": "number_key"})[KEY])
    return _once(found.set_axis(parts.index[found.index]))


def _match_prefixed(unknown: pd.DataFrame) -> pd.Series:
    """Match numbers of the supplier to lots that so far only the customer reported, with its prefix."""
    only_incoming = copy.read(
        """
        SELECT id, partnership_id, part_id, number_key FROM quality_lot lot
        WHERE partnership_id = ANY(%s) AND part_id = ANY(%s) AND customer_number_key = ''
            AND number_key ~ %s AND NOT EXISTS (
                SELECT FROM quality_inspection i WHERE i.lot_id = lot.id AND i.stage = 'outgoing')
        """,
        [_distinct(unknown["partnership_id"]), _distinct(unknown["part_id"]), CUSTOMERS_PREFIX.pattern],
        {"lot_id": "bigint", "partnership_id": "bigint", "part_id": "bigint", "key": "text"},
    ).astype({"partnership_id": "int64", "part_id": "int64"})
    if only_incoming.empty:
        return pd.Series(dtype="Int64")
    only_incoming[["prefix", "number_key"]] = only_incoming["key"].str.extract(CUSTOMERS_PREFIX)
    theirs = unknown[["partnership_id"]].assign(prefix=unknown["number_key"].str.extract(CUSTOMERS_PREFIX)[0])
    of_supplier = pd.concat([_prefixes_of_supplier(only_incoming), theirs.dropna()])
    only_incoming = only_incoming[~_among(only_incoming, of_supplier)]
    found = unknown.reset_index().merge(only_incoming, on=KEY, suffixes=("", "_found"))
    return _once(found.set_index("index")["lot_id_found"])


def _once(found: pd.Series) -> pd.Series:
    """Drop what would make one stored lot out of two numbers: nobody knows which it is."""
    return found[~found.duplicated(keep=False) & ~found.index.duplicated(keep=False)]


def _among(rows: pd.DataFrame, prefixes: pd.DataFrame) -> pd.Series:
    """Whether partnership and prefix of each row are among those of another frame."""
    names = ["partnership_id", "prefix"]
    return pd.Series(
        pd.MultiIndex.from_frame(rows[names]).isin(pd.MultiIndex.from_frame(prefixes[names])), rows.index
    )


def _prefixes_of_supplier(asked: pd.DataFrame) -> pd.DataFrame:
    """Return which prefixes (`partnership_id`, `prefix`) stand on lots that the supplier itself reported."""
    pairs = asked[["partnership_id", "prefix"]].drop_duplicates()
    return copy.read(
        """
        SELECT partnership, prefix FROM unnest(%s::bigint[], %s::text[]) AS asked (partnership, prefix)
        WHERE EXISTS (
            SELECT FROM quality_lot lot JOIN quality_inspection i ON i.lot_id = lot.id
            WHERE lot.partnership_id = asked.partnership AND i.stage = 'outgoing'
                AND lot.number_key >= prefix AND lot.number_key < rtrim(prefix, '-') || '.')
        """,
        [copy.array_of(pairs["partnership_id"]), copy.array_of(pairs["prefix"])],
        {"partnership_id": "bigint", "prefix": "text"},
    ).astype({"partnership_id": "int64"})


def _distinct(ids: pd.Series) -> list[int]:
    return [int(one) for one in ids.unique()]
