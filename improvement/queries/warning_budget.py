"""How often warnings come by chance alone, by partnership, and which rules gave way for that."""

from dataclasses import dataclass

from improvement.models import WarningWatch
from quality.formulas.false_alarms import PLANS, Pace, Plan, expected_false_alarms


@dataclass(frozen=True, slots=True)
class Budget:
    """A partnership's pace, the plan that it is watched by, and false alarms a month of each rule."""

    supplier: str
    supplier_code: str
    customer: str
    customer_code: str
    partnership: int
    pace: Pace
    place: int  # of the plan: 0 is the sharpest
    plan: Plan
    false_alarms: dict[str, float]

    @property
    def total(self) -> float:
        return sum(self.false_alarms.values())


def budgets() -> list[Budget]:
    """Return the budgets of visible partnerships that were evaluated, by supplier; one query."""
    rows = WarningWatch.objects.select_related("partnership__customer", "partnership__supplier").order_by(
        "partnership__supplier__code", "partnership__customer__code"
    )
    return [_budget(row) for row in rows if row.partnership.customer_id != row.partnership.supplier_id]


def _budget(row: WarningWatch) -> Budget:
    pace = Pace(row.inspected_a_month, row.measured_a_month, row.frozen_a_month)
    place = min(row.plan, len(PLANS) - 1)
    customer, supplier = row.partnership.customer, row.partnership.supplier
    return Budget(
        supplier=supplier.shown_name,
        supplier_code=supplier.code,
        customer=customer.shown_name,
        customer_code=customer.code,
        partnership=row.pk,
        pace=pace,
        place=place,
        plan=PLANS[place],
        false_alarms=expected_false_alarms(pace, PLANS[place]),
    )
