"""A pledge in words: what was promised in which reading, where it stands, and what is left of it."""

from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from core import formatting
from improvement.models import Pledge
from improvement.queries.programme import Standing
from kpis.definitions import READINGS, definition
from kpis.queries import wording
from kpis.queries.headlines import CHAIN, Way, choice_in_words
from kpis.queries.readings import Reading


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
        "issues": formatting.money(a_year(one.reading)),
    }


def _money(amount: Decimal) -> str:
    return formatting.money(amount, places=1 if formatting.is_chinese() else 3)


def a_year(one: Reading) -> Decimal:
    return Decimal(one.numerator or 0) * 365 / one.period.days


def arrowed(one: Reading) -> str:
    """Write a figure with its base: ``87.7% → 96.5%``."""
    was = one.change.reading if one.change else None
    return (
        f"{wording.written(was)} → {wording.written(one)}"
        if was and was.value is not None
        else wording.written(one)
    )
