"""Lists that a customer brings: its suppliers, its parts, their characteristics."""

import re

import numpy as np
import pandas as pd

from intake.tables.draft import Draft
from intake.tables.shape_measurements import DEVIATIONS, LIMIT_FIELDS, add_limits
from intake.tables.typing_columns import typed_frame
from intake.tables.words import plain

SEVERAL = re.compile(r"[;,、;|]+")
CLASSES = {
    "critical": ("关键", "a", "cc", "致命", "critical"),
    "major": ("重要", "b", "sc", "严重", "major"),
    "minor": ("一般", "c", "轻微", "minor"),
}
MEASURED = ("计量", "variable", "measured", "是", "true", "1", "y")
JUDGED = ("计数", "attribute", "judged", "否", "false", "0", "n")


def shape_suppliers(draft: Draft) -> pd.DataFrame:
    """One row a supplier; `short_names` is a list of the names that the customer uses."""
    frame = typed_frame(draft)
    if "short_names" in frame:
        frame["short_names"] = [_several(names) for names in frame["short_names"]]
    return frame


def shape_parts(draft: Draft) -> pd.DataFrame:
    """One row a part; `supplier_code` and `supplier` are lists of who makes it."""
    frame = typed_frame(draft)
    for name in ("supplier_code", "supplier"):
        if name in frame:
            frame[name] = [_several(told) for told in frame[name]]
    return frame


def shape_characteristics(draft: Draft) -> pd.DataFrame:
    """One row a version of a characteristic; `variable` is False for what is judged, not measured."""
    frame = typed_frame(draft, leave=(*LIMIT_FIELDS, *DEVIATIONS, "variable"))
    add_limits(draft, frame)
    if "characteristic_class" in frame:
        frame["characteristic_class"] = pd.array(
            [_class_of(told) for told in frame["characteristic_class"]], dtype="string"
        )
    frame["variable"] = _variable(draft, frame)
    return frame


def _several(told: object) -> list[str]:
    if not isinstance(told, str):
        return []
    return [name for name in (part.strip() for part in SEVERAL.split(told)) if name]


def _class_of(told: object) -> str | None:
    text = plain(told).lower() if isinstance(told, str) else ""
    return next((code for code, words in CLASSES.items() if text in words), None)


def _variable(draft: Draft, frame: pd.DataFrame) -> np.ndarray:
    """Measured or judged as the list says, else by whether it has a limit."""
    codes, written = pd.factorize(draft.cells("variable"))
    read = [
        True if plain(cell).lower() in MEASURED else False if plain(cell).lower() in JUDGED else None
        for cell in written
    ]
    unknown = np.array([value is None for value in read] + [False])[codes]
    draft.wrong(unknown, "variable", "word_unknown", {"options": ["计量", "计数"]})
    limits = [frame[name].notna() for name in LIMIT_FIELDS if name in frame]
    by_limits = np.logical_or.reduce(limits) if limits else np.zeros(len(frame), dtype=bool)
    told = np.array([*read, None], dtype=object)[codes]
    return np.where(pd.isna(told), by_limits, told).astype(bool)
