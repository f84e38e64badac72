"""A line over time shows what it is given: gaps stay gaps, every point is a door, labels fit."""

import re

from core.charts import Scale
from core.line_chart import LineChart, Point


def chart_of(values, **more):
    points = [
        Point(
            f"m{at}",
            value,
            None if value is None else value - 1,
            None if value is None else value + 1,
            f"said {at}",
            f"/lots/?m={at}",
        )
        for at, value in enumerate(values)
    ]
    return LineChart(points, Scale(90, 100, pad=0), [(90, "90"), (100, "100%")], **more)


def test_a_month_without_a_value_breaks_line_and_band_and_has_no_door():
    drawn = chart_of([95, 96, None, 97, 98]).drawn()
    assert drawn.count('class="line"') == drawn.count('class="band"') == 2
    assert re.findall(r'href="([^"]+)"', drawn) == [f"/lots/?m={at}" for at in (0, 1, 3, 4)]


def test_the_foot_of_the_scale_is_the_bottom_of_the_plot():
    assert 'd="M0.0 100.0L100.0 0.0"' in chart_of([90, 100]).drawn()


def test_a_single_month_is_a_point_within_the_plot():
    drawn = chart_of([95]).drawn()
    assert '<svg x="0.0%" y="50.0%"' in drawn
    assert '<rect class="reach" x="0%" y="0" width="50.0%"' in drawn


def test_the_latest_month_is_labelled_however_many_there_are_and_few_labels_stand_on_a_phone():
    drawn = chart_of([95] * 60).drawn()
    labels = re.findall(r'<text class="(|wide)" [^>]*>(m\d+)</text>', drawn)
    assert labels[-1] == ("", "m59")
    assert len(labels) <= 16
    assert sum(kind == "" for kind, _ in labels) <= 6


def test_a_point_without_rows_is_no_link():
    one = Point("m0", 95, None, None, "said", "")
    assert "<a " not in LineChart([one], Scale(90, 100), []).drawn()


def test_a_target_is_a_dashed_line_with_its_words_and_words_are_escaped():
    drawn = chart_of([95, 96], level=(99, "<pledge>")).drawn()
    assert 'class="target"' in drawn
    assert "&lt;pledge&gt;" in drawn
