"""The four tables that files bring rows to: what makes a row one row, and what of it are its figures."""

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

import numpy as np
import pandas as pd

from core import copy
from core.text import folded
from inventory.models import Grain, MovementKind, Ownership
from suppliers.queries.facts import ends_of_each

ITEM = ["partnership_id", "part_id", "holder_id", "location_key", "ownership"]  # what makes a stock item one
MICRO = Decimal("0.000001")  # of a currency unit: what a unit cost is kept to


@dataclass(frozen=True, slots=True)
class Ledger:
    """A table of rows that files bring.

    Attributes
    ----------
    table : str
        Its name in the database.
    key : tuple of str
        Columns that make a row one row, within a partnership.
    counts : tuple of str
        Quantities; lines of one file with one key are added up.
    facts : tuple of str
        Other figures: dates and prices.
    words : tuple of str
        What may be said otherwise later without contradiction: a correction.
    types : dict
        PostgreSQL type of every column above.
    number, day : str
        Where the number is empty, the day is part of the key (`day_without_number`); both empty if the key
        says it all.
    """

    table: str
    key: tuple[str, ...]
    counts: tuple[str, ...]
    facts: tuple[str, ...]
    words: tuple[str, ...]
    types: dict[str, str]
    number: str = ""
    day: str = ""

    @property
    def columns(self) -> list[str]:
        return [*self.key, *self.counts, *self.facts, *self.words]

    def day_without_number(self, rows: pd.DataFrame) -> pd.Series:
        """Return the day of the rows that have no number, missing elsewhere (datetime64[s])."""
        if not self.number:
            return pd.Series(pd.NaT, index=rows.index, dtype="datetime64[s]")
        return rows[self.day].where(rows[self.number] == "").astype("datetime64[s]")


MOVEMENTS = Ledger(
    "inventory_movement",
    key=("stock_item_id", "movement_no", "kind", "lot_number_key"),
    counts=("quantity",),
    facts=("movement_date",),
    words=("lot_number",),
    types={
        "stock_item_id": "bigint", "movement_no": "text", "kind": "text", "lot_number_key": "text",
        "quantity": "bigint", "movement_date": "date", "lot_number": "text",
    },
    number="movement_no",
    day="movement_date",
)  # fmt: skip
BALANCES = Ledger(
    "inventory_balance",
    key=("stock_item_id", "grain", "balance_date"),
    counts=(
        "opening_quantity", "receipts_quantity", "issues_quantity", "adjustment_quantity", "closing_quantity",
    ),
    facts=(),
    words=("unit_cost",),
    types={
        "stock_item_id": "bigint", "grain": "text", "balance_date": "date", "opening_quantity": "bigint",
        "receipts_quantity": "bigint", "issues_quantity": "bigint", "adjustment_quantity": "bigint",
        "closing_quantity": "bigint", "unit_cost": "numeric",
    },
)  # fmt: skip
DELIVERIES = Ledger(
    "inventory_delivery",
    key=("part_id", "receipt_no", "order_no", "lot_number_key"),
    counts=("ordered_quantity", "received_quantity"),
    facts=("received_date", "promised_date"),
    words=("unit_price", "lot_number"),
    types={
        "part_id": "bigint", "receipt_no": "text", "order_no": "text", "lot_number_key": "text",
        "ordered_quantity": "bigint", "received_quantity": "bigint", "received_date": "date",
        "promised_date": "date", "unit_price": "numeric", "lot_number": "text",
    },
    number="receipt_no",
    day="received_date",
)  # fmt: skip
RETURNS = Ledger(
    "inventory_return",
    key=("part_id", "return_no"),
    counts=("quantity",),
    facts=("return_date", "found_at"),
    # Who answers for a return is settled later: the same return again, not a second one.
    words=("liability", "state", "defect", "lot_number", "remark"),
    types={
        "part_id": "bigint", "return_no": "text", "quantity": "bigint", "return_date": "date",
        "found_at": "text", "liability": "text", "state": "text", "defect": "text", "lot_number": "text",
        "remark": "text",
    },
)  # fmt: skip


def movements_given(rows: pd.DataFrame) -> pd.DataFrame:
    """Return rows of a ledger as columns of `MOVEMENTS`, and of the item where it is not known yet."""
    items = items_of(rows)
    return items.assign(
        movement_date=_dates(rows, "movement_date"),
        movement_no=_text(rows, "movement_no", 64),
        kind=_text(rows, "movement_kind", 10).replace("", MovementKind.ADJUSTMENT),
        quantity=_whole(rows, "quantity"),
        **_lot(rows),
    )


def balances_given(rows: pd.DataFrame) -> pd.DataFrame:
    """Return rows of a statement as columns of `BALANCES`, and of the item where it is not known yet."""
    items = items_of(rows)
    by_month = rows["period"].notna() if "period" in rows else pd.Series(False, index=rows.index)
    return items.assign(
        grain=np.where(by_month, Grain.MONTH.value, Grain.DAY.value),
        balance_date=_dates(rows, "closes_on"),
        opening_quantity=_whole(rows, "opening_qty"),
        receipts_quantity=_whole(rows, "receipts_qty"),
        issues_quantity=_whole(rows, "issues_qty"),
        adjustment_quantity=_whole(rows, "adjustment_qty"),
        closing_quantity=_whole(rows, "closing_qty"),
        unit_cost=_money(rows, "unit_price"),
    )


def deliveries_given(rows: pd.DataFrame) -> pd.DataFrame:
    """Return rows of receipts as columns of `DELIVERIES`.

    What was ordered is a figure of the line of an order: where lines of one key repeat it with the number of
    the order, the first alone says it.
    """
    given = pd.DataFrame(
        {
            "partnership_id": rows["partnership_id"].astype("int64"),
            "part_id": rows["part_id"].astype("int64"),
            "receipt_no": _text(rows, "receipt_no", 64),
            "order_no": _text(rows, "order_no", 64),
            "ordered_quantity": _whole(rows, "ordered_qty"),
            "received_quantity": _whole(rows, "received_qty"),
            "received_date": _dates(rows, "received_date"),
            "promised_date": _dates(rows, "promised_date"),
            "unit_price": _money(rows, "unit_price"),
            **_lot(rows),
        },
        index=rows.index,
    )
    said = ["partnership_id", *DELIVERIES.key, "promised_date", "ordered_quantity"]
    again = given.assign(day=DELIVERIES.day_without_number(given)).duplicated([*said, "day"])
    given["ordered_quantity"] = given["ordered_quantity"].mask(again & (given["order_no"] != ""))
    return given


def returns_given(rows: pd.DataFrame) -> pd.DataFrame:
    """Return rows of a list of returns as columns of `RETURNS`."""
    defect = _text(rows, "defect_code", 80)
    return pd.DataFrame(
        {
            "partnership_id": rows["partnership_id"].astype("int64"),
            "part_id": rows["part_id"].astype("int64"),
            "return_no": _text(rows, "return_no", 64),
            "quantity": _whole(rows, "return_qty"),
            "return_date": _dates(rows, "return_date"),
            "found_at": _text(rows, "found_at", 8),
            "liability": _text(rows, "liability", 11),
            "state": _text(rows, "return_state", 40),
            "defect": defect.where(defect != "", _text(rows, "defect_name", 80)),
            "lot_number": _text(rows, "lot_no", 64),
            "remark": _text(rows, "remark", 500),
        },
        index=rows.index,
    )


def items_of(rows: pd.DataFrame) -> pd.DataFrame:
    """Return what makes a stock item, and its id (Int64, missing where nobody made it yet).

    The columns of `ITEM`, `location` and `stock_item_id`. Where a sheet does not say whose the goods are, a
    customer's are its own and a supplier's are dedicated.
    """
    ends = ends_of_each(rows["partnership_id"].unique()).reindex(rows["partnership_id"].astype("int64"))
    customer, supplier = (pd.Series(ends[end].to_numpy(), rows.index) for end in ("customer", "supplier"))
    holder = rows["holder_id"] if "holder_id" in rows else pd.Series(pd.NA, index=rows.index)
    holder = holder.astype("Int64").fillna(customer.astype("Int64")).astype("int64")
    location = _text(rows, "warehouse", 80)
    location = location.where(location != "", _text(rows, "location", 80))
    said = _text(rows, "ownership", 9)
    at_supplier = (holder == supplier) & (customer != supplier)
    usual = np.where(at_supplier, Ownership.DEDICATED.value, Ownership.OWN.value)
    # What a supplier calls its own in a ledger for one customer is what it keeps for this customer.
    owned = said.where((said != "") & ~(at_supplier & (said == Ownership.OWN)), pd.Series(usual, rows.index))
    items = pd.DataFrame(
        {
            "partnership_id": rows["partnership_id"].astype("int64"),
            "part_id": rows["part_id"].astype("int64"),
            "holder_id": holder,
            "location": location,
            "location_key": _each(location, folded),
            "ownership": owned.astype("str"),
        },
        index=rows.index,
    )
    return items.assign(stock_item_id=_known_items(items))


def _known_items(items: pd.DataFrame) -> pd.Series:
    asked = items[["partnership_id", "part_id"]].drop_duplicates()
    types = dict(zip(ITEM, ("bigint", "bigint", "bigint", "text", "text"), strict=True)) | {"id": "bigint"}
    known = copy.read(
        """
        SELECT i.partnership_id, i.part_id, holder_id, location_key, ownership, i.id
        FROM unnest(%(partnerships)s::bigint[], %(parts)s::bigint[]) AS asked (partnership, part)
        JOIN inventory_stockitem i ON i.partnership_id = asked.partnership AND i.part_id = asked.part
        WHERE i.partnership_id = ANY(%(all)s)
        """,
        {
            "partnerships": copy.array_of(asked["partnership_id"]),
            "parts": copy.array_of(asked["part_id"]),
            "all": asked["partnership_id"].unique().tolist(),
        },
        types,
    )
    known["location_key"] = known["location_key"].fillna("")
    known = known.astype(dict.fromkeys(ITEM[:3], "int64"))
    return items[ITEM].merge(known, on=ITEM, how="left")["id"].set_axis(items.index).astype("Int64")


def _lot(rows: pd.DataFrame) -> dict[str, pd.Series]:
    number = _text(rows, "lot_no", 64)
    return {"lot_number": number, "lot_number_key": _each(number, folded)}


def _text(rows: pd.DataFrame, name: str, longest: int) -> pd.Series:
    if name not in rows:
        return pd.Series("", index=rows.index, dtype="str")
    return rows[name].astype("str").where(rows[name].notna(), "").str.slice(0, longest)


def _whole(rows: pd.DataFrame, name: str) -> pd.Series:
    values = rows[name] if name in rows else pd.Series(pd.NA, index=rows.index)
    return values.astype("Int64")


def _dates(rows: pd.DataFrame, name: str) -> pd.Series:
    values = rows[name] if name in rows else pd.Series(pd.NaT, index=rows.index)
    return values.astype("datetime64[s]")


def _money(rows: pd.DataFrame, name: str) -> pd.Series:
    if name not in rows:
        return pd.Series(None, index=rows.index, dtype="object")
    return _each(rows[name].astype("object"), _micro).astype("object")


def _micro(said: object) -> Decimal | None:
    return None if pd.isna(said) else Decimal(str(said)).quantize(MICRO, ROUND_HALF_EVEN)


def _each(values: pd.Series, function) -> pd.Series:
    """Apply a function to each value once, however often it occurs."""
    codes, unique = pd.factorize(values, use_na_sentinel=False)
    return pd.Series(np.array([function(one) for one in unique], dtype=object)[codes], index=values.index)
