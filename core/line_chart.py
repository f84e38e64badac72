"""A line over time with its interval, drawn on the server: it is there with the text, without a script.

One SVG without a view box: positions are percentages of the plot, lengths of marks are pixels, so that one
string fits every screen and prints. Every point is a link to its rows and says itself in words;
`points.js` adds a bubble and arrow keys. Colours come from the style sheet by class.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from core import formatting
from core.charts import Scale, round_step, runs
from core.formatting import Number, is_known

FEWEST = 0.4  # of the unit: a course that hardly moves is not blown up into one that does
LABELS, LABELS_ON_PHONE = 16, 6  # as many labels of the time axis as stand side by side


@dataclass(frozen=True, slots=True)
class Point:
    """One period: its label on the axis, its value and interval in the scale's unit, and what it says.

    Without a value the point is a gap; `url` leads to the rows behind it, or is empty.
    """

    label: str
    value: float | None
    low: float | None
    high: float | None
    words: str
    url: str


@dataclass(frozen=True, slots=True)
class LineChart:
    """What is drawn.

    Parameters
    ----------
    points : sequence of Point
        Evenly spaced in time.
    scale : Scale
        Of the values; its ends are the foot and the top of the plot.
    ticks : sequence of (float, str)
        Values of the upright axis and how they are written.
    baseline : (int, int), optional
        First and last index of the baseline's period, shaded.
    level : (float, str), optional
        A dashed line and its words: a target or a pledge.
    """

    points: Sequence[Point]
    scale: Scale
    ticks: Sequence[tuple[float, str]]
    baseline: tuple[int, int] | None = None
    level: tuple[float, str] | None = None

    def x(self, index: int) -> float:
        """Return how far from the left a point lies, in per cent."""
        return round(100 * index / max(len(self.points) - 1, 1), 2)

    def y(self, value: Number) -> float:
        """Return how far below the top a value lies, in per cent."""
        return round(100 - self.scale.at(value), 2)

    def drawn(self) -> SafeString:
        """Return the SVG."""
        shapes = self._stretched(self._shaded() + self._band() + self._line())
        body = self._axis_of_values() + shapes + self._axis_of_time() + self._level() + self._doors()
        return format_html('<svg class="draw line-chart" width="100%" height="100%">{}</svg>', body)

    def _stretched(self, body: SafeString) -> SafeString:
        return format_html(
            '<svg class="shapes" viewBox="0 0 100 100" preserveAspectRatio="none" width="100%" height="100%"'
            ' aria-hidden="true">{}</svg>',
            body,
        )

    def _shaded(self) -> SafeString:
        if self.baseline is None:
            return SafeString("")
        left, right = (self.x(index) for index in self.baseline)
        return format_html(
            '<rect class="base" x="{}" y="0" width="{}" height="100"/>', left, round(right - left, 2)
        )

    def _band(self) -> SafeString:
        low, high = [one.low for one in self.points], [one.high for one in self.points]
        paths = []
        for run in runs(low, high):
            over = self._joined([(at, top) for at, __, top in run])
            under = self._joined([(at, bottom) for at, bottom, __ in reversed(run)])
            paths.append((f"M{over}L{under}Z",))
        return format_html_join("", '<path class="band" d="{}"/>', paths)

    def _line(self) -> SafeString:
        paths = ((f"M{self._joined(run)}",) for run in runs([one.value for one in self.points]))
        return format_html_join("", '<path class="line" d="{}"/>', paths)

    def _joined(self, run: Sequence[tuple]) -> str:
        return "L".join(f"{self.x(at)} {self.y(value)}" for at, value in run)

    def _axis_of_values(self) -> SafeString:
        rows = ((self.y(value), self.y(value), self.y(value), text) for value, text in self.ticks)
        return format_html_join(
            "",
            '<line class="grid" x1="0" x2="100%" y1="{}%" y2="{}%"/>'
            '<text x="0" dx="-8" y="{}%" dy="4" text-anchor="end" aria-hidden="true">{}</text>',
            rows,
        )

    def _axis_of_time(self) -> SafeString:
        last = len(self.points) - 1
        every, every_on_phone = (-(-len(self.points) // most) for most in (LABELS, LABELS_ON_PHONE))
        rows = (
            ("" if (last - at) % every_on_phone == 0 else "wide", self.x(at), one.label)
            for at, one in enumerate(self.points)
            if (last - at) % every == 0
        )
        return format_html_join(
            "",
            '<text class="{}" x="{}%" y="100%" dy="20" text-anchor="middle" aria-hidden="true">{}</text>',
            rows,
        )

    def _level(self) -> SafeString:
        if self.level is None:
            return SafeString("")
        at = self.y(self.level[0])
        return format_html(
            '<line class="target" x1="0" x2="100%" y1="{}%" y2="{}%"/><text x="0" dx="4" y="{}%" dy="-4">{}</text>',
            at,
            at,
            at,
            self.level[1],
        )

    def _doors(self) -> SafeString:
        half = 50 / max(len(self.points) - 1, 1)
        return format_html_join(
            "",
            "{}",
            ((self._door(at, one, half),) for at, one in enumerate(self.points) if is_known(one.value)),
        )

    def _door(self, at: int, one: Point, half: float) -> SafeString:
        x = self.x(at)
        left, right = max(x - half, 0), min(x + half, 100)
        mark = format_html(
            '<rect class="reach" x="{}%" y="0" width="{}%" height="100%"/>'
            '<svg x="{}%" y="{}%" overflow="visible"><circle r="3"/></svg>',
            round(left, 2),
            round(right - left, 2),
            x,
            self.y(one.value or 0),
        )
        if not one.url:
            return format_html('<g data-point="{}">{}</g>', one.words, mark)
        return format_html(
            '<a href="{}" data-point="{}" aria-label="{}">{}</a>', one.url, one.words, one.words, mark
        )


@dataclass(frozen=True, slots=True)
class TrendRow:
    """One month of the table twin."""

    label: str
    value: float | None
    written: str
    interval: str
    n: int | None
    url: str


@dataclass(frozen=True, slots=True)
class Trend:
    """A line by month and its table twin, as `core/_trend.html` draws them."""

    title: str
    value_name: str
    note: str
    finding: str
    chart: LineChart
    rows: Sequence[TrendRow]
    as_table: bool
    twin_url: str

    @property
    def known(self) -> bool:
        """Whether there is a month to draw."""
        return any(row.value is not None for row in self.rows)


def scale_of(values: Sequence[float | None], *, most: float | None = None) -> tuple[Scale, float]:
    """Return a scale around the values, with round ends, none below 0 and none above `most`, and its step."""
    known = [value for value in values if value is not None] or [0.0, most or 1.0]
    lowest, highest = min(known), max(known)
    step = round_step(max(highest - lowest, FEWEST) / 4)
    low, high = max(0.0, step * (lowest // step)), step * -(-highest // step)
    if most is not None:
        high = min(most, high)
    return Scale(round(low, 6), round(max(high, low + step), 6), pad=0), step


def ticks_of(scale: Scale, step: float, *, sign: str = "") -> list[tuple[float, str]]:
    """Return the axis' values and how they are written; a sign stands once, at the top."""
    places = 0 if step >= 1 else 1 if step >= 0.1 else 2
    count = round((scale.high - scale.low) / step)
    values = [scale.low + step * index for index in range(count + 1)]
    words = [formatting.decimal(value, places) for value in values]
    words[-1] += sign
    return list(zip(values, words, strict=True))
