"""Files of measuring machines in the Q-DAS AQDEF format; the small cases follow those of aqdef-tools (MIT)."""

import io
import zipfile
from datetime import datetime
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from intake.readers.reading import read
from intake.readers.refusals import Limits, Refused
from intake.tables.repair import repair_workbook
from intake.tables.typed import type_tables
from intake.tables.understand import understand
from quality.models import Measurement
from suppliers.access import looking_as_house
from suppliers.models import CharacteristicVersion
from tests.intake.files import hand_in, rules_of
from tests.intake.sheets import TODAY, rules, typed

RINGS = Path(__file__).parents[1] / "data" / "public" / "pistonrings_compact.dfq"
HEAD = ["K0100 2", "K1001/1 0201001", "K1002/1 接线端子板", "K1302/1 J250504-1"]
LENGTH = ["K2001/1 L1", "K2002/1 总长", "K2101/1 10", "K2112/1 -0,5", "K2113/1 0,5", "K2142/1 mm"]
FORCE = ["K2001/2 F1", "K2002/2 拔出力", "K2110/2 40", "K2142/2 N"]


def dfq(*lines: str, encoding: str = "gb18030") -> bytes:
    return "".join(line + "\r\n" for line in lines).encode(encoding)


def value(number: object, attribute: object = 0, day: str = "4.5.2026/08:30:00", batch: str = "") -> str:
    """One value in its compact form: value, attribute, time, events, batch, nest."""
    return "\x14".join([str(number), str(attribute), day, "", batch, "3"])


def line(*values: str) -> str:
    return "\x0f".join(values)


def refusal(data: bytes, **told: object) -> tuple[str, dict]:
    with pytest.raises(Refused) as refused:
        read(data, **told)
    return refused.value.rule, refused.value.params


def told(frame: pd.DataFrame, *names: str) -> list[tuple]:
    return list(frame[list(names)].itertuples(index=False, name=None))


def test_real_values_come_in_as_they_stand_in_the_file():
    result = typed(RINGS.read_bytes(), name=RINGS.name)
    written = [row for row in RINGS.read_text("cp1252").split("\n") if "\x14" in row]
    assert (result.kind, result.wrong, len(result.frame)) == ("measurements", 0, 200)
    assert result.frame["value"].tolist() == [float(row.split("\x14")[0]) for row in written]
    assert result.frame["lot_no"].nunique() == 40
    first = result.frame.iloc[0]
    assert (first["part_no"], first["characteristic"], first["lsl"], first["usl"], first["unit"]) == (
        "PR-74", "Inside diameter", 73.95, 74.05, "mm",
    )  # fmt: skip
    assert first["measured_at"] == datetime(2026, 3, 5, 8)
    assert first["row"] == 14


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8", "utf-8-sig", "utf-16"])
def test_a_line_holds_a_value_of_each_characteristic(encoding):
    rows = [line(value("10,02"), value(45)), line(value(9.98), value(44)), line(value(10.1), value(39, 255))]
    result = typed(dfq(*HEAD, *LENGTH, *FORCE, *rows, encoding=encoding))
    assert result.left_out == {"invalid": 1}
    frame = result.frame
    assert told(frame, "characteristic", "value", "row", "piece", "lot_no") == [
        ("总长", 10.02, 15, 1, "J250504-1"),
        ("总长", 9.98, 16, 2, "J250504-1"),
        ("总长", 10.1, 17, 3, "J250504-1"),
        ("拔出力", 45.0, 15, 1, "J250504-1"),
        ("拔出力", 44.0, 16, 2, "J250504-1"),
    ]
    assert told(frame.iloc[[0, 3]], "sheet", "part_name", "lsl", "usl", "unit", "cavity")[0] == (
        "1 总长", "接线端子板", 9.5, 10.5, "mm", "3",
    )  # fmt: skip
    assert pd.isna(frame["usl"].iloc[3])


def test_a_declared_encoding_is_taken():
    data = dfq("K0100 1", "K1001/1 P", "K2002/1 Größe", value(1.5, batch="#7"), encoding="cp1252")
    book = read(data, encoding="cp1252")
    assert (book.format, book.sheets[0].name) == ("aqdef", "1 Größe")


def test_values_may_be_fields_of_their_own():
    rows = [
        "K0001/1 1", "K0001/2 3", "K0004/0 1.1.2026/10:30:59", "K0006/0 #A1",
        "K0001/1 7,62706340000000E+0000", "K0002/1 0", "K0001/2 4", "K0004/0 1.1.2026/10:31", "K0006/0 #A2",
    ]  # fmt: skip
    frame = typed(dfq("K0100 2", "K1001/1 P", "K2001/1 a", "K2001/2 b", *rows)).frame
    assert told(frame, "characteristic", "value", "lot_no") == [
        ("a", 1.0, "A1"), ("a", 7.6270634, "A2"), ("b", 3.0, "A1"), ("b", 4.0, "A2"),
    ]  # fmt: skip
    assert frame["measured_at"].tolist()[1] == datetime(2026, 1, 1, 10, 31)
    assert frame["row"].tolist() == [5, 9, 6, 11]


def test_several_parts_share_a_file_and_what_holds_for_all_is_said_once():
    data = dfq(
        "K0100 2", "K1302/0 L9", "K1001/1 P1", "K2002/0 Höhe", "K2001/1 h", "K1001/2 P2", "K2001/2 h",
        line(value(1), value(2)), line(value(1.1)), encoding="utf-8",
    )  # fmt: skip
    frame = typed(data).frame
    assert told(frame, "part_no", "lot_no", "characteristic", "value") == [
        ("P1", "L9", "Höhe", 1.0), ("P1", "L9", "Höhe", 1.1), ("P2", "L9", "Höhe", 2.0),
    ]  # fmt: skip


def test_a_group_tells_two_characteristics_of_one_name_apart():
    data = dfq(
        "K0100 2", "K1001/1 P", "K1302/1 L", "K2002/1 X", "K2002/2 X", "K5002/1 孔1", "K5002/2 孔2",
        "K5111/1 1", "K5113/2 1", "K5113/3 2", "K5112/4 1", "K5112/5 2", "K5103/1 2", "K5103/1 3",
        "K5102/2 1", "K5102/3 2", line(value(1), value(2)),
    )  # fmt: skip
    assert typed(data).frame["characteristic"].tolist() == ["孔1 X", "孔2 X"]


def test_a_time_or_number_that_is_none_is_a_problem_of_its_line():
    data = dfq(
        "K0100 1",
        "K1001/1 P",
        "K2001/1 a",
        value("k. A.", batch="B"),
        value(1, day="31.2.2026/8:00:00", batch="B"),
    )
    assert [(row, rule) for row, rule in zip(*typed(data).problems[["row", "rule"]].T.to_numpy(), strict=True)] == [
        (4, "not_a_number"), (5, "date_impossible"),
    ]  # fmt: skip


def test_the_mended_workbook_has_each_value_at_its_line_and_reads_like_the_file():
    data = dfq(*HEAD, *LENGTH, *FORCE, line(value("k. A."), value(45)), line(value(9.98), value(44)))
    book, before = read(data), typed(data)
    mended = repair_workbook(book, before.problems, lambda problem: problem["rule"])
    sheet = openpyxl.load_workbook(io.BytesIO(mended))["1 总长"]
    assert (sheet["G15"].value, sheet["G15"].comment.text, sheet["G16"].value) == (
        "k. A.",
        "not_a_number",
        "9.98",
    )
    again = typed(mended)
    names = ["sheet", "row", "characteristic", "value", "measured_at", "lot_no", "is_wrong"]
    pd.testing.assert_frame_equal(again.frame[names], before.frame[names])


def test_a_lot_that_stands_nowhere_is_asked_once_for_all_characteristics():
    result = typed(dfq("K0100 2", "K1001/1 P", "K2001/1 a", "K2001/2 b", line(value(1), value(2))))
    assert [question.params for question in result.questions] == [{"fields": ["lot_no"]}]
    assert len(result.frame) == 2


# Counted pieces

VISUAL = ["K0100 2", "K1001/1 P", "K1302/1 L", "K2002/1 划伤", "K2002/2 变形", "K2004/0 1"]


def counted(inspected: int, found: object, attribute: int = 0) -> str:
    return "\x14".join([str(inspected), str(found), "0", str(attribute), "4.5.2026/08:30:00"])


def test_counted_characteristics_are_an_inspection_of_the_lot():
    result = typed(dfq(*VISUAL, line(counted(125, 3), counted(125, 0))))
    assert (result.kind, result.wrong) == ("inspections", 0)
    assert told(result.frame, "lot_no", "inspected", "nonconforming", "row") == [("L", 125, 3, 7)]
    assert result.frame["defects"].tolist() == [[{"name": "划伤", "count": 3}]]


def test_pieces_of_two_counts_are_not_added_but_asked():
    result = typed(dfq(*VISUAL, line(counted(125, 3), counted(125, 2))))
    assert [rule for _, rule in rules(result)] == ["missing"]
    assert result.problems["field"].tolist() == ["nonconforming"]


def test_a_count_that_is_not_valid_is_left_out_and_counted_so():
    result = typed(dfq(*VISUAL, line(counted(125, 3), counted(125, 7, 255)), counted(80, 1, 256)))
    assert result.left_out["invalid"] == 2
    assert told(result.frame, "inspected", "nonconforming") == [(125, 3)]
    assert result.frame["defects"].tolist() == [[{"name": "划伤", "count": 3}]]


@pytest.mark.parametrize(("other", "pieces"), [("0.0", 3), ("00", 3), ("", 3), ("3.0", None)])
def test_counts_are_compared_as_numbers_and_a_blank_one_says_nothing(other, pieces):
    result = typed(dfq(*VISUAL, line(counted(125, "3"), counted(125, other))))
    assert [None if pd.isna(n) else n for n in result.frame["nonconforming"]] == [pieces]


def test_an_error_log_sheet_has_its_types_as_nonconformities():
    data = dfq(
        "K0100 3", "K1001/1 P", "K1302/1 L", "K2002/1 外观", "K2004/1 6", "K2030/1 1", "K2002/2 划伤", "K2004/2 5",
        "K2031/2 1", "K2002/3 变形", "K2004/3 5", "K2031/3 1",
        line(counted(125, 4), counted(125, 3), counted(125, 2)),
    )  # fmt: skip
    frame = typed(data).frame
    assert told(frame, "inspected", "nonconforming") == [(125, 4)]
    assert [one["name"] for one in frame["defects"].iloc[0]] == ["外观", "划伤", "变形"]


def test_measured_and_counted_characteristics_of_one_file_are_two_kinds():
    data = dfq(
        "K0100 2", "K1001/1 P", "K1302/1 L", "K2002/1 总长", "K2002/2 外观", "K2004/2 1",
        line(value(10.1), counted(125, 1)),
    )  # fmt: skip
    book = read(data)
    assert understand(book).skipped == [("#1 P", "other_layout")]
    inspections = type_tables(understand(book, kind="inspections"), today=TODAY)
    assert told(inspections.frame, "inspected", "nonconforming") == [(125, 1)]


# Pairs, and what is none


def zipped(**files: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in files.items():
            archive.writestr(name.replace("_", "."), content)
    return target.getvalue()


def test_a_pair_in_a_zip_reads_like_one_file():
    description, values = dfq(*HEAD, *LENGTH), dfq(line(value(10)), line(value(10.2)))
    pair = typed(zipped(A_DFX=values, a_dfd=description), name="pair.zip").frame
    whole = typed(description + values).frame
    pd.testing.assert_frame_equal(pair, whole)


def test_a_pair_beside_a_file_of_its_name_is_not_read_twice():
    description, values = dfq(*HEAD, *LENGTH), dfq(line(value(10)), line(value(10.2)))
    both = zipped(a_dfd=description, a_dfx=values, A_dfq=description + values)
    assert refusal(both) == ("aqdef_twice", {"name": "a"})
    others = dfq(line(value(10.4)), line(value(10.6)))
    several = typed(zipped(a_dfd=description, a_dfx=values, b_dfq=description + others), name="ab.zip")
    assert len(several.frame) == 4


def test_the_same_file_under_two_names_is_not_read_twice():
    whole = dfq(*HEAD, *LENGTH) + dfq(line(value(10)), line(value(10.2)))
    assert refusal(zipped(a_dfq=whole, b_dfq=whole)) == ("aqdef_twice", {"name": "b"})


def test_a_limit_beyond_all_numbers_is_none():
    told = dfq(*HEAD, "K2002/1 L", "K2101/1 9.9e999999", "K2112/1 9.9e999999", line(value(10)))
    assert len(typed(told).frame) == 1


@pytest.mark.parametrize(
    ("lines", "rule"),
    [
        (["K0100 1", "K1001/1 P", "K2001/1 a"], ("aqdef_no_values", {})),
        ([value(1), value(2)], ("aqdef_no_description", {})),
        (["K0100 1", "K2001/1 a", value(1), "garbage"], ("aqdef_line", {"row": 4})),
        (["K0100 1", "K2001/1 a", value(1), "K0014/1/ p"], ("aqdef_line", {"row": 4})),
        (["K0100 1", "K2001/1 a", "K2002/1/1 b", value(1)], ("aqdef_line", {"row": 3})),
        (["K0100 1", "K0001/1 5"], ("aqdef_line", {"row": 2})),
    ],
)
def test_what_is_no_whole_file_is_refused_with_its_reason(lines, rule):
    assert refusal(dfq(*lines)) == rule


def test_values_beyond_the_characteristics_are_a_problem_of_their_line():
    result = typed(dfq("K0100 1", "K1001/1 P", "K1302/1 L", "K2001/1 a", line(value(1), value(2))))
    assert result.frame["is_wrong"].tolist() == [False, True]


def test_size_is_bounded():
    many = dfq("K0100 1", "K1001/1 P", "K2001/1 a", *[value(1)] * 200)
    assert refusal(many, limits=Limits(cells=1000)) == ("too_many_cells", {"limit": 1000})


def test_a_comma_file_with_such_a_column_stays_one():
    assert read(b"K0001,K1001\r\n1,2\r\n").format == "csv"


# The road


def test_unknown_parts_and_characteristics_are_made_with_their_limits(chain):
    data = dfq(
        "K0100 1", "K1001/1 0209999", "K1002/1 新件", "K1302/1 L1", "K1071/1 S01", *LENGTH, line(value(10.2))
    )
    waiting = hand_in(chain.buyer, data, name="a.dfq", stage="incoming", partnership_id=chain.ours.pk)
    assert (waiting.state, waiting.kind) == ("waiting", "measurements")
    assert rules_of(waiting) == [(12, "part_unknown")]
    made = hand_in(
        chain.buyer, data, name="b.dfq", stage="incoming", partnership_id=chain.ours.pk, create=True
    )
    assert made.state == "committed"
    with looking_as_house("test what was stored"):
        version = CharacteristicVersion.objects.get(characteristic__part__number="0209999")
        assert (version.characteristic.number, version.lsl, version.usl, version.unit) == (
            "L1",
            9.5,
            10.5,
            "mm",
        )
        assert list(
            Measurement.objects.filter(characteristic_version_id=version.pk).values_list("value")
        ) == [(10.2,)]
