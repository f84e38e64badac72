"""Measured values on their way from a frame to sets and monthly sums."""

from datetime import UTC, date, datetime

import numpy as np
import pytest
from django_scopes import ScopeError

from core.commits import BuiltUpon, Contradicts
from quality.models import Lot, Measurement, MeasurementSet, MeasurementSum, TouchedCell
from quality.queries import compare_measurements
from quality.services import record_measurements, withdraw_measurements
from suppliers.access import looking_as
from tests.cast import Chain
from tests.quality.frames import frame_of, values_of

pytestmark = pytest.mark.usefixtures("house")
NOW = datetime(2026, 6, 30, 9, 0, tzinfo=UTC)


@pytest.fixture
def length(chain: Chain) -> tuple[int, int]:
    return chain.part.pk, chain.length.pk


def measured(which: tuple[int, int], lot: str, day: str, *values: float, **more) -> list[dict]:
    part, version = which
    return values_of(part, lot, version, day, values, **more)


def record(chain: Chain, rows: list[dict], commit: int = 1, **more) -> dict[str, int]:
    return record_measurements(
        partnership_id=chain.ours.pk,
        rows=frame_of(rows),
        stage="outgoing",
        commit_id=commit,
        now=NOW,
        **more,
    )


def compare(chain: Chain, rows: list[dict]):
    return compare_measurements(partnership_id=chain.ours.pk, rows=frame_of(rows), stage="outgoing")


def live_values() -> list[float]:
    counting = MeasurementSet.objects.counting().values("pk")
    rows = Measurement.objects.filter(measurement_set_id__in=counting)
    return list(rows.order_by("lot_id", "characteristic_version_id", "piece").values_list("value", flat=True))


def test_values_are_stored_with_their_lot_and_their_month_is_summed(chain, length):
    values = (9.9, 10.1, 10.6, 9.4, 10.0)
    rows = measured(length, "J1", "2025-03-05 14:30", *values, inspector="王")
    assert record(chain, rows) == {"new": 5, "same": 0, "changed": 0, "replaced": 0}
    stored = MeasurementSet.objects.get()
    assert (stored.lot.number, stored.measured_date, stored.value_count) == ("J1", date(2025, 3, 5), 5)
    assert stored.inspector == "王"
    assert live_values() == list(values)
    first = Measurement.objects.order_by("piece").first()
    assert first.measured_at == datetime(2025, 3, 5, 6, 30, tzinfo=UTC)  # 14:30 in the customer's zone
    month = MeasurementSum.objects.get()
    assert (month.month, month.n, month.out_of_limits) == (date(2025, 3, 1), 5, 2)
    assert (month.minimum, month.maximum) == (9.4, 10.6)
    assert month.mean == pytest.approx(np.mean(values))
    assert month.m2 == pytest.approx(np.var(values) * 5)
    assert TouchedCell.objects.get().first_day == date(2025, 3, 5)


def test_a_day_without_a_time_stays_a_day(chain, length):
    record(chain, measured(length, "J1", "2025-03-05", 10.0))
    assert Measurement.objects.get().measured_at is None


def test_sums_of_several_files_merge(chain, length):
    record(chain, measured(length, "J1", "2025-03-05", 9.9, 10.1))
    record(chain, measured(length, "J2", "2025-03-28", 10.3, 10.2, 9.8), commit=2)
    month = MeasurementSum.objects.get()
    together = [9.9, 10.1, 10.3, 10.2, 9.8]
    assert (month.n, month.minimum, month.maximum) == (5, 9.8, 10.3)
    assert month.mean == pytest.approx(np.mean(together))
    assert month.m2 == pytest.approx(np.var(together) * 5)


def test_the_same_values_in_another_order_are_the_same(chain, length):
    rows = measured(length, "J1", "2025-03-05", 9.9, 10.1, 10.0)
    record(chain, rows)
    answer = compare(chain, rows[::-1])
    assert set(answer["status"]) == {"same"}
    assert set(answer["stored_id"]) == {MeasurementSet.objects.get().pk}
    assert record(chain, rows[::-1], commit=2)["new"] == 0
    assert MeasurementSet.objects.count() == 1


def test_a_second_file_adds_to_the_lot(chain, length):
    """As a repair does, or a tester that writes a file of its own."""
    record(chain, measured(length, "J1", "2025-03-05", 9.9, 10.1))
    force = measured((chain.part.pk, chain.force.pk), "J1", "2025-04-02", 44.0, 39.0)
    answer = compare(chain, force)
    assert set(answer["status"]) == {"new"}
    record(chain, force, commit=2)
    assert live_values() == [9.9, 10.1, 44.0, 39.0]
    new = MeasurementSet.objects.counting().get()
    assert (new.value_count, new.measured_date) == (4, date(2025, 3, 5))
    assert new.corrects.withdrawn_by_commit_id == 2
    sums = MeasurementSum.objects.order_by("characteristic_version")
    assert [(one.month, one.n, one.out_of_limits) for one in sums] == [
        (date(2025, 3, 1), 2, 0),
        (date(2025, 3, 1), 2, 1),
    ]
    withdraw_measurements(commit_id=2, now=NOW)
    assert live_values() == [9.9, 10.1]
    assert MeasurementSum.objects.get().n == 2


def test_other_values_of_a_piece_are_a_conflict_that_a_person_decides(chain, length):
    record(chain, measured(length, "J1", "2025-03-05", 9.9, 10.1))
    rows = measured(length, "J1", "2025-03-05", 9.9, 10.2, 10.3)
    answer = compare(chain, rows)
    assert answer["status"].tolist() == ["same", "conflicting", "new"]
    assert answer["stored"].tolist() == [None, {"value": 10.1}, None]
    with pytest.raises(Contradicts) as refused:
        record(chain, rows, commit=2)
    assert refused.value.rows == [101]
    assert record(chain, rows, commit=2, replacing={101}) == {
        "new": 1,
        "same": 1,
        "changed": 0,
        "replaced": 1,
    }
    assert live_values() == [9.9, 10.2, 10.3]
    assert MeasurementSum.objects.get().mean == pytest.approx(np.mean([9.9, 10.2, 10.3]))


def test_two_values_of_one_piece_in_one_file_disagree(chain, length):
    rows = measured(length, "J1", "2025-03-05", 9.9, 10.1)
    answer = compare(chain, [*rows, rows[0], rows[0] | {"value": 9.8}])
    assert answer["status"].tolist() == ["new", "new", "same", "conflicting"]
    assert answer["rule"].tolist() == [None, None, None, "contradicts_row"]
    assert answer["stored"].iloc[3] == {"value": 9.9, "row": 100}


def test_pieces_without_numbers_are_counted_and_names_keep_their_order(chain, length):
    plain = [row | {"piece": None} for row in measured(length, "J1", "2025-03-05", 9.9, 10.1)]
    named = [
        row | {"piece": name}
        for row, name in zip(measured(length, "J2", "2025-03-05", 9.8, 10.2), ("样B", "样A"), strict=True)
    ]
    record(chain, plain)
    record(chain, named, commit=2)
    assert live_values() == [9.9, 10.1, 9.8, 10.2]


def test_what_later_values_were_added_to_cannot_be_taken_back_first(chain, length):
    record(chain, measured(length, "J1", "2025-03-05", 9.9))
    record(chain, measured(length, "J1", "2025-03-05", 9.9, 10.1), commit=2)
    with pytest.raises(BuiltUpon) as held:
        withdraw_measurements(commit_id=1, now=NOW)
    assert held.value.params == {"commits": [2]}
    withdraw_measurements(commit_id=2, now=NOW)
    withdraw_measurements(commit_id=1, now=NOW)
    assert live_values() == []
    assert not MeasurementSum.objects.exists()


@pytest.mark.parametrize("call", [compare_measurements, record_measurements])
def test_a_strangers_partnership_is_refused(chain, length, call):
    more = {"commit_id": 1, "now": NOW} if call is record_measurements else {}
    rows = frame_of(measured((chain.foreign_part.pk, chain.length.pk), "J1", "2025-03-05", 10.0))
    with looking_as(chain.buyer), pytest.raises((ScopeError, LookupError)):
        call(partnership_id=chain.foreign.pk, rows=rows, stage="outgoing", **more)
    assert not Lot.objects.exists()
