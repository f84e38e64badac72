"""What a subscription tells and when, in words."""

from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _

from insight.models import Rhythm, Subscription, What
from kpis import definitions


def when(one: Subscription) -> str:
    """Return ``every Monday at 08:00``."""
    told = {"hour": f"{one.hour:02}:00", "day": one.day}
    if one.rhythm == Rhythm.WEEKLY:
        return _("every %(weekday)s at %(hour)s") % (told | {"weekday": WEEKDAYS[(one.day or 1) - 1]})
    if one.rhythm == Rhythm.MONTHLY:
        return _("every month on day %(day)s at %(hour)s") % told
    return _("every day at %(hour)s") % told


def about(one: Subscription) -> str:
    """Return what it is about and of whom: ``Overview · my suppliers · parts 0201001``."""
    filters = one.filters
    title = one.get_what_display()
    if one.what == What.KPI and filters.get("kpi") in definitions.names():
        title = str(definitions.definition(filters["kpi"]).title)
    words = [title]
    if filters.get("stage") in definitions.READINGS:
        words.append(str(definitions.READINGS[filters["stage"]]))
    if filters.get("mine"):
        words.append(_("suppliers that I look after"))
    words += [", ".join(filters[name]) for name in ("suppliers", "parts") if filters.get(name)]
    if filters.get("customer"):
        words.append(filters["customer"])
    return " · ".join(words)
