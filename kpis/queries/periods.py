"""Which days a figure is about when nobody says: the last months with data, and the same a year before."""

from datetime import date

from core import clock
from core.period import Period
from inventory.queries.goods import first_delivery_day, last_delivery_day
from inventory.queries.stock import first_stock_day, last_stock_day
from kpis.definitions import CORRECTED, REPORTED, definition
from quality.queries.rates import first_day, last_day
from suppliers.queries.selection import Selection

MONTHS = 6


def period_with_data(selection: Selection) -> Period:
    """Return the six months that end with the last month of data, cut at today.

    Today is the customer's. Without any data they end with the present month.
    """
    zones = {relation.zone for relation in selection.relations} or {"Asia/Shanghai"}
    today = clock.today(min(zones))
    days = [last_day(selection), last_delivery_day(selection), last_stock_day(selection)]
    month = Period.month(min(max((day for day in days if day), default=today), today))
    return Period(Period.month_before(month.first, MONTHS - 1).first, min(month.last, today))


def data_begin(name: str, selection: Selection, *, stage: str = "") -> date | None:
    """Return the first day on which a KPI of a selection has data; None where it never had any."""
    kpi = definition(name)
    if kpi.stages:
        return first_day(selection, stage=REPORTED if stage in {"", CORRECTED} else stage)
    return first_delivery_day(selection) if kpi.counted else first_stock_day(selection)


def period_asked(selection: Selection, *, first: date | None = None, last: date | None = None) -> Period:
    """Return the period between two days; an end that nobody named comes from the data.

    Raises ValueError if both are named and the wrong way round.
    """
    if first and last:
        return Period(first, last)
    usual = period_with_data(selection)
    return Period(
        first or min(usual.first, last or usual.first), last or max(usual.last, first or usual.last)
    )


def year_before(period: Period) -> Period:
    """Return the same days a year earlier; the 29th of February becomes the 28th."""
    return Period(_year_earlier(period.first), _year_earlier(period.last))


def _year_earlier(day: date) -> date:
    if (day.month, day.day) == (2, 29):
        return date(day.year - 1, 2, 28)
    month_end = Period.month(day).last
    earlier = day.replace(year=day.year - 1, day=min(day.day, 28))
    return Period.month(earlier).last if day == month_end else day.replace(year=day.year - 1)
