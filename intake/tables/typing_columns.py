"""Cells of a column to values of its type, all at once; what cannot be typed becomes a problem."""

import calendar
import re
import unicodedata
from collections.abc import Callable, Collection
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

import numpy as np
import pandas as pd

from intake.formulas.quantities import PIECES_IN
from intake.tables import dates, numbers
from intake.tables.draft import Draft
from intake.tables.kinds import Field
from intake.tables.periods import find_period
from intake.tables.problems import as_written
from intake.tables.understand import Question
from intake.tables.words import STROKES, broken_formula, number_as_text, plain, plain_code

BIGGEST_COUNT = 2_147_483_647
BIGGEST_AMOUNT = 9_999_999_999  # ten digits before the point, as the columns of prices have
# Rule of a day that does not say all: the question about it, with its options.
DAYS_ASKED: dict[str, tuple[str, list[str]]] = {
    "date_order_unknown": ("date_order", ["dmy", "mdy"]),
    "date_era_unknown": ("era", ["minguo", "none"]),
    "date_without_year": ("year", []),
}
DAYS_AHEAD = 1  # a day after today is taken: a file may come from where tomorrow has begun
DATE_LIKE = re.compile(r"^(\d{1,2})月(\d{1,2})日?$")
SCIENTIFIC = re.compile(r"^\d(?:\.\d+)?[eE]\+\d{1,3}$")
HIDDEN = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]"
)
NO_CODE = frozenset({*STROKES, "无", "不明", "没有", "unknown", "待定"})


def typed_frame(draft: Draft, *, leave: Collection[str] = ()) -> pd.DataFrame:
    """All fields that the file has but those of `leave`, typed; a problem for each cell that cannot be."""
    fields = [item for item in draft.kind.fields if draft.has(item.name) and item.name not in leave]
    return pd.DataFrame({item.name: typed(draft, item) for item in fields}, index=range(len(draft)))


def typed(draft: Draft, item: Field) -> np.ndarray | pd.api.extensions.ExtensionArray:
    """The column of a field in its type, and a problem for each cell that has none."""
    match item.type:
        case "date":
            return read_days(draft, item.name)
        case "moment":
            return read_moments(draft, item.name)
        case "count":
            return read_counts(draft, item.name, negative=False)
        case "signed":
            return read_counts(draft, item.name, negative=True)
        case "number":
            return read_floats(draft, item.name)
        case "money":
            return read_money(draft, item.name)
        case "code":
            return read_codes(draft, item)
        case _:
            return read_texts(draft, item)


def read_texts(draft: Draft, item: Field) -> pd.api.extensions.ExtensionArray:
    """Texts, trimmed; too long ones and ones with hidden characters are problems."""
    return _texts(draft, item, _text_of)


def read_codes(draft: Draft, item: Field) -> pd.api.extensions.ExtensionArray:
    """Codes as text: a number loses its .0, never its zeros; what a spreadsheet made a date of is asked."""
    codes = _texts(draft, item, _code_of)
    if item.name in ("lot_no", "part_no"):
        cells = draft.cells(item.name)
        dates_now = _among(cells, _looks_like_date)
        if dates_now.any():
            told = lambda index: {"suggestion": _as_code_again(cells[index])}  # noqa: E731
            draft.wrong(dates_now, item.name, "turned_into_date", told)
        draft.wrong(_among(cells, _lost_digits), item.name, "digits_lost")
    return codes


def _texts(draft: Draft, item: Field, as_text: Any) -> pd.api.extensions.ExtensionArray:
    cells = draft.cells(item.name)
    codes, written = pd.factorize(cells)
    texts = np.array([as_text(cell) for cell in written] + [None], dtype=object)
    _text_problems(draft, item, codes, texts)
    return pd.array(texts, dtype="string").take(codes)


def _text_problems(draft: Draft, item: Field, codes: np.ndarray, texts: np.ndarray) -> None:
    """Break the rules of a text for all cells that hold it; `texts` has the distinct ones, None last."""
    said = [text for text in texts if text is not None]
    if max(map(len, said), default=0) > item.length:
        long = np.array([text is not None and len(text) > item.length for text in texts])
        length = {index: len(text) for index, text in enumerate(texts) if text is not None}
        draft.wrong(
            long[codes], item.name, "text_too_long",
            lambda index: {"length": length[int(codes[index])], "limit": item.length},
        )  # fmt: skip
        texts[long] = None
    joined = "\n".join(said)
    if HIDDEN.search(joined):
        hidden = np.array([text is not None and bool(HIDDEN.search(text)) for text in texts])
        clean = {index: HIDDEN.sub("", text).strip() for index, text in enumerate(texts) if text is not None}
        draft.wrong(
            hidden[codes],
            item.name,
            "hidden_characters",
            lambda index: {"suggestion": clean[int(codes[index])]},
        )
        texts[hidden] = None
    if "#" in joined:
        broken = np.array(
            [broken_formula(text) if text is not None else None for text in texts], dtype=object
        )
        for rule in ("formula_error", "formula_without_result"):
            draft.wrong((broken == rule)[codes], item.name, rule)
        texts[broken != None] = None  # noqa: E711 - element by element


def _text_of(cell: object) -> str | None:
    if isinstance(cell, (date, datetime)):
        return cell.isoformat(" ") if isinstance(cell, datetime) else cell.isoformat()
    text = cell if isinstance(cell, str) else number_as_text(cell)
    text = text.strip().strip("\ufeff")
    return text if text and text not in ("-", "—", "－", "/") else None


def _code_of(cell: object) -> str | None:
    if isinstance(cell, str) and plain_code(cell):
        return cell
    text = _text_of(cell)
    if text is None:
        return None
    text = text.lstrip("'’‘").strip()
    return None if unicodedata.normalize("NFKC", text).lower() in NO_CODE else text


def _among(cells: np.ndarray, says: Callable[[object], bool]) -> np.ndarray:
    """Rows whose code is no plain text any more; almost every one is, and is not looked at closer."""
    marked = [
        cell
        for cell in set(cells)
        if not isinstance(cell, str) or "月" in cell or "e+" in cell or "E+" in cell
    ]
    doubtful = {cell for cell in marked if cell is not None and says(cell)}
    if not doubtful:
        return np.zeros(len(cells), dtype=bool)
    return np.array([cell in doubtful for cell in cells], dtype=bool)


def _looks_like_date(cell: object) -> bool:
    return isinstance(cell, (date, datetime)) or (
        isinstance(cell, str) and bool(DATE_LIKE.match(plain(cell)))
    )


def _as_code_again(cell: object) -> str:
    """What was typed before a spreadsheet made a date of it: 3月5日 was 3-5."""
    if isinstance(cell, (date, datetime)):
        return f"{cell.month}-{cell.day}"
    found = DATE_LIKE.match(plain(cell))
    return f"{int(found[1])}-{int(found[2])}" if found else ""


def _lost_digits(cell: object) -> bool:
    if isinstance(cell, float):
        return abs(cell) >= 1e15
    return isinstance(cell, str) and bool(SCIENTIFIC.match(plain(cell)))


def read_moments(draft: Draft, name: str) -> np.ndarray:
    """Dates with their time, table by table, since each has its own year and month."""
    cells = draft.cells(name)
    values = np.full(len(draft), np.datetime64("NaT", "s"))
    reading = draft.reading
    for table in draft.tables:
        here = np.flatnonzero(draft.places.table == table.number)
        frame = dates.Frame(
            year=table.year,
            month=table.month,
            order=reading.date_order,
            era=reading.era,
            pattern=reading.date_format,
            date1904=draft.date1904,
            today=draft.today,
        )
        read = dates.read_dates(cells[here], frame)
        values[here] = read.values
        for rule in {rule for rule in read.rule if rule}:
            _date_problem(draft, here[read.rule == rule], name, rule, frame)
    late = values.astype("datetime64[D]") > np.datetime64(draft.today, "D") + DAYS_AHEAD
    if name not in ("promised_date", "valid_from") and late.any():
        draft.wrong(late, name, "date_in_future", {"today": draft.today.isoformat()})
        values[late] = np.datetime64("NaT", "s")
    return values


def read_days(draft: Draft, name: str) -> np.ndarray:
    """Dates as days: midnight, as datetime64[s]."""
    return read_moments(draft, name).astype("datetime64[D]").astype("datetime64[s]")


def _date_problem(draft: Draft, rows: np.ndarray, name: str, rule: str, frame: dates.Frame) -> None:
    cells = draft.cells(name)
    if rule in DAYS_ASKED:
        code, options = DAYS_ASKED[rule]
        where = (str(draft.places.sheet[rows[0]]), draft.places.letter(int(rows[0]), name))
        question = Question(code, {"value": as_written(cells[rows[0]])}, options, *where)
        if question not in draft.questions:
            draft.questions.append(question)
    told = None
    if rule == "date_impossible":
        told = lambda index: _given(dates.suggestion(plain(cells[index]), frame))  # noqa: E731
    draft.problems.add(draft.places, rows, name, rule, values=cells, params=told)


def _given(suggestion: Any) -> dict[str, Any]:
    return {} if suggestion is None else {"suggestion": suggestion}


def leave_out_invalid(draft: Draft) -> None:
    """Leave out values with an attribute other than 0: 255 is missing or fallen out, 256 not to be evaluated."""
    if draft.has("validity"):
        told = numbers.read_numbers(draft.cells("validity")).values
        if (invalid := ~np.isnan(told) & (told != 0)).any():
            draft.keep(~invalid, "invalid")


def read_floats(draft: Draft, name: str) -> np.ndarray:
    """Measured numbers; a unit behind them is dropped here (measurements look at it themselves)."""
    read = numbers.read_measured(draft.cells(name))
    _number_problems(draft, name, read)
    return read.values


def read_counts(draft: Draft, name: str, *, negative: bool) -> pd.api.extensions.ExtensionArray:
    """Whole numbers as Int64, in pieces when the unit behind them says how many it stands for."""
    nothing_found = name in ("nonconforming", "defect_qty", "critical", "major", "minor")
    read = numbers.read_numbers(draft.cells(name), none_is_zero=nothing_found)
    _number_problems(draft, name, read)
    values = _in_pieces(draft, name, read)
    return whole(draft, name, values, negative=negative)


def whole(draft: Draft, name: str, values: np.ndarray, *, negative: bool) -> pd.api.extensions.ExtensionArray:
    """Floats as Int64; fractions, negative and huge ones become problems and NA."""
    there = ~np.isnan(values)
    rounded = np.rint(np.where(there, values, 0.0))
    broken = there & (np.abs(values - rounded) > 1e-6)
    below = there & (values < 0) & ~broken if not negative else np.zeros(len(values), dtype=bool)
    huge = there & (np.abs(values) > BIGGEST_COUNT)
    if broken.any():
        draft.wrong(broken, name, "not_whole", lambda index: {"suggestion": str(int(rounded[index]))})
    if below.any():
        draft.wrong(below, name, "negative", lambda index: {"suggestion": str(int(-rounded[index]))})
    if huge.any():
        draft.wrong(huge, name, "too_big", {"limit": BIGGEST_COUNT})
    good = there & ~broken & ~below & ~huge
    return pd.arrays.IntegerArray(np.where(good, rounded, 0).astype("int64"), ~good)


def _number_problems(draft: Draft, name: str, read: numbers.Numbers) -> None:
    cells = draft.cells(name)
    for rule in {rule for rule in read.rule if rule}:
        which = read.rule == rule
        told = (lambda index: numbers.meant(cells[index])) if rule == "not_a_number" else None
        draft.wrong(which, name, rule, told)


def _in_pieces(draft: Draft, name: str, read: numbers.Numbers) -> np.ndarray:
    values = read.values
    for unit in {unit for unit in read.unit if unit}:
        which = read.unit == unit
        factor = pieces_in(unit, draft)
        if factor is None:
            draft.wrong(which, name, "unknown_unit", {"unit": unit})
            values = np.where(which, np.nan, values)
        else:
            values = np.where(which, values * factor, values)
    return values


def pieces_in(unit: str, draft: Draft) -> float | None:
    """How many pieces a unit stands for; None when it is no unit of pieces."""
    key = unit.strip().lower().rstrip(".")
    return draft.reading.units.get(unit, PIECES_IN.get(key))


def read_money(draft: Draft, name: str) -> pd.api.extensions.ExtensionArray:
    """Amounts of money as decimal text, so that no cent is lost on the way to a Decimal."""
    cells = draft.cells(name)
    read = numbers.read_numbers(cells)
    _number_problems(draft, name, read)
    codes, written = pd.factorize(cells)
    texts = np.array([_decimal_text(cell) for cell in written] + [None], dtype=object)[codes]
    huge = np.abs(read.values) > BIGGEST_AMOUNT
    if huge.any():
        draft.wrong(huge, name, "too_big", {"limit": BIGGEST_AMOUNT})
    texts[np.isnan(read.values) | huge] = None
    return pd.array(texts, dtype="string")


def _decimal_text(cell: object) -> str | None:
    number, _, rule = numbers.read_number(cell)
    if rule or np.isnan(number):
        return None
    text = plain(cell).replace(",", "").lstrip("¥$€ ")
    try:
        return format(Decimal(text if isinstance(cell, str) else repr(float(number))), "f")
    except InvalidOperation:
        return format(Decimal(repr(number)), "f")


def read_periods(draft: Draft, name: str) -> np.ndarray:
    """Months as the first day of each; from the table's title where no column tells it."""
    values = np.full(len(draft), np.datetime64("NaT", "s"))
    for table in draft.tables:
        here = np.flatnonzero(draft.places.table == table.number)
        cells = draft.cells(name)[here]
        codes, written = pd.factorize(cells)
        told = [_month_of(cell, table.year) for cell in written]
        told.append(_month_start(table.year, table.month))
        values[here] = np.array(told, dtype="datetime64[s]")[codes]
    return values


def _month_of(cell: object, year: int | None) -> datetime | None:
    if isinstance(cell, (date, datetime)):
        return datetime(cell.year, cell.month, 1)
    text = plain(cell)
    compact = re.fullmatch(r"(20\d{2})\s*[-./年]?\s*(\d{1,2})\s*[月期]?", text)
    if compact:
        return _month_start(int(compact[1]), int(compact[2]))
    told_year, month = find_period(text)
    return _month_start(told_year or year, month)


def _month_start(year: int | None, month: int | None) -> datetime | None:
    return datetime(year, month, 1) if year and month and 1 <= month <= 12 else None


def month_end(months: np.ndarray) -> np.ndarray:
    """Last day of each month, as datetime64[s]; NaT stays."""
    return (months.astype("datetime64[M]") + 1).astype("datetime64[D]").astype(
        "datetime64[s]"
    ) - np.timedelta64(86_400, "s")


def days_in(month: date) -> int:
    return calendar.monthrange(month.year, month.month)[1]


def units_told(draft: Draft) -> np.ndarray:
    """The unit of each row's quantities: its own column, else the word above the table (单位:只)."""
    codes, written = pd.factorize(draft.cells("unit"))
    return np.array([plain(cell).lower() for cell in written] + [""], dtype=object)[codes]
