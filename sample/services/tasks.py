"""The improvement tasks of the simulated year, opened and closed on the days of its plan."""

from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from core.period import Period
from improvement import services
from improvement.definitions import steps_of
from improvement.queries import tasks_opened_as
from sample.services.cast import plan_rows
from suppliers import access
from suppliers.access import Person
from suppliers.queries import zone_of_customer
from suppliers.queries.partners import partnership_by_codes, person_by_role, responsible_person
from suppliers.queries.parts import supplied_parts

KINDS = {"8D": "eight_d", "lean": "lean", "automation": "automation", "digitalisation": "digitalisation"}
MORNING, EVENING = time(9), time(17)


@dataclass(frozen=True, slots=True)
class Ground:
    """Where a task of the plan hangs, and whose it is on either side."""

    partnership_id: int
    zone: ZoneInfo
    customer: Person
    supplier: Person

    def at(self, day: date, hour: time) -> datetime:
        return datetime.combine(day, hour, self.zone)


def load_tasks() -> int:
    """Open the tasks of the plan that are not there yet, and return how many.

    Nobody gets a letter: all of it is history by now.
    """
    made = 0
    for row in sorted(
        [*plan_rows("programme_tasks"), *plan_rows("open_tasks")], key=lambda row: row["start_date"]
    ):
        ground = _ground(row)
        with access.looking_as(ground.customer):
            reference = f"sample:{row['task']}"
            if not tasks_opened_as(reference, by=ground.customer):
                _load(row, ground, reference)
                made += 1
    return made


def _ground(row: dict[str, str]) -> Ground:
    with access.looking_as_house("find who of the sample works on a task"):
        partnership_id = partnership_by_codes(row["customer"], row["supplier"])
        assert partnership_id is not None
        customer = responsible_person(partnership_id)
        assert customer is not None
        return Ground(
            partnership_id=partnership_id,
            zone=ZoneInfo(zone_of_customer(partnership_id)),
            customer=customer,
            supplier=person_by_role(row["supplier"], "quality_engineer"),
        )


def _load(row: dict[str, str], ground: Ground, reference: str) -> None:
    opened_on = date.fromisoformat(row["start_date"])
    closed = "end_date" in row
    due = date.fromisoformat(row["end_date"] if closed else row["due_date"])
    named = supplied_parts(ground.partnership_id, numbers=row["parts"].split(";"))
    days = None
    if row.get("trigger_from"):
        days = Period(date.fromisoformat(row["trigger_from"]), date.fromisoformat(row["trigger_to"]))
    task = services.open_task(
        partnership_id=ground.partnership_id,
        kind=KINDS[row["kind"]],
        kpi=row["kpi"],
        stage=_stage(row),
        part_ids=named,
        title=row["title_zh"],
        problem=row["problem_zh"],
        target=row.get("target_zh") or row["target"],
        customer_owner_id=ground.customer.pk,
        supplier_owner_id=ground.supplier.pk,
        due_date=due,
        trigger="ranking" if days else "planned",
        trigger_days=days,
        by=ground.customer,
        now=ground.at(opened_on, MORNING),
        reference=reference,
        quietly=True,
    )
    if closed:
        _finish(task.pk, [step.code for step in steps_of(task.kind)], ground, ground.at(due, MORNING))
        evening = ground.at(due, EVENING)
        services.finish_task(task_id=task.pk, end_date=due, by=ground.customer, now=evening, quietly=True)
        services.close_task(task_id=task.pk, by=ground.customer, now=evening, quietly=True)
    elif row["state"] == "in_progress":
        services.start_task(task_id=task.pk, by=ground.customer, now=ground.at(opened_on, EVENING))
        _finish(task.pk, row["steps_done"].split(";"), ground, ground.at(opened_on, EVENING))


def _finish(task_id: int, codes: list[str], ground: Ground, when: datetime) -> None:
    for code in codes:
        services.write_step(
            task_id=task_id, code=code, version=1, text="", done=True, by=ground.customer, now=when
        )


def _stage(row: dict[str, str]) -> str:
    """The reading that the target of the plan speaks of."""
    if row["kpi"] != "pass_rate":
        return ""
    return row.get("stage") or ("incoming" if row["target"].startswith("incoming") else "outgoing")
