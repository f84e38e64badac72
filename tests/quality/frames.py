"""Canonical frames as intake hands them on, from short lines."""

from collections.abc import Iterable
from typing import Any

import pandas as pd

TYPES = {
    "inspection_date": "datetime64[s]", "received_date": "datetime64[s]", "inspected": "Int64",
    "conforming": "Int64", "nonconforming": "Int64", "lot_size": "Int64", "critical": "Int64",
    "major": "Int64", "minor": "Int64", "sorted_qty": "Int64", "submission": "Int64",
    "measured_at": "datetime64[s]",
}  # fmt: skip


def frame_of(rows: Iterable[dict[str, Any]], labels: Iterable | None = None) -> pd.DataFrame:
    """Return rows in the types of intake, with labels that are not their positions."""
    frame = pd.DataFrame(list(rows))
    for name, dtype in TYPES.items():
        if name in frame:
            frame[name] = (
                pd.to_datetime(frame[name]).astype(dtype)
                if dtype.startswith("date")
                else frame[name].astype("object").where(frame[name].notna(), None).astype(dtype)
            )
    return frame.set_axis(list(labels) if labels is not None else [100 + n for n in range(len(frame))])


def inspection(
    part: int, lot: str, day: str, inspected: int = 100, nonconforming: int = 0, **more: Any
) -> dict[str, Any]:
    """One row of a book; the lot is accepted unless the row says otherwise."""
    return {
        "part_id": part,
        "lot_no": lot,
        "inspection_date": day,
        "inspected": inspected,
        "nonconforming": nonconforming,
        "verdict": "accepted",
    } | more


def values_of(
    part: int, lot: str, version: int, day: str, values: Iterable[float], **more: Any
) -> list[dict[str, Any]]:
    """One row a piece."""
    return [
        {
            "part_id": part,
            "lot_no": lot,
            "characteristic_version_id": version,
            "value": value,
            "piece": piece,
            "measured_at": day,
        }
        | more
        for piece, value in enumerate(values, start=1)
    ]
