"""The year and month that a title, a sheet's name or a file's name tells."""

import re
from collections.abc import Iterable

from intake.tables.words import plain

YEAR_MONTH = re.compile(
    r"(?<!\d)(?P<year>20\d{2})\s*(?:年|[-./_年])\s*(?:度)?\s*(?:第)?\s*(?P<month>1[0-2]|0?[1-9])(?=\s*(?:[月期份-]|$|[^\d]))"
)
COMPACT = re.compile(r"(?<!\d)(?P<year>20\d{2})(?P<month>0[1-9]|1[0-2])(?!\d)")
DAY_COMPACT = re.compile(r"(?<!\d)(?P<year>20\d{2})(?P<month>0[1-9]|1[0-2])(?:[0-2]\d|3[01])(?!\d)")
YEAR = re.compile(r"(?<!\d)(?P<year>20\d{2})\s*(?:年|年度)?(?!\d)")
MONTH = re.compile(r"(?<!\d)(?P<month>1[0-2]|0?[1-9])\s*月")
CHINESE_MONTH = re.compile(r"(十[一二]|[一二三四五六七八九十])月")
CHINESE_NUMBERS = {
    "一": 1,
    "二": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
    "十": 10,
    "十一": 11,
    "十二": 12,
}


def find_period(text: object) -> tuple[int | None, int | None]:
    """(year, month) that a text tells, each None where it does not."""
    told = plain(text)
    for shape in (YEAR_MONTH, COMPACT, DAY_COMPACT):
        found = shape.search(told)
        if found:
            return int(found["year"]), int(found["month"])
    year, month = YEAR.search(told), MONTH.search(told)
    return (int(year["year"]) if year else None), (int(month["month"]) if month else _in_chinese(told))


def _in_chinese(text: str) -> int | None:
    found = CHINESE_MONTH.search(text)
    return CHINESE_NUMBERS[found[1]] if found else None


def first_period(texts: Iterable[object]) -> tuple[int | None, int | None]:
    """(year, month) of several texts, the nearer one first: each part from the first that tells it."""
    year = month = None
    for text in texts:
        told_year, told_month = find_period(text)
        # A month alone is taken together with the year of a wider text: sheet 3月, file 2025年.
        year, month = year or told_year, month or told_month
        if year and month:
            break
    return year, month
