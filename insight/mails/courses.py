"""What a course says: whether the last step is ordinary for its process, and the chart in a sentence."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import formatting
from insight.mails.asked import Asked
from insight.mails.story import Chart
from insight.mails.words import name_of_figure, sentences
from insight.queries.courses import Course, Point
from kpis.definitions import definition
from quality.formulas.individuals import Limits

INSIDE, ABOVE, BELOW, UNKNOWN = "inside", "above", "below", "unknown"


@dataclass(frozen=True, slots=True)
class Bounds:
    """The limits that a figure can reach: no rate is above 100 %, and nothing below 0; None beyond that."""

    low: float | None
    centre: float
    high: float | None


def bounds_of(course: Course, limits: Limits) -> Bounds:
    """Return the limits of a segment as far as the figure can reach them."""
    ceiling = 1.0 if definition(course.name).unit == "share" else float("inf")
    return Bounds(
        limits.low if limits.low > 0 else None,
        limits.centre,
        limits.high if limits.high < ceiling else None,
    )


def standing_of(course: Course) -> str:
    """Say where the last step stands: inside the natural limits of its segment, above, below or unknown."""
    segment = course.last_segment
    last = course.points[-1] if course.points else None
    if segment is None or segment.limits is None or last is None or last.value is None:
        return UNKNOWN
    if last.value > segment.limits.high:
        return ABOVE
    return BELOW if last.value < segment.limits.low else INSIDE


def clause_of(course: Course) -> str:
    """Return what the limits say of the last step as a clause; empty where there are none."""
    segment = course.last_segment
    where = standing_of(course)
    if segment is None or segment.limits is None:
        return ""
    bounds = {
        "low": written_value(course, segment.limits.low),
        "high": written_value(course, segment.limits.high),
    }
    words = {
        INSIDE: _("within ordinary variation"),
        ABOVE: _("above the upper limit %(high)s") % bounds,
        BELOW: _("below the lower limit %(low)s") % bounds,
        UNKNOWN: "",
    }
    return words[where]


def calm_of(course: Course) -> str:
    """Return the line under the headline: whether anything has to be explained at all."""
    where, better_up = standing_of(course), definition(course.name).higher_is_better
    if where == INSIDE:
        step = (
            _("The last week lies within ordinary variation: it needs no explanation of its own.")
            if course.step == "week"
            else _("The last month lies within ordinary variation: it needs no explanation of its own.")
        )
        return sentences([step, _preliminary(course)])
    if where == UNKNOWN:
        return _("Too few points for limits: nothing is concluded yet.")
    if (where == ABOVE) == better_up:
        return _("Better than ordinary variation explains: worth finding out why, and keeping it.")
    return _("Worse than ordinary variation explains: find the cause before anything is changed.")


def _preliminary(course: Course) -> str:
    segment = course.last_segment
    if segment is None or not segment.preliminary:
        return ""
    return ngettext(
        "Limits are preliminary: %(n)s point.", "Limits are preliminary: %(n)s points.", segment.points
    ) % {"n": segment.points}


def chart_of(course: Course, ask: Asked) -> Chart | None:
    """Return the course as a chart; None below two points, which are no course."""
    if len(course.known) < 2:
        return None
    name = name_of_figure(course.name, course.stage)
    count = len(course.points)
    span = (
        ngettext("last %(n)s week", "last %(n)s weeks", count)
        if course.step == "week"
        else ngettext("last %(n)s month", "last %(n)s months", count)
    ) % {"n": count}
    title = _("%(figure)s, %(span)s") % {"figure": name, "span": span}
    return Chart(title, _note(course), _finding(title, course), course)


def _note(course: Course) -> str:
    segment = course.last_segment
    if segment is None or segment.limits is None:
        return _("Too few points for limits: nothing is concluded yet.")
    told = [
        _("Between the limits is ordinary variation (individuals chart)."),
        _beyond(course, segment.limits),
    ]
    moved = [one for one in course.segments if one.first > 0]
    if moved:
        since = _("New segment since %(step)s: eight points in a row on one side.")
        told.append(since % {"step": step_word(course.points[moved[-1].first], course)})
    return sentences([*told, _preliminary(course)])


def _beyond(course: Course, limits: Limits) -> str:
    """Say which limit lies beyond what the figure can be, and so is none; empty where both can be reached."""
    bounds = bounds_of(course, limits)
    if bounds.low is not None and bounds.high is not None:
        return ""
    if bounds.low is not None:
        return _("The upper limit would lie above 100%: there is none.")
    if bounds.high is not None:
        return _("The lower limit would lie below 0: there is none.")
    return _("Both limits would lie outside 0 to 100%: there is none.")


def _finding(title: str, course: Course) -> str:
    """Return the chart in one sentence, for those who do not see it."""
    last = course.known[-1]
    told = _("%(title)s: %(value)s in the last step, %(step)s.") % {
        "title": title,
        "value": written_value(course, last.value),
        "step": step_word(last, course),
    }
    segment = course.last_segment
    if segment is None or segment.limits is None:
        return told
    return sentences([told, _limits_sentence(course, segment.limits), _beyond(course, segment.limits)])


def _limits_sentence(course: Course, limits: Limits) -> str:
    """Say the limits that the figure can reach, the centre, and where the last step stands."""
    bounds = bounds_of(course, limits)
    words = {
        "low": written_value(course, bounds.low),
        "high": written_value(course, bounds.high),
        "centre": written_value(course, bounds.centre),
        "clause": clause_of(course) or _("the last step has no data"),
    }
    if bounds.low is not None and bounds.high is not None:
        return _("Limits %(low)s and %(high)s, centre %(centre)s: %(clause)s.") % words
    if bounds.low is not None:
        return _("Lower limit %(low)s, centre %(centre)s: %(clause)s.") % words
    if bounds.high is not None:
        return _("Upper limit %(high)s, centre %(centre)s: %(clause)s.") % words
    return _("Centre %(centre)s: %(clause)s.") % words


def written_value(course: Course, value: float | None) -> str:
    """Write a value of a course with its unit."""
    unit = definition(course.name).unit
    if unit == "share":
        return formatting.percent(value, places_of(course)) + "%" if value is not None else formatting.NONE
    if unit == "ppm":
        return formatting.ppm(value)
    return formatting.turnover(value) if unit == "turns" else formatting.days(value)


def places_of(course: Course) -> int:
    """Return the decimals of a course of rates: those that its usual step deserves."""
    counts = sorted(point.n or 0 for point in course.known)
    return formatting.rate_places(counts[len(counts) // 2] if counts else None)


def step_word(point: Point, course: Course, *, short: bool = False) -> str:
    """Name a step: its week of the year where it is one, the day it ends on, its month."""
    if course.step == "month":
        return f"{point.period.first:%Y-%m}"
    year, week, weekday = point.period.first.isocalendar()
    if weekday != 1:
        return f"{point.period.last:%m-%d}" if short else formatting.day(point.period.last)
    if short:
        return _("W%(week)s") % {"week": week}
    return _("week %(week)s of %(year)s") % {"week": week, "year": year}
