"""A marked workbook that comes back goes on where its file left off, by whichever door it comes."""

import io

import openpyxl
import pytest
from django.urls import reverse

from intake.models import Upload
from intake.services import answer, commit, repair
from intake.services.repaired import marker_for
from suppliers.access import looking_as
from tests.intake.files import NOW, book, counted, hand_in
from tests.intake.test_road import BROKEN, lots_of

HERE = {"now": NOW, "seconds": None}
MENDED = {"A3": "2026-05-04", "F4": 2}


def marked(upload: Upload, mends: dict[str, object] = MENDED) -> bytes:
    """The marked workbook of an upload, with cells mended and saved by another program."""
    with looking_as(upload.sent_by):
        content = repair.repair_workbook(upload)
    opened = openpyxl.load_workbook(io.BytesIO(content))
    for cell, value in mends.items():
        opened.worksheets[0][cell] = value
    saved = io.BytesIO()
    opened.save(saved)
    return saved.getvalue()


def test_it_is_known_without_being_told_and_its_rows_are_the_next_commit(chain):
    first = hand_in(chain.clerk, BROKEN, partial=True, partnership_id=chain.ours.pk)
    back = hand_in(chain.clerk, marked(first), name="5月-to mend.xlsx")
    assert (back.repairs_id, back.state, back.open_rows) == (first.pk, "committed", 0)
    assert (back.partnership_id, back.kind, back.stage) == (chain.ours.pk, "inspections", "outgoing")
    assert counted(back, "read", "new", "same") == [3, 2, 1]
    assert lots_of(chain.ours) == {"J1": (125, 1), "J2": (125, 0), "J3": (125, 2)}
    with looking_as(chain.clerk):
        first.refresh_from_db()
        assert (first.open_rows, [one.counts["new"] for one in first.commits.order_by("number")]) == (
            0,
            [1, 2],
        )


def test_sent_back_twice_it_counts_once(chain):
    first = hand_in(chain.clerk, BROKEN, partial=True)
    mended = marked(first)
    hand_in(chain.clerk, mended, name="back.xlsx")
    again = hand_in(chain.clerk, mended, name="back.xlsx")
    saved_anew = hand_in(chain.clerk, marked(first, MENDED | {"H2": None}), name="back again.xlsx")
    assert again.identical_to_id
    assert counted(saved_anew, "new", "same") == [0, 3]
    with looking_as(chain.clerk):
        assert first.commits.count() == 2


def test_mended_in_part_the_rest_stays_open_on_both(chain):
    first = hand_in(chain.clerk, BROKEN, partial=True)
    back = hand_in(chain.clerk, marked(first, {"F4": 2}), name="back.xlsx", partial=True)
    with looking_as(chain.clerk):
        first.refresh_from_db()
    assert (back.open_rows, first.open_rows) == (1, 1)
    last = hand_in(chain.clerk, marked(back, {"A3": "2026-05-04"}), name="back 2.xlsx")
    with looking_as(chain.clerk):
        first.refresh_from_db()
        back.refresh_from_db()
    assert (last.repairs_id, last.open_rows, back.open_rows, first.open_rows) == (first.pk, 0, 0, 0)
    assert len(lots_of(chain.ours)) == 3


def test_a_file_of_which_nothing_was_saved_is_saved_by_its_workbook(chain):
    first = hand_in(chain.clerk, BROKEN)
    back = hand_in(chain.clerk, marked(first), name="back.xlsx")
    with looking_as(chain.clerk):
        first.refresh_from_db()
    assert (first.state, first.open_rows, back.state) == ("committed", 0, "committed")
    assert len(lots_of(chain.ours)) == 3


def test_what_was_answered_of_the_first_file_is_not_asked_again(chain):
    unclear = BROKEN.replace("生产批号".encode(), "流转".encode())
    first = hand_in(chain.clerk, unclear)
    with looking_as(chain.clerk):
        answer.answer(upload_id=first.pk, person=chain.clerk, columns={"流转": "lot_no"}, **HERE)
        first.refresh_from_db()
        assert first.open_rows == 2
    back = hand_in(chain.clerk, marked(first), name="back.xlsx")
    assert (back.state, back.counts["new"]) == ("committed", 3)


def test_the_marker_of_another_organisation_says_nothing(chain):
    theirs = hand_in(chain.sibling_engineer, BROKEN, partial=True, partnership_id=chain.siblings.pk)
    back = hand_in(chain.clerk, marked(theirs), name="back.xlsx")
    assert (back.repairs_id, back.state, back.counts["new"]) == (None, "committed", 3)
    with looking_as(chain.sibling_engineer):
        theirs.refresh_from_db()
        assert (theirs.open_rows, theirs.commits.count()) == (2, 1)
    assert len(lots_of(chain.ours)) == 3


def test_a_marker_that_we_did_not_write_says_nothing(chain):
    first = hand_in(chain.clerk, BROKEN, partial=True)
    forged = openpyxl.load_workbook(io.BytesIO(marked(first)))
    forged.custom_doc_props["Tongpin repair"].value = f"{first.pk}:{'A' * 43}"
    saved = io.BytesIO()
    forged.save(saved)
    assert marker_for(first) != f"{first.pk}:{'A' * 43}"
    back = hand_in(chain.clerk, saved.getvalue(), name="back.xlsx")
    assert back.repairs_id is None


def test_next_months_rows_saved_over_the_marked_workbook_are_a_file_of_their_own(chain):
    first = hand_in(chain.clerk, BROKEN, partial=True)
    june = {f"{column}{row}": value for row in (2, 3, 4) for column, value in zip(
        "ACF", (f"2026-06-0{row}", f"J6-{row}", 0), strict=True)}  # fmt: skip
    back = hand_in(chain.clerk, marked(first, june), name="6月.xlsx")
    assert (back.repairs_id, back.counts["new"]) == (None, 3)
    with looking_as(chain.clerk):
        first.refresh_from_db()
        assert (first.open_rows, first.commits.count()) == (2, 1)


def test_a_workbook_of_an_upload_that_was_undone_is_a_file_of_its_own(chain):
    first = hand_in(chain.clerk, BROKEN, partial=True)
    workbook = marked(first)
    with looking_as(chain.clerk):
        commit.undo(upload_id=first.pk, person=chain.clerk, now=NOW)
    back = hand_in(chain.clerk, workbook, name="back.xlsx")
    assert (back.repairs_id, back.counts["new"]) == (None, 3)


@pytest.mark.parametrize("named", [True, False])
def test_it_may_be_dropped_on_its_page_or_with_all_other_files(chain, client, named):
    first = hand_in(chain.clerk, BROKEN, partial=True)
    client.force_login(chain.clerk.user)
    file = io.BytesIO(marked(first))
    file.name = "5月-to mend.xlsx"
    body = {"files": file} | ({"repairs": first.pk} if named else {})
    answered = client.post(reverse("upload-new"), body)
    with looking_as(chain.clerk):
        back = Upload.objects.get(repairs=first)
    assert answered.headers["Location"] == reverse("upload", args=[back.pk])
    page = client.get(answered.headers["Location"]).content.decode()
    assert reverse("upload", args=[first.pk]) in page
    assert (
        reverse("upload", args=[back.pk]) in client.get(reverse("upload", args=[first.pk])).content.decode()
    )
    client.post(reverse("upload-commit", args=[back.pk]))
    assert len(lots_of(chain.ours)) == 3


def test_without_a_marker_its_page_is_enough(chain, client):
    first = hand_in(chain.clerk, BROKEN, partial=True)
    client.force_login(chain.clerk.user)
    file = io.BytesIO(BROKEN.replace(b"2026-05-44", b"2026-05-04").replace(b"215", b"2"))
    file.name = "5月.csv"
    client.post(reverse("upload-new"), {"files": file, "repairs": first.pk})
    with looking_as(chain.clerk):
        assert Upload.objects.get(repairs=first).counts["new"] == 2


def test_a_foreign_upload_cannot_be_mended(chain, client):
    theirs = hand_in(chain.sibling_engineer, BROKEN, partial=True, partnership_id=chain.siblings.pk)
    client.force_login(chain.clerk.user)
    file = io.BytesIO(book(("J1", 1)))
    file.name = "5月.csv"
    assert client.post(reverse("upload-new"), {"files": file, "repairs": theirs.pk}).status_code == 404
    file.seek(0)
    assert client.post(reverse("upload-new"), {"files": file, "repairs": 10**9}).status_code == 404
