"""Data requests in the reader's language: what is asked for by when, and what has not come."""

from collections.abc import Sequence
from itertools import groupby

from django.utils.dates import WEEKDAYS
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from core import formatting
from kpis.queries.requests import DUE, IN, LATE, NOT_DUE, NOTHING, PARTIAL, Standing
from suppliers.queries.asking import KINDS, RHYTHMS, AskedRequest

NAMED = 2  # requests that a reason names; the rest are counted

# How a state is marked: shape first, then its word.
MARKS = {NOT_DUE: "none", DUE: "watch", LATE: "bad", PARTIAL: "watch", NOTHING: "good", IN: "good"}


def state_word(state: str) -> str:
    words = {
        NOT_DUE: pgettext("data request", "not due yet"),
        DUE: pgettext("data request", "due"),
        LATE: pgettext("data request", "late"),
        PARTIAL: pgettext("data request", "in part"),
        NOTHING: pgettext("data request", "nothing to send"),
        IN: pgettext("data request", "received"),
    }
    return words[state]


def kind_word(kind: str) -> str:
    return str(KINDS[kind])


def period_word(one: Standing) -> str:
    """Return the period as people call it: ``June``, ``June 2025``, ``week 26 (from 22 Jun)``."""
    key, today = one.slot.key, one.today
    this_year = key.year == today.year
    if one.asked.rhythm == "daily":
        return formatting.day(key, today)
    if one.asked.rhythm == "weekly":
        week = key.isocalendar().week
        return _("week %(n)s (from %(day)s)") % {"n": week, "day": formatting.day(key, today)}
    if formatting.is_chinese():
        return date_format(key, "n 月" if this_year else "Y 年 n 月")
    return date_format(key, "F" if this_year else "F Y")


def due_word(asked: AskedRequest) -> str:
    """Say when data are due: ``by the last day of the month, 3 days of grace``."""
    day = asked.due_day
    if asked.rhythm == "monthly":
        if asked.on_last_day:
            by = _("the last day of the month after") if asked.due_next else _("the last day of the month")
        else:
            by = _("day %(n)s of the month after") if asked.due_next else _("day %(n)s of the month")
        by %= {"n": day}
    elif asked.rhythm == "weekly":
        by = _("%(weekday)s of the week after") if asked.due_next else _("%(weekday)s of the week")
        by %= {"weekday": WEEKDAYS[day - 1]}
    elif asked.rhythm == "daily":
        by = ngettext("%(n)s working day after", "%(n)s working days after", day) % {"n": day}
    elif day:
        by = ngettext("%(n)s day after the lot", "%(n)s days after the lot", day) % {"n": day}
    else:
        by = _("with the lot")
    return by


def grace_word(days: int) -> str:
    if not days:
        return pgettext("days of grace", "none")
    return ngettext("%(n)s day", "%(n)s days", days) % {"n": days}


def rhythm_word(rhythm: str) -> str:
    return str(RHYTHMS[rhythm])


def sentence(one: Standing) -> str:
    """Say what a period of a request lacks, who sends it, and when it was due."""
    words = {
        "who": one.asked.sender_name,
        "kind": kind_word(one.asked.kind),
        "period": period_word(one),
        "day": formatting.day(one.slot.due, one.today),
    }
    if one.missing:
        told = ngettext(
            "%(kind)s of %(who)s for %(period)s lack %(n)s lot",
            "%(kind)s of %(who)s for %(period)s lack %(n)s lots",
            one.missing,
        )
        return told % (words | {"n": formatting.decimal(one.missing)})
    return _("%(kind)s of %(who)s for %(period)s, due on %(day)s, have not come") % words


def sentences(waiting: Sequence[Standing]) -> str:
    """Say what is missing in one line: a few requests by name, each with its earliest period, then a count."""
    by_request = [list(found) for _id, found in groupby(waiting, key=lambda one: one.asked.id)]
    told = [_of_request(found) for found in by_request[:NAMED]]
    more = len(by_request) - NAMED
    if more > 0:
        told.append(ngettext("%(n)s more request waits", "%(n)s more requests wait", more) % {"n": more})
    return _("; ").join(told)


def _of_request(found: Sequence[Standing]) -> str:
    first = min(found, key=lambda one: one.slot.key)
    if len(found) == 1:
        return sentence(first)
    return _("%(first)s, nor for %(periods)s more") % {
        "first": sentence(first),
        "periods": periods_word(len(found) - 1, first.asked.rhythm),
    }


def periods_word(count: int, rhythm: str) -> str:
    """Count periods: ``3 weeks``."""
    if rhythm == "daily":
        return ngettext("%(n)s day", "%(n)s days", count) % {"n": count}
    if rhythm == "weekly":
        return ngettext("%(n)s week", "%(n)s weeks", count) % {"n": count}
    return ngettext("%(n)s month", "%(n)s months", count) % {"n": count}
