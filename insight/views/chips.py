"""The filters of a page as chips: whose figures, of which days, against which."""

from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import formatting
from core.chips import Chip, Choice, Field
from core.period import Period
from kpis.filters import View
from kpis.queries.periods import year_before

DAYS = ("from", "to")


def chips(view: View, path: str, *, suppliers: int | None = None, looked_after: int = 0) -> list[Chip]:
    """Return scope (where somebody looks after suppliers), period and baseline."""
    found = [period_chip(view, path), base_chip(view, path)]
    return [scope_chip(view, path, suppliers, looked_after), *found] if suppliers and looked_after else found


def scope_chip(view: View, path: str, suppliers: int, looked_after: int) -> Chip:
    mine = bool(view.given.get("mine"))
    own = ngettext("my %(n)s supplier", "my %(n)s suppliers", looked_after) % {"n": looked_after}
    everyone = _("all %(n)s") % {"n": suppliers}
    return Chip(
        name=_("Scope"),
        value=own if mine else everyone,
        tail=f"/ {everyone if mine else own}",
        choices=[
            Choice(own, view.address(path, mine="1", supplier=None), mine),
            Choice(everyone, view.address(path, mine=None, supplier=None), not mine),
        ],
    )


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
    ordinal = day.year * 12 + day.month - 1 - months
    return date(ordinal // 12, ordinal % 12 + 1, 1)


def day_before(period: Period) -> date:
    return date.fromordinal(period.first.toordinal() - 1)
