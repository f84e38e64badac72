"""The card of a pledge: where it stands, the figures beside it, and how to quote it."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from core import formatting
from core.lead import joined, strong
from improvement.queries.programme import ProgrammeFigures, Standing
from improvement.views.pledge_words import (
    a_year,
    arrowed,
    pieces_left,
    pieces_sum,
    rate_note,
    reading_of,
    stock_left,
    stock_note,
    stock_sum,
    title_of,
    word_of,
)
from kpis.definitions import CORRECTED, INCOMING, READINGS, REPORTED, definition
from kpis.filters import View
from kpis.queries import wording
from kpis.queries.headlines import CHAIN, Way, choice_in_words
from kpis.queries.readings import Reading
from kpis.views.figures import Change, change_of, figure, number_and_unit, standing_of

STATES = {"met": "good", "not_met": "bad", "undecided": "none", "": "none"}


@dataclass(frozen=True, slots=True)
class Beside:
    """One figure of a card: what it was, what it is, where its rows are."""

    name: str
    value: str
    unit: str
    before: str = ""
    before_url: str = ""
    url: str = ""
    passport_url: str = ""
    note: str | SafeString = ""
    reason: str = ""
    change: Change | None = None
    state: str = ""
    word: str = ""
    preliminary: bool = False


@dataclass(frozen=True, slots=True)
class Card:
    """What `improvement/_pledge.html` draws."""

    title: str
    tag: str
    passport_url: str
    state: str
    word: str
    note: str
    big: str
    sum: str
    beside: Sequence[Beside]
    foot: SafeString


def card(place: int, one: Standing, found: ProgrammeFigures, view: View, *, running: bool) -> Card:
    """Show where the pledge of this place on the list stands."""
    of_stock = definition(one.pledge.kpi).unit == "turns"
    return Card(
        title=title_of(one.pledge, place),
        tag=reading_of(one.way),
        passport_url=figure(one.reading, view).passport_url,
        state=STATES[one.word],
        word=word_of(one, running=running),
        note=stock_note(one) if of_stock else rate_note(one),
        big=capfirst(stock_left(one) if of_stock else pieces_left(one)),
        sum=stock_sum(one) if of_stock else pieces_sum(one),
        beside=stock_beside(one, view) if of_stock else stages_beside(one, found, view),
        foot=stock_foot(one, found) if of_stock else rate_foot(one, found),
    )


def stages_beside(one: Standing, found: ProgrammeFigures, view: View) -> list[Beside]:
    """The rate in each stage, before and after, each with its own standing against the pledged value."""
    target = None if one.pledge.by_change else float(one.pledge.target)
    stages = [
        stage for stage in (REPORTED, INCOMING, CORRECTED) if Way(one.pledge.kpi, stage) in found.readings
    ]
    return [
        _beside(
            found.readings[Way(one.pledge.kpi, stage)],
            view,
            name=str(READINGS[stage]),
            pledged=stage == one.way.stage,
            target=target,
        )
        for stage in stages
    ]


def _beside(one: Reading, view: View, *, name: str, pledged: bool, target: float | None) -> Beside:
    shown = figure(one, view, name=name)
    where = None if pledged else standing_of(one, target)
    words = {"good": _("met"), "bad": _("not met"), "none": _("not yet decidable")}
    return Beside(
        name=name,
        value=shown.value,
        unit=shown.unit,
        **before_of(one),
        url=shown.rows_url,
        passport_url=shown.passport_url,
        note=interval_note(one),
        reason=shown.reason,
        change=shown.change if pledged else None,
        state=where.state if where else "",
        word=words[where.state] if where else "",
        preliminary=shown.preliminary,
    )


def before_of(one: Reading) -> dict[str, str]:
    """Return the value of the base period as written, and where its rows are."""
    was = one.change.reading if one.change else None
    if was is None or was.value is None:
        return {}
    return {"before": number_and_unit(was)[0], "before_url": was.rows_path}


def interval_note(one: Reading) -> str:
    """Return the interval and what it rests on."""
    if one.value is None:
        return ""
    if one.stage == CORRECTED:
        lots = formatting.lots(one.details["pairs"])
        return _("%(interval)s, %(lots)s seen by both") % {
            "interval": wording.written_interval(one),
            "lots": lots,
        }
    return _(", ").join([wording.written_interval(one), wording.written_n(one)])


def stock_beside(one: Standing, view: View) -> list[Beside]:
    """The pledged turnover, and what of its change came from issues and what from stock."""
    reading = one.reading
    shown = figure(reading, view, name=capfirst(reading_of(one.way)))
    was = reading.change.reading if reading.change else None
    whole = Beside(
        name=shown.name,
        value=formatting.decimal(reading.value, 2) if reading.value is not None else "",
        unit=formatting.turnover_unit(),
        before=formatting.decimal(was.value, 2) if was and was.value is not None else "",
        before_url=was.rows_path if was else "",
        url=shown.rows_url,
        passport_url=shown.passport_url,
        reason=shown.reason,
        change=change_of(reading),
    )
    if was is None or reading.details.get("volume") is None:
        return [whole]
    volume, stock = reading.details["volume"], reading.details["stock"]
    more, less = _("of it more issues"), _("of it fewer issues")
    lower, higher = _("of it less stock"), _("of it more stock")
    issues = {"then": formatting.money(a_year(was)), "now": formatting.money(a_year(reading))}
    held = {"then": formatting.money(was.denominator), "now": formatting.money(reading.denominator)}
    unit = formatting.turnover_unit()
    return [
        whole,
        Beside(
            more if volume >= 0 else less,
            formatting.decimal(volume, 2, signed=True),
            unit,
            note=_("issues a year %(then)s → %(now)s") % issues,
        ),
        Beside(
            lower if stock >= 0 else higher,
            formatting.decimal(stock, 2, signed=True),
            unit,
            note=_("average stock %(then)s → %(now)s") % held,
        ),
    ]


def rate_foot(one: Standing, found: ProgrammeFigures) -> SafeString:
    """Set the other way of counting beside the pledged one, and say how to quote it."""
    lots_way, pieces_way = Way("lot_acceptance_rate", REPORTED), Way("pass_rate", REPORTED)
    other = found.readings[pieces_way if one.pledge.kpi == "lot_acceptance_rate" else lots_way]
    if other.value is None or one.reading.value is None:
        return joined("")
    told = format_html(
        _("Counted otherwise: {name} {change} ({n}, {stage})."),
        name=str(definition(other.definition).title),
        change=strong(arrowed(other)),
        n=wording.written_n(other),
        stage=str(READINGS[REPORTED]),
    )
    quote = _("Rates of pieces and of lots are different claims: name which, with its stage and n.")
    return joined(told, quote)


def stock_foot(one: Standing, found: ProgrammeFigures) -> SafeString:
    """Set the other price basis and the chain beside the pledged turnover; a rise from volume is called that."""
    reading, way = one.reading, one.way
    other = "constant" if way.prices == "period" else "period"
    told: list[SafeString | str] = []
    rises = bool(reading.change and (reading.change.difference or 0) > 0)
    if rises and reading.details.get("stock") is not None and reading.details["stock"] <= 0:
        told.append(_("The rise comes from issues alone: stock did not fall."))
    ways = {
        choice_in_words(other): Way(way.kpi, average=way.average, prices=other),
        (_("whole chain") if way.kpi != CHAIN else _("own stock")): Way(
            CHAIN if way.kpi != CHAIN else "turnover", average=way.average, prices=way.prices
        ),
    }
    for name, asked in ways.items():
        beside = found.readings.get(asked)
        if beside and beside.change and beside.change.relative is not None:
            amount = (
                f"{formatting.arrow(beside.change.relative)} {formatting.relative(beside.change.relative)}"
            )
            told.append(format_html(_("{name}: {change}."), name=name, change=strong(amount)))
    return joined(*told)
