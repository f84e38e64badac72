"""Two columns of one meaning, one number over two lots, a kind that the header does not tell: asked, not guessed."""

from datetime import datetime

import pytest
from django.test import Client

from intake.services import answer
from suppliers.access import looking_as
from tests.intake.files import INSPECTIONS, NOW, hand_in, rules_of, sheet
from tests.intake.sheets import fields, rules, typed, understood, xlsx
from tests.intake.test_road import lots_of

HEAD = INSPECTIONS.split(",")


def twice(*found: tuple[int, int], second: str = "不良数") -> bytes:
    rows = [f"2026-05-04,0201002,J{number},3200,125,{one},{two}" for number, (one, two) in enumerate(found)]
    return sheet(f"日期,料号,生产批号,批量,抽检数,不良数,{second}", *rows)


def merged(*, lots: tuple[str, str] = ("J1", "J2")) -> bytes:
    rows = [HEAD, *(["2026-05-04", "0201002", lot, 3200, 125, 3, "合格", None] for lot in lots)]
    rows[2][5] = None
    return xlsx(("5月", rows), merged={"5月": ["F2:F3"]})


@pytest.mark.parametrize("second", ["不良数", "不合格数"])
def test_two_columns_of_one_meaning_are_asked_about(second):
    data = twice((1, 2), (0, 0), second=second)
    (question,) = typed(data).questions
    assert (question.code, question.options) == ("which_column", ["#F", "#G"])
    result = typed(data, reading={"columns": {"#F": None, "#G": "nonconforming"}})
    assert (result.questions, result.frame["nonconforming"].tolist()) == ([], [2, 0])


def test_two_columns_that_say_the_same_are_one():
    assert typed(twice((1, 1), (0, 0))).questions == []


def test_inspected_beside_a_sample_size_is_asked_about():
    rows = ["2026-05-04,0201002,J1,500,125,1"]
    (question,) = typed(sheet("日期,料号,生产批号,检验数,抽检数,不良数", *rows)).questions
    assert (question.code, question.column, question.options) == ("column", "D", ["lot_size", "inspected"])
    submitted = typed(sheet("日期,料号,生产批号,送检数,抽检数,不良数", *rows))
    assert (submitted.questions, submitted.frame["lot_size"].tolist()) == ([], [500])


def test_a_count_merged_over_two_lots_is_asked_about_and_never_filled_down():
    result = typed(merged())
    assert [(one.code, one.params) for one in result.questions] == [
        ("merged_counts", {"value": "3", "count": 1, "columns": ["F"]})
    ]
    assert result.frame["nonconforming"].isna().all()
    each = typed(merged(), reading={"merged_counts": "each"})
    assert (each.questions, each.frame["nonconforming"].tolist(), each.wrong) == ([], [3, 3], 0)
    together = typed(merged(), reading={"merged_counts": "together"})
    assert (together.questions, rules(together)) == ([], [("F2", "merged_count"), ("F3", "merged_count")])


def test_a_count_merged_over_the_lines_of_one_lot_is_that_of_the_lot():
    assert typed(merged(lots=("J1", "J1"))).questions == []


def test_which_column_holds_is_asked_once_and_remembered(chain):
    upload = hand_in(chain.clerk, twice((1, 2), (0, 0)))
    (question,) = upload.understanding["questions"]
    assert (upload.state, question["kind"]) == ("waiting", "which_column")
    with looking_as(chain.clerk):
        answer.answer(
            upload_id=upload.pk, person=chain.clerk, now=NOW, answers={question["id"]: "#G"}, seconds=None
        )
    later = hand_in(
        chain.clerk,
        sheet("日期,料号,生产批号,批量,抽检数,不良数,不良数", "2026-05-05,0201002,K1,3200,125,5,6"),
        name="6月.csv",
    )
    assert later.state == "committed"
    assert lots_of(chain.ours)["K1"] == (125, 6)


@pytest.mark.parametrize(
    "header", ["id,type,res,len,sound", "InvoiceNo,Description,Quantity,CustomerID", "thickness,day,shift"]
)
def test_a_kind_that_little_speaks_for_is_asked(header):
    row = ",".join("1" for _ in header.split(","))
    assert [one.code for one in understood(sheet(header, row, row)).questions] == ["kind"]


def test_a_header_that_names_half_of_what_is_needed_tells_its_kind():
    found = understood(sheet("料号,期初结存,本期入库,期末结存", "0201002,1,2,3"))
    assert (found.kind, [one.code for one in found.questions]) == ("stock", ["missing"])
    assert fields(found)["期末结存"] == "closing_qty"


def test_limits_that_are_not_the_drawings_are_said(chain):
    header = "料号,批号,检验项目,规格下限,规格上限,实测值,单位,测试时间"
    rows = [
        f"0201001,L1,总长,{lower},10.5,10.1,mm,2026-05-0{day}"
        for day, lower in ((1, 9.5), (2, 9.6), (3, 9.6))
    ]
    upload = hand_in(chain.clerk, sheet(header, *rows), partnership_id=chain.ours.pk)
    (note,) = upload.understanding["notes"]
    assert (note["row"], note["rule"]) == (3, "limits_differ")
    assert note["params"] == {"characteristic": "总长", "said": "9.6 … 10.5", "drawn": "9.5 … 10.5"}
    assert upload.state == "committed"
    agreeing = hand_in(chain.clerk, sheet(header, rows[0]), name="6月.csv", partnership_id=chain.ours.pk)
    assert agreeing.understanding["notes"] == []


# Years and characters


def era(written: str) -> bytes:
    return sheet(INSPECTIONS, f"{written},0201002,J1,3200,125,0,合格,")


@pytest.mark.parametrize("written", ["115/5/4", "115.05.04", "1150504", "115年5月4日"])
def test_a_year_of_three_digits_is_asked_about(written):
    asked = typed(era(written))
    assert [(one.code, one.options) for one in asked.questions] == [("era", ["minguo", "none"])]
    told = typed(era(written), reading={"era": "minguo"})
    assert (told.frame["inspection_date"].iloc[0], told.questions) == (datetime(2026, 5, 4), [])
    assert rules(typed(era(written), reading={"era": "none"})) == [("A2", "date_unreadable")]


def test_the_name_of_the_era_leaves_nothing_to_ask():
    assert typed(era("民国115年5月4日")).frame["inspection_date"].iloc[0] == datetime(2026, 5, 4)


TAIWAN = "檢驗日期,料號,批號,批量,抽檢數,不良數,判定"


def test_characters_of_taiwan_that_read_as_those_of_the_mainland_are_asked_about_once(chain):
    upload = hand_in(chain.clerk, f"{TAIWAN}\r\n2026-05-04,0201002,J1,3200,125,1,合格\r\n".encode("big5"))
    (question,) = upload.understanding["questions"]
    assert (upload.state, question["kind"], question["options"]) == (
        "waiting",
        "encoding",
        ["big5", "gb18030"],
    )
    assert question["params"]["in_big5"] == "檢驗日期, 料號, 批號, 批量"
    with looking_as(chain.clerk):
        answered = answer.answer(
            upload_id=upload.pk, person=chain.clerk, now=NOW, answers={"encoding": "big5"}, seconds=None
        )
    assert (answered.kind, answered.counts["new"]) == ("inspections", 1)
    later = hand_in(
        chain.clerk, f"{TAIWAN}\r\n2026-05-05,0201002,J2,3200,125,2,合格\r\n".encode("big5"), name="6月.csv"
    )
    assert (later.state, lots_of(chain.ours)) == ("committed", {"J2": (125, 2)})


def test_a_file_of_the_mainland_asks_nothing():
    data = sheet(INSPECTIONS, "2026-05-04,0201002,J1,3200,125,0,合格,").decode().encode("gb18030")
    assert typed(data).questions == []


def test_a_kind_is_asked_before_its_rows_and_remembered_whatever_was_guessed(chain):
    header = "InvoiceNo,Description,Quantity,InvoiceDate"
    upload = hand_in(chain.clerk, sheet(header, "5363,支架,24,2026-05-01"))
    assert [one["id"] for one in upload.understanding["questions"]] == ["kind"]
    assert (upload.state, upload.kind, rules_of(upload)) == ("waiting", "", [])
    client = Client()
    client.force_login(chain.clerk.user)
    assert client.get(f"/uploads/{upload.pk}/").status_code == 200
    with looking_as(chain.clerk):
        answered = answer.answer(
            upload_id=upload.pk, person=chain.clerk, now=NOW, answers={"kind": "movements"}, seconds=None
        )
    assert answered.kind == "movements"
    later = hand_in(chain.clerk, sheet(header, "5364,支架,12,2026-05-02"), name="6月.csv")
    assert (later.kind, "kind" in [one["kind"] for one in later.understanding["questions"]]) == (
        "movements",
        False,
    )


def test_words_of_prose_above_a_table_are_no_counts():
    prose = "NUMBER OF\nDEFECTIVE MOTORS AND\nDEFECTIVE ITEMS ARE\n"
    table = "日期 料号 生产批号 抽检数\n2026-05-04 0201002 J1 125\n2026-05-05 0201002 J2 125\n2026-05-06 0201002 J3 125\n"
    result = typed((prose + table).encode(), kind="inspections")
    assert [one.params["fields"] for one in result.questions if one.code == "missing"] == [
        ["nonconforming", "conforming"]
    ]
