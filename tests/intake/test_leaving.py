"""Rows that cannot be mended are left out by a person, and taken in again, by whichever door."""

import io
import json

import openpyxl
import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from intake.models import Upload
from intake.services import answer, commit, repair
from intake.services.answer import NotAnAnswer, NotReady
from intake.services.leaving import NotNoted
from suppliers.access import looking_as
from tests.intake.files import INSPECTIONS, NOW, counted, hand_in, sheet
from tests.intake.test_marked_workbooks import marked
from tests.intake.test_road import lots_of

HERE = {"now": NOW, "seconds": None}
FILE = sheet(
    INSPECTIONS,
    "2026-05-04,0201002,J1,3200,125,1,合格,",
    "2026-11-31,0201002,J2,3200,125,0,合格,",
    "昨天,0201002,J3,3200,125,0,合格,",
    "2026-05-05,0201002,J4,3200,125,两三个,合格,",
)


@pytest.fixture
def clerk(chain) -> Client:
    client = Client()
    client.force_login(chain.clerk.user)
    return client


@pytest.fixture
def upload(chain) -> Upload:
    return hand_in(chain.clerk, FILE, partnership_id=chain.ours.pk, dry_run=True)


def told(chain, upload: Upload, **said) -> Upload:
    with looking_as(chain.clerk):
        return answer.answer(upload_id=upload.pk, person=chain.clerk, **HERE, **said)


def test_a_row_that_is_left_out_is_counted_so_and_no_longer_to_be_mended(chain, upload):
    assert counted(upload, "read", "new", "wrong") == [4, 1, 3]
    left = told(chain, upload, left_out=["5月!3"])
    assert counted(left, "read", "new", "wrong", "left_out_by_hand") == [4, 1, 2, 1]
    (entry,) = left.answers["left_out"]
    assert (entry["by"], entry["at"], entry["count"]) == (chain.clerk.pk, NOW.isoformat(), 1)
    assert entry["why"]["rule"] == "date_impossible"


def test_all_rows_with_one_problem_go_at_one_press_and_come_back_at_another(chain, clerk, upload):
    page = clerk.get(reverse("upload", args=[upload.pk])).content.decode()
    assert page.count('name="alike"') == 3  # one a group
    with looking_as(chain.clerk):
        problem = upload.problems.get(row=5)
    body = {"problem": f"p{problem.pk}", "alike": "1"}
    page = clerk.post(reverse("upload-leave-out", args=[upload.pk]), body, follow=True).content.decode()
    assert "人工去掉的行" in page
    with looking_as(chain.clerk):
        upload.refresh_from_db()
    assert counted(upload, "wrong", "left_out_by_hand") == [2, 1]
    clerk.post(reverse("upload-take-in", args=[upload.pk]), {"number": "0"})
    with looking_as(chain.clerk):
        upload.refresh_from_db()
    assert counted(upload, "wrong", "left_out_by_hand") == [3, 0]
    assert upload.answers["left_out"][0]["taken_in"]["by"] == chain.clerk.pk


def test_the_group_takes_rows_beyond_the_hundred_that_are_kept_one_by_one(chain):
    rows = [f"2026-11-31,0201002,K{number},3200,125,0,合格," for number in range(130)]
    upload = hand_in(chain.clerk, sheet(INSPECTIONS, *rows, "2026-05-04,0201002,J1,3200,125,1,合格,"))
    alike = {"sheet": "5月", "code": "date_impossible", "column": "A"}
    left = told(chain, upload, left_out_alike=[alike])
    assert counted(left, "new", "wrong", "left_out_by_hand") == [1, 0, 130]


def test_each_problem_has_its_own_reason_and_no_row_is_counted_twice(chain, upload):
    alike = [{"sheet": "5月", "code": code, "column": "A"} for code in ("date_impossible", "date_unreadable")]
    left = told(chain, upload, left_out=["5月!3", "5月!5"], left_out_alike=[*alike, alike[1]])
    assert [entry["count"] for entry in left.answers["left_out"]] == [2, 1]
    assert left.answers["left_out"][1]["why"]["rule"] == "date_unreadable"
    back = told(chain, left, taken_in=[0, 1])
    both = told(chain, back, left_out_alike=alike)
    reasons = [(entry["why"]["rule"], entry["count"]) for entry in both.answers["left_out"][2:]]
    assert reasons == [("date_impossible", 1), ("date_unreadable", 1)]


def test_without_them_the_file_is_saved_whole_and_sent_again_changes_nothing(chain, upload):
    left = told(chain, upload, left_out=["*"])
    assert (left.state, left.open_rows) == ("understood", 0)
    with looking_as(chain.clerk):
        saved = commit.commit(upload_id=upload.pk, person=chain.clerk, **HERE)
    assert (saved.state, lots_of(chain.ours)) == ("committed", {"J1": (125, 1)})
    again = hand_in(chain.clerk, FILE, partnership_id=chain.ours.pk)
    assert again.identical_to_id == upload.pk
    assert counted(again, "read", "same", "left_out_by_hand") == [4, 1, 3]


def test_the_marked_workbook_does_not_list_them_and_leaves_them_out_when_it_comes_back(chain, upload):
    left = told(chain, upload, left_out=["5月!3", "5月!5"])
    with looking_as(chain.clerk):
        content = repair.repair_workbook(left)
    page = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    assert [cell.coordinate for row in page for cell in row if cell.comment] == ["A4"]
    back = hand_in(chain.clerk, marked(left, {"A4": "2026-05-06"}), name="back.xlsx")
    assert counted(back, "new", "wrong", "left_out_by_hand") == [2, 0, 2]


def test_a_row_that_says_something_else_in_the_marked_workbook_is_asked_for_again(chain, upload):
    left = told(chain, upload, left_out=["5月!3", "5月!5"])
    back = hand_in(chain.clerk, marked(left, {"A3": "2026-13-01"}), name="back.xlsx")
    assert counted(back, "new", "wrong", "left_out_by_hand") == [1, 2, 1]


@pytest.mark.parametrize("place", ["5月!2", "5月!99", "nowhere", "5月!3!4"])
def test_what_is_no_row_to_be_mended_is_not_left_out(chain, upload, place):
    with pytest.raises(NotAnAnswer):
        told(chain, upload, left_out=[place])


def test_what_was_kept_after_the_faultless_rows_were_saved_can_be_let_go(chain):
    kept = hand_in(chain.clerk, FILE, partnership_id=chain.ours.pk, partial=True)
    assert (kept.state, kept.open_rows) == ("committed", 3)
    let_go = told(chain, kept, left_out=["*"])
    assert (let_go.state, let_go.open_rows) == ("committed", 0)


def test_the_api_says_and_takes_the_same(chain, clerk, upload):
    at = reverse("api-upload-answers", args=[upload.pk])
    body = {"left_out_alike": [{"sheet": "5月", "code": "date_unreadable", "column": "A"}]}
    answered = clerk.post(at, body, content_type="application/json")
    assert answered.status_code == 200, answered.content
    (entry,) = answered.json()["rows_left_out"]
    assert (entry["rows"], entry["places"], entry["code"]) == (1, ["5月!4"], "date_unreadable")
    assert answered.json()["counts"]["left_out_by_hand"] == 1
    body = {"taken_in": [entry["number"]]}
    assert clerk.post(at, body, content_type="application/json").json()["rows_left_out"] == []
    assert clerk.post(at, body, content_type="application/json").status_code == 400


def test_the_command_leaves_rows_out_and_commits_the_rest(chain, tmp_path, capsys):
    file = tmp_path / "5月.csv"
    file.write_bytes(FILE)
    where = f"{chain.ours.customer.code}/{chain.ours.supplier.code}"
    call_command("intake", str(file), "--partnership", where, "--leave-out", "*", "--json")
    (said,) = json.loads(capsys.readouterr().out)
    assert (said["state"], said["counts"]["left_out_by_hand"]) == ("committed", 3)
    assert lots_of(chain.ours) == {"J1": (125, 1)}


def test_a_stranger_leaves_nothing_out(chain, upload):
    client = Client()
    client.force_login(chain.buyer.user)
    with looking_as(chain.clerk):
        body = {"problem": f"p{upload.problems.first().pk}", "alike": "1"}
    assert client.post(reverse("upload-leave-out", args=[upload.pk]), body).status_code == 404
    assert client.post(reverse("upload-take-in", args=[upload.pk]), {"number": "0"}).status_code == 404


@pytest.mark.parametrize(
    "later",
    [
        {"left_out": ["5月!4"]},
        {"cells": [{"sheet": "5月", "row": 4, "column": "A", "value": "2026-05-04"}]},
        {"choices": {"*": "replace"}},
    ],
)
def test_of_two_colleagues_the_quicker_one_answers_and_nothing_of_it_is_lost(
    chain, upload, monkeypatch, later
):
    with looking_as(chain.clerk):
        read_before = answer.upload_of(chain.clerk, upload.pk)
    told(chain, upload, left_out=["5月!3"])
    with monkeypatch.context() as patched:
        patched.setattr(answer, "upload_of", lambda person, upload_id: read_before)
        with pytest.raises(NotReady):
            told(chain, upload, **later)
    left = told(chain, upload, left_out=["5月!4"])
    assert counted(left, "wrong", "left_out_by_hand") == [1, 2]


def test_what_else_was_said_is_kept_where_a_file_is_to_be_understood_anew_first(chain, upload, monkeypatch):
    def not_noted(*given, **named):
        raise NotNoted

    monkeypatch.setattr(answer, "leave_out", not_noted)
    cell = {"sheet": "5月", "row": 3, "column": "A", "value": "2026-05-04"}
    with pytest.raises(NotReady):
        told(chain, upload, left_out=["5月!4"], cells=[cell])
    with looking_as(chain.clerk):
        upload.refresh_from_db()
    assert (counted(upload, "new", "wrong"), len(upload.answers["cells"])) == ([2, 2], 1)
