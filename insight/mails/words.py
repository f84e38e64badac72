"""Names of days, rhythms and figures as a mail says them."""

import re
from collections.abc import Sequence
from datetime import timedelta

from django.utils.dates import WEEKDAYS
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from core import formatting
from core.period import Period
from insight.mails.asked import WEEKS_OF_WINDOW, Asked
from kpis.definitions import READINGS, definition
from kpis.queries import wording
from kpis.queries.readings import Reading

SUBJECT_LENGTH = {True: 60, False: 110}  # characters, in Chinese or not
LAST_WORD = re.compile(r"[^\s\u2e80-\uffef]+$")  # of Latin letters, digits and their signs


def rhythm_word(rhythm: str) -> str:
    words = {"daily": _("Daily report"), "weekly": _("Weekly report"), "monthly": _("Monthly report")}
    return words[rhythm]


def days_of(period: Period) -> str:
    """Write a period: a month as such, a day once."""
    if period == Period.month(period.first):
        return formatting.month_range(period.first, period.last)
    if period.first == period.last:
        return formatting.day(period.first)
    return formatting.day_range(period.first, period.last)


def kicker_of(ask: Asked) -> str:
    """Name the rhythm and the days."""
    return f"{rhythm_word(ask.contents.rhythm)} · {days_of(ask.period)}"


def window_word(ask: Asked) -> str:
    """Name the longer window: ``last 13 weeks``."""
    if ask.contents.rhythm == "monthly":
        return _("last 3 months")
    return _("last %(n)s weeks") % {"n": WEEKS_OF_WINDOW}


def base_word(ask: Asked, base: Period) -> str:
    """Name the days that a figure is held against, as they follow “than”."""
    if ask.contents.base == base:
        return _("the baseline, %(days)s") % {"days": days_of(base)}
    if base == ask.window.base:
        return _("the same days a year before")
    if ask.contents.rhythm == "monthly":
        return _("the same month a year before")
    return _("the %(n)s weeks before") % {"n": WEEKS_OF_WINDOW}


def name_of(one: Reading) -> str:
    """Name a figure with its stage, as a sentence begins: ``Reported pass rate``."""
    return name_of_figure(one.definition, one.stage)


def name_of_figure(name: str, stage: str | None) -> str:
    title = str(definition(name).title)
    if not stage:
        return title
    return pgettext("figure with its stage", "%(figure)s (%(stage)s)") % {
        "figure": title,
        "stage": str(READINGS[stage]).lower(),
    }


def with_value(one: Reading) -> str:
    """Name a figure and its value, as a sentence begins."""
    said = _("%(figure)s %(value)s") % {"figure": name_of(one), "value": wording.written(one)}
    return said.replace("） ", "）")  # the bracket brings its own space


def when_word(ask: Asked) -> str:
    """Say when the mail comes, and that it was subscribed to."""
    contents = ask.contents
    if contents.at is None:
        return _("You get this mail because you subscribed to it.")
    words = {"hour": f"{contents.at:%H:%M}", "zone": formatting.offset(localtime(ask.now)), "day": ""}
    if contents.rhythm == "daily":
        return _("You get this mail every day at %(hour)s (%(zone)s).") % words
    if contents.rhythm == "weekly" and contents.day:
        words["day"] = str(WEEKDAYS[contents.day - 1])
        return _("You get this mail every %(day)s at %(hour)s (%(zone)s).") % words
    words["day"] = str(contents.day or 1)
    return _("You get this mail on day %(day)s of every month at %(hour)s (%(zone)s).") % words


def late_word(late_by: timedelta, ask: Asked) -> str:
    """Say that a mail comes late, and of which days it still is."""
    hours = max(1, round(late_by / timedelta(hours=1)))
    days, rest = divmod(hours, 24)
    parts = [ngettext("%(n)s day", "%(n)s days", days) % {"n": days}] if days else []
    if rest or not days:
        parts.append(ngettext("%(n)s hour", "%(n)s hours", rest) % {"n": rest})
    return _("This mail comes %(late)s late: the service was interrupted. It tells of %(days)s.") % {
        "late": " ".join(parts),
        "days": days_of(ask.period),
    }


def subject_of(finding: str, rest: Sequence[str], tails: Sequence[str]) -> str:
    """Join finding, further clauses and a tail: what a subject has no room for goes clause by clause.

    The first tail is what one would like to say, the next are shorter and stand where the finding alone
    leaves no room for it. Only a finding that fits with none of them is cut, between words.
    """
    longest = SUBJECT_LENGTH[formatting.is_chinese()]
    tries = [([finding, *rest[:count]], tails[0]) for count in range(len(rest), -1, -1)]
    tries += [([finding], tail) for tail in tails[1:]]
    for parts, tail in tries:
        said = f"{clauses(parts)} | {tail}"
        if len(said) <= longest:
            return said
    return f"{cut_between_words(finding, longest - len(tails[-1]) - 4)}… | {tails[-1]}"


def cut_between_words(text: str, room: int) -> str:
    """Return as much of the beginning as has room; no word and no number is cut in two."""
    kept = text[:room]
    if len(text) > room:
        kept = LAST_WORD.sub("", kept) or kept
    return kept.rstrip(" ,;，；、")


def clauses(parts: Sequence[str]) -> str:
    """Join clauses of one sentence without its full stop."""
    return pgettext("between clauses", "; ").join(part for part in parts if part)


def sentences(parts: Sequence[str]) -> str:
    return ("" if formatting.is_chinese() else " ").join(part for part in parts if part)
