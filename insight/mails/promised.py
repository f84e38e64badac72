"""What a customer pledged, and where its programme's own figure stands, in one line a pledge."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import gettext as _

from improvement.queries.programme import Standing, standings_on
from improvement.views.pledge_words import pieces_left, reading_of, stock_left, title_of, word_of
from insight.mails.asked import Asked
from insight.mails.story import Link
from kpis.queries import wording


def pledges_of(ask: Asked) -> Sequence[Link]:
    """Return the customer's pledges of the mail's days, each with a link to its programme.

    A mail that is narrowed to suppliers or parts tells of none: a pledge is of all its members together.
    """
    if not ask.of_customer or ask.view.suppliers is not None or ask.view.parts:
        return ()
    return [_line(one, ask) for one in standings_on(ask.period.last, person=ask.person)]


def _line(one: Standing, ask: Asked) -> Link:
    programme = one.pledge.programme
    running = ask.now.astimezone(ZoneInfo(ask.person.organisation.zone)).date() <= programme.report_to
    said = [word_of(one, running=running)]
    if one.reading.value is not None:
        figure = {"label": reading_of(one.way), "text": wording.written(one.reading)}
        change = wording.written_change(one.reading.change, one.reading)[0] if one.pledge.by_change else ""
        said.append(_("%(label)s: %(text)s") % figure)
        if change:
            said.append(_("%(change)s against the baseline") % {"change": change})
        said.append(pieces_left(one) or stock_left(one))
    told = {"label": title_of(one.pledge), "text": _("; ").join(part for part in said if part)}
    return Link(_("%(label)s: %(text)s") % told, ask.link(reverse("programme", args=[programme.slug])))
