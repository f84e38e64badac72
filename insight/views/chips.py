"""The filters of a page as chips: whose figures, of which days, against which."""

from datetime import date
from functools import partial

from django.utils.translation import gettext as _

from core import formatting
from core.chips import Chip, Choice, Field
from core.period import Period
from kpis.filters import View
from kpis.queries.periods import year_before
from suppliers.access import PersonRequest
from suppliers.filters import scope_chips

DAYS = ("from", "to")


def chips(view: View, path: str, *, of: PersonRequest | None = None) -> list[Chip]:
    """Return period and baseline; before them whose suppliers are shown, where who asks looks after some."""
    scope = scope_chips(of, view.given, partial(view.address, path)) if of else []
    return [*scope, period_chip(view, path), base_chip(view, path)]


def period_chip(view: View, path: str) -> Chip:
    last = view.period.last
    spans = {
        _("last month of data"): Period(last.replace(day=1), last),
        _("3 months"): Period(months_before(last, 2), last),
        _("6 months"): Period(months_before(last, 5), last),
        _("12 months"): Period(months_before(last, 11), last),
        _("this year"): Period(date(last.year, 1, 1), last),
    }
    choices = [
        Choice(
            word,
            view.address(path, **{"from": span.first.isoformat(), "to": span.last.isoformat(), "base": None}),
            span == view.period,
        )
        for word, span in spans.items()
    ]
    first, end = view.period.first.isoformat(), view.period.last.isoformat()
    return Chip(
        name=_("Period"),
        value=formatting.day_range(view.period.first, view.period.last),
        tail=_("last with data") if view.is_usual else "",
        choices=choices,
        fields=[Field("from", _("From"), first), Field("to", _("To"), end)],
        keep=view.kept(*DAYS),
    )


def base_chip(view: View, path: str) -> Chip:
    usual = year_before(view.period)
    before = Period(
        months_before(view.period.first, len(list(view.period.months()))), day_before(view.period)
    )
    choices = [
        Choice(_("the same days a year before"), view.address(path, base=None), view.base == usual),
        Choice(_("the months just before"), view.address(path, base=str(before)), view.base == before),
    ]
    return Chip(
        name=_("Baseline"),
        value=formatting.day_range(view.base.first, view.base.last),
        choices=choices,
    )


def months_before(day: date, months: int) -> date:
    """Return the first day of the month that lies so many months before that of `day`."""
    return Period.month_before(day, months).first


def day_before(period: Period) -> date:
    return date.fromordinal(period.first.toordinal() - 1)
