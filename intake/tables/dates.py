"""Dates as shops write them: 2025-03-05, 2025.3.5, 20250305, 3月5日, 3.5, a serial number, 05-Mar-25."""

import calendar
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

import numpy as np
import pandas as pd

from intake.tables.words import BLANK_MARKS, broken_formula, plain

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            ("jan", "january"), ("feb", "february"), ("mar", "march"), ("apr", "april"), ("may",),
            ("jun", "june"), ("jul", "july"), ("aug", "august"), ("sep", "sept", "september"),
            ("oct", "october"), ("nov", "november"), ("dec", "december"),
        ),
        start=1,
    )
    for name in names
}  # fmt: skip
TIME = (
    r"(?:[T\s]+(?P<hour>\d{1,2}):(?P<minute>\d{1,2})(?::(?P<second>\d{1,2})(?:\.\d+)?)?"
    r"\s*(?P<half>[ap]m)?)?Z?"
)
YEAR_FIRST = re.compile(
    rf"^(?P<year>\d{{4}}|\d{{2}})\s*[-/.年]\s*(?P<month>\d{{1,2}})\s*[-/.月]\s*(?P<day>\d{{1,2}})\s*[日号]?{TIME}$",
    re.IGNORECASE,
)
COMPACT = re.compile(
    r"^(?P<year>(?:19|20)\d{2})(?P<month>\d{2})(?P<day>\d{2})"
    r"(?:\s?(?P<hour>\d{2})(?P<minute>\d{2})(?P<second>\d{2})?)?$"
)
YEAR_LAST = re.compile(
    rf"^(?P<first>\d{{1,2}})\s*[-/.]\s*(?P<second_>\d{{1,2}})\s*[-/.]\s*(?P<year>\d{{4}}){TIME}$",
    re.IGNORECASE,
)
MONTH_NAMED = re.compile(
    rf"^(?P<day>\d{{1,2}})[-/.\s]+(?P<name>[a-z]{{3,9}})\.?[-/,.\s]+(?P<year>\d{{4}}|\d{{2}}){TIME}$",
    re.IGNORECASE,
)
MONTH_NAMED_FIRST = re.compile(
    rf"^(?P<name>[a-z]{{3,9}})\.?\s+(?P<day>\d{{1,2}}),?\s+(?P<year>\d{{4}}){TIME}$", re.IGNORECASE
)
MONTH_DAY = re.compile(r"^(?P<month>\d{1,2})\s*[-/.月]\s*(?P<day>\d{1,2})\s*[日号]?$")
DAY_ALONE = re.compile(r"^(?P<day>\d{1,2})\s*[日号]?$")
NOT_TOLD = re.compile(r"not captured|process|unknown|不明|待定|tbd", re.IGNORECASE)

# Serial numbers of 1990 and 2079; numbers outside are no dates of this trade.
SERIALS = (32_874, 65_745)
DAYS_TO_1904 = 1462
# Years of the Republic of China, where its name stands before them; a bare 115 may be anything.
MINGUO = re.compile(r"^(?:中华|中華)?民[国國]\s*(\d{1,3})\s*年")
# A year of three digits, or a day of seven, is mostly one of that calendar: a person says.
PERHAPS_MINGUO = re.compile(
    r"^(?P<year>1[0-4]\d)(?:\s*[-/.年]\s*(?P<month>\d{1,2})\s*[-/.月]\s*(?P<day>\d{1,2})\s*[日号]?"
    rf"|(?P<month_>\d{{2}})(?P<day_>\d{{2}})){TIME}$",
    re.IGNORECASE,
)
EPOCH = datetime(1899, 12, 30)
MANY = 2_000  # distinct texts from which on the vectorised ISO reader is tried first


@dataclass(frozen=True)
class Frame:
    """What is known about dates that do not say everything themselves.

    Attributes
    ----------
    year, month : int or None
        From the title, the sheet's name or the file's name.
    order : str
        ``dmy`` or ``mdy`` for 5/3/2025; empty when not known.
    era : str
        ``minguo`` where 115 is the year 2026, ``none`` where it is no year; empty when not known.
    pattern : str
        A format of :func:`datetime.strptime` that a saved mapping names, tried first.
    date1904 : bool
        Whether serial numbers count from 1904-01-01.
    today : date or None
        To read years of two digits: never more than a year ahead.
    """

    year: int | None = None
    month: int | None = None
    order: str = ""
    era: str = ""
    pattern: str = ""
    date1904: bool = False
    today: date | None = None


@dataclass(frozen=True)
class Dates:
    """A column read as dates.

    Attributes
    ----------
    values : ndarray of datetime64[s], shape (rows,)
        NaT where nothing stands or nothing could be read.
    rule : ndarray of object, shape (rows,)
        None, or ``date_unreadable``, ``date_impossible``, ``date_without_year``, ``date_order_unknown``,
        ``date_era_unknown``, ``date_ambiguous``, ``formula_error`` or ``formula_without_result``.
    """

    values: np.ndarray
    rule: np.ndarray


Read = tuple[datetime | None, str | None]


def read_dates(column: np.ndarray, frame: Frame) -> Dates:
    """Read a column of cells as dates, the day and month of a number such as 3.1 by its neighbours.

    Parameters
    ----------
    column : ndarray of object, shape (rows,)
        Cells as read.
    frame : Frame
        What the sheet says about the year, the month and the order.
    """
    values = np.full(len(column), np.datetime64("NaT", "s"))
    rule = np.full(len(column), None, dtype=object)
    there = np.flatnonzero(pd.notna(column))
    if not len(there):
        return Dates(values, rule)
    codes, written = pd.factorize(column[there])
    moments = _plain_iso(written) if len(written) > MANY else np.full(len(written), np.datetime64("NaT", "s"))
    rest = np.flatnonzero(np.isnat(moments))
    if not frame.order:
        frame = _with_order(frame, written[rest])
    read = [read_date(cell, frame) for cell in written[rest]]
    moments[rest] = np.array([moment for moment, _ in read], dtype="datetime64[s]")
    rules = np.full(len(written), None, dtype=object)
    rules[rest] = [wrong for _, wrong in read]
    values[there] = moments[codes]
    rule[there] = rules[codes]
    if float in set(map(type, written)):
        _settle_tenths(column, values, rule)
    return Dates(values, rule)


def _plain_iso(written: np.ndarray) -> np.ndarray:
    """Texts such as 2025-03-05 08:00:00 as datetime64[s], NaT where a cell is anything else."""
    texts = np.array([cell if isinstance(cell, str) else None for cell in written], dtype=object)
    moments = pd.to_datetime(texts, format="%Y-%m-%d %H:%M:%S", errors="coerce")
    return moments.to_numpy().astype("datetime64[s]")


def read_date(cell: object, frame: Frame) -> Read:
    """One cell as (moment, rule); both None where the cell says nothing."""
    if isinstance(cell, datetime):
        return cell.replace(tzinfo=None), None
    if isinstance(cell, date):
        return datetime(cell.year, cell.month, cell.day), None
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        return _from_number(cell, frame)
    return _from_text(plain(cell).lstrip("'’‘").strip(), frame)


def _from_text(text: str, frame: Frame) -> Read:
    text = MINGUO.sub(lambda found: f"{int(found[1]) + 1911}年", text)
    if text.lower() in BLANK_MARKS or NOT_TOLD.search(text):
        return None, None
    if text[:1] == "#" and (broken := broken_formula(text)):
        return None, broken
    if frame.pattern:
        with suppress(ValueError):  # the rest of the column may be written otherwise
            return datetime.strptime(text, frame.pattern), None
    for shape, build in SHAPES:
        found = shape.match(text)
        if found:
            return build(found, frame)
    if found := PERHAPS_MINGUO.match(text):
        return _perhaps_minguo(found, frame)
    if re.fullmatch(r"\d{5}(\.\d+)?", text):
        return _from_number(float(text), frame)
    return None, "date_unreadable"


def _perhaps_minguo(found: re.Match[str], frame: Frame) -> Read:
    if frame.era == "none":
        return None, "date_unreadable"
    month, day = (int(found[name] or found[f"{name}_"]) for name in ("month", "day"))
    moment, rule = _moment(int(found["year"]) + 1911, month, day, found)
    return (moment, rule) if frame.era or rule else (None, "date_era_unknown")


def _from_number(number: float, frame: Frame) -> Read:
    if not np.isfinite(number):
        return None, "date_unreadable"
    serial = number + (DAYS_TO_1904 if frame.date1904 else 0)
    if SERIALS[0] <= serial <= SERIALS[1]:
        return EPOCH + timedelta(seconds=round(serial * 86_400)), None
    text = str(int(number)) if float(number).is_integer() else repr(float(number))
    if found := PERHAPS_MINGUO.match(text):
        return _perhaps_minguo(found, frame)
    for shape, build in ((COMPACT, _whole), (MONTH_DAY, _month_day), (DAY_ALONE, _day_alone)):
        found = shape.match(text)
        if found:
            return build(found, frame)
    return None, "date_unreadable"


def _whole(found: re.Match[str], frame: Frame) -> Read:
    return _moment(_full_year(found["year"], frame), int(found["month"]), int(found["day"]), found)


def _named(found: re.Match[str], frame: Frame) -> Read:
    month = MONTHS.get(found["name"].lower())
    if not month:
        return None, "date_unreadable"
    return _moment(_full_year(found["year"], frame), month, int(found["day"]), found)


def _year_last(found: re.Match[str], frame: Frame) -> Read:
    first, second = int(found["first"]), int(found["second_"])
    order = frame.order or ("dmy" if first > 12 else "mdy" if second > 12 else "")
    if not order and first != second:
        return None, "date_order_unknown"
    day, month = (first, second) if order == "dmy" else (second, first)
    return _moment(int(found["year"]), month, day, found)


def _month_day(found: re.Match[str], frame: Frame) -> Read:
    month, day = int(found["month"]), int(found["day"])
    if frame.order == "dmy" and "月" not in found[0]:
        month, day = day, month
    if not 1 <= month <= 12:
        return None, "date_unreadable"
    if frame.year is None:
        known = 1 <= day <= calendar.monthrange(2024, month)[1]
        return None, "date_without_year" if known else "date_impossible"
    return _moment(_year_beside(frame, month), month, day, None)


def _day_alone(found: re.Match[str], frame: Frame) -> Read:
    if frame.year is None or frame.month is None:
        return None, "date_without_year"
    return _moment(frame.year, frame.month, int(found["day"]), None)


SHAPES: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], Frame], Read]], ...] = (
    (YEAR_FIRST, _whole),
    (COMPACT, _whole),
    (YEAR_LAST, _year_last),
    (MONTH_NAMED, _named),
    (MONTH_NAMED_FIRST, _named),
    (MONTH_DAY, _month_day),
    (DAY_ALONE, _day_alone),
)


def _year_beside(frame: Frame, month: int) -> int:
    """The year of a month in the book of another one: December in January's book is last year's."""
    assert frame.year is not None
    if frame.month == 1 and month == 12:
        return frame.year - 1
    if frame.month == 12 and month == 1:
        return frame.year + 1
    return frame.year


def _full_year(text: str, frame: Frame) -> int:
    year = int(text)
    if len(text) == 4:
        return year
    ahead = (frame.today.year if frame.today else 2050) + 1
    return 2000 + year if 2000 + year <= ahead else 1900 + year


def _moment(year: int, month: int, day: int, found: re.Match[str] | None) -> Read:
    clock = found.groupdict() if found else {}
    hour = int(clock.get("hour") or 0)
    half = (clock.get("half") or "").lower()
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    try:
        return datetime(
            year, month, day, hour, int(clock.get("minute") or 0), int(clock.get("second") or 0)
        ), None
    except ValueError:
        return None, "date_impossible"


def _with_order(frame: Frame, written: np.ndarray) -> Frame:
    """Take the order of 5/3/2025 from the cells of the column that allow only one."""
    orders = set()
    for cell in written[:50_000]:
        found = YEAR_LAST.match(cell.strip()) if isinstance(cell, str) else None
        if found:
            first, second = int(found["first"]), int(found["second_"])
            orders |= {"dmy"} if first > 12 else {"mdy"} if second > 12 else set()
    if len(orders) != 1:
        return frame
    return replace(frame, order=orders.pop())


def _settle_tenths(column: np.ndarray, values: np.ndarray, rule: np.ndarray) -> None:
    """Read the number 3.1 as 1 or 10 March: the one that keeps the rows in order, else ask.

    A sheet turns 3.10 typed by hand into the number 3.1. Only numbers are meant, never texts.
    """
    doubtful = np.array([_in_tenths(cell) for cell in column]) & ~np.isnat(values)
    sure = np.flatnonzero(~np.isnat(values) & ~doubtful)
    following = np.searchsorted(sure, np.flatnonzero(doubtful))
    settled: datetime | None = None
    settled_at = -1
    for row, position in zip(np.flatnonzero(doubtful), following, strict=True):
        choices = _tenfold(values[row].item())
        earlier = sure[position - 1] if position else -1
        before = settled if settled_at > earlier else values[earlier].item() if position else None
        after = values[sure[position]].item() if position < len(sure) else None
        fitting = [
            choice for choice in choices
            if (before is None or before <= choice) and (after is None or choice <= after)
        ]  # fmt: skip
        if len(fitting) == 1:
            values[row] = settled = fitting[0]
            settled_at = int(row)
        else:
            values[row], rule[row] = np.datetime64("NaT", "s"), "date_ambiguous"


def _in_tenths(cell: object) -> bool:
    return isinstance(cell, float) and 1 < cell < 13 and round(cell % 1, 6) in (0.1, 0.2, 0.3)


def _tenfold(moment: datetime) -> list[datetime]:
    """The day itself and the day ten times as late, if the month has it."""
    tenth = moment.day * 10
    has_it = tenth <= calendar.monthrange(moment.year, moment.month)[1]
    return [moment, moment.replace(day=tenth)] if has_it else [moment]


def suggestion(text: str, frame: Frame) -> str | None:
    """The last possible day of the month of an impossible date (11.31 gives the 30th), or None."""
    told = plain(text)
    for shape in (YEAR_FIRST, COMPACT, MONTH_DAY):
        found = shape.match(told)
        if found:
            groups = found.groupdict()
            year = int(groups["year"]) if groups.get("year") else frame.year
            month, day = int(found["month"]), int(found["day"])
            if year and 1 <= month <= 12 and day > calendar.monthrange(year, month)[1] and day <= 31:
                return date(year, month, calendar.monthrange(year, month)[1]).isoformat()
            return None
    return None
