"""The trend of a rate: a chart with its band, and its table twin, from the same readings."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from core import formatting
from core.charts import Scale, round_step
from core.line_chart import LineChart, Point
from kpis.filters import View
from kpis.queries import wording
from kpis.queries.readings import Reading
from kpis.views.figures import baseline_of


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
    """What `insight/_trend.html` draws."""

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


def trend(
    months: Sequence[Reading],
    view: View,
    path: str,
    *,
    title: str,
    as_table: bool,
    line: tuple[float, str] | None = None,
) -> Trend:
    """Draw the months of a rate; `line` is the dashed line of a target or a pledge (`line_of`)."""
    rows = [row_of(one) for one in months]
    return Trend(
        title=title,
        value_name=pgettext("pass rate", "Rate"),
        note=_("Band: 95% interval. Grey: baseline."),
        finding=finding(title, months),
        chart=chart_of(months, rows, view, line),
        rows=rows,
        as_table=as_table,
        twin_url=view.address(path, **{"as": None if as_table else "table"}) + "#trend",
    )


def row_of(one: Reading) -> TrendRow:
    known = one.value is not None
    return TrendRow(
        label=one.by["month"],
        value=one.value,
        written=wording.written(one) if known else formatting.NONE,
        interval=wording.written_interval(one) if known else one.reason_word,
        n=one.n,
        url=one.rows_path if known else "",
    )


def chart_of(
    months: Sequence[Reading], rows: Sequence[TrendRow], view: View, line: tuple[float, str] | None
) -> LineChart:
    """Return what is drawn: percentages, words for each point, addresses of its rows."""
    points = [
        Point(
            label=f"{row.label[2:4]}/{row.label[5:7]}",
            value=hundred(one.value),
            low=hundred(one.low),
            high=hundred(one.high),
            words=f"{row.label}\n{row.written} ({row.interval}), n = {formatting.decimal(row.n)}",
            url=row.url,
        )
        for row, one in zip(rows, months, strict=True)
    ]
    drawn = [value for one in points for value in (one.value, one.low, one.high)]
    scale, step = scale_of([*drawn, line[0] if line else None])
    return LineChart(points, scale, ticks_of(scale, step), baseline_of(months, view), line)


def line_of(target: float) -> tuple[float, str]:
    """Return the dashed line of a supplier's target, a fraction."""
    return round(100 * target, 4), _("target %(n)s") % {"n": formatting.percent(target, 1)}


def hundred(fraction: float | None) -> float | None:
    return None if fraction is None else round(100 * fraction, 4)


def scale_of(values: Sequence[float | None]) -> tuple[Scale, float]:
    """Return a scale of percentages around the values, with round ends, and its step."""
    known = [value for value in values if value is not None] or [0.0, 100.0]
    lowest, highest = min(known), max(known)
    step = round_step(max(highest - lowest, 0.4) / 4)
    low = max(0.0, step * (lowest // step))
    high = min(100.0, step * -(-highest // step))
    return Scale(round(low, 6), round(max(high, low + step), 6), pad=0), step


def ticks_of(scale: Scale, step: float) -> list[tuple[float, str]]:
    """Return the axis' values and how they are written; the sign stands once, at the top."""
    places = 0 if step >= 1 else 1 if step >= 0.1 else 2
    count = round((scale.high - scale.low) / step)
    values = [scale.low + step * index for index in range(count + 1)]
    words = [formatting.decimal(value, places) for value in values]
    words[-1] += "%"
    return list(zip(values, words, strict=True))


def finding(title: str, months: Sequence[Reading]) -> str:
    """Return the chart in one sentence, for those who do not see it."""
    known = [one for one in months if one.value is not None]
    if not known:
        return _("%(title)s: no data.") % {"title": title}
    first, last = known[0], known[-1]
    return _("%(title)s: %(first)s in %(from)s, %(last)s in %(to)s.") % {
        "title": title,
        "first": wording.written(first),
        "from": first.by["month"],
        "last": wording.written(last),
        "to": last.by["month"],
    }
