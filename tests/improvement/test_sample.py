"""The sample brings its tasks: closed history without a letter, and three made-up ones that still run."""

import csv
from datetime import date
from decimal import Decimal

import pytest

from core import clock
from improvement.models import Baseline, Outcome, Task, TaskEvent
from improvement.queries import in_order_of_need, tasks_to_list
from outbox.models import Letter
from sample.generator.plan import FOLDER
from sample.services.cast import make_cast
from sample.services.tasks import load_tasks
from suppliers.access import looking_as_house
from suppliers.models import Partnership
from tests.factories import make_part


@pytest.fixture
def loaded(db) -> int:
    """The cast and the parts of the plan, without a single lot; then its tasks."""
    make_cast(now=clock.now())
    rows = []
    for name in ("programme_tasks", "open_tasks"):
        with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            rows += list(csv.DictReader(file))
    supplied = {(row["supplier"], number) for row in rows for number in row["parts"].split(";")}
    with looking_as_house("set a test's scene"):
        by_code = {one.supplier.code: one for one in Partnership.objects.filter(customer__code="LEAD")}
    for supplier, number in sorted(supplied):
        make_part(number, by_code[supplier].customer, [by_code[supplier]])
    return load_tasks()


def test_seventeen_are_closed_and_await_their_proof_and_three_still_run(loaded):
    assert loaded == 20
    closed = Task._base_manager.filter(state="closed")
    assert closed.count() == 17
    assert set(closed.values_list("outcome", flat=True)) == {Outcome.AWAITS_PROOF}
    assert all(task.due_date == task.end_date for task in closed)
    running = Task._base_manager.exclude(state="closed")
    assert all("虚构" in task.title for task in running)
    today = date(2026, 6, 30)
    with looking_as_house("see which is late"):
        first = in_order_of_need(tasks_to_list(), clock.now())[0]
    assert [task.pk for task in running if task.due_date < today] == [first.pk]


def test_each_belongs_to_the_engineer_who_looks_after_the_partnership(loaded):
    for task in Task._base_manager.select_related("partnership"):
        assert task.customer_owner_id == task.partnership.responsible_id
        assert task.opened_by_id == task.partnership.responsible_id


def test_what_happened_is_dated_in_the_year_and_nobody_gets_a_letter(loaded):
    days = {event.at.date() for event in TaskEvent._base_manager.all()}
    assert min(days) == date(2025, 7, 1)
    assert max(days) < date(2026, 6, 30)
    assert not Letter.objects.exists()


def test_the_trigger_that_the_plan_names_is_left_out_of_the_baseline(loaded):
    with looking_as_house("read what was locked"):
        locked = Baseline.objects.get(task__reference="sample:K09", part=None)
    assert (locked.trigger, locked.trigger_from) == ("ranking", date(2025, 4, 1))
    assert locked.last_day == date(2025, 3, 31)


def test_loading_again_opens_nothing(loaded):
    assert load_tasks() == 0
    assert Task._base_manager.count() == 20


def test_the_pass_rate_that_the_plan_agrees_on_stands_on_each_partnership(loaded):
    with looking_as_house("read what is agreed"):
        found = {
            (one.customer.code, one.supplier.code): one.target_pass_rate for one in Partnership.objects.all()
        }
    agreed = {pair: rate for pair, rate in found.items() if rate is not None}
    assert set(agreed.values()) == {Decimal("0.99")}
    assert {customer for customer, _supplier in agreed} == {"LEAD"}
    assert len(agreed) == 11
