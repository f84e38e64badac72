"""A story as a workbook: the figures, the suppliers, the course, the lots behind them, the definitions."""

import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from core.workbook import CODE, COUNT, DAY, LONG, TEXT, VALUE, XLSX, Heading, Sheet, Workbook, write
from insight.mails.courses import bounds_of
from insight.mails.letter import Attachment
from insight.mails.story import Story
from kpis.definitions import READINGS, definition
from kpis.queries.readings import Reading


def written(story: Story) -> Attachment:
    """Return the workbook of a mail."""
    target = io.BytesIO()
    write(Workbook(title=story.headline, about=list(_about(story)), sheets=list(_sheets(story))), target)
    return Attachment(story.file_name, XLSX, target.getvalue())


def _about(story: Story) -> Iterator[tuple[str, str]]:
    """Yield what the mail says of all its sheets, and what they leave out."""
    told = [story.calm, story.kicker, story.organisation, *story.notices, story.simulated]
    yield from (("", line) for line in told if line)
    behind = story.behind
    if behind.lots_left_out:
        yield _("Lots"), _("%(n)s further lots are left out.") % {"n": behind.lots_left_out}
    if behind.tasks_left_out:
        yield _("Tasks"), _("%(n)s further tasks are left out.") % {"n": behind.tasks_left_out}


def _sheets(story: Story) -> Iterator[Sheet]:
    behind = story.behind
    if behind.figures:
        yield Sheet(_("Figures"), _figure_columns(), map(_figure_row, behind.figures))
    if behind.tasks or not behind.figures:
        yield Sheet(_("Tasks"), _task_columns(), behind.tasks)
    if behind.suppliers:
        columns = [Heading(_("Code"), CODE), Heading(_("Supplier")), *_figure_columns()]
        rows = ([one.by["supplier"], one.label, *_figure_row(one)] for one in behind.suppliers)
        yield Sheet(_("Suppliers"), columns, rows)
    if behind.course:
        yield Sheet(_("Course"), _course_columns(), _course_rows(story))
    if behind.lots:
        yield Sheet(_("Lots"), _lot_columns(), map(_lot_row, behind.lots))
    if behind.figures:
        yield Sheet(_("Definitions"), _definition_columns(), _definition_rows(behind.figures))


def _figure_columns() -> list[Heading]:
    return [
        Heading(_("Figure")), Heading(_("Stage")), Heading(_("From"), DAY), Heading(_("To"), DAY),
        Heading(_("Value"), VALUE), Heading(_("Unit")), Heading(_("95% low"), VALUE),
        Heading(_("95% high"), VALUE), Heading("n", COUNT), Heading(_("Counted")), Heading(_("Lots"), COUNT),
        Heading(_("Numerator"), VALUE), Heading(_("Denominator"), VALUE), Heading(_("Preliminary")),
        Heading(_("Why none")), Heading(_("Base from"), DAY), Heading(_("Base to"), DAY),
        Heading(_("Base value"), VALUE), Heading(_("Difference"), VALUE), Heading(_("Result of the test")),
        Heading(_("Definition"), CODE), Heading(_("Version"), COUNT), Heading(_("Data until"), DAY),
    ]  # fmt: skip


def _figure_row(one: Reading) -> list[Any]:
    kpi, change = definition(one.definition, one.version), one.change
    against: list[Any] = [None] * 5
    if change is not None:
        words = {"better": _("better"), "worse": _("worse"), "undecided": _("not yet decidable")}
        against = [
            change.period.first, change.period.last, change.value, change.difference, words.get(change.word)
        ]  # fmt: skip
    return [
        str(kpi.title), str(READINGS[one.stage]) if one.stage else "", one.period.first, one.period.last,
        one.value, unit_word(kpi.unit), one.low, one.high, one.n, counted_word(one), one.n_lots,
        one.numerator, one.denominator, _("preliminary") if one.preliminary else "", one.reason_text,
        *against, one.definition, one.version, one.data_until,
    ]  # fmt: skip


def unit_word(unit: str) -> str:
    words = {
        "share": _("fraction"),
        "ppm": "ppm",
        "turns": pgettext("unit of a column", "turns a year"),
        "days": pgettext("unit of a column", "days"),
    }
    return words[unit]


def counted_word(one: Reading) -> str:
    words = {"pieces": _("pieces"), "lots": _("lots"), "lines": _("lines"), "": ""}
    return words[definition(one.definition, one.version).counted]


def _course_columns() -> list[Heading]:
    return [
        Heading(_("Figure")), Heading(_("Stage")), Heading(_("From"), DAY), Heading(_("To"), DAY),
        Heading(_("Value"), VALUE), Heading(_("Unit")), Heading("n", COUNT), Heading(_("Lower limit"), VALUE),
        Heading(_("Centre"), VALUE), Heading(_("Upper limit"), VALUE), Heading(_("Points of the limits"), COUNT),
        Heading(_("Outside")),
    ]  # fmt: skip


def _course_rows(story: Story) -> Iterable[list[Any]]:
    course = story.behind.course
    assert course is not None
    kpi = definition(course.name)
    stage = str(READINGS[course.stage]) if course.stage else ""
    for place, point in enumerate(course.points):
        segment = next((one for one in course.segments if one.first <= place <= one.last), None)
        limits: list[Any] = [None] * 5
        if segment is not None and segment.limits is not None:
            known = bounds_of(course, segment.limits)
            limits = [
                known.low,
                known.centre,
                known.high,
                segment.points,
                _("outside") if place in segment.outside else "",
            ]
        yield [
            str(kpi.title), stage, point.period.first, point.period.last, point.value, unit_word(kpi.unit),
            point.n, *limits,
        ]  # fmt: skip


def _lot_columns() -> list[Heading]:
    return [
        Heading(_("Day"), DAY), Heading(_("Stage")), Heading(_("Customer"), CODE), Heading(_("Code"), CODE),
        Heading(_("Supplier")), Heading(_("Part number"), CODE), Heading(_("Part")), Heading(_("Lot"), CODE),
        Heading(_("Inspected"), COUNT), Heading(_("Nonconforming"), COUNT), Heading(_("Verdict")),
    ]  # fmt: skip


def _lot_row(row: Sequence[Any]) -> list[Any]:
    day, stage, *rest, verdict = row
    verdicts = {"accepted": _("accepted"), "rejected": _("rejected")}
    return [day, str(READINGS[stage]), *rest, verdicts.get(verdict, "")]


def _task_columns() -> list[Heading]:
    return [
        Heading(_("Task"), CODE), Heading(_("Title"), LONG), Heading(_("Kind")), Heading(_("State")),
        Heading(_("Due"), DAY), Heading(_("Next step")), Heading(_("Customer"), CODE),
        Heading(_("Supplier"), CODE), Heading(_("Owner at the customer")), Heading(_("Owner at the supplier")),
        Heading(_("Opened"), DAY), Heading(_("Closed"), DAY),
    ]  # fmt: skip


def _definition_columns() -> list[Heading]:
    return [
        Heading(_("Definition"), CODE),
        Heading(_("Version"), COUNT),
        Heading(_("Name")),
        Heading(_("Formula"), LONG),
        Heading(_("95% interval"), LONG),
        Heading(_("Stage"), TEXT),
        Heading(_("Source"), LONG),
    ]


def _definition_rows(readings: Sequence[Reading]) -> Iterable[list[Any]]:
    for name, version in dict.fromkeys((one.definition, one.version) for one in readings):
        kpi = definition(name, version)
        yield [
            name, version, str(kpi.title), str(kpi.formula), str(kpi.interval), str(kpi.stage_rule),
            str(kpi.source),
        ]  # fmt: skip
