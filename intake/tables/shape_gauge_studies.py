"""Rows of a gauge study to one row a reading: long lists, a column a trial, or a column a piece."""

import numpy as np
import pandas as pd

from intake.tables.draft import Draft
from intake.tables.numbers import Numbers, meant, read_measured
from intake.tables.shape_measurements import (
    DEVIATIONS,
    LIMIT_FIELDS,
    add_limits,
    letters_of,
    move_problems,
)
from intake.tables.typing_columns import typed_frame
from intake.tables.verdicts import read_verdicts
from intake.tables.words import is_blank

OWN = ("value", "rating", "reference", *LIMIT_FIELDS, *DEVIATIONS)
STUDY = ("gauge", "part_no", "part_name", "characteristic", "study_date")
OPTIONS = {"options": ["accepted", "rejected"]}


def shape(draft: Draft) -> pd.DataFrame:
    """One typed row a reading: `value` (float) or `rating` (accepted, rejected), and what is known of the piece.

    Numbered columns are trials beside a column of pieces, else pieces. A study of nothing but 0 and 1 is one of
    judgements, 1 for accepted. Trials without a number are counted in the order of the file.
    """
    base = typed_frame(draft, leave=OWN)
    add_limits(draft, base)
    told = draft.cells("reference")
    if draft.pieces:
        frame, cells, names, letters, rows = _melt(draft, base)
        told = told[rows]
    else:
        frame, letters = base, None
        rating = draft.cells("rating")
        own = pd.notna(draft.cells("value"))
        cells = np.where(own, draft.cells("value"), rating)
        names = np.where(own | ~np.array(draft.has("rating")), "value", "rating")
    _read(draft, frame, cells, names, told, letters)
    if "trial" not in frame:
        frame["trial"] = pd.array([pd.NA] * len(frame), dtype="Int64")
    frame["trial"] = frame["trial"].fillna(_counted(frame))
    return frame


def _melt(
    draft: Draft, base: pd.DataFrame
) -> tuple[pd.DataFrame, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return a row each filled cell of the numbered columns: frame, cells, fields, letters, rows of the sheet."""
    axis = "trial" if draft.has("piece") and not draft.has("trial") else "piece"
    numbers = sorted(draft.pieces)
    cells = np.column_stack([draft.pieces[number] for number in numbers]).ravel()
    rows = np.repeat(np.arange(len(draft)), len(numbers))
    which = np.tile(np.array(numbers), len(draft))
    kept = pd.notna(cells)
    cells, rows, which = cells[kept], rows[kept], which[kept]
    frame = base.iloc[rows].reset_index(drop=True)
    move_problems(draft, rows, len(base))
    draft.take(rows)
    letters = letters_of(draft, np.array([f"piece:{number}" for number in which], dtype=object))
    frame[axis] = (
        pd.array(which, dtype="Int64") if axis == "trial" else pd.array(which.astype(str), dtype="string")
    )
    frame["column"] = pd.array(letters, dtype="string")
    return frame, cells, np.full(len(cells), "value", dtype=object), letters, rows


def _read(
    draft: Draft,
    frame: pd.DataFrame,
    cells: np.ndarray,
    names: np.ndarray,
    told: np.ndarray,
    letters: np.ndarray | None,
) -> None:
    """Fill value, rating, reference and reference_rating; a problem for each cell that is neither."""
    read, (verdict, _, _) = read_measured(cells), read_verdicts(cells)
    judged = pd.notna(verdict) & np.isnan(read.values)
    binary = ~np.isnan(read.values) & np.isin(read.values, (0.0, 1.0))
    as_words = binary & (
        (names == "rating") | _nothing_but(frame, binary | judged, ~np.isnan(read.values) | judged)
    )
    verdict[~judged] = None
    rating = np.where(as_words, np.where(read.values == 1, "accepted", "rejected"), verdict)
    _tell_broken(draft, cells, names, read, pd.notna(cells) & ~judged, letters)
    frame["value"] = np.where(as_words, np.nan, read.values)
    frame["rating"] = pd.array(rating, dtype="string")
    if "unit" not in frame and pd.notna(read.unit).any():
        frame["unit"] = pd.array([None if unit == "%" else unit for unit in read.unit], dtype="string")
    if draft.has("reference"):
        _read_reference(draft, frame, told, pd.notna(rating))


def _nothing_but(frame: pd.DataFrame, which: np.ndarray, there: np.ndarray) -> np.ndarray:
    """Whether all readings of a row's study are of `which`, where there is one."""
    keys = [name for name in STUDY if name in frame]
    fits = pd.Series(which | ~there)
    if not keys:
        return np.full(len(frame), bool(fits.all()))
    return fits.groupby(frame.groupby(keys, dropna=False).ngroup().to_numpy()).transform("all").to_numpy()


def _tell_broken(
    draft: Draft,
    cells: np.ndarray,
    names: np.ndarray,
    read: Numbers,
    open_to: np.ndarray,
    letters: np.ndarray | None,
) -> None:
    told = np.array([rule is not None for rule in read.rule], dtype=bool) & open_to
    for name in ("value", "rating"):
        here = told & (names == name)
        for rule in sorted(set(read.rule[here])):
            unknown = name == "rating" and rule == "not_a_number"
            draft.problems.add(
                draft.places, here & (read.rule == rule), name, "verdict_unknown" if unknown else rule,
                values=cells, params=OPTIONS if unknown else lambda index: meant(cells[index]), letters=letters,
            )  # fmt: skip
    numbered = open_to & (names == "rating") & ~np.isnan(read.values) & ~np.isin(read.values, (0.0, 1.0))
    if not draft.has("value") and numbered.any():
        draft.problems.add(
            draft.places, numbered, "rating", "verdict_unknown", values=cells, params=OPTIONS, letters=letters
        )


def _read_reference(draft: Draft, frame: pd.DataFrame, told: np.ndarray, judged: np.ndarray) -> None:
    """The known value of a measured piece, the known verdict of a judged one."""
    read, (verdict, _, _) = read_measured(told), read_verdicts(told)
    binary = np.isin(read.values, (0.0, 1.0))
    known = np.where(binary, np.where(read.values == 1, "accepted", "rejected"), verdict)
    frame["reference"] = np.where(judged, np.nan, read.values)
    there = np.array([pd.notna(cell) and not is_blank(cell) for cell in told], dtype=bool)
    unread = there & judged & pd.isna(known)
    wrong = there & ~judged & np.isnan(read.values)
    known[~judged] = None
    frame["reference_rating"] = pd.array(known, dtype="string")
    for which, rule, params in ((unread, "verdict_unknown", OPTIONS), (wrong, "not_a_number", None)):
        if which.any():
            draft.problems.add(draft.places, which, "reference", rule, values=told, params=params)


def _counted(frame: pd.DataFrame) -> pd.Series:
    """Number of each reading among those of its appraiser and piece, in the order of the file."""
    keys = [name for name in (*STUDY, "appraiser", "piece", "supplier", "customer") if name in frame]
    if not keys:
        return pd.Series(np.arange(len(frame)) + 1, index=frame.index, dtype="Int64")
    return (frame.groupby(keys, dropna=False).cumcount() + 1).astype("Int64")
