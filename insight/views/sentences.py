"""What the first lines of these pages say: sentences made from the figures by rules, never typed."""

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import formatting
from core.lead import joined, strong
from insight.queries.overview import Rates
from kpis.definitions import CORRECTED, INCOMING
from kpis.queries import wording
from kpis.queries.readings import Reading
from kpis.views.figures import STATES


def coloured(word: str, state: str) -> SafeString:
    return format_html('<span class="{}">{}</span>', STATES.get(state, ""), word)


def rate_sentence(found: Rates, *, ours: bool = False) -> SafeString:
    """Say what was reported, what became of it, and what incoming inspection and correction make of it.

    `ours` speaks to the supplier whose figure it is.
    """
    reported = found.reported
    if reported.value is None:
        days = formatting.day_range(reported.period.first, reported.period.last)
        return format_html(_("No outgoing inspections from {days}."), days=days)
    by_us, by_them = (
        _("We report {rate} of pieces conforming{change}."),
        _("Suppliers report {rate} of pieces conforming{change}."),
    )
    told = by_us if ours else by_them
    first = format_html(told, rate=strong(wording.written(reported)), change=change_clause(reported))
    return joined(first, beside_sentence(found))


def change_clause(one: Reading) -> SafeString | str:
    """Say by how much a rate lies above or below its baseline, with the word that a test allows."""
    change = one.change
    if change is None or change.difference is None:
        return ""
    size = strong(formatting.points(change.difference))
    __, word = wording.written_change(change, one)
    above, below = _(", {size} above the baseline: {word}"), _(", {size} below the baseline: {word}")
    told = above if change.difference >= 0 else below
    return format_html(told, size=size, word=coloured(word, change.word))


def beside_sentence(found: Rates) -> SafeString | str:
    """Say the corrected rate; without pairs the incoming one; else that nothing can be held against it."""
    corrected, incoming = found.at(CORRECTED), found.at(INCOMING)
    if corrected.value is not None:
        return format_html(_("Corrected it is {rate}."), rate=strong(wording.written(corrected)))
    if incoming.value is not None:
        return format_html(_("Incoming inspection found {rate}."), rate=strong(wording.written(incoming)))
    return _("No incoming inspections stand against it.")


def stock_sentence(one: Reading) -> SafeString | str:
    """Say how often stock turned, and how much of a change is volume and how much stock."""
    if one.value is None:
        return ""
    turned = strong(formatting.turnover(one.value))
    if one.change is None or one.change.relative is None:
        return format_html(_("Stock turns {turned}."), turned=turned)
    faster = _("Stock turns {turned}, {size} faster than the baseline{split}.")
    slower = _("Stock turns {turned}, {size} slower than the baseline{split}.")
    told = faster if one.change.relative >= 0 else slower
    size = strong(formatting.relative(one.change.relative))
    return format_html(told, turned=turned, size=size, split=split_clause(one))


def split_clause(one: Reading) -> SafeString | str:
    if one.details.get("volume") is None:
        return ""
    parts = {name: formatting.decimal(one.details[name], 2, signed=True) for name in ("volume", "stock")}
    return format_html(_(": volume {volume}, stock {stock}"), **parts)


def work_sentence(things: int) -> str:
    if not things:
        return _("Nothing needs you today.")
    return ngettext("%(n)s thing needs you today.", "%(n)s things need you today.", things) % {"n": things}


def below_sentence(suppliers: int) -> SafeString | str:
    """Say how many suppliers are surely below their target."""
    if not suppliers:
        return ""
    told = ngettext(
        "%(n)s supplier is below its target.", "%(n)s suppliers are below their targets.", suppliers
    )
    return coloured(told % {"n": suppliers}, "worse")
