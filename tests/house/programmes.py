"""The joint programmes of the world: one a customer, with all of its suppliers and their tasks."""

from collections.abc import Collection
from datetime import date
from decimal import Decimal

from core import clock
from core.period import Period
from improvement.services import programme as services
from suppliers.access import looking_as
from suppliers.models import Partnership
from tests.house.world import World

BASELINE, REPORT = Period.parse("2025-01..2025-06"), Period.parse("2026-01..2026-06")


def join_programmes(world: World, partnerships: Collection[Partnership]) -> None:
    """Give each customer a programme that it and its members see, and nobody else."""
    between_two = [one for one in partnerships if one.customer_id != one.supplier_id]
    for customer in {one.customer for one in between_two}:
        members = [one for one in between_two if one.customer == customer]
        seen_by = {customer.code, *(one.supplier.code for one in members)}
        mark = world.mark(f"zq-joint-{customer.code}".lower(), seen_by)
        owner = world.owners[customer.code]
        with looking_as(owner):
            programme = services.create_programme(
                by=owner, slug=mark, name=f"{mark} name", source_note=f"{mark} note", now=clock.now(),
                baseline=BASELINE, report_period=REPORT,
            )  # fmt: skip
            told = {"programme_id": programme.pk, "by": owner, "now": clock.now()}
            services.set_pledge(**told, kpi="pass_rate", stage="outgoing", target=Decimal("0.992"))
            for one in members:
                services.add_member(**told, partnership_id=one.pk, joined_on=date(2025, 1, 1))
                ends = {one.customer.code, one.supplier.code}
                for task in (thing.value for thing in world.things["task"] if thing.seen_by == ends):
                    services.add_key_task(**told, task_id=task)
        world.add(seen_by, programme=programme.pk, programme_slug=mark)
