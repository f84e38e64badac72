"""What a mail and its workbook are called: what they are narrowed to, and their days."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import formatting
from insight.mails.asked import Asked
from insight.mails.reading import selection_asked
from insight.mails.words import days_of, kicker_of, rhythm_word
from kpis.definitions import definition

NAMED = 2  # suppliers or parts that a mail names; more are counted


def heading_of(ask: Asked) -> str:
    """Name what a mail is narrowed to, if it is, and its days."""
    return " · ".join(part for part in (_narrowed_to(ask), kicker_of(ask)) if part)


def tails_of(ask: Asked) -> list[str]:
    """Return what may end a subject, the longest first: whom it tells of goes last but for the days."""
    days = days_of(ask.period)
    return [heading_of(ask), " · ".join(part for part in (_narrowed_to(ask), days) if part), days]


def _narrowed_to(ask: Asked) -> str:
    """Name the suppliers and parts that a mail tells of; empty where it tells of all."""
    selection = selection_asked(ask)
    named = []
    if ask.of_customer and ask.view.suppliers:
        named = [
            formatting.in_language(one.supplier_name, one.supplier_name_en) for one in selection.relations
        ]
        if len(named) > NAMED:
            named = [ngettext("%(n)s supplier", "%(n)s suppliers", len(named)) % {"n": len(named)}]
    return " · ".join([*named, *list(ask.view.parts or ())[:NAMED]])


def file_name_of(ask: Asked) -> str:
    words = {
        "overview": _("overview"),
        "suppliers": _("suppliers"),
        "inventory": _("inventory"),
        "tasks": _("tasks"),
        "kpi": str(definition(ask.contents.kpi).title) if ask.contents.kpi else "",
    }
    codes = list(ask.view.parts or ())
    if ask.of_customer and ask.view.suppliers:
        codes = [*(one.supplier_code for one in selection_asked(ask).relations), *codes]
    told = {
        "rhythm": rhythm_word(ask.contents.rhythm),
        "about": "_".join([words[ask.contents.what], *(codes if len(codes) <= NAMED else ())]),
        "days": f"{ask.period.first}_{ask.period.last}",
    }
    return (_("Tongpin %(rhythm)s_%(about)s_%(days)s") % told).replace(", ", "-").replace(" ", "-") + ".xlsx"
