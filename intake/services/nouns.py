"""The nouns that rows become: for each kind who compares, records and takes back."""

from collections.abc import Callable
from dataclasses import dataclass

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
        See the noun's own app. `compare` and `record` take rows of many partnerships together, each with its
        `partnership_id`; of a list, those of one customer.
    is_list : bool
        A list of a customer: suppliers, parts, characteristics.
    has_stage : bool
        Rows of an inspection stage.
    has_part : bool
        Rows name a part.
    commits_of, commits_replaced_by : callable or None
        Of rows that a customer may hand in for its supplier: by which commits stored ones came, and those of
        which commits a commit replaced.
    gone, let_go : callable or None
        Of a statement that replaces an earlier one: the stored rows that it no longer has, and their withdrawal.
    """

    compare: Callable
    record: Callable
    withdraw: Callable
    is_list: bool = False
    has_stage: bool = False
    has_part: bool = True
    commits_of: Callable[[list[int]], dict[int, int]] | None = None
    commits_replaced_by: Callable[[int], pd.DataFrame] | None = None
    gone: Callable[..., pd.DataFrame] | None = None
    let_go: Callable[..., int] | None = None


NOUNS = {
    Kind.INSPECTIONS: Noun(
        quality.queries.compare_inspections,
        quality.services.record_inspections,
        quality.services.withdraw_inspections,
        has_stage=True,
        commits_of=quality.queries.commits_of_inspections,
        commits_replaced_by=quality.queries.commits_replaced_in_inspections,
    ),
    Kind.MEASUREMENTS: Noun(
        quality.queries.compare_measurements,
        quality.services.record_measurements,
        quality.services.withdraw_measurements,
        has_stage=True,
        commits_of=quality.queries.commits_of_measurement_sets,
        commits_replaced_by=quality.queries.commits_replaced_in_measurement_sets,
    ),
    Kind.STOCK: Noun(
        inventory.queries.compare_stock,
        inventory.services.record_stock,
        inventory.services.withdraw_stock,
        gone=inventory.queries.stock_gone,
        let_go=inventory.services.let_stock_go,
    ),
    Kind.MOVEMENTS: Noun(
        inventory.queries.compare_movements,
        inventory.services.record_movements,
        inventory.services.withdraw_movements,
        gone=inventory.queries.movements_gone,
        let_go=inventory.services.let_movements_go,
    ),
    Kind.DELIVERIES: Noun(
        inventory.queries.compare_deliveries,
        inventory.services.record_deliveries,
        inventory.services.withdraw_deliveries,
        gone=inventory.queries.deliveries_gone,
        let_go=inventory.services.let_deliveries_go,
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
        suppliers.queries.compare_parts,
        suppliers.services.record_parts,
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
    Kind.GAUGE_STUDIES: Noun(
        quality.queries.compare_gauge_studies,
        quality.services.record_gauge_studies,
        quality.services.withdraw_gauge_studies,
    ),
}
