"""The joint programme of the simulated year: its pledges, its members, its list of key tasks."""

from datetime import date, datetime
from decimal import Decimal
from itertools import groupby

from django.db import transaction

from core.period import Period
from improvement.queries import tasks_opened_as
from improvement.queries.programme import programme_called
from improvement.services import programme as services
from sample.services.cast import plan_rows
from suppliers import access
from suppliers.access import Person
from suppliers.queries.partners import partnership_by_codes, person_by_role, responsible_person

CUSTOMER = "LEAD"
HUNDRED = Decimal(100)
SOURCE = "示例：2026 年协同计划书，为演示而虚构。 Sample: programme of 2026, made up."


def load_programmes(*, now: datetime) -> int:
    """Make the programmes of the plan that are not there, with all that belongs to them; return how many."""
    with access.looking_as_house("find who of the sample keeps its programmes"):
        owner = person_by_role(CUSTOMER, "owner")
    made = 0
    with access.looking_as(owner):
        for code, pledges in groupby(plan_rows("programme_pledge"), key=lambda row: row["programme"]):
            if programme_called(code.lower(), customer=CUSTOMER) is None:
                _load(code, list(pledges), owner, now)
                made += 1
    return made


@transaction.atomic
def _load(code: str, pledges: list[dict[str, str]], owner: Person, now: datetime) -> None:
    told = pledges[0]
    programme = services.create_programme(
        by=owner,
        slug=code.lower(),
        name=told["name_zh"],
        name_en=told["name_en"],
        baseline=_period(told["baseline"]),
        report_period=_period(told["report_period"]),
        source_note=SOURCE,
        now=now,
    )
    for row in pledges:
        services.set_pledge(
            programme_id=programme.pk,
            by=owner,
            now=now,
            kpi=row["kpi"],
            stage=row["stage"],
            average=row["average"],
            prices=row["prices"],
            by_change=row["unit"] == "percent over baseline",
            target=Decimal(row["value"]) / HUNDRED,
        )
    _let_in(programme.pk, owner, now)
    for row in plan_rows("key_tasks"):
        if row["programme"] == code:
            _list(programme.pk, row["task"], owner, now)


def _period(text: str) -> Period:
    first, last = map(date.fromisoformat, text.split("/"))
    return Period(first, last)


def _let_in(programme_id: int, owner: Person, now: datetime) -> None:
    """Let in every supplier of the customer, from the first day of its partnership on."""
    for row in plan_rows("partnerships"):
        if row["customer"] != CUSTOMER:
            continue
        partnership = partnership_by_codes(CUSTOMER, row["supplier"])
        assert partnership is not None
        services.add_member(
            programme_id=programme_id,
            partnership_id=partnership,
            joined_on=date.fromisoformat(row["since"]),
            by=owner,
            now=now,
        )


def _list(programme_id: int, task: str, owner: Person, now: datetime) -> None:
    """Put a task of the plan on the list of key tasks."""
    rows = {row["task"]: row for name in ("programme_tasks", "open_tasks") for row in plan_rows(name)}
    partnership = partnership_by_codes(CUSTOMER, rows[task]["supplier"])
    assert partnership is not None
    opener = responsible_person(partnership)
    assert opener is not None
    (found,) = tasks_opened_as(f"sample:{task}", by=opener)
    services.add_key_task(programme_id=programme_id, task_id=found.pk, by=owner, now=now)
