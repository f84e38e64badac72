"""Suppliers by pass rate: a plot that is a table, in groups by what a test says."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from core import formatting
from core.charts import Scale, round_step
from kpis.filters import View
from kpis.queries.ranking import Ranked

STATES = {"below": "bad", "undecided": "none", "above": "good", "": "none", "no_data": "none"}
DOTS = {"below": "bad", "undecided": "open", "above": "plain", "": "plain", "no_data": "plain"}


@dataclass(frozen=True, slots=True)
class PlotRow:
    """One supplier; numbers for the drawing are percentages."""

    name: str
    url: str
    rows_url: str
    value: float | None
    low: float | None
    high: float | None
    baseline: float | None
    state: str
    written: str
    change: str
    n: int | None
    ranks: str
    cut: str


@dataclass(frozen=True, slots=True)
class Group:
    state: str
    word: str
    rows: Sequence[PlotRow]


@dataclass(frozen=True, slots=True)
class Plot:
    """What `insight/_suppliers_plot.html` draws."""

    title: str
    scale: Scale
    ticks: Sequence[tuple[float, str]]
    target: tuple[float, str] | None
    target_value: float | None
    groups: Sequence[Group]
    note: str
    reason: str


def plot(ranked: Sequence[Ranked], view: View) -> Plot:
    """Put ranked suppliers into their groups, on one scale, with the target if it is the same for all."""
    targets = {one.target for one in ranked if one.target is not None}
    target = 100 * next(iter(targets)) if len(targets) == 1 else None
    scale = scale_of(ranked, target)
    groups = [
        Group(STATES[standing], word_of(standing, target), [row_of(one, view, scale) for one in rows])
        for standing in ("below", "undecided", "above", "", "no_data")
        if (rows := [one for one in ranked if group_of(one) == standing])
    ]
    return Plot(
        title=_("Suppliers by reported pass rate"),
        scale=scale,
        ticks=ticks_of(scale),
        target=None if target is None else (target, _("target %(n)s") % {"n": short(target)}),
        target_value=target,
        groups=groups,
        note=_(
            "Dot: pass rate. Line: 95% interval between lots. Grey tick: baseline. Ordered by shrunken "
            "estimate, so few pieces never rank first or last by luck."
        ),
        reason=_("No supplier in view has sent outgoing inspections."),
    )


def group_of(one: Ranked) -> str:
    return one.standing if one.reading.value is not None else "no_data"


def word_of(standing: str, target: float | None) -> str:
    """Return the heading of a group; suppliers with targets of their own name none."""
    if target is None:
        words = {
            "below": _("Below their target, statistically confirmed"),
            "undecided": _("Not yet decidable"),
            "above": _("Above their target, statistically confirmed"),
            "": _("Without a target"),
            "no_data": _("Without data"),
        }
        return words[standing]
    words = {
        "below": _("Below target, statistically confirmed: the whole interval lies under %(n)s%%"),
        "undecided": _("Not yet decidable: the interval crosses the target"),
        "above": _("Above target, statistically confirmed"),
        "": _("Without a target"),
        "no_data": _("Without data"),
    }
    return words[standing] % {"n": short(target)} if standing == "below" else words[standing]


def row_of(one: Ranked, view: View, scale: Scale) -> PlotRow:
    reading, change = one.reading, one.reading.change
    known = reading.value is not None
    low = hundred(reading.low)
    return PlotRow(
        name=reading.label,
        url=view.address(reverse("supplier", args=[reading.by["supplier"]]), supplier=None, mine=None),
        rows_url=reading.rows_path,
        value=hundred(reading.value),
        low=low,
        high=hundred(reading.high),
        baseline=hundred(change.value) if change else None,
        state=DOTS[group_of(one)],
        written=formatting.percent(reading.value, formatting.rate_places(reading.n)),
        change=formatting.percent(change.difference, 2, signed=True) if change and known else formatting.NONE,
        n=reading.n if known else None,
        ranks=f"{one.best}–{one.worst}" if one.best and one.worst else formatting.NONE,
        cut=short(low) if low is not None and low < scale.low else "",
    )


def scale_of(ranked: Sequence[Ranked], target: float | None) -> Scale:
    """Return a scale that holds every dot and baseline; a long whisker may be cut, with its end as text."""
    points = [hundred(one.reading.value) for one in ranked]
    points += [hundred(one.reading.change.value) for one in ranked if one.reading.change]
    known = [point for point in [*points, target] if point is not None] or [98.0]
    step = round_step(max(100 - min(known), 0.8) / 4)
    return Scale(max(0.0, round(step * (min(known) // step), 6)), 100.0)


def ticks_of(scale: Scale) -> list[tuple[float, str]]:
    """Return the scale's round values; the sign stands once, at the end."""
    return [(tick, short(tick) + ("%" if tick == scale.high else "")) for tick in scale.ticks()]


def hundred(fraction: float | None) -> float | None:
    return None if fraction is None else round(100 * fraction, 4)


def short(value: float) -> str:
    """Write a percentage with as many decimals as it has, at most two."""
    written = formatting.decimal(value, 2)
    return written.rstrip("0").rstrip(".")
