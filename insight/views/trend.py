"""The trend of a rate: a chart with its band, and its table twin, from the same readings."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from core import formatting
from core.line_chart import LineChart, Point, Trend, TrendRow, scale_of, ticks_of
from kpis.filters import View
from kpis.queries import wording
from kpis.queries.readings import Reading
from kpis.views.figures import baseline_of


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
        finding=wording.course(title, months),
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
    scale, step = scale_of([*drawn, line[0] if line else None], most=100)
    return LineChart(points, scale, ticks_of(scale, step, sign="%"), baseline_of(months, view), line)


def line_of(target: float) -> tuple[float, str]:
    """Return the dashed line of a supplier's target, a fraction."""
    return round(100 * target, 4), _("target %(n)s") % {"n": formatting.percent(target, 1)}


def hundred(fraction: float | None) -> float | None:
    return None if fraction is None else round(100 * fraction, 4)
