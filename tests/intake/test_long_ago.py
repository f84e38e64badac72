"""A day of years ago is mostly a slip of the year: it is asked for once before it is saved."""

import json

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from intake.models import Upload
from intake.queries import question_in_words
from intake.services import answer, commit
from suppliers.access import looking_as
from tests.intake.files import INSPECTIONS, NOW, VALUES, book, counted, hand_in, rules_of, sheet
from tests.intake.test_road import lots_of

HERE = {"now": NOW, "seconds": None}
OLD = book(("J1", 1), ("J2", 0), day="2008-07-19")
MIXED = sheet(
    INSPECTIONS,
    "2008-05-04,0201002,J1,3200,125,1,合格,",
    "2026-05-05,0201002,J2,3200,125,0,合格,",
)


def said(chain, upload: Upload, what: str) -> Upload:
    with looking_as(chain.clerk):
        return answer.answer(upload_id=upload.pk, person=chain.clerk, answers={"long_ago": what}, **HERE)


def save(chain, upload: Upload, **more) -> Upload:
    with looking_as(chain.clerk):
        return commit.commit(upload_id=upload.pk, person=chain.clerk, **HERE, **more)


def test_a_whole_file_of_years_ago_waits_for_one_yes_and_is_then_saved(chain):
    upload = hand_in(chain.clerk, OLD, partnership_id=chain.ours.pk, partial=True)
    (question,) = upload.understanding["questions"]
    assert (upload.state, question["id"], lots_of(chain.ours)) == ("waiting", "long_ago", {})
    assert question_in_words(question)["text"] == "2 行全是 2008 年的，距今超过 3 年。年份对吗？"
    assert save(chain, upload).state == "waiting"  # not by a second press either
    assert said(chain, upload, "yes").state == "understood"
    assert save(chain, upload).state == "committed"
    assert set(lots_of(chain.ours)) == {"J1", "J2"}


def test_sent_again_its_rows_are_known_and_nothing_is_asked(chain):
    upload = hand_in(chain.clerk, OLD, partnership_id=chain.ours.pk)
    said(chain, upload, "yes")
    save(chain, upload)
    assert hand_in(chain.clerk, OLD, partnership_id=chain.ours.pk).identical_to_id == upload.pk
    saved_anew = hand_in(chain.clerk, OLD + b"\r\n", partnership_id=chain.ours.pk)
    assert (saved_anew.state, *counted(saved_anew, "new", "same")) == ("committed", 0, 2)


def test_a_no_puts_the_rows_to_be_mended_in_their_cells(chain):
    upload = hand_in(chain.clerk, MIXED, partnership_id=chain.ours.pk)
    assert upload.understanding["questions"][0]["params"]["rows"] == 1
    to_mend = said(chain, upload, "no")
    assert rules_of(to_mend) == [(2, "date_long_ago")]
    cell = {"sheet": "5月", "row": 2, "column": "A", "value": "2026-05-04"}
    with looking_as(chain.clerk):
        mended = answer.answer(upload_id=upload.pk, person=chain.clerk, cells=[cell], **HERE)
    assert (mended.state, *counted(mended, "new", "wrong")) == ("understood", 2, 0)


def test_a_no_is_said_of_the_rows_that_were_asked_about_not_of_those_that_are_stored(chain):
    stored = hand_in(chain.clerk, OLD, partnership_id=chain.ours.pk)
    said(chain, stored, "yes")
    save(chain, stored)
    upload = hand_in(
        chain.clerk,
        book(("J1", 1), ("J2", 0), ("J3", 0), day="2008-07-19"),
        dry_run=True,
        partnership_id=chain.ours.pk,
    )
    assert upload.understanding["questions"][0]["params"]["rows"] == 1
    to_mend = said(chain, upload, "no")
    assert counted(to_mend, "same", "wrong", "new") == [2, 1, 0]
    assert rules_of(to_mend) == [(4, "date_long_ago")]


def test_who_said_no_may_still_say_yes(chain):
    upload = hand_in(chain.clerk, OLD, partnership_id=chain.ours.pk)
    said(chain, upload, "no")
    assert said(chain, upload, "yes").state == "understood"
    with pytest.raises(answer.NotAnAnswer):
        said(chain, upload, "perhaps")


@pytest.mark.parametrize(("day", "state"), [("2023-06-30", "committed"), ("2023-06-29", "waiting")])
def test_three_years_back_are_not_asked_about(chain, day, state):
    assert hand_in(chain.clerk, book(("J1", 1), day=day), partnership_id=chain.ours.pk).state == state


def test_measured_values_are_asked_about_by_their_day(chain):
    values = sheet(VALUES, "0201002,J1,1.1,10.01,mm,2011-03-04 08:00")
    upload = hand_in(chain.buyer, values, partnership_id=chain.ours.pk, kind="measurements", create=True)
    assert "long_ago" in [question["id"] for question in upload.understanding["questions"]]


def test_the_page_asks_with_two_buttons(chain):
    client = Client()
    client.force_login(chain.clerk.user)
    upload = hand_in(chain.clerk, OLD, partnership_id=chain.ours.pk, dry_run=True)
    page = client.get(reverse("upload", args=[upload.pk])).content.decode()
    assert "2 行全是 2008 年的" in page
    client.post(reverse("upload-mend", args=[upload.pk]), {"problem": "q0", "value": "yes"})
    with looking_as(chain.clerk):
        upload.refresh_from_db()
    assert upload.state == "understood"


def test_the_command_takes_the_answer_along(chain, tmp_path, capsys):
    file = tmp_path / "5月.csv"
    file.write_bytes(OLD)
    where = f"{chain.ours.customer.code}/{chain.ours.supplier.code}"
    with pytest.raises(CommandError):
        call_command("intake", str(file), "--partnership", where, "--json")
    capsys.readouterr()
    call_command("intake", str(file), "--partnership", where, "--answer", "long_ago=yes", "--json")
    (told,) = json.loads(capsys.readouterr().out)
    assert (told["state"], told["counts"]["new"]) == ("committed", 2)
