"""Measured values against their limits, drawn on the server: histogram and normal probability plot."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from scipy import special

from core import formatting
from core.charts import Scale, round_step
from quality.views.drawing import line
from suppliers.queries.parts import Limits

TOP, HEIGHT = 20, 200  # px above the plane, and of the plane
MOST_BINS = 40
MOST_DOTS = 400  # of the probability plot; more lie on one another


@dataclass(frozen=True, slots=True)
class Bin:
    """Values from `low` up to `high`."""

    low: float
    high: float
    n: int


def bins_of(values: np.ndarray, places: int) -> list[Bin]:
    """Cut values into bins of Freedman and Diaconis' width, at most forty.

    Edges lie between two readings of a gauge of so many decimals, and every bin holds as many readings: else
    the shape shows the rounding and not the process.
    """
    step = 10.0**-places
    low, high = np.floor(values.min() / step), np.ceil(values.max() / step)
    rough = np.ptp(np.histogram_bin_edges(values, bins="fd")[:2]) if np.ptp(values) else step
    width = max(1, round(float(rough) / step), int(np.ceil((high - low + 1) / MOST_BINS)))
    edges = (np.arange(low, high + width + 1, width) - 0.5) * step
    counts, edges = np.histogram(values, edges)
    return [Bin(*one) for one in zip(edges[:-1].tolist(), edges[1:].tolist(), counts.tolist(), strict=True)]


def histogram(
    values: np.ndarray, bins: Sequence[Bin], limits: Limits, density: tuple[float, float]
) -> SafeString:
    """Draw bins, the normal density of (mean, sigma) at their height, and the specification limits."""
    mean, sigma = density
    told = [limit for limit in (limits.lsl, limits.usl) if limit is not None]
    ends = [*told, bins[0].low, bins[-1].high]
    scale = Scale(min(ends), max(ends), pad=4)
    drawn = np.linspace(scale.low, scale.high, 120)
    curve = np.zeros(0)
    if sigma > 0 and bins[-1].high > bins[0].low:
        z = (drawn - mean) / sigma
        area = len(values) * (bins[0].high - bins[0].low)
        curve = area * np.exp(-z * z / 2) / (sigma * np.sqrt(2 * np.pi))
    highest = max([one.n for one in bins] + curve.tolist())
    body = format_html_join(
        "",
        '<rect class="bin" x="{}%" width="{}%" y="{}" height="{}"/>',
        (
            (
                scale.at(one.low),
                max(round(scale.at(one.high) - scale.at(one.low), 2), 0.4),
                _y(one.n / highest),
                round(HEIGHT * one.n / highest, 1),
            )
            for one in bins
        ),
    )
    if curve.size:
        body += _curve(scale, drawn, curve / highest)
    body += _axis(scale, limits.places)
    for limit, name in ((limits.lsl, _("LSL")), (limits.usl, _("USL"))):
        if limit is not None:
            body += _limit(scale, limit, f"{name} {formatting.decimal(limit, limits.places)}")
    return _drawing(body)


def probability_plot(values: np.ndarray, limits: Limits, density: tuple[float, float]) -> SafeString:
    """Draw ordered values over their normal scores; the line is the normal law of (mean, sigma)."""
    mean, sigma = density
    ordered = np.sort(values)
    scores = special.ndtri((np.arange(1, len(ordered) + 1) - 0.375) / (len(ordered) + 0.25))  # Blom
    if len(ordered) > MOST_DOTS:
        kept = np.unique(np.linspace(0, len(ordered) - 1, MOST_DOTS).round().astype(int))
        ordered, scores = ordered[kept], scores[kept]
    widest = max(float(np.abs(scores).max()), 1.0) * 1.05
    scale = Scale(float(ordered[0]), float(ordered[-1]), pad=4)
    body = format_html_join(
        "",
        '<line class="grid" x1="0%" x2="100%" y1="{0}" y2="{0}"/><text class="tick" x="0%" y="{1}">{2}</text>',
        (
            (_y((score / widest + 1) / 2), _y((score / widest + 1) / 2) - 3, f"{share}%")
            for share, score in ((s, float(special.ndtri(s / 100))) for s in (1, 10, 50, 90, 99))
            if abs(score) < widest
        ),
    )
    if sigma > 0:
        across = np.linspace(scale.low, scale.high, 2)
        heights = ((across - mean) / sigma / widest + 1) / 2
        body += _curve(scale, across, heights)
    body += format_html_join(
        "",
        '<circle class="dot" cx="{}%" cy="{}" r="2.2"/>',
        (
            (scale.at(value), _y((score / widest + 1) / 2))
            for value, score in zip(ordered.tolist(), scores.tolist(), strict=True)
        ),
    )
    return _drawing(body + _axis(scale, limits.places))


def _y(share: float) -> float:
    return round(TOP + HEIGHT * (1 - share), 1)


def _curve(scale: Scale, across: np.ndarray, heights: np.ndarray) -> SafeString:
    points = zip(across.tolist(), heights.tolist(), strict=True)
    return line(
        [(scale.at(value), round(100 * (1 - height), 2)) for value, height in points], HEIGHT, top=TOP
    )


def _axis(scale: Scale, places: int) -> SafeString:
    step = round_step((scale.high - scale.low) / 4)
    least = next((n for n in range(9) if round(step, n) == round(step, 12)), places)
    return format_html_join(
        "",
        '<text class="tick" x="{}%" y="{}" text-anchor="middle">{}</text>',
        ((scale.at(tick), TOP + HEIGHT + 16, formatting.decimal(tick, least)) for tick in scale.ticks(4)),
    )


def _limit(scale: Scale, value: float, text: str) -> SafeString:
    at = scale.at(value)
    return format_html(
        '<line class="spec" x1="{0}%" x2="{0}%" y1="{1}" y2="{2}"/>'
        '<text class="tick-target" x="{0}%" y="13" text-anchor="{3}">{4}</text>',
        at,
        TOP,
        TOP + HEIGHT,
        "start" if at < 30 else "end" if at > 70 else "middle",
        text,
    )


def _drawing(body: SafeString) -> SafeString:
    return format_html(
        '<svg class="draw histogram" width="100%" height="{}" aria-hidden="true" focusable="false">{}</svg>',
        TOP + HEIGHT + 24,
        body,
    )
