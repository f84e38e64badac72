"""Tables of sums held against the rows that they sum up."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from django.db import transaction
from psycopg import sql

from core import copy

RELATIVE = 1e-9  # sums of floats depend on their order


@dataclass(frozen=True, slots=True)
class SumTable:
    """A table with one row a cell of a partnership.

    Attributes
    ----------
    name : str
        Of the table.
    key, fields : dict of str to str
        PostgreSQL types of the columns that name a cell beside the partnership, and of those that are sums.
    rounding : callable, optional
        Returns, from the stored rows, by how much each may differ in a float beyond `RELATIVE`.
    """

    name: str
    key: dict[str, str]
    fields: dict[str, str]
    rounding: Callable[[pd.DataFrame], pd.Series] | None = None

    def read(self, partnership_id: int) -> pd.DataFrame:
        columns = self.key | self.fields
        query = sql.SQL("SELECT {} FROM {} WHERE partnership_id = %s").format(
            sql.SQL(", ").join(map(sql.Identifier, columns)), sql.Identifier(self.name)
        )
        return copy.read(query, [partnership_id], columns)

    def differences(self, stored: pd.DataFrame, counted: pd.DataFrame) -> Iterable[dict[str, Any]]:
        """Yield the cells that are not what was counted: their key, and both values of what differs."""
        if stored.empty and counted.empty:
            return  # pandas cannot merge two empty columns of text
        both = stored.merge(counted, how="outer", on=list(self.key), suffixes=("", "_counted"))
        differ = pd.DataFrame({name: self._differ(both, name) for name in self.fields})
        for row in np.flatnonzero(differ.any(axis=1)):
            cell = both.iloc[row]
            yield {
                "table": self.name,
                "cell": {name: _plain(cell[name]) for name in self.key},
                "differs": {
                    name: {"stored": _plain(cell[name]), "counted": _plain(cell[f"{name}_counted"])}
                    for name in differ.columns[differ.iloc[row]]
                },
            }

    def _differ(self, both: pd.DataFrame, name: str) -> pd.Series:
        stored, counted = both[name], both[f"{name}_counted"]
        missing = stored.isna() != counted.isna()
        if self.fields[name] != "double precision":
            return (missing | (stored != counted).fillna(False)).astype("bool")
        allowed = RELATIVE * np.maximum(stored.abs(), counted.abs())
        if self.rounding is not None:
            allowed = allowed + self.rounding(both)
        return missing | ((stored - counted).abs() > allowed)


def recount(
    partnership_id: int, tables: Iterable[SumTable], count: Callable[[int], None], *, check: bool
) -> list[dict[str, Any]]:
    """Count the sums of one partnership anew and return the cells that were something else.

    `count` writes the sums from the rows. With `check` nothing is changed in the end.
    """
    tables = list(tables)
    with transaction.atomic():
        stored = [table.read(partnership_id) for table in tables]
        count(partnership_id)
        found = [
            {"partnership": partnership_id, **difference}
            for table, before in zip(tables, stored, strict=True)
            for difference in table.differences(before, table.read(partnership_id))
        ]
        if check:
            transaction.set_rollback(True)
    return found


def _plain(value: Any) -> Any:
    if value is None or pd.isna(value):
        return None
    if isinstance(value, pd.Timestamp | date):
        return value.strftime("%Y-%m-%d")
    if isinstance(value, np.generic):
        return value.item()
    return value if isinstance(value, int | float | str) else str(value)
