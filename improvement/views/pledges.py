"""A pledge in words: what was promised in which reading, where it stands, and what is left of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from core import formatting
from core.lead import joined, strong
from improvement.models import Pledge
from improvement.queries.programme import ProgrammeFigures, Standing
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


def title_of(pledge: Pledge, place: int | None = None) -> str:
    """Say what was promised: ``Pledge 1: Pass rate, pieces ≥ 99.2%``."""
    words = {"kpi": str(definition(pledge.kpi).title), "target": target_of(pledge)}
    told = _("%(kpi)s against the baseline ≥ %(target)s") if pledge.by_change else _("%(kpi)s ≥ %(target)s")
    if place is None:
        return told % words
    return _("Pledge %(n)s: %(told)s") % {"n": place, "told": told % words}


def target_of(pledge: Pledge) -> str:
    """Write a target with as many decimals as it was pledged with."""
    of_stock = definition(pledge.kpi).unit == "turns"
    if of_stock and not pledge.by_change:
        return _plainly(pledge.target) + formatting.turnover_unit()
    sign = "+" if pledge.by_change else ""
    if not of_stock and pledge.by_change:
        points = pgettext("percentage points", "%(n)s points") % {"n": _plainly(pledge.target * 100)}
        return f"{sign}{points}"
    return f"{sign}{_plainly(pledge.target * 100)}%"


def _plainly(amount: Decimal) -> str:
    """Write a number without the zeros that say nothing, and with at most one decimal if it needs none."""
    places = max(-int(amount.normalize().as_tuple().exponent), 0)
    return formatting.decimal(amount, places)


def reading_of(way: Way, *, ours: bool = True) -> str:
    """Say which reading a pledge names: ``Reported reading``, ``own stock, month ends, period prices``.

    Whose own stock is meant depends on who reads: `ours` for the customer.
    """
    if way.stage:
        return _("%(reading)s reading") % {"reading": READINGS[way.stage]}
    words = [choice_in_words(value) for value in way.options.values()]
    own = _("own stock") if ours else _("the customer's own stock")
    scope = _("whole chain") if way.kpi == CHAIN else own
    return _(", ").join([scope, *words])


def word_of(one: Standing, *, running: bool) -> str:
    """Say where a pledge stands; while the period still runs, that it is so until now."""
    if not one.word:
        return one.reading.reason_text or _("No figure of the baseline")
    words = {
        "met": _("met so far") if running else _("met"),
        "not_met": _("not met so far") if running else _("not met"),
        "undecided": _("not yet decidable"),
    }
    return words[one.word]


def rate_note(one: Standing) -> str:
    """Say where the interval lies against the target, and what the bare counts say where it does not tell."""
    reading = one.reading
    if not one.word or reading.value is None or one.goal is None:
        return ""
    if reading.preliminary:
        return _("Preliminary: fewer than %(n)s lots carry no conclusion.") % {
            "n": definition(reading.definition).least_n
        }
    words = {"bounds": wording.written_interval(reading), "target": target_of(one.pledge)}
    if one.pledge.by_change:
        return _("Judged by the interval of the change against the baseline.")
    if one.word == "met":
        return _("The interval %(bounds)s lies above %(target)s.") % words
    if one.word == "not_met":
        return _("The interval %(bounds)s lies below %(target)s.") % words
    by_counts = (
        _("The interval %(bounds)s spans %(target)s; by the counts alone it is met.")
        if reading.value >= one.goal
        else _("The interval %(bounds)s spans %(target)s; by the counts alone it is not met.")
    )
    return by_counts % words


def pieces_left(one: Standing) -> str:
    """Say how many more nonconforming pieces (lots) the pledge bears."""
    if one.counts is None:
        return ""
    left = one.counts.left
    if one.pledge.kpi == "lot_acceptance_rate":
        told = (
            ngettext("room for %(n)s more lot not accepted", "room for %(n)s more lots not accepted", left)
            if left >= 0
            else ngettext("%(n)s lot not accepted too many", "%(n)s lots not accepted too many", -left)
        )
    else:
        told = (
            ngettext(
                "room for %(n)s more nonconforming piece", "room for %(n)s more nonconforming pieces", left
            )
            if left >= 0
            else ngettext("%(n)s nonconforming piece too many", "%(n)s nonconforming pieces too many", -left)
        )
    return told % {"n": formatting.decimal(abs(left))}


def pieces_sum(one: Standing) -> str:
    """Say how that was reckoned: ``219,615 × 0.8% = 1,756 pieces, 1,713 found``."""
    if one.counts is None:
        return ""
    counts = one.counts
    told = (
        _("%(n)s × %(share)s%% = %(allowed)s lots, %(used)s not accepted so far")
        if one.pledge.kpi == "lot_acceptance_rate"
        else _("%(n)s × %(share)s%% = %(allowed)s pieces, %(used)s found so far")
    )
    return told % {
        "n": formatting.decimal(counts.inspected),
        "share": _plainly(100 - one.pledge.target * 100),
        "allowed": formatting.decimal(counts.allowed),
        "used": formatting.decimal(counts.used),
    }


def stock_note(one: Standing) -> str:
    """Say how the turnover stands against the goal; it is counted in full."""
    reading = one.reading
    if reading.value is None or one.goal is None:
        return ""
    goal = _("goal %(goal)s") % {"goal": formatting.decimal(one.goal, 2) + formatting.turnover_unit()}
    counted = _("counted in full, no sampling interval")
    change = reading.change
    if not one.pledge.by_change or change is None or change.value is None:
        return _("; ").join([goal, counted])
    quotient = (
        f"{formatting.decimal(reading.value, 2)} ÷ {formatting.decimal(change.value, 2)} − 1 = "
        f"{formatting.arrow(change.relative)} {formatting.relative(change.relative)}"
    )
    return _("; ").join([quotient, goal, counted])


def stock_left(one: Standing) -> str:
    """Say which average stock must not be exceeded."""
    if one.stock is None:
        return ""
    return _("average stock at most %(amount)s") % {"amount": _money(one.stock.allowed)}


def stock_sum(one: Standing) -> str:
    """Say how much there is against that, and at which issues."""
    if one.stock is None or one.reading.numerator is None:
        return ""
    left = one.stock.left
    room = _("%(amount)s to spare") if left >= 0 else _("%(amount)s too much")
    return _("now %(held)s, %(room)s; issues of a year at cost %(issues)s") % {
        "held": _money(one.stock.held),
        "room": room % {"amount": _money(abs(left))},
        "issues": formatting.money(_a_year(one.reading)),
    }


def _money(amount: Decimal) -> str:
    return formatting.money(amount, places=1 if formatting.is_chinese() else 3)


def _a_year(one: Reading) -> Decimal:
    return Decimal(one.numerator or 0) * 365 / one.period.days


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
    issues = {"then": formatting.money(_a_year(was)), "now": formatting.money(_a_year(reading))}
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


def arrowed(one: Reading) -> str:
    """Write a figure with its base: ``87.7% → 96.5%``."""
    was = one.change.reading if one.change else None
    return (
        f"{wording.written(was)} → {wording.written(one)}"
        if was and was.value is not None
        else wording.written(one)
    )
