"""Making and naming lots."""

from datetime import datetime

import pandas as pd
from django.db import connection

from core import copy

LOT_COLUMNS = {
    "id": "bigint", "partnership_id": "bigint", "part_id": "bigint", "number": "text", "number_key": "text",
    "customer_number": "text", "customer_number_key": "text", "lot_size": "integer",
    "created_at": "timestamptz",
}  # fmt: skip
CALLED = """
UPDATE quality_lot lot SET customer_number = asked.number, customer_number_key = asked.key
FROM unnest(%s::bigint[], %s::text[], %s::text[]) AS asked (id, number, key)
WHERE lot.id = asked.id AND lot.customer_number_key = ''
"""
RENAMED = """
UPDATE quality_lot lot SET customer_number = lot.number, customer_number_key = lot.number_key,
    number = asked.number, number_key = asked.key
FROM unnest(%s::bigint[], %s::text[], %s::text[]) AS asked (id, number, key)
WHERE lot.id = asked.id AND lot.customer_number_key = ''
"""
SIZED = """
UPDATE quality_lot lot SET lot_size = asked.size FROM unnest(%s::bigint[], %s::int[]) AS asked (id, size)
WHERE lot.id = asked.id AND lot.lot_size IS NULL
"""


def make_lots(*, rows: pd.DataFrame, now: datetime) -> pd.Series:
    """Make the lots that are missing, name and size those that are there, and return each row's lot id.

    `rows` is what `quality.queries.lots.match_lots` answers, with `lot_size` (Int64) if the file gives it.
    """
    first = rows.drop_duplicates("lot")
    sizes = rows["lot_size"].groupby(rows["lot"]).first() if "lot_size" in rows else pd.Series(dtype="Int64")
    missing = first[first["lot_id"].isna()].copy()
    missing["id"] = copy.next_ids("quality_lot", len(missing))
    copy.append(
        "quality_lot",
        missing.assign(
            customer_number="",
            customer_number_key="",
            lot_size=missing["lot"].map(sizes).astype("Int64"),
            created_at=pd.Timestamp(now),
        ),
        LOT_COLUMNS,
    )
    ids = rows["lot_id"].fillna(rows["lot"].map(missing.set_index("lot")["id"]).astype("Int64"))
    _name(first[first["called"]], CALLED)
    _name(first[first["renames"]], RENAMED)
    sized = sizes.dropna()
    sized = sized[sized.index >= 0]
    if len(sized):
        with connection.cursor() as cursor:
            cursor.execute(SIZED, [sized.index.tolist(), sized.astype("int64").tolist()])
    return ids.astype("int64")


def _name(lots: pd.DataFrame, statement: str) -> None:
    if len(lots):
        names = [
            lots["lot_id"].astype("int64").tolist(),
            lots["number"].tolist(),
            lots["number_key"].tolist(),
        ]
        with connection.cursor() as cursor:
            cursor.execute(statement, names)
