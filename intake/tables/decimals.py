"""Whether a comma or a point begins the decimals, as far as numbers tell it themselves."""

import re
from collections.abc import Iterable, Iterator

import numpy as np
import pandas as pd

BEHIND = r"\s*[^\d\s.,]{0,6}"  # a unit, a percent sign
COMMA = re.compile(
    rf"[-+]?(?:\d+,(?:\d{{1,2}}|\d{{4,}})|0,\d+|\d{{4,}},\d+|\d{{1,3}}(?:\.\d{{3}})+,\d+){BEHIND}"
)
POINT = re.compile(
    rf"[-+]?(?:\d+\.(?:\d{{1,2}}|\d{{4,}})|0?\.\d+|\d{{4,}}\.\d+|\d{{1,3}}(?:,\d{{3}})+\.\d+){BEHIND}"
)
ONE_COMMA = re.compile(rf"[-+]?[1-9]\d{{0,2}},\d{{3}}{BEHIND}")
ONE_POINT = re.compile(rf"[-+]?[1-9]\d{{0,2}}\.\d{{3}}{BEHIND}")
THOUSANDS = re.compile(r"\.(?=\d{3}(?:\D|$))")
Columns = Iterable[np.ndarray]


def sign_of(measured: Columns, counts: Columns, amounts: Columns) -> tuple[str, str]:
    """The sign before decimals, and a number that leaves it open.

    A single odd comma among points is a slip of its cell, and stays one. A measured 74,030 may be seventy-four
    or thousands, a counted 1.000 one or a thousand, where nothing else in the file tells, or where one number
    of it tells this and another that.

    Parameters
    ----------
    measured, counts, amounts : iterable of ndarray of object
        Raw cells of columns of each type.

    Returns
    -------
    sign : str
        ``comma`` or ``point``; blank where no text tells, or texts tell both.
    unsure : str
        The first number that only a person can read; blank where there is none.
    """
    of_values, of_counts = list(_written(measured)), list(_written(counts))
    every = [*of_values, *of_counts, *_written(amounts)]
    points, commas = any(map(POINT.fullmatch, every)), any(map(COMMA.fullmatch, every))
    if points and commas:
        either = (text for text in every if ONE_COMMA.fullmatch(text) or ONE_POINT.fullmatch(text))
        return "", next(either, "")
    if commas:
        return "comma", ""
    if points or any(map(ONE_POINT.fullmatch, of_values)):
        return "point", ""
    unsure = [text for text in of_values if ONE_COMMA.fullmatch(text)]
    unsure += [text for text in of_counts if ONE_POINT.fullmatch(text)]
    return "", unsure[0] if unsure else ""


def _written(columns: Columns) -> Iterator[str]:
    """Distinct texts that hold a comma or a point."""
    for cells in columns:
        distinct = pd.unique(cells)
        yield from (
            cell.strip() for cell in distinct if isinstance(cell, str) and ("," in cell or "." in cell)
        )


def with_points(cells: np.ndarray) -> np.ndarray:
    """Cells with points for decimal commas, and without the points between thousands; a certain 0.500 stays."""
    known = {
        cell: THOUSANDS.sub("", cell).replace(",", ".") if cell.count(",") <= 1 else cell
        for cell in set(cells)
        if isinstance(cell, str) and ("," in cell or "." in cell) and not POINT.fullmatch(cell.strip())
    }
    return np.array(
        [known.get(cell, cell) if isinstance(cell, str) else cell for cell in cells], dtype=object
    )
