"""Inspections on their way from a frame to rows and sums: what is new, the same, a correction, a conflict."""

from datetime import UTC, date, datetime

import pandas as pd
import pytest
from django_scopes import ScopeError

from core.commits import BuiltUpon, Contradicts
from quality.models import DefectSum, Disposition, Inspection, Lot, LotSum, Nonconformity, TouchedCell
from quality.queries import compare_inspections
from quality.services import rebuild_sums, record_inspections, withdraw_inspections
from suppliers.access import looking_as
from suppliers.services import NotHere
from tests.cast import Chain
from tests.quality.frames import frame_of, inspection

pytestmark = pytest.mark.usefixtures("house")
NOW = datetime(2026, 6, 30, 9, 0, tzinfo=UTC)


@pytest.fixture
def part(chain: Chain) -> int:
    return chain.part.pk


def record(chain: Chain, *rows: dict, commit: int = 1, stage: str = "outgoing", **more) -> dict[str, int]:
    return record_inspections(
        partnership_id=chain.ours.pk, rows=frame_of(rows), stage=stage, commit_id=commit, now=NOW, **more
    )


def compare(chain: Chain, *rows: dict, stage: str = "outgoing") -> pd.DataFrame:
    return compare_inspections(partnership_id=chain.ours.pk, rows=frame_of(rows), stage=stage)


def live() -> list[tuple]:
    counting = Inspection.objects.counting().order_by("lot__number", "stage", "submission")
    return list(counting.values_list("lot__number", "submission", "inspection_date", "nonconforming"))


def test_a_new_lot_is_stored_with_what_was_found_and_done(chain, part):
    counts = record(
        chain,
        inspection(
            part,
            " J250305-1 ",
            "2025-03-05",
            315,
            19,
            verdict="rejected",
            lot_size=20000,
            defects=[
                {"name": "毛刺", "count": 12},
                {"name": "压伤", "count": 4},
                {"name": "味道不对", "count": None},
            ],
            disposition="sorted",
            sorted_qty=213,
            remark="夜班",
        ),
    )
    assert counts == {"new": 1, "same": 0, "changed": 0, "replaced": 0}
    stored = Inspection.objects.get()
    assert (stored.lot.number, stored.lot.number_key, stored.lot.lot_size) == (
        "J250305-1",
        "j250305-1",
        20000,
    )
    assert (stored.submission, stored.inspected, stored.nonconforming) == (1, 315, 19)
    assert (stored.verdict, stored.remark, stored.commit_id) == ("rejected", "夜班", 1)
    found = dict(Nonconformity.objects.values_list("defect", "count"))
    assert found == {"STA-01": 12, "STA-04": 4, "味道不对": None}
    assert list(Disposition.objects.values_list("kind", "quantity")) == [("sorted", 213)]


def test_conforming_units_will_do_where_the_nonconforming_ones_are_not_counted(chain, part):
    row = inspection(part, "J1", "2025-03-05", 100, conforming=97)
    del row["nonconforming"]
    record(chain, row)
    assert Inspection.objects.get().nonconforming == 3


def test_the_same_file_twice_changes_nothing(chain, part):
    rows = [
        inspection(
            part, "J1", "2025-03-05", 100, 9, verdict="rejected", defects=[{"name": "毛刺", "count": 9}]
        ),
        inspection(part, "J1", "2025-03-07", 100, 0),
        inspection(part, "J2", "2025-03-05", 80, 1),
    ]
    record(chain, *rows)
    before = list(Inspection.objects.order_by("pk").values())
    assert set(compare(chain, *rows)["status"]) == {"same"}
    assert record(chain, *rows, commit=2) == {"new": 0, "same": 3, "changed": 0, "replaced": 0}
    assert list(Inspection.objects.order_by("pk").values()) == before


def test_a_later_day_after_a_rejection_is_the_next_submission(chain, part):
    record(chain, inspection(part, "J1", "2025-03-05", 100, 9, verdict="rejected"))
    answer = compare(chain, inspection(part, "J1", "2025-03-07", 100, 0))
    assert answer[["status", "submission"]].values.tolist() == [["new", 2]]
    record(chain, inspection(part, "J1", "2025-03-07", 100, 0), commit=2)
    assert [row[1:] for row in live()] == [(1, date(2025, 3, 5), 9), (2, date(2025, 3, 7), 0)]


def test_several_presentations_may_come_in_one_file_in_any_order(chain, part):
    record(
        chain,
        inspection(part, "J1", "2025-03-09", 100, 0),
        inspection(part, "J1", "2025-03-05", 100, 9, verdict="rejected"),
        inspection(part, "J1", "2025-03-07", 100, 5, verdict="rejected"),
    )
    assert [row[1] for row in live()] == [1, 2, 3]
    assert [row[3] for row in live()] == [9, 5, 0]


def test_an_earlier_rejection_that_comes_late_makes_the_old_first_a_second(chain, part):
    record(chain, inspection(part, "J1", "2025-03-07", 100, 0))
    record(chain, inspection(part, "J1", "2025-03-05", 100, 9, verdict="rejected"), commit=2)
    assert [row[1:] for row in live()] == [(1, date(2025, 3, 5), 9), (2, date(2025, 3, 7), 0)]
    assert list(LotSum.objects.values_list("day", "nonconforming")) == [(date(2025, 3, 5), 9)]
    withdraw_inspections(commit_id=2, now=NOW)
    assert [row[1:] for row in live()] == [(1, date(2025, 3, 7), 0)]
    assert list(LotSum.objects.values_list("day", "nonconforming")) == [(date(2025, 3, 7), 0)]


def test_a_stated_resubmission_whose_first_was_never_reported_is_no_first(chain, part):
    record(chain, inspection(part, "J1", "2025-03-07", 100, 0, submission=2), stage="incoming")
    assert [row[1] for row in live()] == [2]
    assert not LotSum.objects.exists()
    record(
        chain, inspection(part, "J1", "2025-03-05", 100, 9, verdict="rejected"), commit=2, stage="incoming"
    )
    assert [row[1] for row in live()] == [1, 2]


def test_other_figures_on_the_same_day_are_a_conflict_and_wait_for_a_person(chain, part):
    record(chain, inspection(part, "J1", "2025-03-05", 100, 3))
    other = inspection(part, "J1", "2025-03-05", 100, 4)
    answer = compare(chain, other)
    assert answer["status"].tolist() == ["conflicting"]
    assert answer["stored"].iloc[0] == {"nonconforming": 3}
    assert answer["rule"].tolist() == [None]
    with pytest.raises(Contradicts) as refused:
        record(chain, other, commit=2)
    assert refused.value.rows == [100]
    assert live()[0][3] == 3
    assert record(chain, other, commit=2, replacing={100})["replaced"] == 1
    assert live()[0][3] == 4


def test_another_day_after_an_acceptance_is_the_same_presentation_and_a_conflict(chain, part):
    record(chain, inspection(part, "J1", "2025-03-05", 100, 3))
    answer = compare(chain, inspection(part, "J1", "2025-03-09", 100, 3))
    assert answer["status"].tolist() == ["conflicting"]
    assert answer["stored"].iloc[0] == {"inspection_date": "2025-03-05"}


def test_a_row_that_tells_more_is_a_correction_and_both_stay_readable(chain, part):
    record(chain, inspection(part, "J1", "2025-03-05", 100, 3, inspector="王", remark="一"))
    more = inspection(part, "J1", "2025-03-05", 100, 3, remark="二", defects=[{"code": "STA-01", "count": 3}])
    answer = compare(chain, more)
    assert answer["status"].tolist() == ["changed"]
    assert answer["stored"].iloc[0] == {"remark": "一", "defects": {}}
    assert record(chain, more, commit=2)["changed"] == 1
    new, old = Inspection.objects.order_by("-pk")
    assert new.corrects == old
    assert (old.withdrawn_by_commit_id, old.remark) == (2, "一")
    assert (new.remark, new.inspector) == ("二", "王")  # what the file does not mention stays
    assert DefectSum.objects.get().count == 3


def test_two_rows_of_one_file_that_disagree_are_never_stored(chain, part):
    rows = [inspection(part, "J1", "2025-03-05", 100, 3), inspection(part, "J1", "2025-03-05", 100, 4)]
    answer = compare(chain, *rows)
    assert answer["status"].tolist() == ["new", "conflicting"]
    assert answer["rule"].tolist() == [None, "contradicts_row"]
    assert answer["stored"].iloc[1] == {"row": 100, "nonconforming": 3}
    with pytest.raises(Contradicts):
        record(chain, *rows, replacing={101})


def test_two_rows_that_would_correct_one_inspection_differently_disagree(chain, part):
    record(chain, inspection(part, "J1", "2025-03-05", 100, 3, remark="一"))
    rows = [inspection(part, "J1", "2025-03-05", 100, 3, remark=word) for word in ("二", "二", "三")]
    assert compare(chain, *rows)["status"].tolist() == ["changed", "same", "conflicting"]


def test_a_row_that_says_the_same_twice_counts_once(chain, part):
    row = inspection(part, "J1", "2025-03-05", 100, 3)
    assert record(chain, row, row) == {"new": 1, "same": 1, "changed": 0, "replaced": 0}


def test_stages_are_never_pooled(chain, part):
    record(chain, inspection(part, "J1", "2025-03-05", 100, 3))
    record(chain, inspection(part, "J1", "2025-03-12", 100, 5), commit=2, stage="incoming")
    assert Lot.objects.count() == 1
    assert set(LotSum.objects.values_list("stage", "nonconforming")) == {("outgoing", 3), ("incoming", 5)}


def test_undoing_a_correction_brings_the_old_word_back_and_it_can_be_corrected_again(chain, part):
    record(chain, inspection(part, "J1", "2025-03-05", 100, 3, remark="一"))
    record(chain, inspection(part, "J1", "2025-03-05", 100, 3, remark="二"), commit=2)
    with pytest.raises(BuiltUpon) as held:
        withdraw_inspections(commit_id=1, now=NOW)
    assert held.value.params == {"commits": [2]}
    assert withdraw_inspections(commit_id=2, now=NOW) == {"withdrawn": 1, "revived": 1}
    assert Inspection.objects.counting().get().remark == "一"
    assert withdraw_inspections(commit_id=2, now=NOW) == {"withdrawn": 0, "revived": 0}
    record(chain, inspection(part, "J1", "2025-03-05", 100, 3, remark="三"), commit=3)
    assert Inspection.objects.counting().get().remark == "三"
    withdraw_inspections(commit_id=3, now=NOW)
    withdraw_inspections(commit_id=1, now=NOW)
    assert not Inspection.objects.counting().exists()
    assert not LotSum.objects.exists()
    assert Inspection.objects.count() == 3


def test_a_customers_prefix_before_the_suppliers_number_means_the_same_lot(chain, part):
    record(chain, inspection(part, "X250305-1", "2025-03-05"))
    record(chain, inspection(part, "LL-X250305-1", "2025-03-15"), commit=2, stage="incoming")
    lot = Lot.objects.get()
    assert (lot.number, lot.customer_number) == ("X250305-1", "LL-X250305-1")
    again = compare(chain, inspection(part, "ll-x250305-1", "2025-03-15"), stage="incoming")
    assert again["status"].tolist() == ["same"]


def test_the_prefix_is_known_also_where_the_supplier_reports_later(chain, part):
    record(chain, inspection(part, "LL-X250305-1", "2025-03-15"), stage="incoming")
    record(chain, inspection(part, "X250305-1", "2025-03-05"), commit=2)
    lot = Lot.objects.get()
    assert (lot.number, lot.customer_number) == ("X250305-1", "LL-X250305-1")


def test_a_prefix_that_the_supplier_writes_itself_tells_lots_apart(chain, part):
    record(chain, inspection(part, "AB-250304", "2025-03-04"), inspection(part, "250305", "2025-03-05"))
    record(chain, inspection(part, "AB-250305", "2025-03-15"), commit=2, stage="incoming")
    assert Lot.objects.count() == 3


def test_words_that_several_codes_have_are_decided_by_the_parts_process(chain):
    word = [{"name": "变形", "count": 1}]
    for part in (chain.part.pk, chain.sibling_part.pk):
        place = chain.ours if part == chain.part.pk else chain.siblings
        rows = frame_of([inspection(part, "J1", "2025-03-05", 100, 1, defects=word)])
        record_inspections(partnership_id=place.pk, rows=rows, stage="outgoing", commit_id=1, now=NOW)
    assert set(Nonconformity.objects.values_list("defect", flat=True)) == {"STA-05", "BIM-06"}


def test_what_changed_waits_to_be_looked_at(chain, part):
    record(chain, inspection(part, "J1", "2025-03-05"), inspection(part, "J2", "2025-03-09"))
    record(chain, inspection(part, "J3", "2025-03-02"), commit=2)
    cell = TouchedCell.objects.get()
    assert (cell.first_day, cell.last_day, cell.touched_at) == (date(2025, 3, 2), date(2025, 3, 9), NOW)


def test_one_query_more_for_no_row_more(chain, part, django_assert_max_num_queries):
    record(chain, inspection(part, "first", "2025-03-01"))
    with django_assert_max_num_queries(32):
        record(chain, *(inspection(part, f"J{n}", "2025-03-05", 100, 1) for n in range(200)), commit=2)


@pytest.mark.parametrize("call", [compare_inspections, record_inspections])
def test_a_strangers_partnership_is_refused_before_anything_is_read(chain, part, call):
    more = {"commit_id": 1, "now": NOW} if call is record_inspections else {}
    rows = frame_of([inspection(chain.foreign_part.pk, "J1", "2025-03-05")])
    for person in (chain.buyer, chain.engineer):
        with looking_as(person), pytest.raises((ScopeError, LookupError)):
            call(partnership_id=chain.foreign.pk, rows=rows, stage="outgoing", **more)
    assert not Lot.objects.exists()


def test_a_stranger_cannot_take_back_what_is_not_its_own(chain, part):
    record(chain, inspection(part, "J1", "2025-03-05"))
    with looking_as(chain.outsider), pytest.raises(ScopeError):
        withdraw_inspections(commit_id=1, now=NOW)
    assert Inspection.objects.counting().count() == 1


def test_a_siblings_lot_of_the_same_number_is_another_lot(chain):
    part = chain.shared_part.pk
    for place in (chain.ours, chain.siblings):
        rows = frame_of([inspection(part, "J1", "2025-03-05", 100, place.pk % 7)])
        record_inspections(partnership_id=place.pk, rows=rows, stage="outgoing", commit_id=place.pk, now=NOW)
    with looking_as(chain.engineer):
        assert Lot.objects.get().partnership_id == chain.ours.pk
        assert LotSum.objects.get().nonconforming == chain.ours.pk % 7


def of_both(chain: Chain, ours: int, siblings: int, lot: str = "J1", **more) -> pd.DataFrame:
    """The same number of the same part on two partnerships, each with how many were nonconforming."""
    rows = frame_of(
        inspection(chain.shared_part.pk, lot, "2025-03-05", 100, found, **more) for found in (ours, siblings)
    )
    return rows.assign(partnership_id=pd.array([chain.ours.pk, chain.siblings.pk], dtype="Int64"))


def nonconforming_at(partnership) -> list[int]:
    rows = Inspection.objects.counting().filter(partnership=partnership).order_by("lot__number")
    return list(rows.values_list("nonconforming", flat=True))


def test_rows_of_several_partnerships_are_recorded_together_and_stay_apart(chain):
    told = {"partnership_id": None, "stage": "incoming", "now": NOW}
    counts = record_inspections(
        rows=of_both(chain, 2, 5, defects=[{"name": "毛刺", "count": 1}]), commit_id=1, **told
    )
    assert counts["new"] == 2
    assert (nonconforming_at(chain.ours), nonconforming_at(chain.siblings)) == ([2], [5])
    sums = LotSum.objects.values_list("partnership", "nonconforming")
    assert dict(sums) == {chain.ours.pk: 2, chain.siblings.pk: 5}
    assert set(Nonconformity.objects.values_list("partnership", flat=True)) == {
        chain.ours.pk,
        chain.siblings.pk,
    }
    again = compare_inspections(partnership_id=None, rows=of_both(chain, 2, 6), stage="incoming")
    assert again["status"].tolist() == ["same", "conflicting"]
    record_inspections(rows=of_both(chain, 2, 6), replacing={101}, commit_id=2, **told)
    assert (nonconforming_at(chain.ours), nonconforming_at(chain.siblings)) == ([2], [6])
    assert rebuild_sums(check=True) == []
    withdraw_inspections(commit_id=2, now=NOW)
    withdraw_inspections(commit_id=1, now=NOW)
    assert Inspection.objects.counting().count() == LotSum.objects.count() == 0


def test_a_customers_prefix_is_each_partnerships_own(chain):
    told = {"partnership_id": None, "now": NOW}
    record_inspections(rows=of_both(chain, 0, 0, lot="250305-1"), stage="outgoing", commit_id=1, **told)
    rows = of_both(chain, 1, 1, lot="LL-250305-1")
    record_inspections(rows=rows, stage="incoming", commit_id=2, **told)
    assert Lot.objects.count() == 2
    assert set(Lot.objects.values_list("number", "customer_number")) == {("250305-1", "LL-250305-1")}
    # The sibling writes the prefix itself: there it is a lot of its own.
    own = frame_of([inspection(chain.shared_part.pk, "LL-250306-1", "2025-03-06")])
    record_inspections(partnership_id=chain.siblings.pk, rows=own, stage="outgoing", commit_id=3, now=NOW)
    record_inspections(rows=of_both(chain, 0, 0, lot="250307-1"), stage="outgoing", commit_id=4, **told)
    record_inspections(rows=of_both(chain, 0, 0, lot="LL-250307-1"), stage="incoming", commit_id=5, **told)
    assert Lot.objects.filter(partnership=chain.ours, number="250307-1").get().customer_number
    assert not Lot.objects.filter(partnership=chain.siblings, number="250307-1").get().customer_number


def test_one_partnership_outside_the_scope_holds_up_all(chain):
    with looking_as(chain.clerk):
        with pytest.raises(ScopeError):
            compare_inspections(partnership_id=None, rows=of_both(chain, 0, 0), stage="outgoing")
        with pytest.raises(NotHere):
            record_inspections(
                partnership_id=None, rows=of_both(chain, 0, 0), stage="outgoing", commit_id=1, now=NOW
            )
    assert not Inspection.objects.exists()
