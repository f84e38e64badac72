"""Void, unaudited, provisional and red documents: named, and counted or not by a rule that is said once."""

import pytest
from django.test import Client
from django.urls import reverse

from intake.models import Upload
from intake.services import answer, commit
from inventory.models import Delivery, Movement
from suppliers.access import looking_as
from tests.intake.files import NOW, counted, hand_in, sheet

HERE = {"now": NOW, "seconds": None}
RECEIPTS = "审核标志,红蓝字,暂估,日期,单据编号,供应商,订单号,物料长代码,实收数量,单位"


def line(
    number: int, quantity: int, *, status: str = "Y", sign: str = "蓝字", provisional: str = "否"
) -> str:
    return f"{status},{sign},{provisional},2026-05-04,R{number},S01,P1,0201001,{quantity},只"


BOOK = sheet(
    RECEIPTS,
    line(1, 1000),
    line(2, 50, sign="红字"),  # printed without its sign
    line(3, -30, sign="红字"),
    line(4, 400, status=""),
    line(5, 500, status="未审核"),
    line(6, 600, status="已作废"),
    line(7, 700, provisional="是"),
)


def received(chain) -> dict[str, int]:
    with looking_as(chain.buyer):
        return dict(Delivery.objects.counting().order_by("pk").values_list("receipt_no", "received_quantity"))


def said(chain, upload: Upload, **documents: str) -> Upload:
    with looking_as(chain.buyer):
        return answer.answer(upload_id=upload.pk, person=chain.buyer, documents=documents, **HERE)


def rules(upload: Upload) -> dict[str, tuple[str, int, list]]:
    told = upload.understanding["documents"]
    return {
        name: (one["rule"], one["rows"], [row for _sheet, row in one["places"]]) for name, one in told.items()
    }


def test_each_sort_is_named_with_its_rows_and_its_rule(chain):
    upload = hand_in(chain.buyer, BOOK)
    assert rules(upload) == {
        "void": ("leave", 1, [7]),
        "unaudited": ("leave", 2, [5, 6]),
        "provisional": ("leave", 1, [8]),
        "red": ("take", 2, [3, 4]),
    }
    assert (upload.state, *counted(upload, "read", "left_out")) == ("committed", 3, 4)
    assert received(chain) == {"R1": 1000, "R2": -50, "R3": -30}


def test_a_rule_is_changed_once_and_holds_for_later_files_of_the_layout(chain):
    upload = said(chain, hand_in(chain.buyer, BOOK, dry_run=True), unaudited="take", red="leave")
    assert [upload.counts["read"], rules(upload)["unaudited"][0], rules(upload)["red"][0]] == [
        3,
        "take",
        "leave",
    ]
    with looking_as(chain.buyer):
        commit.commit(upload_id=upload.pk, person=chain.buyer, **HERE)
    assert received(chain) == {"R1": 1000, "R4": 400, "R5": 500}
    june = hand_in(
        chain.buyer, sheet(RECEIPTS, line(8, 80, status=""), line(9, -9, sign="红字")), name="6月.csv"
    )
    assert (june.state, june.counts["read"], received(chain)["R8"]) == ("committed", 1, 80)
    other_layout = sheet(
        RECEIPTS.replace("单位", "单位,备注"), line(10, 10, status="") + ",", line(11, 11) + ","
    )
    hand_in(chain.buyer, other_layout, name="另.csv")
    of_a_partnership = hand_in(
        chain.buyer, sheet(RECEIPTS, line(12, 12, status="")), partnership_id=chain.ours.pk
    )
    assert {"R10", "R12"}.isdisjoint(received(chain))
    assert rules(of_a_partnership)["unaudited"][0] == "leave"


@pytest.mark.parametrize(("sort", "rule"), [("drafts", "take"), ("void", "perhaps")])
def test_another_word_is_no_answer(chain, sort, rule):
    upload = hand_in(chain.buyer, BOOK, dry_run=True)
    with pytest.raises(answer.NotAnAnswer):
        said(chain, upload, **{sort: rule})


def test_a_ledger_knows_red_and_void_documents_too(chain):
    ledger = sheet(
        "单据日期,单据号,业务类型,仓库名称,存货编码,入库数量,出库数量,单据状态,红蓝字",
        "2026-05-04,M1,采购入库,原材料仓,0201001,100,,已审核,蓝字",
        "2026-05-05,M2,采购入库,原材料仓,0201001,30,,已审核,红字",
        "2026-05-06,M3,生产领料,原材料仓,0201001,,-5,已审核,红字",
        "2026-05-07,M4,生产领料,原材料仓,0201001,,9,作废,蓝字",
    )
    upload = hand_in(chain.buyer, ledger)
    assert (upload.state, {name: one[:2] for name, one in rules(upload).items()}) == (
        "committed",
        {"void": ("leave", 1), "red": ("take", 2)},
    )
    with looking_as(chain.buyer):
        moved = list(Movement.objects.order_by("movement_no").values_list("quantity", "kind"))
    assert moved == [(100, "receipt"), (-30, "receipt"), (5, "issue")]


def test_the_page_names_them_and_changes_a_rule_with_one_press(chain):
    upload = hand_in(chain.buyer, BOOK, dry_run=True)
    client = Client()
    client.force_login(chain.buyer.user)
    page = client.get(reverse("upload", args=[upload.pk])).content.decode()
    assert [word in page for word in ("未审核", "作废", "暂估", "红字", "不计入", "第 5, 6 行")] == [True] * 6
    client.post(reverse("upload-mend", args=[upload.pk]), {"problem": "dunaudited", "value": "take"})
    assert (
        client.post(
            reverse("upload-mend", args=[upload.pk]), {"problem": "ddrafts", "value": "take"}
        ).status_code
        == 404
    )
    told = client.get(f"/api/v1/uploads/{upload.pk}/").json()["documents"]
    assert [one["rule"] for one in told if one["sort"] == "unaudited"] == ["take"]
