"""The organisations and people of the simulated chain."""

import csv
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from suppliers import access
from suppliers.services import make_organisation, make_partnership, make_person, set_responsible

PLAN = Path(__file__).resolve().parent.parent / "plan"
CUSTOMERS = {"LEAD": ("示例·总装", "Sample Lead"), "CUST2": ("示例·配电", "Sample Switchgear")}


def make_cast(*, now: datetime) -> None:
    """Make organisations, partnerships and people that are missing; change nothing that is there.

    Parts, names and characteristics are not made here: the customers' lists bring them.
    """
    names = dict(CUSTOMERS)
    names |= {row["supplier_code"]: (row["name_zh"], row["name_en"]) for row in plan_rows("suppliers")}
    partners = [
        row for row in plan_rows("partnerships") if row["tier"] == "1" or row["customer"] in CUSTOMERS
    ]
    codes = dict.fromkeys(code for row in partners for code in (row["customer"], row["supplier"]))
    made = {}
    for code in codes:
        name, name_en = names[code]
        made[code], _ = make_organisation(code=code, name=name, name_en=name_en, now=now, simulated=True)
    passwords = {row["email"]: row["password"] for row in plan_rows("logins")}
    people, roles = {}, {}
    for row in plan_rows("people"):
        person, _ = make_person(
            email=row["email"],
            organisation=made[row["organisation"]],
            role=row["role"],
            name=row["name"],
            password=passwords.get(row["email"]),
            now=now,
        )
        people[row["organisation"], row["role"]] = person
        if row["responsible_as"]:
            roles[row["responsible_as"]] = person
    for row in partners:
        partnership, _ = make_partnership(
            customer=made[row["customer"]],
            supplier=made[row["supplier"]],
            since=datetime.fromisoformat(row["since"]).date(),
            target_pass_rate=Decimal(row["target_pass_rate"]) if row["target_pass_rate"] else None,
            now=now,
        )
        with access.looking_as_house("say who looks after a partnership of the sample"):
            set_responsible(
                partnership_id=partnership.pk,
                responsible=roles.get(row["responsible_role"]),
                deputy=roles.get(row["deputy_role"]),
            )


def plan_rows(name: str) -> Iterator[dict[str, str]]:
    """Yield the rows of one file of the plan."""
    with (PLAN / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)
