"""Suppliers side by side, as a mail shows them: the worst first, ten at most."""

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import formatting
from insight.mails.asked import Asked
from insight.mails.story import Row, State, Table
from insight.mails.words import window_word
from kpis.queries import wording
from kpis.queries.ranking import Ranked
from kpis.queries.readings import Reading

ROWS_OF_TABLE = 10


def of_suppliers(ranked: Sequence[Ranked], ask: Asked) -> Table | None:
    known = [one for one in ranked if one.reading.value is not None]
    if not known:
        return None
    states: dict[str, State] = {"below": "bad", "undecided": "none", "above": "good", "": "none"}
    words = {
        "below": _("below target"),
        "undecided": _("not yet decidable"),
        "above": _("above target"),
        "": "",
    }
    rows = [
        Row(
            name=one.reading.label,
            url=ask.link(_supplier_path(one.reading, ask)),
            value=wording.written(one.reading),
            note=_("%(interval)s; n = %(n)s")
            % {"interval": wording.written_interval(one.reading), "n": wording.written_n(one.reading)},
            word=words[one.standing]
            if one.target is not None
            else " ".join(wording.written_change(one.reading.change, one.reading)),
            state=states[one.standing] if one.target is not None else worse_alone(one.reading),
        )
        for one in known[:ROWS_OF_TABLE]
    ]
    return Table(
        title=_("Suppliers by reported pass rate, pieces"),
        note=_("%(window)s. Lowest by test first; 95%% interval and n beneath.")
        % {"window": window_word(ask)},
        rows=rows,
        more=_more_rows(len(known)),
    )


def of_stock(known: Sequence[Reading], ask: Asked) -> Table | None:
    if not known:
        return None
    slowest = sorted(known, key=lambda one: one.value or 0.0)
    rows = [
        Row(
            name=one.label,
            url=ask.link(_supplier_path(one, ask)),
            value=wording.written(one),
            note=_("average stock %(stock)s") % {"stock": formatting.money(one.denominator)},
            word=" ".join(wording.written_change(one.change, one)),
            state=worse_alone(one),
        )
        for one in slowest[:ROWS_OF_TABLE]
    ]
    return Table(
        title=_("Turnover by supplier, slowest first"),
        note=_("%(window)s, constant prices. Only stock that the books tell apart by supplier.")
        % {"window": window_word(ask)},
        rows=rows,
        more=_more_rows(len(known)),
    )


def worse_alone(one: Reading) -> State:
    """Colour what became worse, and nothing else: a table full of colours says nothing."""
    return "bad" if one.change is not None and one.change.word == "worse" else "none"


def _supplier_path(one: Reading, ask: Asked) -> str:
    if not ask.of_customer:
        return ask.window.of_figure(reverse("home"))
    path = reverse("supplier", args=[one.by["supplier"]])
    return ask.window.of_figure(path, supplier=None, mine=None)


def _more_rows(count: int) -> str:
    left = count - ROWS_OF_TABLE
    if left <= 0:
        return ""
    return ngettext("%(n)s more in the workbook", "%(n)s more in the workbook", left) % {"n": left}
