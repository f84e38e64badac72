"""The nouns that rows become: for each kind who compares, records and takes back."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

import pandas as pd

import inventory.queries
import inventory.services
import quality.queries
import quality.services
import suppliers.queries
import suppliers.services
from intake.models import Kind


@dataclass(frozen=True, slots=True)
class Noun:
    """What a kind of rows becomes.

    Attributes
    ----------
    compare, record, withdraw : callable
        See the noun's own app. `compare` and `record` work on one partnership; of a list, on one customer.
    is_list : bool
        A list of a customer: suppliers, parts, characteristics.
    has_stage : bool
        Rows of an inspection stage.
    has_part : bool
        Rows name a part.
    """

    compare: Callable
    record: Callable
    withdraw: Callable
    is_list: bool = False
    has_stage: bool = False
    has_part: bool = True


SURENESS = ["same", "new", "changed", "conflicting"]


def _row_a_supplier(rows: pd.DataFrame) -> pd.DataFrame:
    """A part made by several suppliers stands in one row of its list, and in one row each for the noun."""
    if "partnership_ids" not in rows:
        return rows
    several = rows.drop(columns="partnership_id", errors="ignore").explode("partnership_ids")
    return several.rename(columns={"partnership_ids": "partnership_id"}).astype({"partnership_id": "Int64"})


def _compare_parts(*, customer_id: int, rows: pd.DataFrame, stage: str | None = None) -> pd.DataFrame:
    each = _row_a_supplier(rows)
    answer = suppliers.queries.compare_parts(
        customer_id=customer_id, rows=each.reset_index(drop=True), stage=stage
    )
    answer = answer.assign(at=each.index, sureness=answer["status"].map(SURENESS.index).to_numpy())
    worst = answer.sort_values("sureness", kind="stable").groupby("at").tail(1).set_index("at")
    return worst.loc[rows.index].drop(columns="sureness")


def _record_parts(
    *, rows: pd.DataFrame, replacing: Collection = frozenset(), **rest: Any
) -> dict[str, int]:
    each = _row_a_supplier(rows)
    labels = {place for place, label in enumerate(each.index) if label in replacing}
    return suppliers.services.record_parts(rows=each.reset_index(drop=True), replacing=labels, **rest)


NOUNS = {
    Kind.INSPECTIONS: Noun(
        quality.queries.compare_inspections,
        quality.services.record_inspections,
        quality.services.withdraw_inspections,
        has_stage=True,
    ),
    Kind.MEASUREMENTS: Noun(
        quality.queries.compare_measurements,
        quality.services.record_measurements,
        quality.services.withdraw_measurements,
        has_stage=True,
    ),
    Kind.STOCK: Noun(
        inventory.queries.compare_stock, inventory.services.record_stock, inventory.services.withdraw_stock
    ),
    Kind.MOVEMENTS: Noun(
        inventory.queries.compare_movements,
        inventory.services.record_movements,
        inventory.services.withdraw_movements,
    ),
    Kind.DELIVERIES: Noun(
        inventory.queries.compare_deliveries,
        inventory.services.record_deliveries,
        inventory.services.withdraw_deliveries,
    ),
    Kind.RETURNS: Noun(
        inventory.queries.compare_returns,
        inventory.services.record_returns,
        inventory.services.withdraw_returns,
    ),
    Kind.SUPPLIERS: Noun(
        suppliers.queries.compare_suppliers,
        suppliers.services.record_suppliers,
        suppliers.services.withdraw_suppliers,
        is_list=True,
        has_part=False,
    ),
    Kind.PARTS: Noun(
        _compare_parts,
        _record_parts,
        suppliers.services.withdraw_parts,
        is_list=True,
        has_part=False,
    ),
    Kind.CHARACTERISTICS: Noun(
        suppliers.queries.compare_characteristics,
        suppliers.services.record_characteristics,
        suppliers.services.withdraw_characteristics,
        is_list=True,
    ),
}
