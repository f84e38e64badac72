"""One cell at a time: numbers, dates, verdicts, defects, limits as people write them."""

# A row of a sheet stands on one line here, as in the sheet.
# fmt: off

import calendar
from datetime import date, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.tables.dates import Frame, read_date, read_dates
from intake.tables.dates import suggestion as date_meant
from intake.tables.defect_words import others_named, read_defects, sorted_out
from intake.tables.numbers import read_measured, read_number, read_numbers
from intake.tables.numbers import suggestion as number_meant
from intake.tables.periods import find_period, first_period
from intake.tables.tolerances import Limits, read_limits
from intake.tables.verdicts import read_verdict

MARCH = Frame(2025, 3, today=date(2026, 6, 30))


def column(*cells) -> np.ndarray:
    found = np.empty(len(cells), dtype=object)
    found[:] = cells
    return found


@pytest.mark.parametrize(
    ("cell", "number", "unit"),
    [
        ("1,200", 1200, None), ("１２", 12, None), ("12.5mm", 12.5, "mm"), ("20000只", 20000, "只"), (" 3 ", 3, None),
        ("(1,200.00)", -1200, None), ("98.73%", 0.9873, "%"), (".0197", 0.0197, None), ("1.", 1, None), ("1.2万", 12000, None),
        ("3千只", 3, "千只"), ("'0201001", 201001, None), ("－5", -5, None), ("1e3", 1000, None), ("￥3.5", 3.5, None), (7, 7, None),
    ],
)
def test_a_number_is_read(cell, number, unit):
    assert read_number(cell) == (pytest.approx(number), unit, None)


@pytest.mark.parametrize("cell", ["－", "-", "/", "", "—", "无"])
def test_a_dash_is_nothing(cell):
    value, _, rule = read_number(cell)
    assert np.isnan(value)
    assert rule is None


def test_none_found_is_a_count_of_zero():
    assert read_number("无", none_is_zero=True)[0] == 0


@pytest.mark.parametrize(
    ("cell", "rule"),
    [
        ("OK", "not_a_number"), ("N/A", "not_a_number"), ("12，5", "not_a_number"), ("若干", "count_in_words"), ("少量", "count_in_words"), ("#N/A", "formula_error"),
        (True, "not_a_number"), (float("inf"), "not_a_number"), ("1e999", "not_a_number"), ("(5", "not_a_number"), ("12..5", "not_a_number"),
    ],
)
def test_what_is_no_number_says_so(cell, rule):
    assert read_number(cell)[2] == rule
    assert read_numbers(column(cell, 1)).rule.tolist() == [rule, None]


def test_what_no_gauge_measures_is_no_measured_value():
    read = read_measured(np.array(["1e14", "-1e200", 1e15, "12.5"], dtype=object))
    assert read.rule.tolist() == [None, "not_a_number", "not_a_number", None]
    assert read.values[[0, 3]].tolist() == [1e14, 12.5] and np.isnan(read.values[1:3]).all()


def test_what_was_probably_meant():
    assert [number_meant(text) for text in ("12，5", "l2O", "约12", "OK")] == ["12.5", "120", "12", None]


@given(st.floats(allow_nan=False, allow_infinity=False, width=64))
def test_every_finite_float_reads_as_itself(number):
    assert read_numbers(column(number, repr(number))).values.tolist() == [number, number]


@given(st.integers(-(10**12), 10**12))
def test_thousands_separators_change_nothing(number):
    assert read_number(f"{number:,}")[0] == number


@given(st.text(max_size=30))
def test_no_text_breaks_the_readers_of_cells(text):
    number, _, rule = read_number(text)
    assert np.isnan(number) or rule is None
    moment, broken = read_date(text, MARCH)
    assert moment is None or broken is None
    read_verdict(text)
    read_defects(text)
    read_limits(text)
    find_period(text)


# Dates


DAY = datetime(2025, 3, 5)


@pytest.mark.parametrize(
    "cell",
    [
        "2025-03-05", "2025/3/5", "2025.3.5", "20250305", 20250305.0, "2025年3月5日", "3月5日", "3月5", "3.5", "3/5", "03-05", 3.5,
        45721.0, "45721", "2025-03-05 ", "２０２５-３-５", "05-Mar-25", "5 March 2025", "Mar 5, 2025", "25.3.5", date(2025, 3, 5), 5.0,
        "5日", "2025-03-05 00:00:00",
    ],
)
def test_a_day_is_read_however_it_is_written(cell):
    assert read_date(cell, MARCH) == (DAY, None)


def test_a_time_behind_the_day_is_kept():
    assert read_date("2025-03-05 14:05", MARCH)[0] == datetime(2025, 3, 5, 14, 5)
    assert read_date("5/3/2025 2:05 PM", Frame(order="dmy"))[0] == datetime(2025, 3, 5, 14, 5)


@pytest.mark.parametrize(
    ("cell", "frame", "rule"),
    [
        ("11.31", Frame(2026, 11), "date_impossible"), ("2025-02-29", MARCH, "date_impossible"), ("soon", MARCH, "date_unreadable"),
        ("3月5日", Frame(), "date_without_year"), ("5/3/2025", Frame(), "date_order_unknown"), (99.5, MARCH, "date_unreadable"),
        ("#REF!", MARCH, "formula_error"),
    ],
)
def test_a_date_that_cannot_be_says_why(cell, frame, rule):
    assert read_date(cell, frame) == (None, rule)


def test_the_last_day_of_the_month_is_suggested():
    assert date_meant("11.31", Frame(2026, 11)) == "2026-11-30"
    assert date_meant("2025-02-30", MARCH) == "2025-02-28"
    assert date_meant("soon", MARCH) is None


def test_december_in_the_book_of_january_is_last_years():
    assert read_date("12.30", Frame(2026, 1))[0] == datetime(2025, 12, 30)
    assert read_date("1.2", Frame(2025, 12))[0] == datetime(2026, 1, 2)


def test_the_order_of_day_and_month_is_taken_from_the_whole_column():
    read = read_dates(column("5/3/2025", "25/3/2025"), Frame())
    assert read.values.astype("datetime64[D]").astype(str).tolist() == ["2025-03-05", "2025-03-25"]
    assert read_dates(column("5/3/2025", "6/3/2025"), Frame()).rule.tolist() == ["date_order_unknown"] * 2


def test_the_number_3_1_is_the_first_or_the_tenth_by_its_neighbours():
    read = read_dates(column(3.1, 3.5, 3.9, 3.1, 3.12), MARCH)
    assert [day.item().day for day in read.values] == [1, 5, 9, 10, 12]
    assert read_dates(column(3.1), MARCH).rule.tolist() == ["date_ambiguous"]
    assert read_dates(column("3.1"), MARCH).rule.tolist() == [None]


@given(st.dates(date(2000, 1, 1), date(2049, 12, 31)))
def test_every_day_reads_as_itself_in_every_shape(day):
    moment = datetime(day.year, day.month, day.day)
    serial = (day - date(1899, 12, 30)).days
    shapes = [day.isoformat(), f"{day.year}/{day.month}/{day.day}", f"{day:%Y%m%d}", f"{day.year}年{day.month}月{day.day}日",
              float(serial), f"{day:%d-%b-%Y}"]
    frame = Frame(day.year, day.month)
    assert [read_date(shape, frame) for shape in shapes] == [(moment, None)] * len(shapes)
    assert read_date(f"{day.month}月{day.day}日", frame) == (moment, None)
    assert read_date(float(serial - 1462), Frame(date1904=True)) == (moment, None) if serial > 40_000 else True


@given(st.integers(2000, 2049), st.integers(1, 12), st.integers(1, 31))
def test_a_day_exists_or_is_a_problem(year, month, day):
    moment, rule = read_date(f"{month}.{day}", Frame(year, month))
    if day <= calendar.monthrange(year, month)[1]:
        assert (moment, rule) == (datetime(year, month, day), None)
    else:
        assert (moment, rule) == (None, "date_impossible")


def test_many_timestamps_are_read_like_few():
    texts = [f"2025-03-05 {n // 3600 % 24:02}:{n // 60 % 60:02}:{n % 60:02}" for n in range(3000)]
    assert read_dates(column(*texts), Frame()).values[-1] == np.datetime64("2025-03-05T00:49:59")


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("2025年3月份成品检验台账", (2025, 3)), ("2025.3", (2025, 3)), ("3月", (None, 3)), ("出货检验台账2025-03(示例)", (2025, 3)),
        ("会计期间:2025年3期", (2025, 3)), ("S01_202503", (2025, 3)), ("十二月", (None, 12)), ("Sheet3", (None, None)),
        ("TP.02.01.001", (None, None)), ("C250305-1", (None, None)), ("2025年度", (2025, None)),
    ],
)
def test_a_period_is_read_from_a_title(text, period):
    assert find_period(text) == period


def test_the_month_of_a_sheet_takes_the_year_of_the_file():
    assert first_period(["", "3月", "成品检验台账2025.xlsx"]) == (2025, 3)


# Words


@pytest.mark.parametrize(
    ("cell", "verdict", "disposition"),
    [
        ("合格", "accepted", None), ("OK", "accepted", None), ("√", "accepted", None), ("允收", "accepted", None),
        ("不合格", "rejected", None), ("NG", "rejected", None), ("×", "rejected", None), ("挑选", "rejected", "sorted"),
        ("让步接收", "rejected", "conceded"), ("特采", "rejected", "conceded"), ("不合格,挑选", "rejected", "sorted"),
        ("退货", "rejected", "returned"), ("■合格 □不合格 □让步接收", "accepted", None), ("□合格 ■不合格 □让步接收", "rejected", None),
        ("□合格 □不合格 ■让步接收", "rejected", "conceded"), ("合格☑ 不合格□", "accepted", None), ("[x]合格 [ ]不合格", "accepted", None),
        ("□合格 □不合格", None, None), ("", None, None), ("/", None, None),
    ],
)
def test_verdict_and_disposition_are_two_fields_of_one_cell(cell, verdict, disposition):
    assert read_verdict(cell) == (verdict, disposition, False)


def test_an_unknown_word_is_no_verdict():
    assert read_verdict("待定中") == (None, None, True)


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ("起泡3、缺料2", [("起泡", 3), ("缺料", 2)]), ("起泡×3 缺料×2", [("起泡", 3), ("缺料", 2)]), ("毛刺(3)", [("毛刺", 3)]),
        ("毛刺 3 只", [("毛刺", 3)]), ("STA-07;STA-05", [("STA-07", None), ("STA-05", None)]), ("无", []), ("OK", []),
        ("气泡3个,飞边若干", [("气泡", 3), ("飞边", None)]), ("划伤1、划伤2", [("划伤", 3)]), ("孔偏-3", [("孔偏", 3)]),
    ],
)
def test_defects_are_read_from_a_sentence(cell, found):
    assert [(defect.name, defect.count) for defect in read_defects(cell)] == found


def test_a_count_in_words_waits_for_a_person():
    assert [defect.in_words for defect in read_defects("气泡3个,飞边若干")] == [False, True]


def test_remarks_name_the_other_defect_and_the_pieces_sorted_out():
    assert [(d.name, d.count) for d in others_named("其它为油污3、压痕2")] == [("油污", 3), ("压痕", 2)]
    assert others_named("已通知") == []
    assert [sorted_out(text) for text in ("挑选出213", "全检挑出 1,213", "挑选", None)] == [213, 1213, None, None]


@pytest.mark.parametrize(
    ("text", "limits"),
    [
        ("Φ4.0±0.05", Limits(4.0, 3.95, 4.05)), ("0.40 以上", Limits(lsl=0.4)), ("≤0.08", Limits(usl=0.08)), ("2~3", Limits(lsl=2, usl=3)),
        ("10 +0.1/-0.2", Limits(10, 9.8, 10.1)), ("10（+0.1，-0.2）", Limits(10, 9.8, 10.1)), ("无毛刺", Limits()), ("M4-6H", Limits()),
        ("18.50±0.10mm", Limits(18.5, 18.4, 18.6)), ("120N以上", Limits(lsl=120)),
    ],
)
def test_limits_are_read_from_a_requirement(text, limits):
    assert read_limits(text) == limits


def test_a_lower_deviation_printed_without_its_sign_is_negative():
    assert read_limits("Φ4.00", 0.05, 0.05) == Limits(4.0, 3.95, 4.05)
    assert read_limits(4.0, 0.3, 0.1) == Limits(4.0, 4.1, 4.3)  # both above the nominal is possible
    assert read_limits("≤0.08", None, None) == Limits(usl=0.08)
