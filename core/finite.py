"""Numbers on their way into JSON and workbooks, which know no NaN and no infinity."""

from typing import Any

import numpy as np


def finite(value: Any) -> float | None:
    """Return a number, or None where there is none."""
    return float(value) if np.isfinite(value) else None


def finite_line(line: np.ndarray, *, places: int | None = None) -> list[float | None]:
    """Return the numbers of an array of shape (n,), rounded where `places` says so, None where there is none."""
    numbers = [float(value) if np.isfinite(value) else None for value in np.asarray(line, dtype=float)]
    return numbers if places is None else [None if one is None else round(one, places) for one in numbers]
