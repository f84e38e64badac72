"""What to look after: warnings, then the worst by test, then what is missing; five things at most."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, npgettext

from core import formatting
from core.period import Period
from improvement.queries import warning_words
from improvement.queries.warnings import new_warnings
from insight.mails.asked import Asked
from insight.mails.story import Link, Need, State
from insight.mails.words import window_word
from kpis.queries import wording
from kpis.queries.asking_words import kind_word, sentences
from kpis.queries.completeness import Completeness
from kpis.queries.missing_of_requests import lots_path
from kpis.queries.ranking import Ranked
from kpis.queries.readings import Reading
from kpis.queries.requests import Standing

AT_MOST = 5
WARNINGS_AT_MOST = 2  # of them; one more line counts the rest


def of_warnings(ask: Asked) -> list[Need]:
    """Warnings that nobody on the reader's side has seen, the most certain first; behind some the count of the rest.

    Three queries, however many there are.
    """
    rows = new_warnings(
        ask.person.organisation_id,
        as_customer=ask.of_customer,
        suppliers=ask.view.suppliers if ask.of_customer else None,
        customer=None if ask.of_customer else ask.view.customer,
        parts=ask.view.parts,
    )
    found = [warning_words.told(one) for one in rows[: WARNINGS_AT_MOST + 1]]
    wanting = [
        Need(
            "bad",
            one.title,
            f"{one.supplier if ask.of_customer else one.customer}{_(', ')}{one.line}",
            Link(_("See the evidence"), ask.link(one.path)),
        )
        for one in found[:WARNINGS_AT_MOST]
    ]
    if len(found) > WARNINGS_AT_MOST:
        more = rows.count() - WARNINGS_AT_MOST
        told = ngettext("%(n)s more new warning", "%(n)s more new warnings", more) % {"n": more}
        link = Link(_("See the warnings"), ask.link(f"{reverse('warnings')}?state=new"))
        wanting.append(Need("bad", told, _("They wait until somebody on your side has seen them."), link))
    return wanting


def of_ranked(ranked: Sequence[Ranked], ask: Asked) -> list[Need]:
    """Suppliers that a test finds below their target, then those that it finds worse than before."""
    below = [one for one in ranked if one.standing == "below"]
    worse = [
        one
        for one in ranked
        if one.standing != "below" and one.reading.change is not None and one.reading.change.word == "worse"
    ]
    return [_below(one, ask) for one in below] + [_worse(one.reading, ask) for one in worse]


def _below(one: Ranked, ask: Asked) -> Need:
    told = {
        "rate": wording.written(one.reading),
        "interval": wording.written_interval(one.reading),
        "n": wording.written_n(one.reading),
        "target": formatting.percent(one.target, 1) + "%",
        "window": capfirst(window_word(ask)),
    }
    return Need(
        "bad",
        _("%(name)s: pass rate below target, statistically confirmed") % {"name": one.reading.label},
        _("%(window)s: reported %(rate)s, 95%% interval %(interval)s, n = %(n)s, target %(target)s.") % told,
        _rows(one.reading, ask),
    )


def _worse(one: Reading, ask: Asked) -> Need:
    amount, word = wording.written_change(one.change, one)
    told = {
        "rate": wording.written(one),
        "interval": wording.written_interval(one),
        "n": wording.written_n(one),
        "change": amount,
        "word": word,
        "window": capfirst(window_word(ask)),
    }
    text = _("%(window)s: reported %(rate)s, 95%% interval %(interval)s, n = %(n)s; %(change)s against the same "
             "days a year before, %(word)s.")  # fmt: skip
    return Need(
        "bad", _("%(name)s: pass rate worse than before") % {"name": one.label}, text % told, _rows(one, ask)
    )


def _rows(one: Reading, ask: Asked) -> Link:
    return _lots(one.n_lots, one.rows_path, ask)


def of_slower(turned: Iterable[Reading], ask: Asked) -> list[Need]:
    """Suppliers whose stock turns more slowly than a year before; books are counted in full."""
    slower = [one for one in turned if one.change is not None and one.change.word == "worse"]
    slower.sort(key=lambda one: (one.change and one.change.relative) or 0.0)
    return [
        Need(
            "watch",
            _("%(name)s: stock turns more slowly") % {"name": one.label},
            _("%(window)s: %(value)s, %(change)s against the same days a year before.")
            % {
                "window": capfirst(window_word(ask)),
                "value": wording.written(one),
                "change": wording.written_change(one.change, one)[0],
            },
            Link(_("See its stock"), ask.link(_inventory_of(one, ask))),
        )
        for one in slower
    ]


def _inventory_of(one: Reading, ask: Asked) -> str:
    return ask.window.of_figure(
        reverse("inventory"), supplier=one.by["supplier"], mine=None, prices=str(one.details["prices"])
    )


def last_whole_month(until: date) -> Period:
    """Return the last month that is over on a day."""
    month = Period.month(until)
    return month if month.last == until else Period.month(month.first - timedelta(days=1))


def of_requests(found: Sequence[Completeness], month: Period, ask: Asked) -> list[Need]:
    """Kinds of data that were asked for and did not come in the last month that is over."""
    return [
        Need(
            "watch",
            _("%(kind)s of %(month)s: not complete")
            % {"kind": kind_word(one.kind), "month": formatting.month_range(month.first, month.last)},
            _("%(what)s.") % {"what": sentences(one.owing)},
            _requests(one.owing, ask),
        )
        for one in found
        if one.owing
    ]


def _requests(owing: Sequence[Standing], ask: Asked) -> Link:
    """Return where to go on: the missing lots where one request lacks lots, else the requests."""
    if len({one.asked.id for one in owing}) == 1 and (path := lots_path(owing)):
        return _lots(sum(one.missing for one in owing), path, ask)
    return Link(_("See requests"), ask.link(reverse("requests")))


def _lots(count: int | None, path: str, ask: Asked) -> Link:
    return Link(_("See %(lots)s") % {"lots": formatting.lots(count)}, ask.link(path))


def of_uninspected(lots: int, ask: Asked) -> list[Need]:
    """Lots that came without a report: no reported rate speaks for them."""
    if not lots:
        return []
    told = ngettext(
        "%(n)s delivered lot without an outgoing inspection",
        "%(n)s delivered lots without an outgoing inspection",
        lots,
    )
    state: State = "watch"
    return [
        Need(
            state,
            told % {"n": formatting.decimal(lots)},
            _("%(window)s. No reported rate speaks for them.") % {"window": capfirst(window_word(ask))},
            _lots(lots, ask.window.of_figure(reverse("lots-uninspected"), base=None), ask),
        )
    ]


def title_of(count: int) -> str:
    """Return the heading above what needs attention."""
    if not count:
        return _("Nothing needs attention.")
    told = npgettext("heading", "%(n)s thing needs attention", "%(n)s things need attention", count)
    return told % {"n": count}


def clause_of(count: int) -> str:
    """Return the same as a clause of a sentence; nothing where nothing does."""
    told = ngettext("%(n)s thing needs attention", "%(n)s things need attention", count)
    return told % {"n": count} if count else ""
