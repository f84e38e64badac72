"""What stands in the files, read by plain Python, is what was drawn: inspections and measurements."""

import datetime as dt
import itertools
import json
from collections import Counter, defaultdict

import pandas as pd
import pytest

from sample.generator.files import File
from sample.generator.plan import TODAY, read_plan
from tests.sample import reading
from tests.sample.conftest import Written

READERS = {
    "L02": reading.read_l02,
    "L03": reading.read_l03,
    "L05": reading.read_l05,
    "L09": reading.read_l09,
}


def answers_of(file: File) -> list[dict[str, str]]:
    if not file.answers_path.exists():
        return []
    return json.loads(file.answers_path.read_text(encoding="utf-8"))["answers"]


def seen_in(file: File) -> list[reading.Seen]:
    """Return the lead's inspections of an outgoing file."""
    if file.layout == "L10":
        names = {a["value"]: a["answer"] for a in answers_of(file) if a["field"] == "part_no"}
        return list(reading.read_l10(file.path, names))
    if file.layout == "L11":
        rows = reading.read_l11(file.path)
        return [seen for customer, seen in rows if seen.lot_no.startswith("C")]
    return list(READERS[file.layout](file.path))


@pytest.fixture(scope="session")
def seen(sent: Written) -> dict[str, set[reading.Seen]]:
    """Every outgoing inspection that any file tells, by supplier; a row sent twice is there once."""
    by_supplier: dict[str, set[reading.Seen]] = defaultdict(set)
    for file in sent.files:
        if file.stage == "outgoing" and file.kind == "inspections":
            supplier = (file.partnership or "LEAD/S03").partition("/")[2]
            by_supplier[supplier].update(seen_in(file))
    return by_supplier


def drawn(sent: Written, supplier: str) -> set[reading.Seen]:
    lots = sent.year.quality.lots
    rows = sent.year.quality.outgoing.merge(
        lots[["supplier", "part_no", "lot_no"]], left_on="lot", right_index=True
    )
    rows = rows[rows.reported & (rows.supplier == supplier)]
    return {
        reading.Seen(r.part_no, r.lot_no, r.date.date(), r.inspected, r.nonconforming, r.accepted)
        for r in rows.itertuples()
    }


@pytest.mark.parametrize("supplier", [f"S{number:02}" for number in range(1, 12)])
def test_a_suppliers_files_tell_every_inspection_that_it_reports_and_no_other(sent, seen, supplier):
    assert seen[supplier] == drawn(sent, supplier)


def test_the_headline_can_be_summed_from_the_files_alone(sent, seen):
    first: dict[tuple[str, str, str], reading.Seen] = {}
    for supplier, inspections in seen.items():
        for inspection in sorted(inspections, key=lambda item: item.date):
            first.setdefault((supplier, inspection.part_no, inspection.lot_no), inspection)
    rates = []
    for start, end in ((dt.date(2025, 1, 1), dt.date(2025, 6, 30)), (dt.date(2026, 1, 1), TODAY)):
        lots = [item for item in first.values() if start <= item.date <= end]
        rates.append(100 - 100 * sum(i.nonconforming for i in lots) / sum(i.inspected for i in lots))
    assert rates == pytest.approx([97.81, 99.22], abs=0.12)  # the plan's expectation, two sd of a draw


def test_counts_of_defects_add_up_to_the_nonconforming_pieces_or_more(sent):
    for file in sent.of("L02", "S01"):
        for name, rows in reading.sheets(file.path).items():
            if name == "Sheet3":
                continue
            left = next(at for at, value in enumerate(rows[2]) if value)
            for row in rows[4:]:
                cells = row[left:]
                if cells[3]:
                    assert sum(cells[8:13]) >= cells[7]
                elif cells[0] == "合计":
                    assert cells[6] + cells[7] == cells[5]


def test_the_ledger_of_s03_names_three_customers_and_asks_for_one_row(sent):
    customers = Counter()
    empty = []
    for file in sent.of("L11"):
        for customer, seen_there in reading.read_l11(file.path):
            customers[customer] += 1
            if not customer:
                empty.append((seen_there.part_no, seen_there.lot_no[0]))
    assert set(customers) == {"", "示例·总装", "总装", "示例·配电", "配电", "示例·家电"}
    # An empty customer: CUST2 by a part number of its own, nobody's by no number, and three rows to ask.
    assert Counter(empty).keys() == {("PD-3311", "P"), ("", "H"), ("0103002", "C")}
    assert empty.count(("0103002", "C")) == 3
    asked = [a for f in sent.of("L11") for a in answers_of(f) if a["field"] == "customer"]
    empty_cells = [a for a in asked if not a["value"]]
    assert empty_cells == [{"field": "customer", "value": "", "answer": "LEAD", "part_no": "0103002"}] * 3
    # And what the clerk calls the two customers that are here, for short.
    assert {(a["value"], a["answer"]) for a in asked if a["value"]} == {("总装", "LEAD"), ("配电", "CUST2")}


def test_the_other_customers_lots_are_those_drawn(sent):
    told = {
        (seen_there.lot_no, seen_there.part_no, seen_there.inspected, seen_there.nonconforming)
        for file in sent.of("L11")
        for _, seen_there in reading.read_l11(file.path)
        if not seen_there.lot_no.startswith("C")
    }
    lots = sent.year.other_customers
    columns = (lots.lot_no, lots.customer_part_no, lots.inspected, lots.nonconforming)
    assert told == set(zip(*columns, strict=True))
    assert len(lots) == read_plan().other_customers.lots.sum()


def test_incoming_inspection_is_told_by_the_leads_list(sent):
    lots = sent.year.quality.lots
    rows = sent.year.quality.incoming.merge(
        lots[["supplier", "part_no", "lot_no"]], left_on="lot", right_index=True
    )
    expected = {
        (
            r.part_no, r.lot_no, r.date.date().isoformat(), r.received_on.date().isoformat(),
            r.inspected, r.nonconforming, r.submission, r.sorted_qty,
        )
        for r in rows.itertuples()
    }  # fmt: skip
    told = set()
    free = 0
    for file in sent.of("L12"):
        for row in reading.read_l12(file.path):
            if row["检验类型"] == "免检":
                assert row["抽样数"] == 0
                free += 1
                continue
            submission = 2 if row["检验类型"] == "复检" else 1
            lot_no = row["来料批号"].removeprefix("LL-")
            date, received = row["检验日期"].strip(), row["收料日期"]
            counts = row["抽样数"], row["不合格数"], submission, reading.number(row["备注"])
            told.add((reading.part(row["物料编码"]), lot_no, date, received, *counts))
    assert told == expected
    assert free == round(len(expected) / 5)


def test_an_ambiguous_short_name_stands_in_three_rows_a_month_and_one_part_needs_an_answer(sent):
    names = {code: value.split(";") for code, value in read_plan().suppliers.lead_short_names.items()}
    lots = sent.year.quality.lots
    supplier_of = dict(zip(zip(lots.part_no, lots.lot_no, strict=True), lots.supplier, strict=True))
    by_month = Counter()
    for file in sent.of("L12"):
        for row in reading.read_l12(file.path):
            lot_no = row["来料批号"].removeprefix("LL-")
            supplier = supplier_of[reading.part(row["物料编码"]), lot_no]
            assert row["供应商简称"] in names[supplier]
            if row["供应商简称"] == "冲压厂":
                by_month[row["检验日期"][:7]] += 1
                asked = {(a["part_no"], a["answer"]) for a in answers_of(file) if a["field"] == "supplier"}
                if reading.part(row["物料编码"]) == "0201001":
                    assert asked == {("0201001", supplier)}
    assert set(by_month.values()) == {3}


def test_measured_values_are_those_drawn_with_the_counts_of_the_ledger(sent):
    names = read_plan().characteristics.set_index(["part_no", "name_zh"]).characteristic_no
    told = defaultdict(list)
    for file in sent.of("L01"):
        for rows in reading.sheets(file.path).values():
            part_no, lot_no = rows[2][5], rows[3][5]
            for row in itertools.takewhile(lambda cells: isinstance(cells[0], int), rows[8:]):
                values = [v for v in row[7:12] if v is not None and v not in {"OK", "√"}]
                numbers = [float(str(v).removesuffix("mm")) for v in values]
                if numbers:
                    told[lot_no, part_no, names[part_no, row[1]]] += numbers
    lot_no = sent.year.quality.lots.lot_no
    drawn_values = defaultdict(list)
    for row in sent.year.measurements.itertuples():
        drawn_values[lot_no[row.lot], row.part_no, row.characteristic].append(row.value)
    assert told == drawn_values
    assert sum(file.rows for file in sent.of("L01")) == len(sent.year.measurements)


def test_the_last_month_travels_as_single_files_and_the_history_in_books(sent):
    single = Counter((f.sender, f.layout) for f in sent.files if f.sent_on.strftime("%Y-%m") == "2026-06")
    lots_in_june = sent.year.quality.lots.query("month == '2026-06'").groupby("supplier").size()
    assert single["S03", "L01"] == lots_in_june["S03"]
    assert single["S05", "L09"] >= lots_in_june["S05"]
    before = Counter((f.sender, f.layout) for f in sent.files if f.sent_on < dt.date(2026, 6, 1))
    assert before["S03", "L01"] == 2
    assert before["S05", "L09"] == 18  # half a year of 2024, then months


def test_no_file_and_no_row_is_later_than_the_samples_clock(sent, seen):
    assert max(file.sent_on for file in sent.files) == TODAY
    assert max(item.date for items in seen.values() for item in items) <= TODAY


def test_late_missing_and_by_customer_files_are_as_planned(sent):
    states = read_plan().file_states
    for planned in states[states.kind == "inspections"].itertuples():
        files = [
            f
            for f in sent.files
            if f.partnership == f"LEAD/{planned.supplier}" and f.period == planned.period
        ]
        files = [f for f in files if f.kind == planned.kind]
        if planned.state == "missing":
            assert files == []
            continue
        assert [f.sent_on.isoformat() for f in files] == [planned.sent_on]
        assert [f.by_customer for f in files] == [planned.state == "by_customer"]
        assert [f.sender for f in files] == ["LEAD" if planned.state == "by_customer" else planned.supplier]


def test_every_word_for_a_defect_that_a_file_uses_is_in_its_answers_or_in_the_catalogue(sent):
    catalogue = {word for words in read_plan().defects.synonyms_zh for word in words.split(";")} | set(
        read_plan().defects.name_zh
    )
    for file in [*sent.of("L02", "S06"), *sent.of("L10")]:
        words = {a["value"] for a in answers_of(file) if a["field"] == "defect"}
        headers = {"力值", "高度", "外径", "歪"} if file.layout == "L02" else set()
        assert headers <= words
        assert words <= catalogue | headers


def test_rows_are_counted_as_the_manifest_says(sent):
    manifest = json.loads((sent.files[0].path.parent.parent / "manifest.json").read_text(encoding="utf-8"))
    assert len(manifest["files"]) == len(sent.files)
    for file in [*sent.of("L03"), *sent.of("L10")]:
        assert file.rows == len(seen_in(file))
    assert pd.Series([f.path for f in sent.files]).is_unique
