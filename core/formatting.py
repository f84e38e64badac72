"""Numbers, dates and intervals as people read them, in the active language.

Every function returns plain text; `core.templatetags.figures` keeps a number and its unit on
one line. A rate is a fraction here and a percentage on the screen. What is absent is ``—``:
the reason stands beside it and is the caller's.
"""

import math
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import TypeGuard

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import get_language, gettext, ngettext, pgettext

NONE = "—"
MINUS = "\N{MINUS SIGN}"
UP, DOWN, LEVEL = "▲", "▼", "="

MANY = 10_000  # pieces from which two decimals of a percentage mean something
WAN = Decimal(10_000)
MILLION = Decimal(1_000_000)

Number = int | float | Decimal


def in_language(name: str, name_en: str) -> str:
    """Return the name of something in the reader's language; what has no English name keeps its own."""
    return name if is_chinese() else name_en or name


def is_chinese() -> bool:
    """Say whether the active language is Chinese."""
    return (get_language() or "").startswith("zh")


def is_known(value: Number | None) -> TypeGuard[Number]:
    """Say whether there is a number: one was given, and the arithmetic had one (no NaN)."""
    return value is not None and not (isinstance(value, float) and not math.isfinite(value))


def decimal(value: Number | None, places: int = 0, *, signed: bool = False) -> str:
    """Write a number with a thousands comma, a true minus and fixed decimals.

    Parameters
    ----------
    value : int, float, Decimal or None
        None and NaN are written ``—``.
    places : int
        Decimals, rounded half up as on paper.
    signed : bool
        Whether a positive number carries ``+``. What rounds to zero carries no sign.
    """
    if not is_known(value):
        return NONE
    rounded = exactly(value).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    sign = MINUS if rounded < 0 else "+" if signed and rounded > 0 else ""
    return f"{sign}{abs(rounded):,.{places}f}"


def rate_places(n: int | None) -> int:
    """Return how many decimals a percentage of `n` pieces deserves."""
    return 2 if n is not None and n >= MANY else 1


def percent(fraction: Number | None, places: int, *, signed: bool = False) -> str:
    """Write a fraction as a bare percentage: 0.9921 is ``99.21``."""
    if not is_known(fraction):
        return NONE
    # In floats 100 × 0.9915 would be 99.14999…
    return decimal(exactly(fraction).scaleb(2), places, signed=signed)


def rate(fraction: Number | None, n: int | None = None) -> str:
    """Write a rate with its sign and the decimals that `n` allows: ``99.21%``."""
    if not is_known(fraction):
        return NONE
    return percent(fraction, rate_places(n)) + "%"


def span(low: str, high: str) -> str:
    """Join two written numbers: ``99.15–99.26``, or with a word where one is negative."""
    if MINUS in low + high:
        return pgettext("interval with a negative end", "%(low)s to %(high)s") % {"low": low, "high": high}
    return f"{low}–{high}"


def rate_interval(low: Number | None, high: Number | None, n: int | None = None) -> str:
    """Write the interval of a rate without the sign: ``99.15–99.26``."""
    if not is_known(low) or not is_known(high):
        return NONE
    return span(percent(low, rate_places(n)), percent(high, rate_places(n)))


def interval(low: Number | None, high: Number | None, places: int = 0, *, signed: bool = False) -> str:
    """Write any interval with fixed decimals."""
    if not is_known(low) or not is_known(high):
        return NONE
    return span(decimal(low, places, signed=signed), decimal(high, places, signed=signed))


def labelled_interval(written: str) -> str:
    """Put the words before a written interval: ``95% interval 99.15–99.26``."""
    return gettext("95%% interval %(interval)s") % {"interval": written}


def pieces(count: int | None) -> str:
    """Write a number of pieces with its measure word."""
    if count is None:
        return NONE
    return ngettext("%(n)s piece", "%(n)s pieces", count) % {"n": decimal(count)}


def lots(count: int | None) -> str:
    """Write a number of lots with its measure word."""
    if count is None:
        return NONE
    return ngettext("%(n)s lot", "%(n)s lots", count) % {"n": decimal(count)}


def sample(written: str) -> str:
    """Write a sample size: ``n = 182,430 pieces``."""
    return f"n = {written}"


def arrow(change: Number | None) -> str:
    """Return the direction of a number; good or bad is said by a word."""
    if not is_known(change):
        return ""
    return UP if change > 0 else DOWN if change < 0 else LEVEL


def points(difference: Number | None, places: int = 2) -> str:
    """Write a difference of rates in percentage points, without its direction."""
    if not is_known(difference):
        return NONE
    size = percent(abs(exactly(difference)), places)
    return pgettext("percentage points", "%(n)s points") % {"n": size}


def relative(change: Number | None) -> str:
    """Write a relative change without its direction: ``19.0%``."""
    return percent(abs(exactly(change)), 1) + "%" if is_known(change) else NONE


def ppm(value: Number | None, nonconforming: int | None = None, n: int | None = None) -> str:
    """Write parts per million as a whole number; fewer than three pieces as their counts.

    Two pieces in 366,000 are no rate that a reader could use: the counts are.
    """
    if not is_known(value):
        return NONE
    if nonconforming is not None and n is not None and nonconforming < 3:
        return pgettext("pieces", "%(x)s of %(n)s") % {"x": decimal(nonconforming), "n": decimal(n)}
    return f"{decimal(value)} ppm"


def turnover(value: Number | None) -> str:
    """Write an inventory turnover: ``10.0× / year``."""
    return decimal(value, 1) + turnover_unit() if is_known(value) else NONE


def turnover_unit() -> str:
    """Return the unit of a turnover as it follows the number."""
    return pgettext("turnover", "× / year")


def days(value: Number | None, places: int = 1) -> str:
    """Write a number of days: ``36.5 days``."""
    if not is_known(value):
        return NONE
    return gettext("%(n)s days") % {"n": decimal(value, places)}


def money(amount: Number | None, currency: str = "CNY", places: int | None = None) -> str:
    """Write an amount at the scale of its language: ``862 万元``, ``CNY 8.62 m``.

    Below one 万 or one million the amount is written whole. `places` overrides the decimals,
    where a margin hangs on them.
    """
    if not is_known(amount):
        return NONE
    exact = exactly(amount)
    unit, scale = ("万", WAN) if is_chinese() else ("m", MILLION)
    if abs(exact) < scale:
        return in_currency(decimal(exact), "", currency)
    scaled = exact / scale
    if places is None:
        places = 2 if not is_chinese() else 0 if abs(scaled) >= 100 else 1
    return in_currency(decimal(scaled, places), unit, currency)


def in_currency(written: str, unit: str, currency: str) -> str:
    """Put a currency to a written amount, where its language puts it."""
    if is_chinese():
        return f"{written} {unit}{'元' if currency == 'CNY' else currency}"
    return f"{currency} {written} {unit}".rstrip()


def day(when: date | None, today: date | None = None) -> str:
    """Write a date; the year is left out if it is the year of `today`."""
    if when is None:
        return NONE
    short = today is not None and when.year == today.year
    if is_chinese():
        return f"{when:%m-%d}" if short else f"{when:%Y-%m-%d}"
    return date_format(when, "j M") if short else date_format(when, "j M Y")


def moment(when: datetime | None, today: date | None = None) -> str:
    """Write a time in the reader's zone: ``23 Nov 18:00``."""
    if when is None:
        return NONE
    local = localtime(when)
    return f"{day(local.date(), today)} {local:%H:%M}"


def offset(when: datetime) -> str:
    """Write how far the zone of a moment is from UTC: ``UTC+8``, ``UTC+5:30``, ``UTC−3``."""
    distance = when.utcoffset() or timedelta()
    hours, minutes = divmod(round(abs(distance) / timedelta(minutes=1)), 60)
    sign = MINUS if distance < timedelta() else "+"
    return f"UTC{sign}{hours}:{minutes:02}" if minutes else f"UTC{sign}{hours}"


def day_range(first: date, last: date) -> str:
    """Write a period of days, each part of a date once where it can be."""
    one_year = first.year == last.year
    if is_chinese():
        start, end = f"{first:%Y-%m-%d}", f"{last:%m-%d}" if one_year else f"{last:%Y-%m-%d}"
    else:
        start = date_format(first, "j M" if one_year else "j M Y")
        end = date_format(last, "j M Y")
    return between(start, end)


def month_range(first: date, last: date) -> str:
    """Write a period of whole months: ``Sep – Nov 2025``."""
    one_year = first.year == last.year
    if is_chinese():
        start, end = f"{first:%Y-%m}", f"{last:%m}" if one_year else f"{last:%Y-%m}"
    else:
        start, end = date_format(first, "M" if one_year else "M Y"), date_format(last, "M Y")
    if one_year and first.month == last.month:
        return start if is_chinese() else end
    return between(start, end)


def between(start: str, end: str) -> str:
    """Join the two ends of a period."""
    return pgettext("period", "%(start)s – %(end)s") % {"start": start, "end": end}


def file_size(size: int) -> str:
    """Write a number of bytes in kB or MB, as file managers do."""
    if size < 1_000_000:
        return f"{decimal(max(1, round(size / 1000)))} kB"
    return f"{decimal(size / 1_000_000, 1)} MB"


def exactly(value: Number) -> Decimal:
    """Return the decimal number that a float is written as, so that it rounds as on paper."""
    if isinstance(value, int | Decimal):
        return Decimal(value)
    return Decimal(repr(float(value)))
