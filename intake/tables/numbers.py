"""Numbers as people write them: full width, with a unit, with thousands, in words."""

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd

from intake.readers.raw import MERGED
from intake.tables.words import STROKES, broken_formula, plain

NUMBER = re.compile(
    r"^(?P<open>\()?\s*(?P<sign>[-+−–])?\s*(?:[¥$€]\s*)?"
    r"(?P<digits>[1-9]\d{0,2}(?:,\d{3})+(?:\.\d*)?|\d{1,3}(?: \d{3})+(?:\.\d*)?|\d+\.?\d*|\.\d+)"
    r"(?P<exponent>e[-+]?\d+)?\s*(?P<close>\))?\s*(?P<unit>[^\d\s.,()+-][^\d()+,]{0,11}\d?)?$",
    re.IGNORECASE,
)
DECIMAL_COMMA = re.compile(r"^[-+]?\d+,\d+$")
IN_WORDS = re.compile(r"若干|少量|少许|几个|多个|数个|大量|some|several|few|many", re.IGNORECASE)
NONE_AT_ALL = frozenset({"无", "没有", "零"})
MULTIPLES = {"万": 10_000, "千": 1_000, "k": 1_000, "百": 100}
BEYOND_MEASURE = 1e15


@dataclass(frozen=True)
class Numbers:
    """A column read as numbers.

    Attributes
    ----------
    values : ndarray of float, shape (rows,)
        NaN where nothing stands or nothing could be read.
    rule : ndarray of object, shape (rows,)
        None where read or blank, else ``not_a_number``, ``count_in_words``, ``merged_count``,
        ``formula_error`` or ``formula_without_result``.
    unit : ndarray of object, shape (rows,)
        The unit that stood behind the number, or None. Percentages are given as fractions with ``%``.
    """

    values: np.ndarray
    rule: np.ndarray
    unit: np.ndarray


def read_numbers(column: np.ndarray, *, none_is_zero: bool = False) -> Numbers:
    """Read a column of cells as numbers.

    Parameters
    ----------
    column : ndarray of object, shape (rows,)
        Cells as read.
    none_is_zero : bool
        Whether 无 and 没有 are the count 0 (of nonconforming pieces) instead of a blank.
    """
    values = _quickly(column)
    rule = np.full(len(column), None, dtype=object)
    unit = np.full(len(column), None, dtype=object)
    rest = np.flatnonzero(np.isnan(values) & pd.notna(column))
    if len(rest):
        codes, written = pd.factorize(column[rest])
        read = [read_number(text, none_is_zero=none_is_zero) for text in written]
        values[rest] = np.array([number for number, _, _ in read])[codes]
        unit[rest] = np.array([unit for _, unit, _ in read], dtype=object)[codes]
        rule[rest] = np.array([wrong for _, _, wrong in read], dtype=object)[codes]
    return Numbers(values, rule, unit)


def read_measured(column: np.ndarray) -> Numbers:
    """Read a column as measured values: as `read_numbers`, and 10¹⁵ or more is no measurement in any unit."""
    read = read_numbers(column)
    huge = np.abs(read.values) >= BEYOND_MEASURE
    read.values[huge], read.rule[huge] = np.nan, "not_a_number"
    return read


def _quickly(column: np.ndarray) -> np.ndarray:
    """Plain numbers and plain digits; NaN for everything that needs a closer look."""
    values = pd.to_numeric(pd.Series(column, dtype=object), errors="coerce").to_numpy(dtype=float, copy=True)
    values[~np.isfinite(values)] = np.nan
    if bool in set(map(type, column)):
        values[[isinstance(value, bool) for value in column]] = np.nan
    return values


def read_number(cell: object, *, none_is_zero: bool = False) -> tuple[float, str | None, str | None]:
    """One cell as (number, unit, rule); the number is NaN where the cell is blank or the rule is broken."""
    if isinstance(cell, bool):
        return np.nan, None, "not_a_number"
    if isinstance(cell, (int, float)):
        return (float(cell), None, None) if np.isfinite(cell) else (np.nan, None, "not_a_number")
    text = plain(cell).lstrip("'’‘").strip()
    if text.endswith(MERGED):
        return np.nan, None, "merged_count"
    if text[:1] == "#" and (broken := broken_formula(text)):
        return np.nan, None, broken
    if text.lower() in NONE_AT_ALL:
        return (0.0 if none_is_zero else np.nan), None, None
    if text.lower() in STROKES:
        return np.nan, None, None
    found = NUMBER.match(text)
    if not found or bool(found["open"]) != bool(found["close"]):
        return np.nan, None, "count_in_words" if IN_WORDS.search(text) else "not_a_number"
    number = float(found["digits"].replace(",", "").replace(" ", "") + (found["exponent"] or ""))
    if not np.isfinite(number):
        return np.nan, None, "not_a_number"
    if found["open"] or (found["sign"] or "+") != "+":
        number = -number
    return _with_unit(number, (found["unit"] or "").strip())


def _with_unit(number: float, unit: str) -> tuple[float, str | None, str | None]:
    if unit.startswith("%"):
        return number / 100, "%", None
    # 千克 is a unit, 千只 a thousand pieces; the unit table knows both.
    if unit[:1] in MULTIPLES and unit not in ("千克", "kg", "km", "kN", "kΩ") and len(unit) == 1:
        return number * MULTIPLES[unit], None, None
    return number, unit or None, None


def meant(cell: object) -> dict[str, str]:
    """Parameters of a problem with a cell that is no number: what was probably meant, if anything."""
    told = suggestion(plain(cell))
    return {} if told is None else {"suggestion": told}


def suggestion(text: str) -> str | None:
    """What was probably meant by a text that is no number, or None."""
    told = plain(text)
    if DECIMAL_COMMA.match(told):
        return told.replace(",", ".")
    digits = re.sub(r"[oO]", "0", re.sub(r"[lI|]", "1", told))
    if digits != told and re.fullmatch(r"\d+(\.\d+)?", digits):
        return digits
    found = re.fullmatch(r"\D{0,3}(\d+(?:\.\d+)?)\D{0,6}", told)
    return found[1] if found and not IN_WORDS.search(told) else None
