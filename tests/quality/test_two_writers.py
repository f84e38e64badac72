"""Two uploads at once, and rows that the database itself refuses."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from functools import partial

import pytest
from django.db import IntegrityError, connection, transaction

from core.commits import Contradicts
from core.sql import same_partnership
from quality.models import Inspection, Lot, LotSum, MeasurementSet, MeasurementSum
from quality.services import rebuild_sums, record_inspections, record_measurements
from suppliers.access import looking_as_house
from tests.cast import Chain
from tests.quality.frames import frame_of, inspection, values_of

NOW = datetime(2026, 6, 30, 9, 0, tzinfo=UTC)


def at_once(*jobs: Callable[[], object]) -> list[object]:
    """Run jobs in threads with connections of their own, begun together; an exception is a result."""
    start = threading.Barrier(len(jobs))

    def run(job: Callable[[], object]) -> object:
        start.wait()
        try:
            with looking_as_house("race in a test"):
                return job()
        except Contradicts as refused:
            return refused
        finally:
            connection.close()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(run, jobs))


@pytest.mark.django_db(transaction=True)
def test_the_same_book_sent_twice_at_once_counts_once(chain: Chain):
    rows = frame_of(inspection(chain.part.pk, f"J{n}", "2025-03-05", 100, n % 3) for n in range(300))
    jobs = [
        partial(
            record_inspections,
            partnership_id=chain.ours.pk,
            rows=rows,
            stage="outgoing",
            commit_id=commit,
            now=NOW,
        )
        for commit in (1, 2, 3)
    ]
    told = at_once(*jobs)
    assert sorted(one["new"] for one in told) == [0, 0, 300]
    with looking_as_house("look at the outcome"):
        assert Lot.objects.count() == Inspection.objects.count() == 300
        assert LotSum.objects.get().lots == 300
        assert rebuild_sums(check=True) == []


@pytest.mark.django_db(transaction=True)
def test_of_two_that_disagree_one_is_refused_whole(chain: Chain):
    def book(nonconforming: int):
        return frame_of(
            [
                inspection(chain.part.pk, "J1", "2025-03-05", 100, nonconforming),
                inspection(chain.part.pk, f"J-{nonconforming}", "2025-03-06", 100, 0),
            ]
        )

    told = at_once(
        *(
            partial(
                record_inspections,
                partnership_id=chain.ours.pk,
                rows=book(nonconforming),
                stage="outgoing",
                commit_id=nonconforming,
                now=NOW,
            )
            for nonconforming in (3, 4)
        )
    )
    assert sorted(isinstance(one, Contradicts) for one in told) == [False, True]
    with looking_as_house("look at the outcome"):
        assert Inspection.objects.count() == 2
        assert Lot.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_values_of_two_files_at_once_all_count_in_the_month(chain: Chain):
    jobs = [
        partial(
            record_measurements,
            partnership_id=chain.ours.pk,
            rows=frame_of(values_of(chain.part.pk, f"J{commit}", chain.length.pk, "2025-03-05", [9.9, 10.1])),
            stage="outgoing",
            commit_id=commit,
            now=NOW,
        )
        for commit in (1, 2, 3)
    ]
    at_once(*jobs)
    with looking_as_house("look at the outcome"):
        assert MeasurementSum.objects.get().n == 6
        assert rebuild_sums(check=True) == []


@pytest.mark.usefixtures("house")
def test_the_database_refuses_an_inspection_on_a_lot_of_another_partnership(chain: Chain):
    lot = Lot.objects.create(
        partnership=chain.siblings, part=chain.shared_part, number="J1", number_key="j1", created_at=NOW
    )
    with pytest.raises(IntegrityError, match="same_partnership"), transaction.atomic():
        Inspection.objects.create(
            partnership=chain.ours,
            lot=lot,
            part=chain.shared_part,
            stage="outgoing",
            inspection_date=date(2025, 3, 5),
            inspected=100,
            nonconforming=0,
            commit_id=1,
            recorded_at=NOW,
        )
    with pytest.raises(IntegrityError, match="same_partnership"), transaction.atomic():
        MeasurementSet.objects.create(
            partnership=chain.ours,
            lot=lot,
            part=chain.shared_part,
            stage="outgoing",
            measured_date=date(2025, 3, 5),
            values_hash="",
            value_count=0,
            commit_id=1,
            recorded_at=NOW,
        )


@pytest.mark.usefixtures("house")
def test_the_database_refuses_a_lot_of_a_part_that_is_not_supplied_there(chain: Chain):
    with pytest.raises(IntegrityError, match="same_partnership"), transaction.atomic():
        Lot.objects.create(
            partnership=chain.ours, part=chain.sibling_part, number="J1", number_key="j1", created_at=NOW
        )


def test_the_name_of_the_constraint_tells_what_it_keeps():
    made = same_partnership("child", "partnership_id, lot_id", "parent", "partnership_id, id")
    assert "child_lot_id_same_partnership" in made.sql


@pytest.mark.usefixtures("house")
@pytest.mark.parametrize(
    "wrong", [{"part_id": 10**9}, {"partnership_id": 10**9}, {"lot_id": 10**9}, {"corrects_id": 10**9}]
)
def test_the_database_refuses_what_is_not_there_at_once(chain: Chain, wrong: dict[str, int]):
    lot = Lot.objects.create(
        partnership=chain.ours, part=chain.part, number="J1", number_key="j1", created_at=NOW
    )
    row = Inspection(
        partnership=chain.ours, lot=lot, part=chain.part, stage="outgoing", inspection_date=date(2025, 3, 5),
        inspected=100, nonconforming=0, commit_id=1, recorded_at=NOW,
    )  # fmt: skip
    for name, value in wrong.items():
        setattr(row, name, value)
    with pytest.raises(IntegrityError, match="same_partnership"), transaction.atomic():
        Inspection._base_manager.bulk_create([row])
