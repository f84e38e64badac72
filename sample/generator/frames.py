"""Frames row by row, for writing; computing stays column by column."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd


def records(frame: pd.DataFrame) -> Iterable[Any]:
    """Return the rows as named tuples, the index first as `Index`."""
    rows: Iterable[Any] = frame.itertuples()
    return rows
