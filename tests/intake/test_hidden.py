"""What was hidden by hand, what a comma means, how Taiwan writes: what is asked once, and what need not be."""

from datetime import date

import pytest
import xlsxwriter

from intake.readers.reading import read
from intake.services import answer
from intake.tables.reading import Reading
from intake.tables.typed import type_tables
from intake.tables.understand import understand
from suppliers.access import looking_as
from tests.intake.files import NOW, VALUES, hand_in, sheet
from tests.intake.sheets import TODAY, by_hand, typed
from tests.intake.test_road import lots_of

HEAD = ["检验日期", "料号", "生产批号", "批量", "抽检数", "不良数", "判定"]


def row(lot: str) -> list:
    return ["2026-05-01", "0201002", lot, 3200, 125, 1, "合格"]


def with_hidden_row(*lots: str) -> bytes:
    """A book whose first lot is hidden."""

    def write(book: xlsxwriter.Workbook) -> None:
        page = book.add_worksheet("5月")
        for number, cells in enumerate([HEAD, *map(row, lots)]):
            page.write_row(number, 0, cells)
        page.set_row(1, None, None, {"hidden": True})

    return by_hand(write)


def with_hidden_sheet(*, helper: bool = False) -> bytes:
    def write(book: xlsxwriter.Workbook) -> None:
        for name, lot in (("5月", "A"), ("4月", "B")):
            page = book.add_worksheet(name)
            for number, cells in enumerate([HEAD, row(lot)]):
                page.write_row(number, 0, cells if not helper or name == "5月" else ["合格", "不合格"])
            if name == "4月":
                page.hide()

    return by_hand(write)


def asked(result) -> list[tuple]:
    return [(question.code, question.params) for question in result.questions]


def told(data: bytes, **reading: str) -> list[str]:
    return typed(data, reading=reading).frame["lot_no"].tolist()


def test_a_hidden_sheet_of_the_same_layout_is_asked_about():
    result = typed(with_hidden_sheet())
    assert asked(result) == [("hidden_sheets", {"sheets": ["4月"]})]
    assert result.frame["lot_no"].tolist() == ["A"]
    assert told(with_hidden_sheet(), hidden_sheets="take") == ["A", "B"]
    assert told(with_hidden_sheet(), hidden_sheets="leave") == ["A"]


def test_a_hidden_sheet_of_words_for_a_list_is_not():
    assert asked(typed(with_hidden_sheet(helper=True))) == []


def test_hidden_rows_are_asked_about_once(chain):
    upload = hand_in(chain.clerk, with_hidden_row("A", "B"), name="5月.xlsx")
    assert (upload.state, [one["id"] for one in upload.understanding["questions"]]) == (
        "waiting",
        ["hidden_rows"],
    )
    assert lots_of(chain.ours) == {}
    with looking_as(chain.clerk):
        answer.answer(
            upload_id=upload.pk, person=chain.clerk, now=NOW, answers={"hidden_rows": "take"}, seconds=None
        )
    later = hand_in(chain.clerk, with_hidden_row("C", "D"), name="6月.xlsx")
    assert later.state == "committed"
    assert set(lots_of(chain.ours)) == {"C", "D"}


# Decimals


def values(*written: str, more: str = "") -> bytes:
    lines = [f"0201001;L1;总长;{one};mm;2026-05-01" for one in written]
    return sheet(VALUES.replace(",", ";"), *lines, *([more] if more else []))


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (["74,03", "74,030"], [74.03, 74.03]),
        (["1.074,03", "2.074,5"], [1074.03, 2074.5]),
        (["0,035", "0,041"], [0.035, 0.041]),
        (["74.030", "74.002"], [74.03, 74.002]),
        (["1,074.5", "1,074"], [1074.5, 1074.0]),
    ],
)
def test_decimals_are_read_where_some_number_tells_how(written, meant):
    result = typed(values(*written))
    assert asked(result) == []
    assert result.frame["value"].tolist() == meant
    assert result.wrong == 0


def test_a_measured_number_that_may_be_thousands_is_asked():
    assert asked(typed(values("74,030", "74,002"))) == [("decimal", {"value": "74,030"})]
    assert typed(values("74,030"), reading={"decimal": "comma"}).frame["value"].tolist() == [74.03]
    assert typed(values("74,030"), reading={"decimal": "point"}).frame["value"].tolist() == [74030.0]


def test_one_comma_among_points_is_a_slip_of_its_cell():
    result = typed(values("74.03", "74,02"))
    assert (asked(result), result.problems["rule"].tolist()) == ([], ["not_a_number"])
    assert result.problems["params"].iloc[0] == {"suggestion": "74.02"}


@pytest.mark.parametrize("written", [["12,5", "74,030", "0.5"], ["12.5", "10.021", "12,5"]])
def test_where_one_number_tells_this_and_another_that_it_is_asked(written):
    (question,) = asked(typed(values(*written)))
    assert question == ("decimal", {"value": written[1]})


def test_a_number_that_is_certain_by_itself_is_read_so_whatever_was_answered():
    result = typed(values("12,5", "74,030", "0.500"), reading={"decimal": "comma"})
    assert (result.frame["value"].tolist(), result.wrong) == ([12.5, 74.03, 0.5], 0)
    slip = typed(values("74.03", "0,125"))
    assert (asked(slip), slip.problems["params"].tolist()) == ([], [{"suggestion": "0.125"}])


def test_a_certain_comma_outweighs_a_point_that_may_stand_between_thousands():
    result = typed(values("12,5", "1.250"))
    assert (asked(result), result.frame["value"].tolist()) == ([], [12.5, 1250.0])


def lots(*sizes: str) -> bytes:
    rows = [
        "\t".join(["2026-05-01", "0201002", f"L{n}", size, "1", "0", "合格"]) for n, size in enumerate(sizes)
    ]
    return sheet("\t".join(HEAD), *rows)


def test_a_count_with_a_point_is_asked_unless_another_tells():
    assert asked(typed(lots("1.000", "3.000"))) == [("decimal", {"value": "1.000"})]
    assert typed(lots("1.000"), reading={"decimal": "comma"}).frame["lot_size"].tolist() == [1000]
    told_by_another = typed(lots("3200.000", "850.000"))
    assert (asked(told_by_another), told_by_another.frame["lot_size"].tolist()) == ([], [3200, 850])
    assert asked(typed(lots("1,200", "3,000"))) == []


def test_what_is_told_is_kept_as_json():
    reading = Reading(hidden_rows="take", hidden_sheets="leave", decimal="comma")
    assert Reading.from_json(reading.as_json()) == reading


# As Taiwan and Hong Kong write


def test_a_big5_file_is_read_when_its_encoding_is_declared():
    lines = (
        "檢驗日期,料號,批號,批量,抽樣數,不合格數,判定\r\n民國115年5月1日,0201001,A,3200,125,1,讓步接收\r\n"
    )
    understood = understand(read(lines.encode("big5"), encoding="big5"))
    result = type_tables(understood, today=TODAY)
    assert (understood.workbook.encoding, result.questions, result.wrong) == ("big5", [], 0)
    lot = result.frame.iloc[0]
    assert (lot["inspection_date"].date(), lot["inspected"], lot["disposition"]) == (
        date(2026, 5, 1),
        125,
        "conceded",
    )
