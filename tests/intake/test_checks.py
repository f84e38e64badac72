"""What is wrong with a row is said once, at its cell, with what was probably meant."""

# A row of a sheet stands on one line here, as in the sheet.
# fmt: off

import json
import time
from datetime import UTC, date, datetime

import pytest

from intake.readers.reading import read, workbook_from_rows
from intake.tables.problems import RULES
from intake.tables.reading import Reading
from intake.tables.typed import type_tables
from intake.tables.understand import Question, answer, understand
from tests.intake.files import book, hand_in, rules_of
from tests.intake.sheets import TODAY, fields, rules, text, typed, understood, xlsx

HEAD = ["检验日期", "物料编码", "批号", "批量", "检验数", "合格数", "不合格数", "判定", "备注"]
GOOD = ["2026-05-04", "0201001", "J1", 3200, 125, 124, 1, "合格", ""]


def changed(**cells) -> list:
    row = GOOD.copy()
    for name, cell in cells.items():
        row[["day", "part", "lot", "size", "n", "good", "bad", "verdict", "remark"].index(name)] = cell
    return row


def checked(*rows: list):
    return typed(text([HEAD, *rows]).encode())


def test_a_good_row_has_no_problem():
    result = checked(GOOD)
    assert result.problems.empty
    assert (result.read, result.wrong) == (1, 0)


@pytest.mark.parametrize(
    ("cells", "place", "rule", "params"),
    [
        ({"day": "2026-11-31"}, "A2", "date_impossible", {"suggestion": "2026-11-30"}),
        ({"day": "soon"}, "A2", "date_unreadable", {}),
        ({"day": "2026-07-02"}, "A2", "date_in_future", {"today": "2026-06-30"}),
        ({"day": "5月4日"}, "A2", "date_without_year", {}),
        ({"day": ""}, "A2", "missing", {"fields": ["inspection_date"]}),
        ({"lot": ""}, "C2", "missing", {"fields": ["lot_no"]}),
        ({"lot": "J\u202e1"}, "C2", "hidden_characters", {"suggestion": "J1"}),
        ({"lot": "L" * 65}, "C2", "text_too_long", {"length": 65, "limit": 64}),
        ({"size": 100}, "E2", "sample_above_lot", {"inspected": 125, "lot_size": 100}),
        ({"n": "12，5", "good": ""}, "E2", "not_a_number", {"suggestion": "12.5"}),
        ({"n": -125, "good": ""}, "E2", "negative", {"suggestion": "125"}),
        ({"n": 124.5, "good": ""}, "E2", "not_whole", {"suggestion": "124"}),
        ({"n": 0, "good": "", "bad": 0}, "E2", "nothing_inspected", {}),
        ({"n": "若干", "good": ""}, "E2", "count_in_words", {}),
        ({"n": "#REF!", "good": ""}, "E2", "formula_error", {}),
        ({"n": "12kg", "good": ""}, "E2", "unknown_unit", {"unit": "kg"}),
        ({"n": 99999999999, "size": "", "good": ""}, "E2", "too_big", {"limit": 2147483647}),
        ({"good": 120}, "F2", "counts_disagree", {"inspected": 125, "conforming": 120, "nonconforming": 1}),
        ({"good": "", "bad": 215}, "G2", "nonconforming_above_inspected", {"inspected": 125, "nonconforming": 215, "suggestion": "2"}),
        ({"good": 123, "bad": 215}, "G2", "nonconforming_above_inspected", {"inspected": 125, "nonconforming": 215, "suggestion": "2"}),
        ({"good": "", "bad": ""}, "G2", "missing", {"fields": ["nonconforming", "conforming"]}),
        ({"remark": "备" * 501}, "I2", "text_too_long", {"length": 501, "limit": 500}),
    ],
)
def test_a_broken_rule_names_cell_rule_and_remedy(cells, place, rule, params):
    result = checked(changed(**cells), changed(lot="J9"))
    assert rules(result) == [(place, rule)]
    assert result.problems["params"].iloc[0] == params
    assert result.frame["is_wrong"].tolist() == [True, False]
    assert rule in RULES


def test_an_unknown_verdict_offers_the_known_ones():
    result = checked(changed(verdict="再看看"))
    assert rules(result) == [("H2", "verdict_unknown")]
    assert "accepted" in result.problems["params"].iloc[0]["options"]


def test_what_follows_is_computed_and_what_is_unsaid_stays_unsaid():
    frame = checked(changed(good=120, bad="", verdict="")).frame
    assert frame["nonconforming"].tolist() == [5]
    assert frame["verdict"].isna().all()


def test_a_row_said_twice_counts_once_and_a_row_said_otherwise_is_a_problem():
    result = checked(GOOD, GOOD, changed(bad=3, good=122), changed(part=201001), changed(day="2026-05-06"))
    assert result.left_out == {"repeated": 2}
    assert rules(result) == [("G4", "duplicate_differs")]
    assert result.problems["params"].iloc[0] == {"row": 2, "field": "nonconforming", "other": "1"}
    assert result.frame["row"].tolist() == [2, 4, 6]


def test_signatures_notes_and_blank_rows_are_no_data():
    result = checked(GOOD, [], ["备注:此表一式两份"], ["检验员:张三", "", "", "审核:", "", "", "批准:"])
    assert result.left_out == {"note": 1, "signature": 1}
    assert result.read == 1


def test_a_missing_column_is_asked_for_and_the_answer_is_remembered():
    rows = [["日期", "料号", "生产号码", "抽检数", "不良数"], ["2026-05-04", "0201001", "J1", 125, 1]]
    book = read(text(rows).encode())
    first = understand(book)
    question = first.questions[0]
    assert (question.code, question.params, question.options) == ("missing", {"fields": ["lot_no"]}, ["生产号码"])
    told = answer(first.reading, question, "生产号码")
    second = understand(book, reading=told)
    assert second.questions == []
    assert second.tables[0].columns[2].confidence == "remembered"
    memory = {(second.kind, second.fingerprint): Reading.from_json(json.loads(json.dumps(told.as_json())))}
    third = understand(book, remembered=lambda kind, fingerprint: memory.get((kind, fingerprint)))
    assert third.questions == []
    assert third.reading == told


def test_an_answer_must_be_one_of_the_choices():
    question = Question("column", {"header": "送检数"}, ["inspected", "lot_size"])
    assert answer(Reading(), question, "lot_size").columns == {"送检数": "lot_size"}
    assert answer(Reading(), question, "").columns == {"送检数": None}
    with pytest.raises(ValueError, match="none of the answers"):
        answer(Reading(), question, "verdict")
    assert answer(Reading(), Question("year"), "2025").year == 2025
    assert answer(Reading(), Question("date_order", options=["dmy", "mdy"]), "mdy").date_order == "mdy"
    assert answer(Reading(), Question("kind"), "stock").kind == "stock"


def test_a_reading_with_unknown_keys_or_shapes_is_refused():
    for wrong in ({"colums": {}}, {"columns": 5}, {"join": {"lot_no": 3}}):
        with pytest.raises(ValueError, match="mapping"):
            Reading.from_json(wrong)


def test_what_the_cells_leave_open_is_asked_too():
    order = typed(text([HEAD, changed(day="5/4/2026")]).encode())
    assert [question.code for question in order.questions] == ["date_order"]
    solved = typed(text([HEAD, changed(day="5/4/2026")]).encode(), reading={"date_order": "dmy"})
    assert solved.frame["inspection_date"].dt.strftime("%m-%d").tolist() == ["04-05"]
    year = typed(text([HEAD, changed(day="5.4")]).encode())
    assert [question.code for question in year.questions] == ["year"]


def test_a_table_nobody_knows_asks_for_its_kind_alone():
    result = understood(text([["甲", "乙"], ["1", "2"], ["3", "4"]]).encode())
    assert [question.code for question in result.questions] == ["kind"]


def test_a_sheet_without_a_header_is_read_by_position():
    reading = {"kind": "inspections", "header": False,
               "columns": {"A": "inspection_date", "B": "lot_no", "C": "inspected", "D": "nonconforming"}, "constants": {"part_no": "P"}}
    result = typed(text([["2026-05-04", "J1", 50, 1], ["2026-05-05", "J2", 50, 0]]).encode(), reading=reading)
    assert result.frame["lot_no"].tolist() == ["J1", "J2"]
    assert result.problems.empty


def test_rows_may_be_left_out_and_words_translated_by_a_mapping():
    rows = [["day", "lot no", "checked", "bad", "state"], ["2026-05-04", "J1", 50, 1, "-1"], ["2026-05-04", "J2", 50, 0, "test"]]
    reading = {
        "kind": "inspections", "columns": {"day": "inspection_date", "state": "verdict"}, "values": {"verdict": {"-1": "rejected"}},
        "leave_out": {"state": ["test"]}, "constants": {"part_no": "P"},
    }
    result = typed(text(rows).encode(), reading=reading)
    assert (result.frame["verdict"].tolist(), result.left_out) == (["rejected"], {"chosen": 1})


def test_measured_values_stand_in_columns_of_pieces_or_of_characteristics():
    pieces = [["批号", "物料编码", "检验项目", "测试时间", "样本1", "样本2", "样本3"], ["J1", "P", "总长", "2026-05-04 10:30", 18.5, "18.6mm", "18,6"]]
    result = typed(text(pieces, ";").encode())
    assert result.frame[["piece", "value"]].values.tolist()[:2] == [[1, 18.5], [2, 18.6]]
    assert result.frame["measured_at"].dt.hour.tolist() == [10] * 3
    assert rules(result) == [("G2", "not_a_number")]
    assert result.problems["params"].iloc[0] == {"suggestion": "18.6"}
    wide = [["批号", "物料编码", "测试时间", "长度(mm)", "力(N)"], ["J1", "P", "2026-05-04", 18.5, 120], ["J1", "P", "2026-05-04", 18.6, 121]]
    asked = typed(text(wide).encode(), kind="measurements")
    assert [question.params["guess"] for question in asked.questions] == ["value", "value"]
    assert asked.frame[["characteristic", "piece", "value", "unit"]].values.tolist() == [
        ["长度(mm)", 1, 18.5, "mm"], ["力(N)", 1, 120.0, "N"], ["长度(mm)", 2, 18.6, "mm"], ["力(N)", 2, 121.0, "N"],
    ]


def test_statistics_below_the_values_are_no_pieces():
    rows = [["批号", "物料编码", "检验项目", "测试时间", "实测值"], ["J1", "P", "力", "2026-05-04", 120], ["J1", "P", "力", "2026-05-04", 121],
            ["平均值", "", "", "", 120.5], ["CPK", "", "", "", 1.7]]
    result = typed(text(rows).encode())
    assert (result.frame["value"].tolist(), result.left_out) == ([120, 121], {"statistic": 2})


def test_one_lot_typed_on_a_phone_goes_the_same_way():
    book = workbook_from_rows([{"lot_no": "J1", "part_no": "0201001", "inspection_date": "2026-05-04", "inspected": 125, "nonconforming": 1}])
    result = type_tables(understand(book, kind="inspections"), today=TODAY)
    assert (result.wrong, result.frame["nonconforming"].tolist()) == (0, [1])


def test_the_understanding_is_plain_json():
    told = understood(xlsx(("a", [HEAD, GOOD])), "book.xlsx").as_json()
    assert json.loads(json.dumps(told)) == told
    assert told["tables"][0]["columns"][0] == {
        "letter": "A", "header": "检验日期", "fields": ["inspection_date"], "confidence": "certain",
        "options": ["inspection_date"], "unit": "", "defect": "", "piece": 0, "characteristic": "", "samples": ["2026-05-04"],
    }


def test_a_drawing_number_gives_way_to_a_part_number():
    rows = [["图号", "物料编码", "批号", "检验日期", "检验数", "不合格数"], ["TP.1", "0201001", "J1", "2026-05-04", 5, 0]]
    assert fields(understood(text(rows).encode()))["物料编码"] == "part_no"
    assert fields(understood(text([row[:1] + row[2:] for row in rows]).encode()))["图号"] == "part_no"


def test_a_hundred_thousand_rows_are_typed_column_by_column():
    rows = [HEAD]
    rows += [[f"2026/{n % 5 + 1}/{n % 28 + 1}", f"0201{n % 40:03}", f"L{n:06}", 20000, 315, 315 - n % 7, n % 7, "合格", ""] for n in range(100_000)]
    data = text(rows).encode("gb18030")
    start = time.process_time()
    result = typed(data)
    spent = time.process_time() - start
    assert (result.read, result.wrong) == (100_000, 0)
    assert int(result.frame["nonconforming"].sum()) == sum(n % 7 for n in range(100_000))
    assert result.frame["inspection_date"].max().date() == date(2026, 5, 28)
    # About one second alone on a core; a loop over cells in Python takes more than ten.
    assert spent < 8


def test_the_last_day_is_tomorrow_where_the_person_is(chain, settings, monkeypatch):
    settings.CLOCK_DATE = ""
    monkeypatch.setattr("core.clock.timezone.now", lambda: datetime(2026, 6, 30, 12, tzinfo=UTC))
    chain.clerk.user.zone = "Pacific/Kiritimati"  # two in the morning of 1 July
    chain.clerk.user.save()
    upload = hand_in(chain.clerk, book(("J1", 0), day="2026-07-02") + book(("J2", 0), day="2026-07-03").split(b"\r\n", 1)[1])
    assert rules_of(upload) == [(3, "date_in_future")]
