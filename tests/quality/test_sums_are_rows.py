"""Whatever is recorded, corrected and taken back, in whatever order: the sums are what the rows say."""

import random
from collections import Counter, defaultdict
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from json import loads

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from django.db.models import F

from core.commits import BuiltUpon, Contradicts
from quality.models import DefectSum, Inspection, LotSum, Measurement, MeasurementSet, MeasurementSum
from quality.queries import compare_inspections, compare_measurements
from quality.services import (
    rebuild_sums,
    record_inspections,
    record_measurements,
    withdraw_inspections,
    withdraw_measurements,
)
from tests.cast import Chain
from tests.quality.frames import frame_of, inspection, values_of

pytestmark = pytest.mark.usefixtures("house")
NOW = datetime(2026, 6, 30, 9, 0, tzinfo=UTC)
FIRST = date(2025, 3, 1)


def lot_sums_by_hand() -> dict[tuple, tuple]:
    """The sums in plain Python, from the rows alone."""
    presented = defaultdict(list)
    for row in Inspection.objects.counting():
        presented[row.lot_id, row.stage].append(row)
    cells = defaultdict(list)
    for rows in presented.values():
        first = min(rows, key=lambda row: row.submission)
        if first.submission == 1:
            cells[first.partnership_id, first.part_id, first.stage, first.inspection_date].append(first)
    return {
        cell: (
            len(rows),
            sum(row.verdict != "" for row in rows),
            sum(row.verdict == "accepted" for row in rows),
            sum(row.dispositions.filter(kind="conceded").exists() for row in rows),
            sum(row.inspected for row in rows),
            sum(row.nonconforming for row in rows),
            sum(row.inspected**2 for row in rows),
            sum(row.inspected * row.nonconforming for row in rows),
            sum(row.nonconforming**2 for row in rows),
        )
        for cell, rows in cells.items()
    }


def lot_sums_stored() -> dict[tuple, tuple]:
    rows = LotSum.objects.values_list(
        "partnership_id", "part_id", "stage", "day",
        "lots", "judged", "accepted", "conceded", "inspected", "nonconforming",
        "inspected_squared", "inspected_nonconforming", "nonconforming_squared",
    )  # fmt: skip
    return {row[:4]: row[4:] for row in rows}


def defects_by_hand() -> Counter:
    rows = Inspection.objects.counting().filter(submission=1, nonconformities__count__gt=0)
    found: Counter = Counter()
    for *cell, count in rows.values_list(
        "part_id", "stage", "inspection_date", "nonconformities__defect", "nonconformities__count"
    ):
        found[tuple(cell)] += count
    return found


def defects_stored() -> Counter:
    rows = DefectSum.objects.filter(count__gt=0)
    return Counter(
        {
            tuple(cell): count
            for *cell, count in rows.values_list("part_id", "stage", "day", "defect", "count")
        }
    )


def assert_presentations_rise() -> None:
    """Within a lot and stage the numbers rise with the days, without a gap where none was stated."""
    by_lot = defaultdict(list)
    for row in Inspection.objects.counting().order_by("inspection_date", "pk"):
        by_lot[row.lot_id, row.stage].append(row)
    for rows in by_lot.values():
        rows.sort(key=lambda row: (row.inspection_date, row.stated_submission or 0, row.pk))
        number = 0
        for row in rows:
            number = max(number + 1, row.stated_submission or 0)
            assert row.submission == number


def a_row(chance: random.Random, chain: Chain) -> dict:
    inspected = chance.choice([50, 80])
    bad = chance.choice([0, 0, 1, 5])
    return inspection(
        chance.choice([chain.part.pk, chain.shared_part.pk]),
        f"J{chance.randrange(5)}",
        (FIRST + timedelta(days=chance.randrange(6))).isoformat(),
        inspected,
        bad,
        verdict=chance.choice(["accepted", "rejected", "rejected", ""]),
        remark=chance.choice(["", "一", "二"]),
        disposition=chance.choice([None, "conceded", "sorted"]),
        defects=[{"name": "毛刺", "count": bad}] if bad else [],
        submission=chance.choice([None] * 9 + [2]),
    )


def seeds(few: int, many: int) -> list:
    return [*range(few), *(pytest.param(seed, marks=pytest.mark.soak) for seed in range(few, many))]


@pytest.mark.parametrize("seed", seeds(1, 24))
def test_inspections_in_any_order(chain, seed):
    chance = random.Random(seed)
    commits: list[int] = []
    for step in range(1, 26):
        if commits and chance.random() < 0.3:
            undone = chance.choice(commits)
            with suppress(BuiltUpon):
                withdraw_inspections(commit_id=undone, now=NOW)
                commits.remove(undone)
        else:
            rows = frame_of(a_row(chance, chain) for _ in range(chance.randrange(1, 6)))
            stage = chance.choice(["outgoing", "incoming"])
            if record_what_can_be(chain, rows, stage, step, chance):
                commits.append(step)
        assert lot_sums_stored() == lot_sums_by_hand()
        assert defects_stored() == defects_by_hand()
        assert_presentations_rise()
    assert rebuild_sums(check=True) == []


def record_what_can_be(chain: Chain, rows, stage: str, commit: int, chance: random.Random) -> bool:
    answer = compare_inspections(partnership_id=chain.ours.pk, rows=rows, stage=stage)
    rows = rows[answer["rule"].isna()]
    conflicting = answer.index[(answer["status"] == "conflicting") & answer["rule"].isna()]
    replacing = frozenset(label for label in conflicting if chance.random() < 0.5)
    rows = rows.drop(index=[label for label in conflicting if label not in replacing])
    if rows.empty:
        return False
    try:
        record_inspections(
            partnership_id=chain.ours.pk,
            rows=rows,
            stage=stage,
            commit_id=commit,
            now=NOW,
            replacing=replacing,
        )
    except Contradicts:  # without the rows that were left out others meet each other
        return False
    return True


@pytest.mark.parametrize("seed", seeds(1, 12))
def test_measured_values_in_any_order(chain, seed):
    chance = random.Random(seed)
    commits: list[int] = []
    for step in range(1, 16):
        if commits and chance.random() < 0.3:
            undone = chance.choice(commits)
            with suppress(BuiltUpon):
                withdraw_measurements(commit_id=undone, now=NOW)
                commits.remove(undone)
        else:
            version = chance.choice([chain.length.pk, chain.force.pk])
            day = FIRST + timedelta(days=chance.randrange(60))
            values = [round(10 + chance.gauss(0, 0.3), 2) for _ in range(chance.randrange(1, 6))]
            rows = frame_of(
                values_of(chain.part.pk, f"J{chance.randrange(4)}", version, day.isoformat(), values)
            )
            answer = compare_measurements(partnership_id=chain.ours.pk, rows=rows, stage="outgoing")
            replacing = frozenset(answer.index[answer["status"] == "conflicting"])
            record_measurements(
                partnership_id=chain.ours.pk,
                rows=rows,
                stage="outgoing",
                commit_id=step,
                now=NOW,
                replacing=replacing,
            )
            commits.append(step)
        assert_months_are_rows({chain.length.pk: (9.5, 10.5), chain.force.pk: (40.0, np.inf)})
    assert rebuild_sums(check=True) == []


def assert_months_are_rows(limits: dict[int, tuple[float, float]]) -> None:
    months = defaultdict(list)
    for one in MeasurementSet.objects.counting():
        for row in Measurement.objects.filter(measurement_set_id=one.pk):
            months[row.characteristic_version_id, row.measured_date.replace(day=1)].append(row.value)
    stored = {(one.characteristic_version_id, one.month): one for one in MeasurementSum.objects.all()}
    assert stored.keys() == months.keys()
    for cell, values in months.items():
        low, high = limits[cell[0]]
        assert stored[cell].n == len(values)
        assert stored[cell].mean == pytest.approx(np.mean(values))
        assert stored[cell].m2 == pytest.approx(np.var(values) * len(values), abs=1e-9)
        assert (stored[cell].minimum, stored[cell].maximum) == (min(values), max(values))
        assert stored[cell].out_of_limits == sum(not low <= value <= high for value in values)


def test_a_wrong_sum_is_named_and_put_right(chain):
    rows = frame_of([inspection(chain.part.pk, "J1", "2025-03-05", 100, 3)])
    record_inspections(partnership_id=chain.ours.pk, rows=rows, stage="outgoing", commit_id=1, now=NOW)
    call_command("rebuild_sums", check=True, stderr=StringIO())
    LotSum.objects.update(nonconforming=F("nonconforming") + 1)
    out = StringIO()
    with pytest.raises(CommandError) as failed:
        call_command("rebuild_sums", check=True, json=True, stdout=out)
    assert failed.value.returncode == 1
    assert loads(out.getvalue()) == {
        "differing": 1,
        "cells": [
            {
                "partnership": chain.ours.pk,
                "table": "quality_lotsum",
                "cell": {"part_id": chain.part.pk, "stage": "outgoing", "day": "2025-03-05"},
                "differs": {"nonconforming": {"stored": 4, "counted": 3}},
            }
        ],
    }
    assert LotSum.objects.get().nonconforming == 4  # looked at, not touched
    call_command("rebuild_sums", stderr=StringIO())
    assert LotSum.objects.get().nonconforming == 3
