"""Drawings show what they are given: cut ends are marked, gaps stay gaps, zero is the foot of bars."""

import re

import pytest

from core.charts import Scale, axis, bar, dumbbell, sparkline, whisker


@pytest.fixture
def scale():
    return Scale(97, 100, pad=0)


def test_a_scale_places_values_by_their_share_of_its_length(scale):
    assert [scale.at(v) for v in (97, 98.5, 100)] == [0, 50, 100]


def test_a_scale_holds_what_lies_outside_at_its_edge(scale):
    assert [scale.at(v) for v in (91.1, 101)] == [0, 100]


def test_ticks_are_round_values_inside_the_scale():
    assert Scale(97.13, 99.97).ticks() == [98, 99]
    assert Scale(98.2, 98.9).ticks() == [98.2, 98.4, 98.6, 98.8]


def test_a_whisker_inside_the_drawing_has_two_caps_and_no_arrow(scale):
    drawn = whisker(scale, 99, 98.5, 99.5, state="plain")
    assert drawn.count('class="cap"') == 2
    assert "arrow" not in drawn


def test_a_whisker_that_the_axis_cuts_has_an_arrow_and_its_end_as_text(scale):
    drawn = whisker(scale, 98.3, 91.1, 99.7, state="open", cut="91.1")
    assert drawn.count('class="cap"') == 1
    assert "arrow" in drawn
    assert ">91.1</text>" in drawn


def test_a_supplier_without_a_figure_has_a_grid_and_no_dot(scale):
    drawn = whisker(scale, None, None, None, state="open", target=99)
    assert 'class="target"' in drawn
    assert "circle" not in drawn


@pytest.mark.parametrize(
    ("state", "shape"), [("bad", "<path d="), ("open", 'class="ring"'), ("plain", '<circle r="4.5"')]
)
def test_each_state_has_a_shape_of_its_own(scale, state, shape):
    assert shape in whisker(scale, 99, 98.9, 99.1, state=state)


def test_a_label_that_would_touch_the_target_is_left_out(scale):
    drawn = axis(scale, [(97, "97"), (99, "99"), (100, "100%")], (99.1, "target 99.1"))
    assert re.findall(r">([^<]+)</text>", drawn) == ["97", "100%", "target 99.1"]


def test_bars_start_at_zero_and_end_at_their_share_of_the_largest():
    assert 'width="25.0%"' in bar(400, 100)


def test_a_baseline_tick_stands_inside_the_drawing_though_it_is_the_largest():
    assert 'x1="99.5%"' in bar(400, 100, baseline=400)


def test_a_part_without_a_baseline_has_one_dot():
    assert dumbbell(Scale(0, 10), None, 5).count("<circle") == 1


def test_a_gap_in_a_sparkline_breaks_the_line():
    assert sparkline([1, 2, None, 3, 4]).count('class="line"') == 2


def test_a_sparkline_without_any_value_draws_nothing():
    assert "<path" not in sparkline([None, None])


def test_names_in_drawings_are_escaped(scale):
    assert "<script" not in whisker(scale, 98, 91, 99, state="open", cut="<script>")
