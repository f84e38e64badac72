"""The chart of a mail as a PNG at twice its size; matplotlib is imported when one is drawn, and only here."""

import io
import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import pgettext

from core import formatting
from core.charts import round_step
from insight.mails.courses import bounds_of, places_of, step_word
from insight.queries.courses import Course
from kpis.definitions import definition
from quality.formulas.individuals import Segment

FONT = Path(__file__).parent / "fonts" / "NotoSansSC-GB2312.otf"

INK, INK2, INK3, LINE = "#15212E", "#425161", "#5F6E7D", "#EBEFF3"
DATA, BEFORE, BAD = "#0B6AA8", "#8592A0", "#B01030"
TEXT = 8.64  # points: 12 px at 100 px an inch
LINE_HEIGHT = 15  # px that a line of it takes
ABOVE, BENEATH = 10, 30  # px around the axes


@dataclass(frozen=True, slots=True)
class Size:
    """A picture in CSS pixels, and how many labels stand under its axis."""

    width: int
    height: int
    labels: int
    margin: int  # px at the right, for the names of the limits


WIDE = Size(588, 214, 6, 96)
NARROW = Size(350, 216, 4, 84)


def drawn(course: Course, size: Size) -> bytes:
    """Draw a course as a process-behaviour chart.

    Limits are drawn over the segment that they belong to, and named where the last one ends. A character
    that the font lacks is written as its code.

    Parameters
    ----------
    course : Course
        With at least one value.
    size : Size
        `WIDE` for a screen, `NARROW` for a phone.

    Returns
    -------
    bytes
        A PNG with twice as many pixels each way.
    """
    _settle()
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(size.width / 100, size.height / 100), dpi=200, facecolor="white")
    canvas = FigureCanvasAgg(figure)
    left, right, top, bottom = 48, size.margin, ABOVE, BENEATH
    axes = figure.add_axes(
        (
            left / size.width,
            bottom / size.height,
            1 - (left + right) / size.width,
            1 - (top + bottom) / size.height,
        )
    )
    _values(axes, course)
    for segment in course.segments:
        _limits(axes, course, segment)
    _frame(axes, course, size)
    _names_of_limits(axes, course, size)
    target = io.BytesIO()
    canvas.print_png(target, metadata={"Software": None}, pil_kwargs={"optimize": True})
    return target.getvalue()


def _values(axes: Any, course: Course) -> None:
    """Draw line and points: those before the last segment grey, those beyond the limits as diamonds."""
    places = [place for place, point in enumerate(course.points) if point.value is not None]
    values = [course.points[place].value for place in places]
    axes.plot(places, values, color=DATA, linewidth=1.2, zorder=3)
    outside = {place for one in course.segments for place in one.outside}
    start = course.last_segment.first if course.last_segment else 0
    for chosen, colour, mark, size in (
        ([p for p in places if p < start and p not in outside], BEFORE, "o", 9),
        ([p for p in places if p >= start and p not in outside], DATA, "o", 12),
        ([p for p in places if p in outside], BAD, "D", 22),
    ):
        axes.scatter(
            chosen, [course.points[p].value for p in chosen], s=size, color=colour, marker=mark,
            linewidths=0, zorder=4,
        )  # fmt: skip


def _limits(axes: Any, course: Course, segment: Segment) -> None:
    if segment.limits is None:
        return
    ends = (segment.first - 0.3, segment.last + 0.3)
    bounds = bounds_of(course, segment.limits)
    for value, style in ((bounds.low, "-"), (bounds.high, "-"), (bounds.centre, (0, (4, 3)))):
        if value is not None:
            axes.plot(ends, (value, value), color=INK3, linewidth=0.8, linestyle=style, zorder=2)
    if segment.first > 0:
        axes.axvline(segment.first - 0.5, color=INK3, linewidth=0.8, linestyle=(0, (1, 2)), zorder=1)


def _names_of_limits(axes: Any, course: Course, size: Size) -> None:
    """Write the limits of the last segment beside their ends, moved apart where they would touch."""
    segment = course.last_segment
    if segment is None or segment.limits is None:
        return
    bounds = bounds_of(course, segment.limits)
    words = {
        "high": pgettext("limit of a chart", "upper"),
        "centre": pgettext("limit of a chart", "centre"),
        "low": pgettext("limit of a chart", "lower"),
    }
    low, high = axes.get_ylim()
    line = LINE_HEIGHT * (high - low) / (size.height - ABOVE - BENEATH)  # in the unit of the axis
    for name, value, nearest in (
        ("high", bounds.high, bounds.centre + line),
        ("centre", bounds.centre, bounds.centre),
        ("low", bounds.low, bounds.centre - line),
    ):
        if value is None:
            continue
        place = max(value, nearest) if name == "high" else min(value, nearest)
        axes.annotate(
            drawable(f"{words[name]} {_bare(course, value)}"),
            (len(course.points) - 0.4, place),
            xytext=(3, 0), textcoords="offset points", va="center", ha="left", annotation_clip=False,
            color=INK2, fontproperties=_font(),
        )  # fmt: skip


def _frame(axes: Any, course: Course, size: Size) -> None:
    """Set the axes: faint horizontal lines, few labels, the unit once at the top."""
    low, high, step = _scale(course)
    axes.set_ylim(low, high)
    axes.set_xlim(-0.7, len(course.points) - 0.3)
    ticks = [low + step * place for place in range(round((high - low) / step) + 1)]
    labels = [_bare(course, tick, step=step) for tick in ticks]
    labels[-1] += "%" if definition(course.name).unit == "share" else ""
    axes.set_yticks(ticks, labels=labels, fontproperties=_font(), color=INK3)
    places = _label_places(len(course.points), size.labels)
    words = [drawable(step_word(course.points[place], course, short=True)) for place in places]
    axes.set_xticks(places, labels=words, fontproperties=_font(), color=INK3)
    axes.grid(axis="y", color=LINE, linewidth=0.8)
    axes.set_axisbelow(True)
    axes.tick_params(length=0, pad=4)
    axes.tick_params(axis="x", pad=7)
    for side in ("left", "right", "top"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color("#D8DFE6")


def _label_places(count: int, labels: int) -> list[int]:
    """Return evenly spaced steps to name, the last one always among them."""
    every = max(1, -(-count // labels))
    return sorted(count - 1 - every * place for place in range(-(-count // every)))


def _scale(course: Course) -> tuple[float, float, float]:
    """Return the lowest and highest value of the axis and its step: round, around values and limits."""
    values = [point.value for point in course.known if point.value is not None]
    for segment in course.segments:
        if segment.limits:
            bounds = bounds_of(course, segment.limits)
            values += [value for value in (bounds.low, bounds.high) if value is not None]
    lowest, highest = min(values), max(values)
    step = round_step(max(highest - lowest, abs(highest) * 0.004, 1e-9) / 3.4)
    low = step * (lowest // step)
    high = step * -(-highest // step)
    return max(low, 0.0), max(high, low + step), step


def _bare(course: Course, value: float, *, step: float | None = None) -> str:
    """Write a value of the axis without its unit; with a step, with the decimals that it needs."""
    unit = definition(course.name).unit
    scaled, width = (value * 100, (step or 0) * 100) if unit == "share" else (value, step or 0)
    if step is not None:
        places = next((digits for digits in range(3) if abs(width - round(width, digits)) < 1e-9), 3)
        return formatting.decimal(round(scaled, 6), places)
    if unit == "share":
        return formatting.percent(value, places_of(course))
    return formatting.decimal(value, 0 if unit == "ppm" else 1)


def drawable(text: str) -> str:
    """Return a text in which every character that the font lacks is written as its code, ``[U+2A6D6]``."""
    known = _characters()
    return "".join(letter if ord(letter) in known else f"[U+{ord(letter):04X}]" for letter in text)


@lru_cache(maxsize=1)
def _characters() -> frozenset[int]:
    _settle()
    from matplotlib.ft2font import FT2Font

    return frozenset(FT2Font(str(FONT)).get_charmap())


def _settle() -> None:
    """Give matplotlib a folder of ours: it writes down the machine's fonts, and a service has no home."""
    os.environ.setdefault("MPLCONFIGDIR", str(settings.VAR_DIR / "matplotlib"))


def _font() -> Any:
    """Return the font by its file: what a machine has installed does not matter."""
    from matplotlib.font_manager import FontProperties

    return FontProperties(fname=str(FONT), size=TEXT)
