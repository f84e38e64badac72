"""Readings as figures on a page: written numbers, histories, changes with a word, doors to what is behind."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from core import formatting
from core.charts import sparkline
from core.period import Period
from kpis.definitions import CORRECTED, INCOMING, READINGS, REPORTED, definition
from kpis.filters import View
from kpis.queries import wording
from kpis.queries.readings import Reading

STATES = {"better": "good", "worse": "bad", "undecided": "none"}


@dataclass(frozen=True, slots=True)
class Change:
    """What became of a figure: its amount with an arrow, the word that a test allows, and its colour."""

    amount: str
    word: str
    state: str
    of: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a figure stands against its target, in words that a test allows."""

    state: str
    text: str


@dataclass(frozen=True, slots=True)
class Figure:
    """A number as a page shows it. Without one `value` is empty and `reason` says why."""

    name: str
    value: str
    unit: str
    notes: Sequence[str | SafeString]
    reason: str
    rows_url: str
    rows_label: str
    passport_url: str
    preliminary: bool
    change: Change | None = None
    standing: Standing | None = None
    spark: SafeString | str = ""
    tag: str = ""
    how: str = ""


@dataclass(frozen=True, slots=True)
class Headline:
    """The pass rate as three readings side by side, of which one is tagged."""

    name: str
    readings: Sequence[Figure]
    passport_url: str
    spark: SafeString | str
    change: Change | None


def figure(
    one: Reading, view: View, *, name: str = "", spark: SafeString | str = "", how: str = ""
) -> Figure:
    """Show one reading under its own name, or under another."""
    value, unit = number_and_unit(one)
    kpi = definition(one.definition, one.version)
    options = {key: str(one.details[key]) for key in kpi.options if key in one.details}
    return Figure(
        name=name or str(kpi.title),
        value=value,
        unit=unit,
        notes=notes_of(one),
        reason=one.reason_text,
        rows_url=one.rows_path if one.value is not None else "",
        rows_label=rows_label(one.n_lots),
        passport_url=view.of_figure(reverse("passport", args=[one.definition]), stage=one.stage, **options),
        preliminary=one.preliminary,
        change=change_of(one),
        spark=spark,
        how=how,
    )


def rows_label(lots: int | None) -> str:
    """Say what opens behind a number: ``See 1,047 lots``."""
    return _("See the rows") if lots is None else _("See %(lots)s") % {"lots": formatting.lots(lots)}


def headline(readings: Sequence[Reading], view: View, months: Sequence[Reading]) -> Headline:
    """Put the three readings of the pass rate side by side; `months` are the reported ones, one a month."""
    by_stage = {one.stage: one for one in readings}
    order = [by_stage[stage] for stage in (REPORTED, INCOMING, CORRECTED)]
    reported = order[0]
    change = change_of(reported)
    return Headline(
        name=str(definition(reported.definition).title),
        readings=[figure(one, view, name=str(READINGS[one.stage or ""])) for one in order],
        passport_url=view.of_figure(reverse("passport", args=["pass_rate"]), stage=REPORTED),
        spark=history(months, view),
        change=change and replace(change, of=_("(reported, against the baseline)")),
    )


def number_and_unit(one: Reading) -> tuple[str, str]:
    """Return a value as written, its unit apart; both empty without one."""
    if one.value is None:
        return "", ""
    unit = definition(one.definition, one.version).unit
    if unit == "share":
        return formatting.percent(one.value, formatting.rate_places(one.n)), "%"
    if unit == "turns":
        return formatting.decimal(one.value, 1), formatting.turnover_unit()
    if unit == "days":
        return formatting.decimal(one.value, 1), pgettext("unit after a number", " days")
    few = isinstance(one.numerator, int) and one.numerator < 3
    return (wording.written(one), "") if few else (formatting.decimal(one.value), " ppm")


def notes_of(one: Reading) -> list[str | SafeString]:
    """Return the interval and what was counted; a phone shows the interval without its words."""
    if one.value is None:
        return []
    notes: list[str | SafeString] = []
    if one.low is not None:
        words, bounds = formatting.labelled_interval(""), wording.written_interval(one)
        notes.append(
            format_html(
                '<span class="wide-only">{} </span><span class="num">{}</span>', words.strip(), bounds
            )
        )
    if one.stage == CORRECTED:
        lots = formatting.lots(one.details["pairs"])
        notes.append(_("%(lots)s seen by both") % {"lots": lots})
    elif one.definition == "lot_acceptance_rate" and one.details.get("conceded") is not None:
        conceded = formatting.lots(one.details["conceded"])
        notes.append(_("%(n)s; %(conceded)s conceded") % {"n": wording.written_n(one), "conceded": conceded})
    elif one.n is not None and one.n_lots is not None:
        pieces, lots = formatting.pieces(one.n), formatting.lots(one.n_lots)
        told = '<span class="num">n = {}</span><span class="wide-only">{}{}</span>'
        notes.append(format_html(told, pieces, _(", "), lots))
    elif one.n is not None:
        notes.append(format_html('<span class="num">n = {}</span>', wording.written_n(one)))
    notes += stock_notes(one)
    return notes


def stock_notes(one: Reading) -> list[str]:
    """Return what a turnover rests on: prices, and what volume and stock did."""
    details = one.details
    notes = []
    if "prices" in details:
        prices = {"constant": _("constant prices"), "period": _("period prices")}
        notes.append(prices[details["prices"]])
    if details.get("volume") is not None:
        parts = {name: formatting.decimal(details[name], 2, signed=True) for name in ("volume", "stock")}
        notes.append(_("volume %(volume)s, stock %(stock)s") % parts)
    return notes


def change_of(one: Reading) -> Change | None:
    """Return a reading's change with the word that its test allows."""
    if one.change is None or one.change.difference is None:
        return None
    amount, word = wording.written_change(one.change, one)
    return Change(amount, word, STATES.get(one.change.word, "none"))


def standing_of(one: Reading, target: float | None) -> Standing | None:
    """Say where a rate stands against a target: below, above, or not yet decidable."""
    if target is None or one.value is None:
        return None
    written = formatting.percent(target, 1)
    if not one.preliminary and one.high is not None and one.high < target:
        return Standing("bad", _("below target %(target)s, statistically confirmed") % {"target": written})
    if not one.preliminary and one.low is not None and one.low > target:
        return Standing("good", _("above target %(target)s, statistically confirmed") % {"target": written})
    return Standing("none", _("target %(target)s: not yet decidable") % {"target": written})


def history(months: Sequence[Reading], view: View, *, band: bool = True) -> SafeString | str:
    """Draw a figure's months as a line, with the baseline's months shaded; nothing below two months."""
    if sum(one.value is not None for one in months) < 2:
        return ""
    return sparkline(
        [one.value for one in months],
        low=[one.low for one in months] if band else (),
        high=[one.high for one in months] if band else (),
        baseline=baseline_of(months, view),
    )


def baseline_of(months: Sequence[Reading], view: View) -> tuple[int, int] | None:
    """Return the first and last index of the months that belong to the baseline."""
    base = view.base
    found = [index for index, one in enumerate(months) if Period.parse(one.by["month"]).first in base]
    return (found[0], found[-1]) if found else None
