"""Make what a file names and nobody knows yet, where a customer's engineer wants it made."""

import pandas as pd

from core.commits import Contradicts
from intake.services.checking import ADDED, Context, check
from intake.services.comparing import COMPARED
from suppliers.services import record_characteristics, record_parts, record_suppliers

OF_A_PART = ["part_no", "part_name", "partnership_id"]
OF_A_CHARACTERISTIC = [
    "part_id",
    "characteristic_no",
    "characteristic",
    "nominal",
    "lsl",
    "usl",
    "unit",
    "characteristic_class",
    "instrument",
]
ORDER = ["supplier", "part", "characteristic"]  # each may be named by the next


def with_missing_made(rows: pd.DataFrame, context: Context, *, commit_id: int) -> pd.DataFrame:
    """Make suppliers, parts and characteristics that `rows` need, and return the rows checked anew.

    Inside the commit's transaction, which takes back all of it if it fails.

    Raises Contradicts if a row cannot be stored even so.
    """
    for what in ORDER:
        creating = rows[rows["creates"] == what]
        if creating.empty:
            continue
        _make(what, creating, context, commit_id)
        rows = check(_bare(rows), context).rows
    stuck = rows.index[(rows["status"] != "") | (rows["creates"] != "")]
    if len(stuck):
        raise Contradicts(stuck)
    return rows


def _bare(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows as they were before they were checked."""
    return rows.drop(columns=[*ADDED, *COMPARED, "holder_id", "characteristic_version_id"], errors="ignore")


def _make(what: str, rows: pd.DataFrame, context: Context, commit_id: int) -> None:
    record, columns = {
        "supplier": (record_suppliers, ["supplier_code", "supplier"]),
        "part": (record_parts, OF_A_PART),
        "characteristic": (record_characteristics, OF_A_CHARACTERISTIC),
    }[what]
    record(
        customer_id=context.person.organisation_id,
        rows=_distinct(rows, columns),
        commit_id=commit_id,
        now=context.now,
    )


def _distinct(rows: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """One row a thing: of several that say different things of it, the first."""
    here = rows[[column for column in columns if column in rows]]
    names = [
        name for name in here if name in ("supplier_code", "supplier", *OF_A_PART, *OF_A_CHARACTERISTIC[:3])
    ]
    key = [name for name in names if name != "part_name"]
    return here.drop_duplicates(key).reset_index(drop=True)
