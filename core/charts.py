"""Small charts drawn on the server, as SVG that needs no script, prints and fits any width.

Lengths along the quantity are percentages of the drawing, so one string serves every screen.
These drawings stand in tables and cards beside the numbers that they show, and are hidden from
screen readers: the numbers are the content. Colours come from the style sheet by class.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from core.formatting import Number, is_known

HEIGHT = 20  # px of a drawing in a table row
MIDDLE = HEIGHT // 2
NEAR, NEAR_ON_PHONE = 18.0, 45.0  # per cent of the width within which two labels would touch

# Shapes around the origin, put to their place by `placed`.
DOT = SafeString('<circle r="4.5"/>')
RING = SafeString('<circle class="ring" r="4"/>')
DIAMOND = SafeString('<path d="M0 -5.5 5.5 0 0 5.5 -5.5 0Z"/>')
ARROW = SafeString('<path class="arrow" d="M5 -4 0 0 5 4"/>')


@dataclass(frozen=True)
class Scale:
    """A linear scale from `low` to `high`; positions are percentages of the drawing's width.

    `pad` percent are left free on both sides, so that a dot at an end is drawn whole.
    """

    low: float
    high: float
    pad: float = 3.0

    def at(self, value: Number) -> float:
        """Return the position of a value, held inside the drawing."""
        share = (float(value) - self.low) / (self.high - self.low) if self.high > self.low else 0.5
        return round(self.pad + min(max(share, 0.0), 1.0) * (100 - 2 * self.pad), 2)

    def begins_after(self, value: Number) -> bool:
        """Say whether a value lies left of the drawing."""
        return float(value) < self.low

    def ticks(self, count: int = 4) -> list[float]:
        """Return at most about `count` round values inside the scale."""
        step = round_step((self.high - self.low) / max(count, 1))
        first = math.ceil(round(self.low / step, 9))
        last = math.floor(round(self.high / step, 9))
        return [round(i * step, 10) for i in range(first, last + 1)]


def round_step(rough: float) -> float:
    """Return the next of 1, 2, 5 × 10ⁿ at or above a rough step."""
    if rough <= 0:
        return 1.0
    magnitude = 10.0 ** math.floor(math.log10(rough))
    return next(m * magnitude for m in (1, 2, 5, 10) if m * magnitude >= rough * 0.999999)


def drawing(css: str, body: SafeString, height: int = HEIGHT) -> SafeString:
    """Wrap a body in an SVG that is as wide as its place."""
    return format_html(
        '<svg class="draw {}" width="100%" height="{}" aria-hidden="true" focusable="false">{}</svg>',
        css,
        height,
        body,
    )


def upright(css: str, at: float, top: int = 0, bottom: int = HEIGHT) -> SafeString:
    """Return an upright line."""
    return format_html('<line class="{}" x1="{}%" x2="{}%" y1="{}" y2="{}"/>', css, at, at, top, bottom)


def placed(at: float, body: SafeString, y: int = MIDDLE) -> SafeString:
    """Put a shape of fixed size at a position along the width."""
    return format_html('<svg x="{}%" y="{}" overflow="visible">{}</svg>', at, y, body)


def grid(scale: Scale, target: float | None = None) -> SafeString:
    """Return the faint lines behind a row: the scale's round values and the target."""
    lines = format_html_join("", "{}", ((upright("grid", scale.at(tick)),) for tick in scale.ticks()))
    if target is None:
        return lines
    return lines + upright("target", scale.at(target))


def axis(
    scale: Scale, labels: Sequence[tuple[float, str]], target: tuple[float, str] | None = None
) -> SafeString:
    """Draw the head of a column of plots: labels at their values, the target in ink.

    A label that would touch the target's is left out: the target is the one that is read.
    """
    away = [100.0 if target is None else abs(scale.at(value) - scale.at(target[0])) for value, __ in labels]
    shown = [
        ("tick close" if distance < NEAR_ON_PHONE else "tick", scale.at(value), text)
        for (value, text), distance in zip(labels, away, strict=True)
        if distance >= NEAR
    ]
    body = format_html_join("", '<text class="{}" x="{}%" y="14" text-anchor="middle">{}</text>', shown)
    if target is not None:
        body += format_html(
            '<text class="tick-target" x="{}%" y="14" text-anchor="middle">{}</text>',
            scale.at(target[0]),
            target[1],
        )
    return drawing("axis", body)


def whisker(
    scale: Scale,
    value: float | None,
    low: float | None,
    high: float | None,
    *,
    state: str,
    baseline: float | None = None,
    target: float | None = None,
    cut: str = "",
) -> SafeString:
    """Draw an estimate and its interval over the grid of its column.

    Parameters
    ----------
    value, low, high, baseline, target : float or None
        In the scale's unit. Without a value only the grid is drawn.
    state : str
        ``bad`` (a diamond), ``open`` (a ring: cannot tell) or ``plain`` (a dot).
    cut : str
        The lower end as text, written where the whisker leaves the drawing.
    """
    body = grid(scale, target)
    if not is_known(value):
        return drawing("whisker", body)
    if is_known(baseline):
        body += upright("baseline", scale.at(baseline), MIDDLE - 4, MIDDLE + 4)
    if is_known(low) and is_known(high):
        body += whisker_line(scale, low, high, cut)
    shape = {"bad": DIAMOND, "open": RING}.get(state, DOT)
    return drawing(f"whisker {state}", body + placed(scale.at(value), shape))


def whisker_line(scale: Scale, low: Number, high: Number, cut: str) -> SafeString:
    """Return the line of an interval, with an arrow where the drawing cuts it."""
    left, right = scale.at(low), scale.at(high)
    line = format_html('<line x1="{}%" x2="{}%" y1="{}" y2="{}"/>', left, right, MIDDLE, MIDDLE)
    line += upright("cap", right, MIDDLE - 4, MIDDLE + 4)
    if not scale.begins_after(low):
        return line + upright("cap", left, MIDDLE - 4, MIDDLE + 4)
    line += placed(left, ARROW)
    return line + format_html('<text class="tick" x="{}%" dx="4" y="7">{}</text>', left, cut)


def dumbbell(scale: Scale, before: float | None, after: float | None, *, slower: bool = False) -> SafeString:
    """Draw a change: a ring where it was, a dot where it is; crimson only if a test says slower."""
    body = grid(scale)
    if is_known(before) and is_known(after):
        body += format_html(
            '<line x1="{}%" x2="{}%" y1="{}" y2="{}"/>', scale.at(before), scale.at(after), MIDDLE, MIDDLE
        )
    if is_known(before):
        body += placed(scale.at(before), RING)
    if is_known(after):
        body += placed(scale.at(after), DOT)
    return drawing("dumbbell bad" if slower else "dumbbell", body)


def bar(largest: float, value: float, *, baseline: float | None = None, rest: bool = False) -> SafeString:
    """Draw one bar of a Pareto chart from zero, with the baseline's level as an upright tick."""
    scale = Scale(0, largest, pad=0)
    body = format_html(
        '<rect width="{}%" y="4" height="12" rx="2" class="{}"/>',
        scale.at(value),
        "rest" if rest else "amount",
    )
    if is_known(baseline):
        body += upright("baseline", min(scale.at(baseline), 99.5), 2, HEIGHT - 2)
    return drawing("pareto", body)


def sparkline(
    values: Sequence[float | None],
    *,
    low: Sequence[float | None] = (),
    high: Sequence[float | None] = (),
    baseline: tuple[int, int] | None = None,
    level: float | None = None,
) -> SafeString:
    """Draw a short history as a line, without axes.

    Parameters
    ----------
    values : sequence of float or None
        Evenly spaced; None is a gap, never a zero.
    low, high : sequence of float or None
        The interval of each value, drawn as a band.
    baseline : (int, int), optional
        First and last index of the baseline's period, shaded.
    level : float, optional
        A dashed line: the baseline's value or the pledge.
    """
    present = [float(v) for v in (*values, *low, *high, level) if is_known(v)]
    if not present:
        return drawing("spark", SafeString(""), height=32)
    place = Picture(min(present), max(present), len(values))
    body = SafeString("")
    if baseline is not None:
        left, right = place.x(baseline[0]), place.x(baseline[1])
        body += format_html('<rect class="base" x="{}" y="0" width="{}" height="32"/>', left, right - left)
    if low and high:
        body += format_html_join("", '<path class="band" d="{}"/>', ((d,) for d in place.bands(low, high)))
    if level is not None:
        body += format_html('<path class="level" d="M0 {0}H100"/>', place.y(level))
    body += format_html_join("", '<path class="line" d="{}"/>', ((d,) for d in place.lines(values)))
    return format_html(
        '<svg class="draw spark" viewBox="0 0 100 32" preserveAspectRatio="none" width="100%" height="32"'
        ' aria-hidden="true" focusable="false">{}</svg>',
        body,
    )


@dataclass(frozen=True)
class Picture:
    """The sparkline's plane: 100 wide and 32 high, stretched to its place by the browser."""

    lowest: float
    highest: float
    count: int

    def x(self, index: int) -> float:
        """Return where a value of this index lies."""
        return round(100 * index / max(self.count - 1, 1), 2)

    def y(self, value: Number) -> float:
        """Return how far below the top a value lies."""
        if self.highest == self.lowest:
            return 16.0
        return round(30 - 28 * (float(value) - self.lowest) / (self.highest - self.lowest), 2)

    def lines(self, values: Sequence[float | None]) -> list[str]:
        """Return a path for every run of values without a gap."""
        return ["M" + self.joined((at, value) for at, value in run) for run in runs(values)]

    def bands(self, low: Sequence[float | None], high: Sequence[float | None]) -> list[str]:
        """Return the closed path of every run of intervals."""
        paths = []
        for run in runs(low, high):
            over = self.joined((at, top) for at, __, top in run)
            under = self.joined((at, bottom) for at, bottom, __ in reversed(run))
            paths.append(f"M{over}L{under}Z")
        return paths

    def joined(self, points: Iterable[tuple[int, Number]]) -> str:
        return "L".join(f"{self.x(at)} {self.y(value)}" for at, value in points)


def runs(*series: Sequence[float | None]) -> list[list[tuple]]:
    """Return the points (index and a value of each series) at which all are known, in runs without a gap."""
    found: list[list[tuple]] = [[]]
    for at, values in enumerate(zip(*series, strict=True)):
        if all(is_known(value) for value in values):
            found[-1].append((at, *values))
        else:
            found.append([])
    return [run for run in found if run]
