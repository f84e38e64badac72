"""The programme that a first start makes, beside the tasks of the plan."""

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from improvement.models import KeyTask, Pledge, Programme, ProgrammeMember, Task
from sample.services.cast import make_cast, plan_rows
from sample.services.programme import load_programmes
from suppliers.access import looking_as_house
from suppliers.queries.partners import partnership_by_codes, responsible_person

NOW = datetime(2026, 6, 30, 18, tzinfo=ZoneInfo("Asia/Shanghai"))

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(db: None) -> None:
    """The organisations of the year, and the rows of its tasks without what is behind them."""
    make_cast(now=NOW)
    rows = [*plan_rows("programme_tasks"), *plan_rows("open_tasks")]
    with looking_as_house("set a test's scene"):
        for number, row in enumerate(rows, start=1):
            partnership = partnership_by_codes("LEAD", row["supplier"])
            opener = responsible_person(partnership)
            Task.objects.create(
                partnership_id=partnership, customer=opener.organisation, number=number, kind="lean",
                kpi=row["kpi"], title=row["title_zh"], due_date=date(2026, 6, 30), opened_by=opener,
                opened_at=NOW, reference=f"sample:{row['task']}",
            )  # fmt: skip


def counts() -> list[int]:
    with looking_as_house("count what a test made"):
        return [one.objects.count() for one in (Programme, Pledge, ProgrammeMember, KeyTask)]


def test_the_programme_of_the_plan_is_made_once(cast):
    assert load_programmes(now=NOW) == 1
    once = counts()
    assert load_programmes(now=NOW) == 0
    assert counts() == once == [1, 2, 11, 11]


def test_its_pledges_name_the_readings_of_the_plan(cast):
    load_programmes(now=NOW)
    with looking_as_house("read what a test made"):
        rate, turns = Pledge.objects.order_by("pk")
        first = KeyTask.objects.order_by("position").first()
        programme = Programme.objects.get()
    assert (rate.kpi, rate.stage, rate.target, rate.by_change) == (
        "pass_rate", "outgoing", Decimal("0.992"), False,
    )  # fmt: skip
    assert (turns.average, turns.prices, turns.target, turns.by_change) == (
        "snapshots", "period", Decimal("0.19"), True,
    )  # fmt: skip
    assert (programme.slug, str(programme.report_period)) == ("tp-2026", "2026-01-01..2026-06-30")
    assert first.task.reference == "sample:O01"
