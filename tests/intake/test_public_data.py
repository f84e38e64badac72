"""Public files come in as they are, by a saved mapping; totals as plain csv and Python count them."""

import csv
import json
from datetime import date
from pathlib import Path

import pytest

from intake.readers.reading import read
from intake.tables.reading import Reading
from intake.tables.typed import Typed, type_tables
from intake.tables.understand import understand

HERE = Path(__file__).parents[1]
FOLDERS = [HERE.parent / "sample" / "public", HERE / "data" / "public"]
READINGS = {
    name: told | {"path": folder / told["file"]}
    for folder in FOLDERS
    for name, told in json.loads((folder / "readings.json").read_text("utf-8")).items()
}


def taken(name: str) -> Typed:
    told = READINGS[name]
    book = read(told["path"].read_bytes(), filename=told["file"])
    understood = understand(book, file_name=told["file"], reading=Reading.from_json(told["reading"]))
    assert understood.questions == []
    assert understood.kind == told["kind"]
    return type_tables(understood, today=date(2026, 6, 30))


def lines(name: str, encoding: str = "utf-8", **told) -> list[dict]:
    with READINGS[name]["path"].open(encoding=encoding, newline="") as source:
        return list(csv.DictReader(source, **told))


@pytest.mark.parametrize("name", list(READINGS))
def test_every_row_is_taken(name):
    result = taken(name)
    assert (result.wrong, result.left_out) == (0, {})
    assert result.problems.empty


def test_receipts_are_incoming_lots_of_84_suppliers():
    frame, rows = taken("receipts as inspections").frame, lines("receipts as inspections")
    assert len(frame) == len(rows) == 4406
    assert int(frame["inspected"].sum()) == sum(int(row["received_qty"]) for row in rows) == 1_119_385
    assert int(frame["nonconforming"].sum()) == sum(int(row["rejected_qty"]) for row in rows) == 48_632
    assert frame["supplier_code"].nunique() == len({row["supplier_code"] for row in rows}) == 84
    assert frame["lot_no"].is_unique
    assert frame["lot_no"].iloc[0] == f"{rows[0]['purchase_order']}-{rows[0]['line']}"


def test_the_same_receipts_are_deliveries():
    frame, rows = taken("receipts as deliveries").frame, lines("receipts as deliveries")
    assert int(frame["ordered_qty"].sum()) == sum(int(row["ordered_qty"]) for row in rows)
    late = sum(date.fromisoformat(row["ship_date"]) > date.fromisoformat(row["due_date"]) for row in rows)
    assert int((frame["received_date"] > frame["promised_date"]).sum()) == late


def test_units_and_the_lots_of_their_days_tell_the_same():
    units, days = taken("SECOM units").frame, taken("SECOM daily lots").frame
    assert (len(units), int(units["nonconforming"].sum())) == (1567, 104)
    assert int((units["verdict"] == "rejected").sum()) == 104
    by_day = units.groupby(units["inspection_date"].dt.date)["inspected"].sum()
    assert by_day.tolist() == days.sort_values("inspection_date")["inspected"].tolist()


def test_the_prose_above_measured_values_is_skipped():
    result = taken("NIST gear diameters")
    with READINGS["NIST gear diameters"]["path"].open(encoding="ascii") as source:
        values = [float(line.split()[0]) for line in source.readlines()[25:] if line.split()]
    assert result.frame["value"].tolist() == values
    assert result.frame["lot_no"].nunique() == 10
    assert result.frame["row"].iloc[0] == 26


def test_deliveries_of_medicine_keep_every_piece_and_day():
    frame, rows = taken("SCMS deliveries").frame, lines("SCMS deliveries", "utf-8-sig")
    assert int(frame["received_qty"].sum()) == sum(int(row["Line Item Quantity"]) for row in rows)
    assert len(frame) == 4212
    assert frame["received_date"].notna().all()


def test_issues_of_a_shop_are_negative_and_returns_positive():
    frame, rows = taken("Online Retail issues").frame, lines("Online Retail issues")
    assert int(frame["quantity"].sum()) == -sum(int(row["Quantity"]) for row in rows)
    assert frame["movement_date"].min().date() == date(2010, 12, 1)
