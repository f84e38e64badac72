"""Quantities in kilograms become pieces by the weight of a piece, and wait where nobody knows it."""

import numpy as np
import pytest

from intake.formulas.quantities import GRAMS_IN, pieces_of_weight
from intake.services import answer, commit
from inventory.models import Delivery, Movement
from suppliers.access import looking_as, looking_as_house
from suppliers.models import Part
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
    weights = np.array([2.5, 2.6, np.nan, 0.0, -1.0])
    pieces = pieces_of_weight(np.array([12.5, 1.0, 1.0, 1.0, 1.0]), GRAMS_IN["kg"], weights)
    assert pieces[:2].tolist() == [5000.0, 385.0]
    assert np.isnan(pieces[2:]).all()


@pytest.mark.parametrize("written", ["01.0201001", "201001"])
def test_the_part_is_found_by_what_an_erp_makes_of_its_number(chain, written):
    weighs(chain.part, "2.5")
    hand_in(chain.buyer, receipt("12.5", part=written))
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
