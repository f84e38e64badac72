"""The chart of a mail: drawn with its own font, on a machine that has no other."""

import io
import logging
import re
import struct
from datetime import date, timedelta
from pathlib import Path

import matplotlib
import numpy as np
import pytest
from django.utils import translation
from matplotlib.ft2font import FT2Font

from core.period import Period
from insight.mails.courses import _finding, _note, bounds_of
from insight.mails.drawing import FONT, NARROW, WIDE, drawable, drawn
from insight.queries.courses import Course, Point
from quality.formulas.individuals import segments_of
from tooling.assets.font import characters

RARE = "饕餮龃龉镓锗钌铑钯铟锑碲铼铱铂铋矽蠼螋黼黻"  # rare, and in GB 2312
UNKNOWN = "\U0002a6d6"  # not in GB 2312, and not in the font


def course_of(values, *, name="pass_rate", stage="outgoing") -> Course:
    """Return weeks of values that end on 21 June 2026."""
    last = date(2026, 6, 21)
    points = [
        Point(Period(last - timedelta(days=7 * back + 6), last - timedelta(days=7 * back)), value, 8000)
        for back, value in zip(range(len(values) - 1, -1, -1), values, strict=True)
    ]
    numbers = [np.nan if value is None else value for value in values]
    return Course(name, stage, "week", points, segments_of(numbers))


def size_of(png: bytes) -> tuple[int, int]:
    return struct.unpack(">II", png[16:24])


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("size", [WIDE, NARROW])
@pytest.mark.parametrize(
    "values",
    [
        [0.99, 0.992, 0.991] * 9,
        [0.98] * 12 + [0.995, 0.996] * 6,
        [1.0] * 10,
        [0.0, 0.0],
        [0.97, None, None, 0.99],
        [0.5],
    ],
)
def test_a_chart_is_a_small_picture_at_twice_its_size(values, size, language, caplog):
    with translation.override(language), caplog.at_level(logging.WARNING):
        png = drawn(course_of(values), size)
    assert size_of(png) == (2 * size.width, 2 * size.height)
    assert len(png) <= 100_000
    assert caplog.records == []


@pytest.mark.filterwarnings("error")  # matplotlib warns of a glyph that a font lacks
def test_chinese_labels_have_all_their_glyphs():
    with translation.override("zh-hans"):
        drawn(course_of([0.99, 0.992, 0.991, 0.993] * 6), WIDE)


def test_the_font_holds_rare_characters_of_the_national_standard():
    known = FT2Font(str(FONT)).get_charmap()
    assert not [letter for letter in RARE if ord(letter) not in known]
    assert not characters() - set(known)
    assert FONT.stat().st_size <= 3_000_000
    assert FONT.with_name("LICENSE").read_text("utf-8").count("SIL OPEN FONT LICENSE") == 1


def test_a_character_that_the_font_lacks_is_written_as_its_code():
    assert drawable(f"甲{UNKNOWN}乙") == "甲[U+2A6D6]乙"
    assert drawable(RARE) == RARE


def test_no_font_of_the_machine_is_asked_for(monkeypatch):
    from matplotlib import font_manager

    asked = []
    find = font_manager.FontManager.findfont

    def watched(self, *args, **named):
        asked.append(Path(find(self, *args, **named)))
        return str(asked[-1])

    monkeypatch.setattr(font_manager.FontManager, "findfont", watched)
    with translation.override("zh-hans"):
        drawn(course_of([0.99, 0.992, 0.991] * 5), WIDE)
    brought = Path(matplotlib.get_data_path())
    assert FONT in asked
    assert [path for path in asked if path != FONT and brought not in path.parents] == []


def test_the_limits_reach_over_their_own_segment_alone():
    course = course_of([0.98, 0.981] * 8 + [0.995, 0.996] * 6)
    first, second = course.segments
    assert first.last + 1 == second.first
    shown = course.since(10)
    assert [(one.first, one.last) for one in shown.segments] == [(0, 5), (6, 17)]
    assert shown.segments[0].limits == first.limits


def test_drawing_leaves_the_settings_of_matplotlib_alone():
    before = dict(matplotlib.rcParams)
    drawn(course_of([0.99, 0.98, 0.97]), WIDE)
    assert dict(matplotlib.rcParams) == before
    assert io.BytesIO(drawn(course_of([0.99, 0.98]), NARROW)).read(4) == b"\x89PNG"


@pytest.mark.parametrize(
    ("values", "limits", "said"),
    [
        (
            [0.999, 0.997, 1.0, 0.998] * 4,
            (True, False),
            "The upper limit would lie above 100%: there is none.",
        ),
        ([0.001, 0.003, 0.0, 0.002] * 4, (False, True), "The lower limit would lie below 0: there is none."),
        ([0.1, 0.9] * 8, (False, False), "Both limits would lie outside 0 to 100%: there is none."),
        ([0.98, 0.981] * 8, (True, True), ""),
    ],
)
def test_a_limit_that_no_rate_can_reach_is_none_and_the_mail_says_so(values, limits, said):
    course = course_of(values)
    bounds = bounds_of(course, course.last_segment.limits)
    assert (bounds.low is not None, bounds.high is not None) == limits
    with translation.override("en"):
        note, finding = _note(course), _finding("Pass rate", course)
    assert said in note and said in finding
    rates = re.findall(r"([\d.]+)%", finding.removesuffix(said))
    assert max(map(float, rates)) <= 100
    assert "\u2212" not in finding and "-" not in finding
