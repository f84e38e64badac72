"""Every kind of data by the same road: lists, measured values, goods and stock."""

from datetime import date

import pytest
from django.db.models import Sum

from core.period import Period
from intake.services import commit
from inventory.models import Balance, Delivery, Movement, Return, StockItem
from kpis.queries.evaluate import evaluate
from quality.models import Measurement, MeasurementSet
from suppliers.access import looking_as, looking_as_house
from suppliers.models import Characteristic, OrganisationAlias, Part, Partnership, Supply
from tests.intake.files import NOW, VALUES, book, counted, hand_in, rules_of, sheet

DELIVERIES = "日期,单据编号,供应商,订单号,承诺交期,订单数量,物料长代码,批号,实收数量,单价"
MOVEMENTS = "单据日期,单据号,业务类型,仓库名称,存货编码,批次,入库数量,出库数量,结存数量"
RETURNS = "退货单号,退货日期,发现环节,供应商简称,物料编码,批次,退货数量,责任判定,处理状态"


def test_a_customer_brings_its_three_lists_and_takes_them_back(chain):
    suppliers = hand_in(
        chain.buyer,
        sheet("供应商代码,供应商名称,简称", "S01,示例·甲冲压,甲冲;冲压厂", "S09,示例·壬线圈,壬线圈"),
        name="供应商.csv",
    )
    assert (suppliers.state, suppliers.kind, suppliers.counts["new"]) == ("committed", "suppliers", 1)
    parts = hand_in(
        chain.buyer,
        sheet("物料编码,物料名称,图号,版本,供应商代码", "0909001,线圈,TP.09.09.001,A,S09"),
        name="零件.csv",
    )
    assert (parts.state, parts.kind, parts.counts["new"]) == ("committed", "parts", 1)
    characteristics = hand_in(
        chain.buyer,
        sheet(
            "零件号,特性编号,特性名称,特性等级,名义值,下限,上限,单位",
            "0909001,R1,直流电阻,关键,105,100,110,Ω",
        ),
        name="特性.csv",
    )
    assert (characteristics.state, characteristics.kind) == ("committed", "characteristics")
    with looking_as(chain.buyer):
        part = Part.objects.get(number="0909001")
        assert Supply.objects.filter(part=part).exists()
        assert Characteristic.objects.get(part=part).number == "R1"
        assert OrganisationAlias.objects.filter(speaker=chain.customer, name="甲冲").exists()
        for upload in (characteristics, parts, suppliers):
            commit.undo(upload_id=upload.pk, person=chain.buyer, now=NOW)
        assert not Part.objects.filter(number="0909001").exists()
        assert not Partnership.objects.filter(supplier__name="示例·壬线圈").exists()


def test_a_list_that_others_built_upon_stays(chain):
    parts = hand_in(chain.buyer, sheet("物料编码,物料名称,供应商代码", "0909001,线圈,S01"), kind="parts")
    assert parts.state == "committed"
    hand_in(chain.clerk, book(("J1", 0), part="0909001"), partnership_id=chain.ours.pk)
    with looking_as(chain.buyer), pytest.raises(commit.BuiltUpon):
        commit.undo(upload_id=parts.pk, person=chain.buyer, now=NOW)
    with looking_as(chain.buyer):
        assert Part.objects.filter(number="0909001").exists()


def test_a_part_of_a_supplier_that_nobody_knows_is_named(chain):
    parts = hand_in(chain.buyer, sheet("物料编码,物料名称,供应商代码", "0909001,线圈,S99"), kind="parts")
    assert (parts.state, rules_of(parts)) == ("waiting", [(2, "supplier_unknown")])


def test_measured_values_are_judged_in_the_unit_of_their_characteristic(chain):
    rows = [f"0201001,J1,总长,{value},cm,2026-05-04" for value in ("1.001", "0.998", "1.002")]
    rows.append("0201001,J1,F1,42,N,2026-05-04")
    upload = hand_in(chain.clerk, sheet(VALUES, *rows), partnership_id=chain.ours.pk)
    assert (upload.state, upload.kind, upload.counts["new"]) == ("committed", "measurements", 4)
    with looking_as(chain.clerk):
        values = Measurement.objects.filter(characteristic_version_id=chain.length.pk)
        assert sorted(values.values_list("value", flat=True)) == pytest.approx([9.98, 10.01, 10.02])
        assert MeasurementSet.objects.get().value_count == 4
        commit.undo(upload_id=upload.pk, person=chain.clerk, now=NOW)
        assert not MeasurementSet.objects.counting().exists()


def test_an_unknown_characteristic_waits(chain):
    upload = hand_in(
        chain.clerk, sheet(VALUES, "0201001,J1,平面度,0.1,mm,2026-05-04"), partnership_id=chain.ours.pk
    )
    assert (upload.state, rules_of(upload)) == ("waiting", [(2, "characteristic_unknown")])


def test_goods_tell_later_whose_lot_the_lead_moves(chain):
    deliveries = hand_in(
        chain.buyer,
        sheet(
            DELIVERIES,
            "2026-05-04,R1,S01,P1,2026-05-04,1000,01.0201002,J1,1000,0.5",
            "2026-05-04,R2,S02,P2,2026-05-01,2000,01.0201002,K1,2000,0.5",
        ),
        name="入库.csv",
    )
    assert (deliveries.state, deliveries.kind, deliveries.counts["new"]) == ("committed", "deliveries", 2)
    movements = hand_in(
        chain.buyer,
        sheet(
            MOVEMENTS,
            "2026-05-05,M1,采购入库,原材料仓,0201002,J1,1000,,1000",
            "2026-05-06,M2,生产领料,原材料仓,0201002,K1,,500,500",
            "2026-05-07,M3,生产领料,原材料仓,0201002,X9,,100,400",
        ),
        name="流水.csv",
    )
    assert (movements.state, movements.kind, movements.counts["new"]) == ("committed", "movements", 3)
    with looking_as_house("test where rows went"):
        went = dict(Movement.objects.values_list("movement_no", "partnership"))
        assert went == {"M1": chain.ours.pk, "M2": chain.siblings.pk, "M3": chain.books.pk}
        assert set(StockItem.objects.values_list("holder", flat=True)) == {chain.customer.pk}
        assert Delivery.objects.aggregate(all=Sum("received_quantity"))["all"] == 3000
    with looking_as(chain.sibling_engineer):
        assert list(Movement.objects.values_list("movement_no", flat=True)) == ["M2"]


def test_a_ledger_without_numbers_keeps_its_days(chain):
    header = "单据日期,业务类型,仓库名称,存货编码,入库数量,出库数量,结存数量"
    may = sheet(header, *(f"2026-05-{day:02d},采购入库,原材料仓,0201002,10,,{day}0" for day in (1, 2, 3)))
    first = hand_in(chain.buyer, may, name="流水.csv", kind="movements")
    assert (first.state, *counted(first, "new", "same", "conflicting")) == ("committed", 3, 0, 0)
    again = hand_in(chain.buyer, may + b"\r\n", name="流水2.csv", kind="movements")
    assert (again.state, *counted(again, "new", "same", "conflicting")) == ("committed", 0, 3, 0)
    june = sheet(header, "2026-06-09,采购入库,原材料仓,0201002,10,,40")
    later = hand_in(chain.buyer, june, name="6月.csv", kind="movements")
    assert (later.state, *counted(later, "new", "same", "conflicting")) == ("committed", 1, 0, 0)
    other = sheet(header, "2026-06-09,采购入库,原材料仓,0201002,15,,45")
    told = hand_in(chain.buyer, other, name="6月改.csv", kind="movements")
    assert (told.state, *counted(told, "new", "same", "conflicting")) == ("waiting", 0, 0, 1)
    with looking_as_house("test what was stored"):
        stored = Movement.objects.order_by("movement_date").values_list("movement_date", "quantity")
        assert [(day.isoformat(), quantity) for day, quantity in stored] == [
            ("2026-05-01", 10), ("2026-05-02", 10), ("2026-05-03", 10), ("2026-06-09", 10),
        ]  # fmt: skip


def test_part_deliveries_of_an_order_are_late_one_by_one(chain):
    header = "日期,供应商,订单号,承诺交期,订单数量,物料长代码,实收数量"
    rows = [f"{day},S02,PO-7,2026-05-10,30,0201002,10" for day in ("2026-05-01", "2026-05-15", "2026-06-20")]
    first = hand_in(chain.buyer, sheet(header, *rows), name="入库.csv", kind="deliveries")
    assert (first.state, first.counts["new"]) == ("committed", 3)
    with looking_as(chain.buyer):
        (kept,) = evaluate("on_time_delivery", period=Period(date(2026, 5, 1), date(2026, 6, 30)))
        assert (kept.numerator, kept.denominator) == (1, 3)
    fourth = sheet(header, *rows, "2026-06-25,S02,PO-7,2026-05-10,30,0201002,10")
    later = hand_in(chain.buyer, fourth, name="入库2.csv", kind="deliveries")
    assert (later.state, *counted(later, "new", "same")) == ("committed", 1, 3)


def test_the_leads_monthly_stock_hangs_on_its_own_books(chain):
    rows = sheet(
        "会计期间,仓库名称,存货编码,存货名称,期初数量,收入数量,发出数量,结存数量",
        "2026-05,原材料仓,0201001,端子板,100,50,30,120",
        "2026-05,原材料仓,0201002,支架,10,5,3,12",
    )
    upload = hand_in(chain.buyer, rows, kind="stock")
    assert (upload.state, upload.counts["new"]) == ("committed", 2)
    with looking_as_house("test where rows went"):
        assert set(Balance.objects.values_list("partnership", "grain")) == {(chain.books.pk, "month")}
    with looking_as(chain.clerk):
        assert not Balance.objects.exists()


def test_returns_are_charged_to_who_delivered(chain):
    upload = hand_in(
        chain.buyer,
        sheet(RETURNS, "T1,2026-05-09,上线,S01,0201002,J1,12,供方责任,已确认"),
        name="退货.csv",
    )
    assert (upload.state, upload.kind) == ("committed", "returns")
    with looking_as(chain.clerk):
        assert Return.objects.values("return_no", "quantity", "found_at", "liability").get() == {
            "return_no": "T1",
            "quantity": 12,
            "found_at": "line",
            "liability": "charged",
        }


def test_a_supplier_cannot_say_what_was_delivered_to_its_customer(chain):
    upload = hand_in(
        chain.clerk,
        sheet(DELIVERIES, "2026-05-04,R1,S01,P1,2026-05-04,1000,0201002,J1,1000,0.5"),
        partnership_id=chain.ours.pk,
    )
    assert (upload.state, upload.refusal["rule"]) == ("refused", "kind_kept_by_customer")
