"""What the nouns answer intake when a commit cannot be stored or taken back."""

from collections.abc import Collection, Hashable
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray


class Contradicts(Exception):
    """Rows say something else than what is stored, and nobody chose between the two. Nothing is stored.

    Attributes
    ----------
    rows : list
        Index labels of those rows in the frame that was handed in.
    """

    def __init__(self, rows: Collection[Hashable]) -> None:
        self.rows = list(rows)
        super().__init__(f"{len(self.rows)} rows contradict what is stored.")


class BuiltUpon(Exception):
    """A commit cannot be taken back, since something later stands on it. Nothing is changed.

    Attributes
    ----------
    rule : str
        ``corrected_later``: later commits corrected rows of this one.
    params : dict
        ``commits``: their ids, the latest first: take these back before.
    """

    def __init__(self, rule: str, **params: Any) -> None:
        self.rule = rule
        self.params = params
        super().__init__(f"{rule}: {params}")


def counts_of(status: pd.Series) -> dict[str, int]:
    """Count rows by what became of them, once every conflict that is left was decided for the new."""
    found = status.value_counts()
    names = {"new": "new", "same": "same", "changed": "changed", "conflicting": "replaced"}
    return {name: int(found.get(given, 0)) for given, name in names.items()}


def rule_of(contradicts_row: NDArray[np.bool_], index: pd.Index) -> pd.Series:
    """Return the rule of rows that can never be stored, None for all others."""
    rules = np.array([None, "contradicts_row"], dtype="object")
    return pd.Series(rules[contradicts_row.astype(np.int64)], index=index, dtype="object")
