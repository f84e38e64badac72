"""What drawings of values share: a plane of some height, its levels, and a line across it."""

from collections.abc import Sequence

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from core import formatting
from core.charts import Scale, round_step

TOP = 14  # px above the plane


def y(scale: Scale, value: float, height: int) -> float:
    """Return how many px below the top of the drawing a value stands."""
    return round(TOP + height * (1 - scale.at(value) / 100), 1)


def levels(scale: Scale, height: int) -> SafeString:
    """Draw the levels of a scale with their numbers."""
    step = round_step((scale.high - scale.low) / 4)
    least = next((n for n in range(12) if round(step, n) == round(step, 12)), 0)
    return format_html_join(
        "",
        '<line class="grid" x1="0" x2="100%" y1="{0}" y2="{0}"/><text class="tick" x="0" y="{0}" dy="-3">{1}</text>',
        ((y(scale, tick, height), formatting.decimal(tick, least)) for tick in scale.ticks(4)),
    )


def line(points: Sequence[tuple[float, float]], height: int, *, top: int = TOP) -> SafeString:
    """Draw a line through points, each in per cent from the left and from the top of the plane."""
    path = "M" + "L".join(f"{across} {down}" for across, down in points)
    return format_html(
        '<svg x="0" y="{}" width="100%" height="{}" viewBox="0 0 100 100" preserveAspectRatio="none">'
        '<path class="fit" d="{}"/></svg>',
        top,
        height,
        path,
    )
