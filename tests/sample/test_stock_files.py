"""What stands in the files, read by plain Python, is what the plan has: goods and returns."""

from collections import Counter, defaultdict

import pytest

from sample.generator.plan import read_plan
from tests.sample import reading
from tests.sample.conftest import Written


@pytest.fixture(scope="session")
def suppliers_by_short_name() -> dict[str, str]:
    names = read_plan().suppliers.lead_short_names
    return {name: code for code, value in names.items() for name in value.split(";") if name != "冲压厂"}


def plan_by(value: str, *keys: str) -> dict[tuple[str, ...], int]:
    """Sum one column of the plan's months from 2025 on, zeros left out."""
    months = read_plan().months
    sums = months[months.month >= "2025-01"].groupby(list(keys))[value].sum()
    return {key: int(total) for key, total in sums.items() if total}


@pytest.fixture(scope="session")
def delivered(sent, suppliers_by_short_name) -> list[reading.Row]:
    rows = [row for file in sent.of("L13") for row in reading.read_l13(file.path)]
    return [row | {"supplier": suppliers_by_short_name[row["供应商"]]} for row in rows]


def test_a_months_deliveries_by_supplier_and_part_are_the_plans(delivered):
    told: Counter[tuple[str, str, str]] = Counter()
    for row in delivered:
        assert (row["审核标志"], row["红蓝字"], row["暂估"]) == ("Y", "蓝字", "否")
        told[row["supplier"], row["物料长代码"].partition(".")[2], f"{row['日期']:%Y-%m}"] += row["实收数量"]
    assert told == plan_by("lead_receipts", "supplier", "part_no", "month")


def test_deliveries_come_late_by_the_share_of_their_supplier(delivered):
    lines, late = Counter(), Counter()
    for row in delivered:
        lines[row["supplier"]] += 1
        late[row["supplier"]] += row["承诺交期"] < row["日期"]
    facts = read_plan().suppliers
    for supplier, count in lines.items():
        expected = (facts.late_share_2025h1[supplier] + facts.late_share_2026h1[supplier]) / 2
        assert late[supplier] / count == pytest.approx(expected, abs=0.07)


def test_the_leads_movements_lead_from_the_opening_to_every_planned_closing(sent, suppliers_by_short_name):
    lots = sent.year.quality.lots
    supplier_of = dict(zip(zip(lots.part_no, lots.lot_no, strict=True), lots.supplier, strict=True))
    balance: Counter[tuple[str, str]] = Counter()
    closing = {}
    for file in sent.files:
        if (file.sender, file.kind) != ("LEAD", "movements"):
            continue
        for row in reading.html_table(file.path):
            if row["单据日期"] == "小计":
                continue
            lot = (row["存货编码"], row["批次"])
            if row["往来单位"]:
                supplier_of.setdefault(lot, suppliers_by_short_name[row["往来单位"]])
                assert supplier_of[lot] == suppliers_by_short_name[row["往来单位"]]
            quantity = reading.number(row["入库数量"]) - reading.number(row["出库数量"])
            balance[supplier_of[lot], row["存货编码"]] += quantity
            assert reading.number(row["结存数量"]) >= 0
        closing |= {(*cell, file.period): held for cell, held in balance.items() if held}
    assert closing == plan_by("lead_closing", "supplier", "part_no", "month")


def test_the_leads_monthly_balances_are_the_plans_summed_over_suppliers(sent):
    own, consigned = Counter(), Counter()
    rows_of_2024 = 0
    for file in sent.of("L14"):
        for store, row in reading.read_balances(file.path):
            moved = (
                row["期初结存数量"] + row["本期收入数量"] - row["本期发出数量"] - (row["其他出库数量"] or 0)
            )
            assert moved == row["期末结存数量"]
            assert row["期末结存金额"] == pytest.approx(row["期末结存数量"] * row["期末结存单价"], abs=0.01)
            held = consigned if store == "寄售仓" else own
            held[row["存货编码"], file.period] += row["期末结存数量"]
            rows_of_2024 += file.period < "2025" and store == "原材料仓"
    assert rows_of_2024 == 504
    months = read_plan().months
    planned = months.groupby(["part_no", "month"]).lead_closing.sum()
    assert +own == {key: int(total) for key, total in planned.items() if total}
    assert +consigned == plan_by("consigned_closing", "part_no", "month")


def test_suppliers_balances_and_movements_end_at_the_planned_dedicated_and_consigned_stock(sent):
    held: dict[str, dict[tuple[str, str, str], int]] = {"专用": {}, "寄售": {}}
    for file in sent.of("L04"):
        for sheet, row in reading.read_balances(file.path):
            held["专用"][file.sender, row["存货编码"], sheet.replace(".", "-")] = row["期末结存数量"]
    balance: dict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
    for file in sent.files:
        if file.kind != "movements" or file.sender == "LEAD":
            continue
        for row in sorted(reading.html_table(file.path), key=lambda row: row["单据日期"]):
            if row["单据日期"] == "小计":
                continue
            cell = (file.sender, row["存货编码"])
            quantity = reading.number(row["入库数量"]) - reading.number(row["出库数量"])
            balance[row["货权"]][cell] += quantity
            held[row["货权"]][*cell, row["单据日期"][:7]] = balance[row["货权"]][cell]
            assert balance[row["货权"]][cell] == reading.number(row["结存数量"])
    for ownership, name in (("专用", "dedicated_closing"), ("寄售", "consigned_closing")):
        told = {key: quantity for key, quantity in held[ownership].items() if quantity}
        assert told == plan_by(name, "supplier", "part_no", "month")


def test_returns_are_the_plans(sent, suppliers_by_short_name):
    told = set()
    words = {
        "上线": "line",
        "市场": "field",
        "供方责任": "charged",
        "有争议": "disputed",
        "非供方": "not_charged",
    }
    for file in sent.of("L15"):
        for row in reading.table(reading.sheets(file.path)["退货清单"], 1):
            told.add(
                (
                    row["退货单号"], suppliers_by_short_name[row["供应商简称"]],
                    row["物料编码"], row["退货数量"],
                    words[row["发现环节"]], row["缺陷代码"], words[row["责任判定"]], row["批次"] == "不明",
                )
            )  # fmt: skip
    plan = read_plan().returns
    columns = (
        plan.return_no, plan.supplier, plan.part_no, plan.quantity,
        plan.found_at, plan.defect_code, plan.status, plan.lot == "",
    )  # fmt: skip
    assert told == set(zip(*columns, strict=True))


def test_an_empty_week_is_a_table_without_rows(sent):
    empty = [file for file in sent.files if file.state == "empty"]
    assert [(file.sender, file.sent_on.isoformat(), file.rows) for file in empty] == [
        ("S04", "2026-02-27", 0)
    ]
    assert reading.html_table(empty[0].path) == []


def test_in_full_audited_blue_less_audited_red_is_still_what_was_delivered(
    sent_in_full, suppliers_by_short_name
):
    told: Counter[tuple[str, str, str]] = Counter()
    kinds = Counter()
    for file in sent_in_full.of("L13"):
        for row in reading.read_l13(file.path):
            kinds[row["审核标志"], row["红蓝字"], row["暂估"]] += 1
            if row["审核标志"] != "Y" or row["暂估"] == "是":
                continue
            part_no = row["物料长代码"].partition(".")[2]
            pieces = row["实收数量"]
            if row["单位"] == "千克":
                weight = row["单重(g)"] or read_plan().parts.piece_weight_g[part_no]
                pieces = round(pieces * 1000 / weight)
            told[suppliers_by_short_name[row["供应商"]], part_no, f"{row['日期']:%Y-%m}"] += pieces
    assert told == plan_by("lead_receipts", "supplier", "part_no", "month")
    assert kinds[None, "蓝字", "否"] > 100
    assert kinds["Y", "红字", "否"] > 20
    assert 0 < kinds["Y", "红字", "是"] < kinds["Y", "蓝字", "是"]


def test_in_full_a_settled_dispute_stands_twice_under_one_number(sent_in_full):
    numbers: Counter[str] = Counter()
    for file in sent_in_full.of("L15"):
        numbers.update(row["退货单号"] for row in reading.table(reading.sheets(file.path)["退货清单"], 1))
    assert len(numbers) == 776
    assert Counter(numbers.values()) == {1: 748, 2: 28}  # a fifth of those ever disputed


def test_every_answer_file_belongs_to_a_file(sent: Written):
    for file in sent.files:
        assert file.path.is_file()
        assert file.answers_path.is_file() == bool(file.answers)
