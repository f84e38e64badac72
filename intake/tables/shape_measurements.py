"""Rows of a measurement file to one row a value: a form of characteristics, subgroups, or long lists."""

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from intake.tables.draft import Draft
from intake.tables.numbers import Numbers, meant, read_measured, read_numbers
from intake.tables.tolerances import read_limits
from intake.tables.typing_columns import leave_out_invalid, read_floats, typed_frame
from intake.tables.verdicts import ACCEPTED, REJECTED
from intake.tables.words import plain, unit_in

VALUE_FIELDS = ("value", "piece", "item_verdict", "validity")
LIMIT_FIELDS = ("nominal", "lsl", "usl")
DEVIATIONS = ("tol_upper", "tol_lower")
UNIT_IN_TEXT = re.compile(
    r"\d\s*(mm|um|μm|µm|cm|m|N|kN|g|kg|mΩ|Ω|ohm|V|A|℃|°C|%|HV|HRC|HB|h|s|ms)\b", re.IGNORECASE
)
VOID = re.compile(r"作废|无效|取消|void|cancel", re.IGNORECASE)


def shape(draft: Draft) -> pd.DataFrame:
    """One typed row a measured value.

    Words of judgement among the values (OK, √, 合格) belong to attributes: they are counted under
    ``judged`` and left out, as are cancelled tests (``cancelled``) and values that their file says are
    not valid (``invalid``).
    """
    _leave_out_cancelled(draft)
    leave_out_invalid(draft)
    base = typed_frame(draft, leave=(*VALUE_FIELDS, *LIMIT_FIELDS, *DEVIATIONS))
    add_limits(draft, base)
    # Row of the sheet, number of the piece, characteristic of the column, and cells, one behind another.
    blocks = _blocks(draft)
    if not blocks:
        return base.assign(value=np.nan, piece=pd.array([pd.NA] * len(base), dtype="Int64"))
    return _melt(draft, base, blocks)


def _leave_out_cancelled(draft: Draft) -> None:
    codes, written = pd.factorize(draft.cells("item_verdict"))
    void = np.array([bool(VOID.search(plain(cell))) for cell in written] + [False])[codes]
    if void.any():
        draft.keep(~void, "cancelled")


def add_limits(draft: Draft, base: pd.DataFrame) -> None:
    """Nominal and limits of each row: their own columns, else the requirement with its deviations."""
    told = {name: read_floats(draft, name) for name in (*LIMIT_FIELDS, *DEVIATIONS) if draft.has(name)}
    if not told and not draft.has("spec_text"):
        return
    nothing = np.full(len(draft), np.nan)
    requirement = draft.cells("spec_text")
    if draft.has("nominal"):
        empty = pd.isna(requirement)
        requirement = np.where(empty, draft.cells("nominal"), requirement)
    upper, lower = (told.get(name, nothing) for name in DEVIATIONS)
    rows = pd.DataFrame({"text": [plain(cell) for cell in requirement], "upper": upper, "lower": lower})
    number = rows.groupby(["text", "upper", "lower"], dropna=False).ngroup().to_numpy()
    first = np.unique(number, return_index=True)[1]
    read = [read_limits(*rows.iloc[index]) for index in first]
    for name in LIMIT_FIELDS:
        from_text = np.array(
            [np.nan if (value := getattr(limits, name)) is None else value for limits in read]
        )[number]
        own = told.get(name, nothing)
        base[name] = np.where(np.isnan(own), from_text, own)
    crossed = (base["lsl"] > base["usl"]).to_numpy()
    draft.wrong(
        crossed, "spec_text", "limits_crossed", lambda i: {n: float(base[n].iloc[i]) for n in ("lsl", "usl")}
    )
    if "unit" not in base and draft.has("spec_text"):
        found = [UNIT_IN_TEXT.search(text) for text in rows["text"]]
        base["unit"] = pd.array([match[1] if match else None for match in found], dtype="string")


def _blocks(draft: Draft) -> list[tuple[str, str, int, np.ndarray]]:
    """(place, characteristic, piece, cells) of each column that holds values; piece 0 is to be counted."""
    blocks = [(f"piece:{piece}", "", piece, cells) for piece, cells in sorted(draft.pieces.items())]
    blocks += [(f"value:{name}", name, 0, cells) for name, cells in draft.characteristics.items()]
    if draft.has("value"):
        blocks.append(("value", "", 0, draft.cells("value")))
    return blocks


def _melt(draft: Draft, base: pd.DataFrame, blocks: list[tuple[str, str, int, np.ndarray]]) -> pd.DataFrame:
    cells = np.concatenate([block[3] for block in blocks])
    rows = np.tile(np.arange(len(draft)), len(blocks))
    which = np.repeat(np.arange(len(blocks)), len(draft))
    order = np.lexsort((which, rows))  # the sheet's own order: row by row, piece by piece
    cells, rows, which = cells[order], rows[order], which[order]
    read = read_measured(cells)
    judged = _judged(cells, read)
    draft.left_out.add("judged", len({(r, w) for r, w in zip(rows[judged], which[judged], strict=True)}))
    kept = (pd.notna(cells) & ~judged) & (~np.isnan(read.values) | (read.rule != None))  # noqa: E711
    cells, rows, which = cells[kept], rows[kept], which[kept]
    read = Numbers(read.values[kept], read.rule[kept], read.unit[kept])
    if len(rows) == len(base) and (rows == np.arange(len(base))).all():
        frame = base  # a row a value already
    else:
        frame = base.iloc[rows].reset_index(drop=True)
        move_problems(draft, rows, len(base))
        draft.take(rows)
    places = np.array([block[0] for block in blocks], dtype=object)[which]
    names = np.array([block[1] or None for block in blocks], dtype=object)[which]
    pieces = np.array([block[2] for block in blocks])[which]
    _complete(draft, frame, names, pieces)
    _values(draft, frame, cells, read, places)
    return frame


def _judged(cells: np.ndarray, read: Numbers) -> np.ndarray:
    codes, written = pd.factorize(cells)
    words = np.array([plain(cell).lower() in ACCEPTED | REJECTED for cell in written] + [False])[codes]
    return words & np.isnan(read.values)


def move_problems(draft: Draft, rows: np.ndarray, before: int) -> None:
    """A problem of a row belongs to the first of its values; to the row alone when it has none."""
    first = np.full(before, -1)
    first[rows[::-1]] = np.arange(len(rows))[::-1]
    for line in draft.problems.lines:
        line["index"] = int(first[line["index"]]) if line["index"] >= 0 else -1


def _complete(draft: Draft, frame: pd.DataFrame, names: np.ndarray, pieces: np.ndarray) -> None:
    if pd.notna(names).any():
        told = frame.get("characteristic")
        own = pd.array(names, dtype="string")
        frame["characteristic"] = (
            own if told is None else pd.array(pd.Series(own).fillna(told), dtype="string")
        )
        if "unit" not in frame:
            units = {name: unit_in(name) or None for name in dict.fromkeys(names) if name}
            frame["unit"] = pd.array([units.get(name) for name in names], dtype="string")
    frame["piece"] = pd.array(pieces, dtype="Int64")
    unnumbered = pieces == 0
    if unnumbered.any():
        frame.loc[unnumbered, "piece"] = _counted(draft, frame)[unnumbered]


def _counted(draft: Draft, frame: pd.DataFrame) -> np.ndarray:
    """Number of each value among those of its lot and characteristic, in the order of the file."""
    told = draft.cells("piece")
    numbers = read_numbers(told).values
    keys = [
        name
        for name in ("part_no", "part_name", "lot_no", "characteristic", "characteristic_no")
        if name in frame
    ]
    counted = (
        frame.groupby(keys, dropna=False).cumcount() if keys else pd.Series(range(len(frame)))
    ).to_numpy() + 1
    whole = ~np.isnan(numbers) & (numbers == np.rint(numbers)) & (numbers > 0)
    taken = pd.DataFrame({"piece": numbers} | {name: frame[name] for name in keys}).duplicated(keep=False)
    return np.where(whole & ~taken.to_numpy(), np.nan_to_num(numbers), counted).astype("int64")


def letters_of(draft: Draft, places: np.ndarray) -> np.ndarray:
    """Column letter of each value; looked up once a table and place."""
    codes, known = pd.factorize(places)
    tables, numbers = pd.factorize(draft.places.table)
    found = [[draft.places.letters.get((int(number), place), "") for place in known] for number in numbers]
    return np.array(found, dtype=object).reshape(len(numbers), len(known))[tables, codes]


def _values(draft: Draft, frame: pd.DataFrame, cells: np.ndarray, read: Numbers, places: np.ndarray) -> None:
    letters = letters_of(draft, places)
    broken = np.array([rule is not None for rule in read.rule], dtype=bool)
    for rule in set(read.rule[broken]):
        draft.problems.add(
            draft.places, read.rule == rule, "value", rule,
            values=cells, params=lambda index: meant(cells[index]), letters=letters,
        )  # fmt: skip
    frame["value"] = read.values
    behind = _spread(read.unit, lambda unit: None if unit == "%" else unit)
    if pd.notna(behind).any():
        told = frame["unit"] if "unit" in frame else pd.Series(pd.array([None] * len(frame), dtype="string"))
        frame["unit"] = pd.array(pd.Series(behind).fillna(told), dtype="string")
    frame["column"] = _spread(letters)


def _spread(
    texts: np.ndarray, as_text: Callable[[Any], Any] = lambda text: text
) -> pd.api.extensions.ExtensionArray:
    """Texts as a column, each distinct one made once."""
    codes, distinct = pd.factorize(texts)
    return pd.array([*map(as_text, distinct), None], dtype="string").take(codes)
