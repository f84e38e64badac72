"""The operating characteristic of a plan, drawn on the server; its numbers stand in a table beside it."""

from collections.abc import Mapping, Sequence

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from core import formatting
from core.charts import Scale, round_step
from quality.queries.sampling import OcPoint, PlanOfLot, plan_of_lot

TOP, HEIGHT = 16, 240  # px above the plane, and of the plane
TICKS = 6
LIMITING = 0.1  # chance of acceptance of the limiting quality


def oc_curve(plan: PlanOfLot, normal: PlanOfLot | None, words: Mapping[str, object]) -> SafeString:
    """Draw the curve of a plan, that of normal inspection dashed, the AQL and the limiting quality.

    Lengths along the quality are percentages, so that one drawing fits every width; `words` name severities.
    """
    until = plan.oc[-1].p
    scale = Scale(0, until, pad=0)
    body = _levels() + _qualities(scale)
    if normal is not None:
        drawn = plan_of_lot(lot_size=plan.lot_size, level=plan.level, aql=plan.aql, until=until)
        body += _line("normal", drawn.oc, scale) + _name(drawn, 0.4, scale, str(words["normal"]), "normal")
    body += _line("plan", plan.oc, scale) + _name(plan, 0.62, scale, str(words[plan.severity]), "plan")
    at_aql = float(plan.aql) / 100
    if at_aql <= until:
        body += _mark(scale.at(at_aql), plan.pa_at_aql)
        body += _label(scale.at(at_aql), TOP + HEIGHT - 8, f"AQL {plan.aql}%")
    body += _mark(scale.at(plan.limiting_quality), LIMITING)
    worst = _("LQ %(quality)s: 10%%") % {"quality": share(plan.limiting_quality, 1)}
    body += _label(scale.at(plan.limiting_quality), _y(LIMITING) - 8, worst)
    return format_html(
        '<svg class="draw oc" width="100%" height="{}" aria-hidden="true" focusable="false">{}</svg>',
        TOP + HEIGHT + 24,
        body,
    )


def _y(chance: float) -> float:
    return round(TOP + HEIGHT * (1 - chance), 1)


def _levels() -> SafeString:
    return format_html_join(
        "",
        '<line class="grid" x1="0%" x2="100%" y1="{0}" y2="{0}"/><text class="tick" x="0%" y="{1}">{2}</text>',
        ((_y(level), _y(level) - 3, share(level, 0) if level else "") for level in (0, 0.25, 0.5, 0.75, 1)),
    )


def _qualities(scale: Scale) -> SafeString:
    step = round_step(scale.high / TICKS)
    ticks = [step * place for place in range(int(scale.high / step + 1e-9) + 1)]
    places = next(places for places in range(6) if round(100 * step, places) == round(100 * step, 9))
    return format_html_join(
        "",
        '<text class="tick" x="{}%" y="{}" text-anchor="{}">{}</text>',
        (
            (
                scale.at(tick),
                TOP + HEIGHT + 16,
                "start" if not tick else ("end" if scale.at(tick) > 95 else "middle"),
                share(tick, places),
            )
            for tick in ticks
        ),
    )


def _line(css: str, points: Sequence[OcPoint], scale: Scale) -> SafeString:
    path = "M" + "L".join(f"{scale.at(point.p)} {round(100 * (1 - point.pa), 2)}" for point in points)
    return format_html(
        '<svg x="0" y="{}" width="100%" height="{}" viewBox="0 0 100 100" preserveAspectRatio="none">'
        '<path class="oc-{}" d="{}"/></svg>',
        TOP,
        HEIGHT,
        css,
        path,
    )


def _name(plan: PlanOfLot, chance: float, scale: Scale, severity: str, css: str) -> SafeString:
    """Write a curve's name right of the place where it comes down to a chance."""
    at = next((point.p for point in plan.oc if point.pa <= chance), plan.oc[-1].p)
    place = scale.at(at)
    return format_html(
        '<text class="oc-name oc-name-{}" x="{}%" dx="{}" y="{}" text-anchor="{}">{}</text>',
        css,
        place,
        8 if place < 70 else -8,
        _y(chance),
        "start" if place < 70 else "end",
        _("%(severity)s: Ac %(ac)s") % {"severity": severity, "ac": plan.ac[-1]},
    )


def _mark(at: float, chance: float) -> SafeString:
    """Draw a point of the curve and its drop line."""
    return format_html(
        '<line class="oc-drop" x1="{0}%" x2="{0}%" y1="{1}" y2="{2}"/>'
        '<circle class="oc-dot" cx="{0}%" cy="{1}" r="4.5"/>',
        at,
        _y(chance),
        TOP + HEIGHT,
    )


def _label(at: float, y: float, text: str) -> SafeString:
    return format_html('<text class="oc-mark" x="{}%" dx="7" y="{}">{}</text>', at, y, text)


def share(fraction: float, places: int) -> str:
    """Write a fraction as a percentage with its sign."""
    return f"{formatting.percent(fraction, places)}%"
