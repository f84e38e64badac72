"""The course of the cell that a task aims at, month by month: its baseline grey, what came of it after."""

from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from core import formatting
from core.line_chart import LineChart, Point, Trend, TrendRow, scale_of, ticks_of
from core.period import Period
from improvement.models import Baseline, Task
from improvement.queries.cells import Cell, read_cell
from kpis.definitions import definition
from kpis.queries import wording
from kpis.queries.readings import Reading

LONGEST = 24  # months that are drawn


def course_of(task: Task, cell: Cell, baseline: Baseline, today: date, *, as_table: bool) -> Trend:
    """Draw a cell from the first month of its baseline to the present one; it claims nothing."""
    months = list(Period(baseline.first_day, max(today, baseline.last_day)).months())[-LONGEST:]
    found = read_cell(cell, Period(months[0].first, months[-1].last), by="month", explain=False)
    title = _("%(figure)s, by month") % {"figure": wording.title(found[0]) if found else task.kpi}
    share = definition(baseline.definition, baseline.definition_version).unit == "share"
    path = reverse("task", args=[task.pk])
    return Trend(
        title=title,
        value_name=_("Value"),
        note=_("Grey: locked baseline, dashed its value. What moves the line is not said by it."),
        finding=wording.course(title, found),
        chart=_chart(found, baseline, times=100 if share else 1, sign="%" if share else ""),
        rows=[_row(one) for one in found],
        as_table=as_table,
        twin_url=f"{path}#trend" if as_table else f"{path}?as=table#trend",
    )


def _row(one: Reading) -> TrendRow:
    known = one.value is not None
    return TrendRow(
        label=one.by["month"],
        value=one.value,
        written=wording.written(one) if known else formatting.NONE,
        interval=wording.written_interval(one) if one.low is not None else "",
        n=one.n,
        url=one.rows_path if known else "",
    )


def _chart(found: list[Reading], baseline: Baseline, *, times: int, sign: str) -> LineChart:
    def drawn(value: float | None) -> float | None:
        return None if value is None else round(times * value, 4)

    points = [
        Point(
            label=f"{one.by['month'][2:4]}/{one.by['month'][5:7]}",
            value=drawn(one.value),
            low=drawn(one.low),
            high=drawn(one.high),
            words=_words(one),
            url=one.rows_path,
        )
        for one in found
    ]
    level = drawn(baseline.value)
    scale, step = scale_of(
        [level, *(value for one in points for value in (one.value, one.low, one.high))],
        most=100 if sign else None,
    )
    days = Period(baseline.first_day, baseline.last_day)
    within = [at for at, one in enumerate(found) if Period.parse(one.by["month"]).last in days]
    return LineChart(
        points,
        scale,
        ticks_of(scale, step, sign=sign),
        (within[0], within[-1]) if within else None,
        (level, _("baseline %(value)s") % {"value": formatting.decimal(level, 1)})
        if level is not None
        else None,
    )


def _words(one: Reading) -> str:
    """Say a point in words: month, value, interval and n."""
    interval = f" ({wording.written_interval(one)})" if one.low is not None else ""
    n = f", n = {wording.written_n(one)}" if one.n else ""
    return f"{one.by['month']}\n{wording.written(one)}{interval}{n}"
