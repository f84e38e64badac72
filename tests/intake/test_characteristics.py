"""Which characteristic a value is of, in which version and unit: no database."""

import pandas as pd

from intake.services.characteristics import judge

INDEX = pd.DataFrame(
    {
        "key": ["d1", "总长", "d1", "总长", "孔位", "孔位"],
        "part_id": [1, 1, 1, 1, 1, 1],
        "characteristic_id": [9, 9, 9, 9, 7, 8],
        "characteristic_version_id": [90, 90, 91, 91, 70, 80],
        "valid_from": pd.to_datetime(["2025-01-01"] * 2 + ["2026-01-01"] * 2 + ["2025-01-01"] * 2),
        "unit": ["mm", "mm", "mm", "mm", "mm", "mm"],
    }
).astype({"part_id": "Int64", "characteristic_id": "Int64", "characteristic_version_id": "Int64"})


def judged(answers=(), **columns) -> pd.DataFrame:
    length = len(columns["characteristic"])
    rows = {
        "part_id": [1] * length,
        "value": [8.0] * length,
        "measured_at": ["2025-06-01"] * length,
    } | columns
    frame = pd.DataFrame(rows).astype({"part_id": "Int64"})
    frame["measured_at"] = pd.to_datetime(frame["measured_at"]).astype("datetime64[s]")
    return judge(frame, INDEX.astype({"valid_from": "datetime64[s]"}), dict(answers)).rows


def test_a_value_keeps_the_version_of_its_day_and_the_first_before_all():
    days = ["2024-05-01", "2025-06-01", "2026-01-01"]
    found = judged(characteristic=["D1", "总长", "d1"], measured_at=days)
    assert found["characteristic_version_id"].tolist() == [90, 90, 91]


def test_values_are_converted_to_the_stored_unit_once():
    found = judged(characteristic=["D1", "D1"], unit=["cm", "mm"])
    assert found["value"].tolist() == [80.0, 8.0]
    assert found["unit"].tolist() == ["mm", "mm"]
    again = judged(characteristic=["D1", "D1"], value=found["value"].tolist(), unit=found["unit"].tolist())
    assert again["value"].tolist() == [80.0, 8.0]


def test_a_unit_of_another_kind_is_wrong():
    assert judged(characteristic=["D1"], unit=["N"])["rule"].tolist() == ["unit_differs"]


def test_the_same_name_with_and_without_a_unit_is_the_same_characteristic():
    found = judged(characteristic=["总长", "总长", "总长"], unit=["mm", None, "cm"])
    assert found["rule"].tolist() == ["", "", ""]
    assert found["characteristic_id"].tolist() == [9, 9, 9]


def test_what_is_unknown_or_fits_two_waits_and_may_be_answered():
    rules = judged(characteristic=["料厚", "孔位", None])["rule"].tolist()
    assert rules == ["characteristic_unknown", "characteristic_ambiguous", "characteristic_missing"]
    answers = {"characteristic:1:料厚": 9, "characteristic:1:孔位": "elsewhere"}
    found = judged(answers, characteristic=["料厚", "孔位"])
    assert found["rule"].tolist() == ["", "elsewhere"]
    assert found["characteristic_id"].tolist()[0] == 9
