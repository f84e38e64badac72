"""Opening a task locks its baseline: the days before its trigger, as R1 and R2 of the proof have it."""

import threading
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from core.period import Period
from improvement import services
from improvement.models import Baseline, Task, TaskPart
from improvement.queries.cells import hash_now
from suppliers.access import looking_as, looking_as_house
from tests.improvement.conftest import FIRST_LOT, NOW, TARDY_FIRST_LOT, WEEKS, weekly

OPENED = date(2026, 6, 30)


def baseline(task: Task) -> Baseline:
    with looking_as_house("read what was locked"):
        return Baseline.objects.get(task=task, part=None)


def lots_within(first: date, last: date) -> int:
    return sum(first <= day <= last for day in weekly(FIRST_LOT, WEEKS))


def test_a_planned_task_leaves_out_the_56_days_before_it_and_looks_at_the_364_before_those(scene):
    locked = baseline(scene.open_task())
    assert (locked.trigger_from, locked.trigger_to) == (OPENED - timedelta(56), OPENED - timedelta(1))
    assert locked.last_day == locked.trigger_from - timedelta(1)
    assert (locked.last_day - locked.first_day).days + 1 == 364
    lots = lots_within(locked.first_day, locked.last_day)
    assert lots == 52
    assert (locked.n, locked.x, locked.n_lots) == (100 * lots, 2 * lots, lots)
    assert locked.value == pytest.approx(0.98)
    assert locked.low < 0.98 < locked.high
    assert (locked.definition, locked.definition_version) == ("pass_rate", 1)


def test_a_task_opened_from_the_figure_of_a_period_leaves_out_all_of_it(scene):
    period = Period(date(2026, 1, 1), date(2026, 6, 30))
    locked = baseline(scene.open_task(trigger="ranking", trigger_days=period))
    assert (locked.trigger_from, locked.trigger_to) == (period.first, period.last)
    assert locked.last_day == date(2025, 12, 31)
    assert locked.first_day == locked.last_day - timedelta(363)
    assert locked.n == 100 * lots_within(locked.first_day, locked.last_day)


def test_a_baseline_is_shorter_where_data_begin_later(scene):
    locked = baseline(scene.open_task(part_ids=[scene.books.parts["A-2"].pk]))
    assert locked.first_day == locked.data_from == TARDY_FIRST_LOT
    assert locked.last_day == OPENED - timedelta(57)
    assert locked.n == 50 * sum(day <= locked.last_day for day in weekly(TARDY_FIRST_LOT, 26))


def test_a_cell_without_data_has_no_figure_and_says_why(scene):
    locked = baseline(scene.open_task(part_ids=[scene.books.parts["A-3"].pk]))
    assert locked.value is locked.low is locked.high is None
    assert locked.reason == "nothing_inspected"


def test_a_task_on_several_parts_locks_each_of_them_too(scene):
    parts = [scene.books.parts[name].pk for name in ("A-1", "A-2", "A-3")]
    task = scene.open_task(part_ids=parts)
    with looking_as_house("read what was locked"):
        by_part = {row.part_id: row for row in Baseline.objects.filter(task=task)}
    assert by_part.keys() == {None, *parts}
    assert by_part[None].n == by_part[parts[0]].n + by_part[parts[1]].n
    assert by_part[parts[2]].reason == "nothing_inspected"


def test_the_hash_is_over_all_that_is_locked(scene):
    locked = baseline(scene.open_task())
    assert hash_now(locked) == locked.sha256
    locked.low += 1e-9
    assert hash_now(locked) != locked.sha256


@pytest.mark.parametrize("attempt", ["update", "delete"])
def test_nobody_changes_a_baseline_not_even_in_the_database(scene, attempt):
    rows = Baseline._base_manager.filter(pk=baseline(scene.open_task()).pk)
    with pytest.raises(DatabaseError, match="locked"), transaction.atomic():
        rows.update(value=0.5) if attempt == "update" else rows.delete()


def test_numbers_count_up_per_customer(scene):
    first = scene.open_task()
    second = scene.open_task(
        partnership_id=scene.partnership("LEAD/S02"), part_ids=[], supplier_owner_id=None
    )
    theirs = scene.open_task(
        by=scene.other_buyer,
        partnership_id=scene.partnership("CUST2/S01"),
        part_ids=[],
        customer_owner_id=None,
    )
    shown = [task.shown_number for task in (first, second, theirs)]
    assert shown == ["T-0001", "T-0002", "T-0001"]


@pytest.mark.django_db(transaction=True)
def test_two_who_open_at_once_get_two_numbers(scene):
    numbers, start = [], threading.Barrier(2)

    def open_one() -> None:
        try:
            start.wait()
            numbers.append(scene.open_task().number)
        finally:
            connection.close()

    threads = [threading.Thread(target=open_one) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(numbers) == [1, 2]


@pytest.mark.parametrize("who", ["clerk", "viewer", "guest"])
def test_who_only_hands_in_or_reads_opens_no_task(scene, who):
    with pytest.raises(services.MayNotWrite):
        scene.open_task(by=getattr(scene, who))


def test_a_partnership_of_others_is_like_none(scene):
    for number in (scene.partnership("CUST2/S01"), 987654321):
        with pytest.raises(services.TaskNotYours):
            scene.open_task(partnership_id=number, part_ids=[])


def test_parts_and_owners_are_those_of_the_partnership(scene):
    with pytest.raises(services.NoSuchPart):
        scene.open_task(part_ids=[scene.books.parts["B-1"].pk])
    for nobody_of_theirs in (scene.sibling, scene.clerk):  # the clerk may not write on tasks
        with pytest.raises(services.NoSuchOwner):
            scene.open_task(supplier_owner_id=nobody_of_theirs.pk)
    with pytest.raises(services.NoSuchCell):
        scene.open_task(kpi="turnover", stage="outgoing")


def test_the_database_itself_refuses_what_belongs_to_another_partnership(scene):
    task = scene.open_task()
    stranger = TaskPart(partnership_id=task.partnership_id, task=task, part=scene.books.parts["B-1"])
    with pytest.raises(IntegrityError, match="same_partnership"), transaction.atomic():
        stranger.save()
    elsewhere = Task._base_manager.filter(pk=task.pk)
    with pytest.raises(IntegrityError, match="same_partnership"), transaction.atomic():
        elsewhere.update(customer=scene.books.organisations["CUST2"])


def test_a_supplier_opens_tasks_too(scene):
    task = scene.open_task(by=scene.engineer)
    with looking_as(scene.buyer):
        assert Task.objects.get(pk=task.pk).opened_by == scene.engineer
    assert task.opened_at == NOW
