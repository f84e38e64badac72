"""A file about many suppliers takes the queries of one about a few, whatever it holds; each keeps its own rows."""

from collections.abc import Sequence

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from intake.models import Upload
from intake.services import commit
from inventory.models import Balance, Delivery, Movement, Return, StockItem
from inventory.services import rebuild_sums as rebuild_inventory
from quality.models import Inspection, MeasurementSet
from quality.services import rebuild_sums as rebuild_quality
from suppliers.access import looking_as, looking_as_house
from tests.factories import make_characteristic, make_organisation, make_part, make_partnership
from tests.intake.files import NOW, hand_in, sheet

CODES = [f"S{number}" for number in range(40, 52)]
# Header, a line of one supplier, and the table that its rows come to; {n} tells one file from the other.
FILES = {
    "stock": (
        "盘点日期,供应商,物料编码,仓库,期末结存",
        "2026-05-{n:02d},{code},{part},原材料仓,100",
        Balance,
    ),
    "movements": (
        "单据日期,单据号,业务类型,仓库名称,存货编码,往来单位,入库数量,出库数量",
        "2026-05-{n:02d},M{n},采购入库,原材料仓,{part},{code},1000,",
        Movement,
    ),
    "inspections": (
        "检验日期,供应商简称,物料编码,来料批号,送检数量,抽样数,不合格数,检验结论",
        "2026-05-{n:02d},{code},{part},L{n},1000,125,1,合格",
        Inspection,
    ),
    "deliveries": (
        "到货日期,收货单号,供应商代码,物料编码,批号,实收数量,单价",
        "2026-05-{n:02d},R{n},{code},{part},L{n},1000,0.5",
        Delivery,
    ),
    "returns": (
        "退货单号,退货日期,发现环节,供应商,物料编码,退货数量,责任判定",
        "T{n},2026-05-{n:02d},上线,{code},{part},3,供方责任",
        Return,
    ),
    "measurements": (
        "料号,批号,检验项目,实测值,单位,测试时间",
        "{part},L{n},总长,10.0{n},mm,2026-05-{n:02d} 08:00",
        MeasurementSet,
    ),
}


@pytest.fixture
def many(chain):
    with looking_as_house("make suppliers"):
        for code in CODES:
            partnership = make_partnership(chain.customer, make_organisation(code))
            part = make_part(f"09{code}", chain.customer, [partnership])
            make_characteristic(part, "D1", name="总长", nominal=10.0, lsl=9.5, usl=10.5, unit="mm")
    return chain


def of(kind: str, codes: Sequence[str], number: int) -> bytes:
    header, line, _table = FILES[kind]
    return sheet(header, *(line.format(code=code, part=f"09{code}", n=number) for code in codes))


def sent(chain, kind: str, codes: Sequence[str], number: int) -> tuple[Upload, int]:
    """Hand a file in, and count its queries."""
    stage = "incoming" if kind in ("inspections", "measurements") else ""
    with CaptureQueriesContext(connection) as queries:
        upload = hand_in(chain.buyer, of(kind, codes, number), f"{kind}.csv", kind=kind, stage=stage)
    assert (upload.state, upload.counts["new"]) == ("committed", len(codes))
    return upload, len(queries)


@pytest.mark.parametrize("kind", list(FILES))
def test_twelve_suppliers_take_the_queries_of_three(many, kind):
    sent(many, kind, CODES[:1], 1)
    _few, of_three = sent(many, kind, CODES[:3], 2)
    all_of_them, of_twelve = sent(many, kind, CODES, 3)
    assert of_twelve <= of_three + 2  # items or lots that the nine others do not have yet
    table = FILES[kind][2]
    with looking_as(many.buyer):
        stored = table.objects.filter(withdrawn_at=None).order_by("partnership__supplier__code", "pk")
        whose = list(stored.values_list("partnership__supplier__code", flat=True))
        assert {code: whose.count(code) for code in CODES} == dict(
            zip(CODES, (3, 2, 2, *[1] * 9), strict=True)
        )
    with looking_as_house("prove the sums"):
        assert rebuild_inventory(check=True) == rebuild_quality(check=True) == []
    with looking_as(many.buyer):
        with CaptureQueriesContext(connection) as undoing:
            commit.undo(upload_id=all_of_them.pk, person=many.buyer, now=NOW, seconds=None)
        assert table.objects.filter(withdrawn_at=None).count() == 4
    assert len(undoing) < 60
    with looking_as_house("prove the sums"):
        assert rebuild_inventory(check=True) == rebuild_quality(check=True) == []


def test_one_part_of_two_suppliers_is_counted_on_each_by_itself(chain):
    rows = ("2026-05-01,S01,0201002,原材料仓,100", "2026-05-01,S02,0201002,原材料仓,70")
    hand_in(chain.buyer, sheet(FILES["stock"][0], *rows), "stock.csv", kind="stock")
    with looking_as(chain.buyer):
        stored = Balance.objects.values_list("partnership__supplier__code", "closing_quantity")
        assert dict(stored) == {"S01": 100, "S02": 70}
        assert StockItem.objects.count() == 2
