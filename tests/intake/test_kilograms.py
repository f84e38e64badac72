"""Quantities in kilograms become pieces by the weight of a piece, and wait where nobody knows it."""

from datetime import date
from decimal import Decimal

import numpy as np
import pytest
from django.test import Client
from django.urls import reverse

from intake.formulas.quantities import GRAMS_IN, pieces_of_weight, whole_pieces
from intake.services import answer, commit
from inventory.models import Delivery, Movement
from suppliers.access import looking_as, looking_as_house
from suppliers.models import Part
from suppliers.services import MayNot, NotHere
from suppliers.services.unit_factors import set_unit_factor
from tests.factories import make_part
from tests.intake.files import NOW, hand_in, rules_of, sheet

HERE = {"now": NOW, "seconds": None}
DELIVERIES = "日期,单据编号,供应商,订单号,承诺交期,订单数量,物料长代码,批号,实收数量,单位"
MOVEMENTS = "单据日期,单据号,业务类型,仓库名称,存货编码,批次,单位,入库数量,出库数量"


def weighs(part: Part, grams: str) -> None:
    with looking_as_house("test what a piece weighs"):
        Part.objects.filter(pk=part.pk).update(piece_weight_g=grams)


def receipt(quantity: str, unit: str = "kg", part: str = "0201001") -> bytes:
    return sheet(DELIVERIES, f"2026-05-04,R1,S01,P1,2026-05-05,,{part},J1,{quantity},{unit}")


def received(chain) -> list[int]:
    with looking_as(chain.buyer):
        return list(Delivery.objects.counting().values_list("received_quantity", flat=True))


@pytest.mark.parametrize(
    ("quantity", "unit", "pieces"),
    [
        ("12.5", "kg", 5000),
        ("12.5", "千克", 5000),
        ("0.0125", "吨", 5000),
        ("2500", "克", 1000),
        ("7", "KG", 2800),
    ],
)
def test_the_weight_that_the_part_has_makes_pieces_of_them(chain, quantity, unit, pieces):
    weighs(chain.part, "2.5")
    upload = hand_in(chain.buyer, receipt(quantity, unit))
    assert (upload.state, upload.open_rows) == ("committed", 0)
    assert received(chain) == [pieces]


def test_pieces_are_whole_and_unknown_where_nobody_knows_what_one_weighs():
    weights = np.array([2.5, 2.6, 300.0, np.nan, 0.0, -1.0])
    pieces = pieces_of_weight(np.array([12.5, 1.0, 1.0, 1.0, 1.0, 1.0]), GRAMS_IN["kg"], weights)
    assert whole_pieces(pieces)[:2].tolist() == [5000.0, 385.0]
    assert pieces[2] == pytest.approx(10 / 3)
    assert np.isnan(whole_pieces(pieces)[2:]).all()


@pytest.mark.parametrize("written", ["01.0201001", "201001"])
def test_the_part_is_found_by_what_an_erp_makes_of_its_number(chain, written):
    weighs(chain.part, "2.5")
    upload = hand_in(chain.buyer, receipt("12.5", part=written))
    if written == "201001":
        with looking_as(chain.buyer):
            answer.answer(upload_id=upload.pk, person=chain.buyer, answers={"lost_zeros": "yes"}, **HERE)
            commit.commit(upload_id=upload.pk, person=chain.buyer, **HERE)
    assert received(chain) == [5000]


def test_a_ledger_in_kilograms_moves_pieces(chain):
    weighs(chain.part, "0.5")
    rows = sheet(
        MOVEMENTS,
        "2026-05-04,M1,采购入库,原材料仓,0201001,,kg,3,",
        "2026-05-05,M2,生产领用,原材料仓,0201001,,kg,,1.2",
    )
    assert hand_in(chain.buyer, rows).state == "committed"
    with looking_as(chain.buyer):
        assert list(Movement.objects.order_by("pk").values_list("quantity", flat=True)) == [6000, -2400]


def test_without_a_weight_the_row_waits_and_says_what_to_write(chain):
    upload = hand_in(chain.buyer, receipt("12.5"))
    assert (upload.state, rules_of(upload)) == ("waiting", [(2, "weight_missing")])
    assert received(chain) == []
    cell = {"sheet": "5月", "row": 2, "column": "I", "value": "5000 只"}
    with looking_as(chain.buyer):
        answer.answer(upload_id=upload.pk, person=chain.buyer, cells=[cell], **HERE)
        commit.commit(upload_id=upload.pk, person=chain.buyer, **HERE)
    assert received(chain) == [5000]


def test_the_row_goes_on_once_the_part_has_its_weight(chain):
    upload = hand_in(chain.buyer, receipt("12.5"))
    weighs(chain.part, "2.5")
    with looking_as(chain.buyer):
        upload = commit.commit(upload_id=upload.pk, person=chain.buyer, **HERE)
    assert (upload.state, upload.open_rows, received(chain)) == ("committed", 0, [5000])


def test_two_parts_of_one_name_and_two_weights_are_not_guessed_between(chain):
    weighs(chain.part, "2.5")
    make_part("201001", chain.customer, [chain.siblings], piece_weight_g="9.0")
    upload = hand_in(chain.buyer, receipt("12.5"))
    assert (2, "weight_missing") in rules_of(upload)
    assert received(chain) == []


def test_a_strangers_weight_of_the_same_number_is_not_used(chain):
    weighs(chain.foreign_part, "2.5")
    weighs(chain.second_part, "2.5")
    assert rules_of(hand_in(chain.buyer, receipt("12.5"))) == [(2, "weight_missing")]


def factor(chain, kind: str, amount: str, valid_from: date, by=None) -> None:
    set_unit_factor(
        part_id=chain.part.pk,
        kind=kind,
        amount=Decimal(amount),
        valid_from=valid_from,
        by=by or chain.buyer,
        now=NOW,
    )


def test_a_factor_holds_from_its_day_on(chain):
    weighs(chain.part, "2.5")
    factor(chain, "weight", "2", date(2026, 5, 5))
    rows = [f"2026-05-0{day},R{day},S01,P1,,,0201001,J{day},10,kg" for day in (4, 5, 6)]
    assert hand_in(chain.buyer, sheet(DELIVERIES, *rows)).state == "committed"
    assert sorted(received(chain)) == [4000, 5000, 5000]


def test_boxes_are_pieces_by_what_is_in_one_and_wait_before_that_is_known(chain):
    upload = hand_in(chain.buyer, receipt("3", unit="箱"))
    assert (upload.state, rules_of(upload)) == ("waiting", [(2, "box_missing")])
    factor(chain, "box", "500", date(2026, 5, 5))
    with looking_as(chain.buyer):
        assert (
            commit.commit(upload_id=upload.pk, person=chain.buyer, **HERE).state == "waiting"
        )  # the day before
    factor(chain, "box", "400", date(2026, 1, 1))
    with looking_as(chain.buyer):
        assert commit.commit(upload_id=upload.pk, person=chain.buyer, **HERE).state == "committed"
    assert received(chain) == [1200]


def test_what_is_far_from_whole_pieces_waits_and_what_was_rounded_is_said(chain):
    weighs(chain.part, "300")
    upload = hand_in(chain.buyer, receipt("1"))
    assert (upload.state, rules_of(upload)) == ("waiting", [(2, "pieces_not_whole")])
    rounded = hand_in(chain.buyer, receipt("299.9"), name="多.csv")
    assert (rounded.state, received(chain)) == ("committed", [1000])
    assert [(note["rule"], note["params"]) for note in rounded.understanding["notes"]] == [
        ("pieces_rounded", {"rows": 1})
    ]


def test_a_factor_is_set_by_an_engineer_of_the_customer_alone_and_stays_readable(chain):
    for stranger, refusal in ((chain.engineer, MayNot), (chain.outsider, NotHere)):
        with pytest.raises(refusal):
            factor(chain, "weight", "2", date(2026, 5, 5), by=stranger)
    factor(chain, "weight", "2", date(2026, 5, 5))
    factor(chain, "weight", "3", date(2026, 5, 5))
    client = Client()
    client.force_login(chain.engineer.user)
    page = client.get(reverse("part-units", args=[chain.part.pk])).content.decode()
    assert [word in page for word in (str(chain.buyer.user), "生效中", ">2<", ">3<")] == [True] * 4
    client.force_login(chain.buyer.user)
    said = {"kind": "box", "amount": "2.5", "valid_from": "2026-05-01"}
    assert "整数" in client.post(reverse("part-units", args=[chain.part.pk]), said).content.decode()
    client.post(reverse("part-units", args=[chain.part.pk]), said | {"amount": "500"})
    told = client.get(f"/api/v1/parts/{chain.part.pk}/").json()["unit_factors"]
    assert [(one["kind"], float(one["amount"])) for one in told] == [("box", 500), ("weight", 3)]
