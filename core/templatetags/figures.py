"""Template filters for numbers and dates: `core.formatting`, kept on one line.

A number, its unit and its measure word are one ``<span class="num">``: Chinese lines may break
between any two characters, and "2.21 个百分" with "点" on the next line cannot be read.
"""

from datetime import date, datetime
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from core import formatting

register = template.Library()


def together(written: str) -> SafeString:
    """Keep a written number on one line."""
    return format_html('<span class="num">{}</span>', written)


@register.filter
def number(value: Any, places: int = 0) -> SafeString:
    """Write a number with `places` decimals."""
    return together(formatting.decimal(value, places))


@register.filter
def change(value: Any, places: int = 2) -> SafeString:
    """Write a signed number: ``+0.80``, ``−0.07``."""
    return together(formatting.decimal(value, places, signed=True))


@register.filter
def rate(fraction: Any, n: int | None = None) -> SafeString:
    """Write a rate with its sign: ``{{ value|rate:n }}`` is ``99.21%``."""
    return together(formatting.rate(fraction, n))


@register.filter
def bare_rate(fraction: Any, n: int | None = None) -> SafeString:
    """Write a rate without its sign, for a headline that sets the sign apart, or a column."""
    return together(formatting.percent(fraction, formatting.rate_places(n)))


@register.filter
def rate_change(difference: Any, places: int = 2) -> SafeString:
    """Write a signed difference of rates in a column of points: ``+0.80``."""
    return together(formatting.percent(difference, places, signed=True))


@register.filter
def points(difference: Any, places: int = 2) -> SafeString:
    """Write a difference of rates with its arrow: ``▲ 0.80 points``."""
    return together(f"{formatting.arrow(difference)} {formatting.points(difference, places)}".strip())


@register.filter
def relative(fraction: Any) -> SafeString:
    """Write a relative change with its arrow: ``▲ 19.0%``."""
    return together(f"{formatting.arrow(fraction)} {formatting.relative(fraction)}".strip())


@register.filter
def pieces(count: int | None) -> SafeString:
    """Write a count of pieces with its measure word."""
    return together(formatting.pieces(count))


@register.filter
def lots(count: int | None) -> SafeString:
    """Write a count of lots with its measure word."""
    return together(formatting.lots(count))


@register.filter
def ppm(value: Any) -> SafeString:
    """Write parts per million with the unit."""
    return together(formatting.ppm(value))


@register.filter
def turnover(value: Any) -> SafeString:
    """Write an inventory turnover with its unit."""
    return together(formatting.turnover(value))


@register.filter
def days(value: Any, places: int = 1) -> SafeString:
    """Write a number of days with its unit."""
    return together(formatting.days(value, places))


@register.filter
def money(amount: Any, currency: str = "CNY") -> SafeString:
    """Write an amount at the scale of the language."""
    return together(formatting.money(amount, currency))


@register.filter
def file_size(size: int) -> SafeString:
    """Write a number of bytes."""
    return together(formatting.file_size(size))


@register.filter
def day(when: date | None, today: date | None = None) -> SafeString:
    """Write a date, without the year if `today` is given and of the same year."""
    return together(formatting.day(when, today))


@register.filter
def moment(when: datetime | None, today: date | None = None) -> SafeString:
    """Write a time in the reader's zone."""
    return together(formatting.moment(when, today))


@register.simple_tag
def interval(low: Any, high: Any, places: int = 0) -> SafeString:
    """Write an interval: ``176–386``."""
    return together(formatting.interval(low, high, places))


@register.simple_tag
def rate_interval(low: Any, high: Any, n: int | None = None, words: bool = False) -> SafeString:
    """Write the interval of a rate; with `words` it says that it is the 95 % interval."""
    written = formatting.rate_interval(low, high, n)
    return together(formatting.labelled_interval(written) if words else written)


@register.simple_tag
def day_range(first: date, last: date) -> SafeString:
    """Write a period of days."""
    return together(formatting.day_range(first, last))


@register.simple_tag
def month_range(first: date, last: date) -> SafeString:
    """Write a period of months."""
    return together(formatting.month_range(first, last))
