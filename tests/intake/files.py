"""Files as shops write them, and the door they go in by."""

import io
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from intake.models import Upload
from intake.services import receive
from suppliers.access import looking_as, looking_as_house
from suppliers.models import Person

NOW = datetime(2026, 6, 30, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
INSPECTIONS = "日期,料号,生产批号,批量,抽检数,不良数,判定,备注"
LEDGER = "序号,日期,客户,客户料号,品名规格,本厂批号,批量,抽检数,不合格数,判定,备注"
INCOMING = "检验日期,供应商简称,物料编码,来料批号,送检数量,抽样数,不合格数,检验结论"
VALUES = "料号,批号,检验项目,实测值,单位,测试时间"


def sheet(header: str, *rows: str) -> bytes:
    return "\r\n".join([header, *rows, ""]).encode()


def book(
    *lots: tuple[str, object], part: str = "0201002", day: str = "2026-05-04", inspected: int = 125
) -> bytes:
    """A supplier's book of lots, each with how many were nonconforming."""
    rows = [f"{day},{part},{lot},3200,{inspected},{found},合格," for lot, found in lots]
    return sheet(INSPECTIONS, *rows)


def hand_in(person: Person, content: bytes, name: str = "5月.csv", **asked: Any) -> Upload:
    """Hand a file in as a person does, and do all that needs no worker."""
    rest = {key: asked.pop(key) for key in ("repairs_id",) if key in asked}
    with looking_as(person):
        return receive.receive_file(
            person=person,
            content=io.BytesIO(content),
            file_name=name,
            asked=receive.Asked(**asked),
            now=NOW,
            seconds=None,
            **rest,
        )


def rules_of(upload: Upload) -> list[tuple[int, str]]:
    """Row and rule of each problem, in the order of the sheet."""
    with looking_as_house("test what was wrong"):
        return list(upload.problems.order_by("row", "pk").values_list("row", "rule"))


def counted(upload: Upload, *names: str) -> Sequence[int]:
    return [upload.counts[name] for name in names]
