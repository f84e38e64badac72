"""The simulated year, handed in by month in any order: nothing contradicts, and the sums are the plan's."""

import random
from collections import defaultdict
from datetime import UTC, datetime

import pandas as pd
import pytest

from quality.models import Lot, LotSum
from quality.queries import compare_inspections
from quality.services import rebuild_sums, record_inspections, withdraw_inspections
from sample.generator.ledger import Inspection, incoming_inspections, reported_inspections
from sample.generator.year import draw
from tests.cast import Chain
from tests.factories import make_part
from tests.quality.frames import frame_of

pytestmark = pytest.mark.usefixtures("house")
NOW = datetime(2026, 6, 30, 9, 0, tzinfo=UTC)
SEED = 20260630


def books(inspections: list[Inspection], parts: dict[str, int], prefix: str) -> dict[str, pd.DataFrame]:
    """What a side writes, a book a month."""
    months = defaultdict(list)
    for one in inspections:
        months[one.month].append(
            {
                "part_id": parts[one.part_no],
                "lot_no": prefix + one.lot_no,
                "inspection_date": one.date.isoformat(),
                "lot_size": one.lot_size,
                "inspected": one.inspected,
                "nonconforming": one.nonconforming,
                "critical": one.critical,
                "major": one.major,
                "minor": one.minor,
                "verdict": "accepted" if one.accepted else "rejected",
                "disposition": "conceded" if one.conceded else None,
                "sorted_qty": one.sorted_qty or None,
                "defects": [{"code": code, "count": count} for code, count in one.counts.items()],
            }
        )
    return {month: frame_of(rows) for month, rows in months.items()}


@pytest.mark.parametrize(
    ("supplier", "prefix"), [pytest.param("S01", "", marks=pytest.mark.soak), ("S10", "LL-")]
)
def test_no_month_contradicts_another(chain: Chain, supplier: str, prefix: str):
    year = draw(SEED)
    outgoing = reported_inspections(year)[supplier]
    incoming = [one for one in incoming_inspections(year) if one.supplier == supplier]
    numbers = {one.part_no for one in [*outgoing, *incoming]}
    parts = {number: make_part(f"Y{number}", chain.customer, [chain.ours]).pk for number in numbers}
    files = [("outgoing", book) for book in books(outgoing, parts, "").values()]
    files += [("incoming", book) for book in books(incoming, parts, prefix).values()]
    random.Random(supplier).shuffle(files)
    for commit, (stage, book) in enumerate(files, start=1):
        told = record_inspections(
            partnership_id=chain.ours.pk, rows=book, stage=stage, commit_id=commit, now=NOW
        )
        assert told["new"] == len(book)
    for stage, inspections in (("outgoing", outgoing), ("incoming", incoming)):
        first = [one for one in inspections if one.submission == 1]
        sums = LotSum.objects.filter(stage=stage).values_list(
            "lots", "accepted", "inspected", "nonconforming"
        )
        assert tuple(map(sum, zip(*sums, strict=True))) == (
            len(first),
            sum(one.accepted for one in first),
            sum(one.inspected for one in first),
            sum(one.nonconforming for one in first),
        )
    assert Lot.objects.count() == len({one.lot for one in [*outgoing, *incoming]})
    stage, book = files[len(files) // 2]
    again = compare_inspections(partnership_id=chain.ours.pk, rows=book, stage=stage)
    assert set(again["status"]) == {"same"}
    withdraw_inspections(commit_id=len(files) // 2 + 1, now=NOW)
    assert rebuild_sums(check=True) == []
