"""What a mail leads with: its finding, the calm sentence beneath, and what became of turnover."""

from django.utils.translation import gettext as _

from core import formatting
from insight.mails.asked import Asked
from insight.mails.courses import INSIDE, calm_of, clause_of, standing_of
from insight.mails.figures import no_data
from insight.mails.words import base_word, days_of, with_value
from insight.queries.courses import Course
from kpis.queries import wording
from kpis.queries.readings import Reading


def finding_of(main: Reading, steps: Course, ask: Asked) -> str:
    """Return the sentence that leads: the number, and what the limits or else a test say of it.

    A day is no step of the course: of it the test alone speaks.
    """
    if main.value is None:
        return no_data(main).rstrip(".。")
    clause = clause_of(steps) if ask.contents.rhythm != "daily" else ""
    change = main.change
    sure = change is not None and change.word in {"better", "worse"}
    if sure and (not clause or standing_of(steps) == INSIDE):
        assert change is not None
        word = wording.written_change(change, main)[1]
        clause = _("%(word)s than %(days)s") % {"word": word, "days": base_word(ask, change.period)}
    return _(", ").join(part for part in (with_value(main), clause) if part)


def calm_word(main: Reading, steps: Course, ask: Asked) -> str:
    if main.value is None and not steps.known:
        return _("Nothing of this was handed in by then.")
    if main.value is None:
        last = steps.known[-1]
        return _("The last data are of %(days)s.") % {"days": days_of(last.period)}
    return calm_of(steps)


def turn_clause(turned: Reading) -> str:
    """Say what became of turnover, volume before stock."""
    if turned.value is None:
        return ""
    told = {"turned": formatting.turnover(turned.value), "size": ""}
    if turned.change is None or turned.change.relative is None:
        return _("stock turns %(turned)s") % told
    told["size"] = formatting.relative(turned.change.relative)
    if turned.change.relative >= 0:
        return _("stock turns %(turned)s, %(size)s faster than a year before") % told
    return _("stock turns %(turned)s, %(size)s slower than a year before") % told
