"""From a supplier's file to committed lots, and back."""

import io

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.test.utils import CaptureQueriesContext

from intake.models import Commit, Mapping, Upload
from intake.services import answer, commit, receive, vault
from quality.models import Inspection, Lot, Measurement, Nonconformity
from suppliers.access import looking_as, looking_as_house
from tests.intake.files import INSPECTIONS, NOW, book, counted, hand_in, rules_of, sheet

HERE = {"now": NOW, "seconds": None}


def lots_of(partnership) -> dict[str, tuple[int, int]]:
    """Lot number to inspected and nonconforming, as counted now."""
    with looking_as_house("test what was stored"):
        rows = Inspection.objects.counting().filter(partnership=partnership)
        return {
            number: (inspected, found)
            for number, inspected, found in rows.values_list("lot__number", "inspected", "nonconforming")
        }


def test_a_suppliers_file_becomes_lots(chain):
    upload = hand_in(chain.clerk, book(("J250504-1", 1), ("J250504-2", 0)), partnership_id=chain.ours.pk)
    assert (upload.state, upload.kind, upload.stage, upload.open_rows) == (
        "committed",
        "inspections",
        "outgoing",
        0,
    )
    assert counted(upload, "read", "new", "same", "wrong") == [2, 2, 0, 0]
    assert lots_of(chain.ours) == {"J250504-1": (125, 1), "J250504-2": (125, 0)}
    with looking_as(chain.clerk):
        assert upload.commits.get().counts["new"] == 2


def test_a_dry_run_stores_nothing(chain):
    upload = hand_in(chain.clerk, book(("J1", 1)), dry_run=True)
    assert (upload.state, upload.counts["new"]) == ("understood", 1)
    assert lots_of(chain.ours) == {}
    with looking_as(chain.clerk):
        upload = commit.commit(upload_id=upload.pk, person=chain.clerk, **HERE)
    assert upload.state == "committed"
    assert lots_of(chain.ours) == {"J1": (125, 1)}


def test_the_same_file_again_changes_nothing_and_points_to_the_first(chain):
    first = hand_in(chain.clerk, book(("J1", 1)))
    again = hand_in(chain.clerk, book(("J1", 1)), name="copy.csv")
    assert (again.state, again.identical_to_id, again.frame) == ("committed", first.pk, "")
    assert counted(again, "read", "new", "same") == [1, 0, 1]
    with looking_as(chain.clerk):
        assert Commit.objects.count() == 1


def test_the_same_rows_in_another_file_change_nothing(chain):
    hand_in(chain.clerk, book(("J1", 1)))
    again = hand_in(chain.clerk, b"\xef\xbb\xbf" + book(("J1", 1)))
    assert (again.state, again.identical_to_id) == ("committed", None)
    assert counted(again, "read", "new", "same") == [1, 0, 1]
    with looking_as(chain.clerk):
        assert Commit.objects.count() == 1  # nothing was written, so there is nothing to undo


def test_the_same_bytes_from_another_sender_are_another_file(chain):
    mine = hand_in(chain.clerk, book(("J1", 1)), partnership_id=chain.ours.pk)
    theirs = hand_in(chain.sibling_engineer, book(("J1", 1)), partnership_id=chain.siblings.pk)
    assert mine.sha256 == theirs.sha256
    assert (theirs.identical_to_id, theirs.counts["new"]) == (None, 1)


def test_a_correction_keeps_what_it_corrected(chain):
    hand_in(chain.clerk, sheet(INSPECTIONS, "2026-05-04,0201002,J1,3200,125,1,合格,"))
    upload = hand_in(chain.clerk, sheet(INSPECTIONS, "2026-05-04,0201002,J1,3200,125,1,合格,换班后复核"))
    assert (upload.state, upload.counts["changed"]) == ("committed", 1)
    with looking_as(chain.clerk):
        old, new = Inspection.objects.order_by("pk")
    assert (old.remark, old.withdrawn_by_commit_id) == ("", new.commit_id)
    assert (new.remark, new.corrects_id, new.withdrawn_at) == ("换班后复核", old.pk, None)


def test_other_figures_wait_for_a_person_who_keeps_the_earlier(chain):
    hand_in(chain.clerk, book(("J1", 1)))
    upload = hand_in(chain.clerk, book(("J1", 3), ("J2", 0)))
    assert (upload.state, upload.open_rows) == ("waiting", 1)
    assert counted(upload, "new", "conflicting") == [1, 1]
    assert lots_of(chain.ours) == {"J1": (125, 1)}
    with looking_as(chain.clerk):
        answer.answer(upload_id=upload.pk, person=chain.clerk, choices={"5月!2": "keep"}, **HERE)
        upload = commit.commit(upload_id=upload.pk, person=chain.clerk, **HERE)
    assert upload.state == "committed"
    assert lots_of(chain.ours) == {"J1": (125, 1), "J2": (125, 0)}


def test_or_uses_the_new_figures_and_the_earlier_stay_readable(chain):
    hand_in(chain.clerk, book(("J1", 1)))
    upload = hand_in(chain.clerk, book(("J1", 3)))
    with looking_as(chain.clerk):
        answer.answer(upload_id=upload.pk, person=chain.clerk, choices={"*": "replace"}, **HERE)
        commit.commit(upload_id=upload.pk, person=chain.clerk, **HERE)
        assert Inspection.objects.filter(lot__number="J1").count() == 2
    assert lots_of(chain.ours) == {"J1": (125, 3)}


BROKEN = sheet(
    INSPECTIONS,
    "2026-05-04,0201002,J1,3200,125,1,合格,",
    "2026-05-44,0201002,J2,3200,125,0,合格,",
    "2026-05-04,0201002,J3,3200,125,215,合格,",
)


def test_one_wrong_row_holds_up_all(chain):
    upload = hand_in(chain.clerk, BROKEN)
    assert (upload.state, upload.open_rows) == ("waiting", 2)
    assert rules_of(upload) == [(3, "date_impossible"), (4, "nonconforming_above_inspected")]
    assert lots_of(chain.ours) == {}
    with looking_as(chain.clerk):
        upload = commit.commit(upload_id=upload.pk, person=chain.clerk, **HERE)
    assert upload.state == "waiting"


def test_partial_takes_the_faultless_and_the_mends_follow(chain):
    upload = hand_in(chain.clerk, BROKEN, partial=True)
    assert (upload.state, upload.open_rows) == ("committed", 2)
    assert lots_of(chain.ours) == {"J1": (125, 1)}
    cells = [
        {"sheet": "5月", "row": 3, "column": "A", "value": "2026-05-04"},
        {"sheet": "5月", "row": 4, "column": "F", "value": "2"},
    ]
    with looking_as(chain.clerk):
        upload = answer.answer(upload_id=upload.pk, person=chain.clerk, cells=cells, **HERE)
        assert (upload.state, counted(upload, "new", "same", "wrong")) == ("understood", [2, 1, 0])
        upload = commit.commit(upload_id=upload.pk, person=chain.clerk, **HERE)
        assert [one.counts["new"] for one in upload.commits.order_by("number")] == [1, 2]
    assert (upload.state, upload.open_rows) == ("committed", 0)
    assert lots_of(chain.ours) == {"J1": (125, 1), "J2": (125, 0), "J3": (125, 2)}


def test_a_marked_workbook_sent_back_is_a_further_commit_of_the_first_file(chain):
    first = hand_in(chain.clerk, BROKEN, partial=True)
    mended = BROKEN.replace(b"2026-05-44", b"2026-05-04").replace(b"215", b"2")
    repair = hand_in(chain.clerk, mended, repairs_id=first.pk)
    assert (repair.state, counted(repair, "new", "same")) == ("committed", [2, 1])
    with looking_as(chain.clerk):
        first.refresh_from_db()
        assert (first.open_rows, first.commits.count(), repair.commits.count()) == (0, 2, 0)
        commit.undo(upload_id=repair.pk, person=chain.clerk, now=NOW)
        assert set(Upload.objects.values_list("state", flat=True)) == {"undone"}
    assert lots_of(chain.ours) == {}


def test_undo_takes_back_all_commits_and_the_file_may_come_again(chain):
    upload = hand_in(chain.clerk, BROKEN, partial=True)
    with looking_as(chain.clerk):
        upload = commit.undo(upload_id=upload.pk, person=chain.clerk, now=NOW)
        assert (upload.state, upload.commits.get().undone_at) == ("undone", NOW)
        assert Lot.objects.exists()  # a lot is never deleted
    assert lots_of(chain.ours) == {}
    again = hand_in(chain.clerk, BROKEN, partial=True)
    assert (again.identical_to_id, again.counts["new"]) == (None, 1)
    assert lots_of(chain.ours) == {"J1": (125, 1)}


def test_undo_says_why_not_when_something_stands_on_it(chain):
    first = hand_in(chain.clerk, book(("J1", 1)))
    later = hand_in(chain.clerk, book(("J1", 3)))
    with looking_as(chain.clerk):
        answer.answer(upload_id=later.pk, person=chain.clerk, choices={"*": "replace"}, **HERE)
        commit.commit(upload_id=later.pk, person=chain.clerk, **HERE)
        with pytest.raises(commit.BuiltUpon):
            commit.undo(upload_id=first.pk, person=chain.clerk, now=NOW)
        commit.undo(upload_id=later.pk, person=chain.clerk, now=NOW)
        assert lots_of(chain.ours) == {"J1": (125, 1)}
        commit.undo(upload_id=first.pk, person=chain.clerk, now=NOW)
    assert lots_of(chain.ours) == {}


def test_an_unknown_part_waits_and_may_be_made_by_the_customers_engineer(chain):
    rows = sheet(
        "检验日期,供应商简称,物料编码,来料批号,抽样数,不合格数,检验结论",
        "2026-05-04,S01,0209999,J9,125,0,合格",
    )
    upload = hand_in(chain.buyer, rows)
    assert (upload.state, rules_of(upload)) == ("waiting", [(2, "part_unknown")])
    (question,) = upload.understanding["questions"]
    with looking_as(chain.buyer):
        upload = answer.answer(
            upload_id=upload.pk, person=chain.buyer, answers={question["id"]: "create"}, **HERE
        )
        assert (upload.state, upload.counts["new"]) == ("understood", 1)
        upload = commit.commit(upload_id=upload.pk, person=chain.buyer, **HERE)
    assert (upload.state, upload.stage) == ("committed", "incoming")
    assert lots_of(chain.ours) == {"J9": (125, 0)}


def test_many_characteristics_are_made_at_once_in_the_queries_of_a_few(chain):
    def made(number: int, *, before: int) -> int:
        rows = (f"0201002,J{number},孔距{number}.{n},10.{n % 10},2026-05-04 08:00" for n in range(number))
        content = sheet("物料编码,批号,检验项目,实测值,测量时间", *rows)
        upload = hand_in(chain.buyer, content, partnership_id=chain.ours.pk, kind="measurements")
        asked = {question["id"]: "create" for question in upload.understanding["questions"]}
        assert (upload.state, len(asked), upload.counts["wrong"]) == ("waiting", number, number)
        with looking_as(chain.buyer), CaptureQueriesContext(connection) as queries:
            answer.answer(upload_id=upload.pk, person=chain.buyer, answers=asked, **HERE)
            upload = commit.commit(upload_id=upload.pk, person=chain.buyer, **HERE)
            stored = Measurement.objects.values("characteristic_version_id").distinct().count()
        assert (upload.state, upload.counts["new"], stored) == ("committed", number, before + number)
        return len(queries)

    assert made(3, before=0) == made(300, before=3)


def test_a_supplier_cannot_make_the_customers_part(chain):
    upload = hand_in(
        chain.engineer, book(("J9", 0), part="0209999"), partnership_id=chain.ours.pk, create=True
    )
    assert (upload.state, rules_of(upload)) == ("waiting", [(2, "part_unknown")])
    with looking_as(chain.engineer), pytest.raises(answer.NotAnAnswer):
        answer.answer(
            upload_id=upload.pk,
            person=chain.engineer,
            answers={upload.understanding["questions"][0]["id"]: "create"},
            **HERE,
        )


def test_what_was_missing_and_was_made_meanwhile_is_found_by_the_commit(chain):
    from tests.factories import make_part

    upload = hand_in(chain.clerk, book(("J9", 0), part="0209999"), partnership_id=chain.ours.pk)
    assert upload.state == "waiting"
    make_part("0209999", chain.customer, [chain.ours])
    with looking_as(chain.clerk):
        upload = commit.commit(upload_id=upload.pk, person=chain.clerk, **HERE)
    assert upload.state == "committed"


def test_what_was_answered_is_remembered_for_the_next_file(chain):
    header = "日期,客户,料号,批号,抽检数,不良数"
    upload = hand_in(chain.clerk, sheet(header, "2026-05-04,天工,0201002,J1,125,0"))
    assert rules_of(upload) == [(2, "organisation_unknown")]
    with looking_as(chain.clerk):
        answer.answer(
            upload_id=upload.pk, person=chain.clerk, answers={"who:天工": chain.customer.pk}, **HERE
        )
        assert Mapping.objects.count() == 1
    other_layout = hand_in(chain.clerk, sheet(header + ",备注", "2026-05-05,天工,0201002,J2,125,0,无"))
    assert (other_layout.state, other_layout.counts["new"]) == ("committed", 1)


def test_a_column_that_is_unsure_is_asked_once(chain):
    header = "日期,料号,批号,送检数,不良数"
    first = hand_in(chain.clerk, sheet(header, "2026-05-04,0201002,J1,125,0"), partnership_id=chain.ours.pk)
    assert first.state == "waiting"
    (question,) = first.understanding["questions"]
    assert question["kind"] == "column"
    with looking_as(chain.clerk):
        answer.answer(upload_id=first.pk, person=chain.clerk, answers={question["id"]: "inspected"}, **HERE)
        first = commit.commit(upload_id=first.pk, person=chain.clerk, **HERE)
    assert first.state == "committed"
    second = hand_in(chain.clerk, sheet(header, "2026-05-05,0201002,J2,125,0"), partnership_id=chain.ours.pk)
    assert second.state == "committed"
    assert lots_of(chain.ours) == {"J1": (125, 0), "J2": (125, 0)}


def test_one_lot_by_hand_goes_the_same_road(chain):
    row = {
        "part_no": "0201002",
        "lot_no": "J1",
        "inspection_date": "2026-05-04",
        "inspected": 125,
        "nonconforming": 1,
    }
    with looking_as(chain.clerk):
        upload = receive.receive_rows(
            rows=[row],
            file_name="J1.csv",
            person=chain.clerk,
            asked=receive.Asked(kind="inspections", partnership_id=chain.ours.pk),
            **HERE,
        )
    assert upload.state == "committed"
    assert lots_of(chain.ours) == {"J1": (125, 1)}


def test_cells_pasted_from_a_spreadsheet_go_the_same_road(chain):
    text = "料号\t批号\t检验日期\t检验数\t不合格数\n0201002\tJ1\t2026-05-04\t125\t1\n"
    with looking_as(chain.clerk):
        upload = receive.receive_paste(
            text=text, file_name="粘贴.txt", person=chain.clerk, asked=receive.Asked(), **HERE
        )
    assert upload.state == "committed"
    assert lots_of(chain.ours) == {"J1": (125, 1)}


def test_a_picture_is_refused_in_one_sentence(chain):
    upload = hand_in(chain.clerk, b"\x89PNG\r\n\x1a\n" + bytes(200), name="照片.xlsx")
    assert (upload.state, upload.refusal["rule"]) == ("refused", "picture")


def test_bytes_lie_by_what_they_hold_before_the_row_says_so(chain):
    upload = hand_in(chain.clerk, book(("J1", 1)), name="../../etc/passwd\u202e.csv")
    assert upload.file_name == "passwd.csv"
    assert default_storage.exists(vault.path_of(upload.sha256))
    assert vault.bytes_of(upload.sha256) == book(("J1", 1))


def test_a_file_beyond_the_limit_is_refused_and_not_kept(chain, settings):
    settings.UPLOAD_MAX_BYTES = 100
    upload = hand_in(chain.clerk, book(("J1", 1), ("J2", 1), ("J3", 1)))
    assert (upload.state, upload.refusal["rule"], upload.sha256) == ("refused", "too_large", "")


def test_defects_in_words_come_with_their_counts(chain):
    header = "日期,料号,批号,抽检数,不良数,不良情况"
    hand_in(chain.clerk, sheet(header, "2026-05-04,0201002,J1,125,3,毛刺2、压伤1"))
    with looking_as(chain.clerk):
        assert sum(Nonconformity.objects.values_list("count", flat=True)) == 3


def test_a_large_file_is_a_task_and_a_small_one_is_answered_at_once(chain, monkeypatch):
    from intake.services import work

    rung = []
    monkeypatch.setattr(work, "wake", lambda task, queue, upload_id: rung.append((queue, upload_id)))
    monkeypatch.setattr(work, "SMALL_BYTES", 200)
    lots = [(f"J{number}", 0) for number in range(50)]
    with looking_as(chain.clerk):
        large = receive.receive_file(
            person=chain.clerk,
            content=io.BytesIO(book(*lots)),
            file_name="big.csv",
            asked=receive.Asked(),
            now=NOW,
        )
        assert (large.state, rung) == ("received", [("large", large.pk)])
        work.work_on(upload_id=large.pk, now=NOW)
        large.refresh_from_db()
    assert (large.state, large.counts["new"]) == ("committed", 50)
