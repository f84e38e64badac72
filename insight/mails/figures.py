"""Readings as a mail tells them: number, interval, n, change, and what was counted beside it."""

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from core import formatting
from insight.mails.asked import Asked
from insight.mails.story import Change, Figure, Link, State
from insight.mails.words import base_word, days_of, name_of, window_word
from kpis.definitions import CORRECTED, READINGS, definition
from kpis.filters import View
from kpis.queries import wording
from kpis.queries.readings import Reading

STATES: dict[str, State] = {"better": "good", "worse": "bad", "undecided": "none", "": "none"}


def figure_of(one: Reading, ask: Asked, view: View, *, beneath: Sequence[Reading] = ()) -> Figure:
    """Tell one reading; `beneath` are the other readings of the same figure, of the longer window."""
    value, unit = value_and_unit(one)
    notes = [] if view is ask.view else [window_word(ask)]
    return Figure(
        name=name_of(one),
        value=value,
        unit=unit,
        notes=[*notes, *notes_of(one)],
        reason=one.reason_text,
        change=change_of(one, ask),
        beneath=[beside(other, ask) for other in beneath],
        source=Link(_("Where it comes from"), ask.link(passport_path(one, view))),
    )


def value_and_unit(one: Reading) -> tuple[str, str]:
    """Return a value as written, its unit apart; both empty without one."""
    if one.value is None:
        return "", ""
    unit = definition(one.definition, one.version).unit
    if unit == "share":
        return formatting.rate(one.value, one.n), ""
    if unit == "turns":
        return formatting.decimal(one.value, 1), formatting.turnover_unit()
    if unit == "days":
        return formatting.decimal(one.value, 1), pgettext("unit after a number", " days")
    few = isinstance(one.numerator, int) and one.numerator < 3
    return (wording.written(one), "") if few else (formatting.decimal(one.value), " ppm")


def notes_of(one: Reading) -> list[str]:
    """Return interval, n, and for stock what it rests on."""
    if one.value is None:
        return []
    notes = []
    if one.low is not None:
        notes.append(formatting.labelled_interval(wording.written_interval(one)))
    if one.definition == "ppm_delivered":
        counts = {"x": formatting.decimal(one.numerator), "n": formatting.decimal(one.denominator)}
        notes.append(_("%(x)s charged of %(n)s delivered pieces") % counts)
    elif one.stage == CORRECTED:
        notes.append(_("%(lots)s seen by both") % {"lots": formatting.lots(one.details["pairs"])})
    elif one.n is not None:
        notes.append(formatting.sample(wording.written_n(one)))
    if one.definition == "lot_acceptance_rate" and one.details.get("conceded"):
        conceded = formatting.lots(one.details["conceded"])
        notes.append(_("%(lots)s conceded besides") % {"lots": conceded})
    notes += stock_notes(one)
    if one.preliminary:
        notes.append(_("preliminary"))
    return notes


def stock_notes(one: Reading) -> list[str]:
    """Return what a turnover rests on: prices, average, and what volume and stock did."""
    details = one.details
    if "prices" not in details:
        return []
    prices = {"constant": _("constant prices"), "period": _("period prices")}
    averages = {
        "daily": _("daily closing balances, weighted by time"),
        "snapshots": _("month ends, weighted by time"),
        "ends": _("mean of opening and closing balance"),
    }
    notes = [prices[details["prices"]], averages[details["average"]]]
    if details.get("volume") is not None:
        parts = {name: formatting.decimal(details[name], 2, signed=True) for name in ("volume", "stock")}
        notes.append(_("volume %(volume)s, stock %(stock)s") % parts)
    return notes


def beside(one: Reading, ask: Asked) -> str:
    """Tell another reading in one line, with the days that it is of, its interval and what was counted."""
    told = {"days": window_word(ask), "stage": READINGS[one.stage or ""], "value": wording.written(one)}
    if one.value is None:
        return _("%(days)s: %(stage)s —, %(reason)s") % (told | {"reason": one.reason_text})
    if one.stage == CORRECTED:
        counted = _("%(lots)s seen by both") % {"lots": formatting.lots(one.details["pairs"])}
    else:
        counted = wording.written_n(one)
    notes = [wording.written_interval(one), counted, _("preliminary") if one.preliminary else ""]
    told["notes"] = pgettext("between clauses", "; ").join(note for note in notes if note)
    return _("%(days)s: %(stage)s %(value)s (%(notes)s)") % told


def change_of(one: Reading, ask: Asked) -> Change | None:
    """Return what became of a figure, with the word that a test allows; None without a base."""
    amount, word = wording.written_change(one.change, one)
    if one.change is None or not amount:
        return None
    was = _("against %(days)s (%(value)s)") % {
        "days": base_word(ask, one.change.period),
        "value": written_like(one, one.change.value),
    }
    return Change(amount, word, STATES[one.change.word], was)


def written_like(one: Reading, value: float | None) -> str:
    """Write a value of the base in the unit and with the decimals of the figure."""
    unit = definition(one.definition, one.version).unit
    if unit == "share":
        return formatting.rate(value, one.n)
    if unit == "ppm":
        return formatting.ppm(value)
    return formatting.turnover(value) if unit == "turns" else formatting.days(value)


def passport_path(one: Reading, view: View) -> str:
    options = {key: str(one.details[key]) for key in ("average", "prices", "scope") if key in one.details}
    return view.of_figure(reverse("passport", args=[one.definition]), stage=one.stage, **options)


def no_data(one: Reading) -> str:
    """Say that there is nothing to tell, of which days, and why."""
    told = {"figure": name_of(one), "days": days_of(one.period), "reason": one.reason_text}
    return _("%(figure)s: no data of %(days)s. %(reason)s.") % told
