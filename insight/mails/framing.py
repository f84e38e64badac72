"""What stands around the figures of any mail: notices, the pages it leads to, why it comes, the way out."""

from collections.abc import Sequence
from datetime import timedelta

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import formatting
from insight.mails.asked import Asked
from insight.mails.figures import passport_path
from insight.mails.reading import SELDOM
from insight.mails.story import Link
from insight.mails.words import late_word, when_word
from kpis.queries.readings import Reading

PAGES = {"overview": "overview", "suppliers": "suppliers", "inventory": "inventory"}


def notices_of(stock: Reading | None, ask: Asked, late_by: timedelta | None) -> list[str]:
    """Say what comes before everything else: that the mail is late, that the books end early."""
    found = [late_word(late_by, ask)] if late_by else []
    if ask.of_customer and ask.contents.mine and ask.view.suppliers is None:
        found.append(_("You look after no supplier, so this mail tells of all of them."))
    until = stock.data_until if stock else None
    if until is not None and until < ask.period.last.replace(day=1):
        told = _("Stock is known until %(day)s only; the days after that hold the last balance.")
        found.append(told % {"day": formatting.day(until)})
    return found


def page_of(ask: Asked, main: Reading) -> str:
    """Return the page with this mail's filters and days."""
    if ask.contents.what == "kpi":
        return passport_path(main, ask.window if main.definition in SELDOM else ask.view)
    if not ask.of_customer and ask.contents.what != "inventory":
        return ask.view.of_figure(reverse("home"))
    view = ask.window if ask.contents.what == "inventory" else ask.view
    more = {"prices": "constant"} if ask.contents.what == "inventory" else {}
    return view.of_figure(reverse(PAGES[ask.contents.what]), **more)


def more_of(count: int, ask: Asked) -> Link | None:
    if count <= 0:
        return None
    told = ngettext("%(n)s more in Tongpin", "%(n)s more in Tongpin", count) % {"n": count}
    return Link(told, ask.link(ask.view.of_figure(reverse("home"))))


def foot_of(ask: Asked, main: Reading, file_name: str) -> list[str]:
    until = formatting.day(main.data_until) if main.data_until else ""
    return [
        _("Attached: %(name)s with the figures, the suppliers, the lots behind them and the definitions.")
        % {"name": file_name},
        _("Data until %(day)s.") % {"day": until} if until else _("No data yet."),
        *why_of(ask),
    ]


def why_of(ask: Asked) -> list[str]:
    """Say when and why this mail comes, and what it may hold."""
    told = {"person": ask.person.user, "organisation": ask.person.organisation.shown_name}
    return [
        when_word(ask),
        _("It holds what is open to %(person)s in %(organisation)s, and nothing else.") % told,
    ]


def simulated_word(ask: Asked) -> str:
    simulated = ask.person.organisation.simulated
    return _("Simulated data; supplier names are invented.") if simulated else ""


def definitions_of(readings: Sequence[Reading], ask: Asked) -> list[Link]:
    """Return the definitions that the figures were made by, each once."""
    named = dict.fromkeys((one.definition, one.version) for one in readings)
    return [
        Link(f"{name} v{version}", ask.link(reverse("definition", args=[name, version])))
        for name, version in named
    ]


def endings_of(ask: Asked) -> list[Link]:
    found = [
        (_("Change time or contents"), ask.contents.change_url),
        (_("Unsubscribe"), ask.contents.unsubscribe_url),
    ]
    return [Link(text, url) for text, url in found if url]
